"""Watching accounts: when each is read, and what one reading leads to."""
