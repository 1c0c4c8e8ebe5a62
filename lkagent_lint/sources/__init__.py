"""From paths to bytes: roots, discovery, reading, unsaved text, packages, and the SDK version of a file."""
