"""What the decoding child says no with."""


class Refused(ValueError):
    """The file cannot be taken; the message is for the person who sent it."""
