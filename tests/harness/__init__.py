"""The fixture harness: real projects whose files say, line by line, what the linter must report in them."""
