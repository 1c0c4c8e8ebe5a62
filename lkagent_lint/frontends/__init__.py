"""One front end a language: bytes in, ``FileFacts`` out, and nothing of any other file."""
