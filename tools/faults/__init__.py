"""Faults while the command runs: signals, killed workers, full and read-only disks, runs at once, files that change."""
