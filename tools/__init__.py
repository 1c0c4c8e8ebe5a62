"""Scripts of the project; not part of the wheel."""
