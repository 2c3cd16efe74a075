"""Language understanding: an intent classifier that knows when it doesn't know."""
