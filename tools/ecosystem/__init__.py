"""The linter over a folder of pinned repositories: crashes, findings that changed unseen, time and memory."""
