"""Tracks from detections, in seconds: no rule of a feed may depend on how many frames arrived."""
