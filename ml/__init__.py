"""Siteloop's machine-learning half: stands alone, without Django."""
