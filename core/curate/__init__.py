"""Decisions of people about examples: the event log, what it comes to, and how far people agree."""
