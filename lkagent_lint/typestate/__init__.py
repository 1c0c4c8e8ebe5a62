"""The automaton of a job and the fixed-point solver that runs it over flows."""
