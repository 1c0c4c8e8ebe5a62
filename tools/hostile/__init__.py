"""Hostile inputs and faults, for this linter and for others."""
