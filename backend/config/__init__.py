"""Settings, URL map and process entry points."""
