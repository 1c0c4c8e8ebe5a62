"""Tables of what the released SDKs offer, read from their archives: see ``__main__``."""
