"""Defects without examples: what good parts look like is remembered, and what differs is shown."""
