"""Errors of feeds."""

from backend.core.errors import BadInput, Conflict, Unprocessable


class SourceRefused(BadInput):
    code = "source_refused"


class FeedNameTaken(Conflict):
    code = "feed_name_taken"


class CalibrationRefused(Unprocessable):
    """What was placed on the still determines no floor; the message says what to do."""

    code = "calibration_refused"


class NoStill(Conflict):
    """The feed has no picture to calibrate on; the message says what to do."""

    code = "no_still"


class SourceFailed(Exception):
    """A source stopped giving frames; the worker records why and tries again. Never shown as an API answer."""


class MarkingRefused(BadInput):
    code = "marking_refused"


class MarkingNameTaken(Conflict):
    code = "marking_name_taken"


class RuleRefused(BadInput):
    code = "rule_refused"


class RuleNameTaken(Conflict):
    code = "rule_name_taken"


class NoPicture(Conflict):
    code = "no_picture"
