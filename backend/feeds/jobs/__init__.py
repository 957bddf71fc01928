"""Scoring live sources."""
