"""What the linter makes of a file, in words: facts, flows with their steps, and the states of solved jobs."""
