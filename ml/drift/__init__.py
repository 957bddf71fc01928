"""Whether what a camera shows now is still like what it showed when its model was chosen."""
