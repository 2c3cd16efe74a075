"""What Rasa loads by dotted path, in the process that is trusted least: small, and nothing of the core."""
