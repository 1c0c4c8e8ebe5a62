"""Link: facts of all files become one project."""
