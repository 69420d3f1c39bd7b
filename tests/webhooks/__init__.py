"""Webhooks: what is owed, how it is signed and delivered, and where it may never go."""
