"""What the real command does to the machine, seen by the interpreter's audit hook and by a trace of system calls."""
