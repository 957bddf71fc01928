"""Background work of notify."""
