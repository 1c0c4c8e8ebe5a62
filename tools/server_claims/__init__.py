"""Tries on a real livekit-server what the dispatch rules claim."""
