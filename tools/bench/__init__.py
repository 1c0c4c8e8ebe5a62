"""What a run costs, here and with others: ``python -m tools.bench --help``."""
