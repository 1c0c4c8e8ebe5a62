"""Generated input for the whole linter: ``python -m tools.fuzz --cases 20000``."""
