"""Errors of feeds."""

from backend.core.errors import BadInput, Conflict


class SourceRefused(BadInput):
    code = "source_refused"


class FeedNameTaken(Conflict):
    code = "feed_name_taken"


class SourceFailed(Exception):
    """A source stopped giving frames; the worker records why and tries again. Never shown as an API answer."""


class MarkingRefused(BadInput):
    code = "marking_refused"


class MarkingNameTaken(Conflict):
    code = "marking_name_taken"
