"""What rules ask of a linked project and its solved jobs. `graph` and `why` ask here too, and never a rule."""
