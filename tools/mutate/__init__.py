"""Puts mistakes into correct entry functions and counts those that the linter misses."""
