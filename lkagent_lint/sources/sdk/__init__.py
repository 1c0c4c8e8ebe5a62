"""The SDKs' releases: what changed in them, what they offer, and which of them a file is written for."""
