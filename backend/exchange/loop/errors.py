"""What ends a simulated loop."""


class LoopFailed(Exception):
    """A step did not happen; the message says which and what came instead."""
