"""Errors of datasets."""

from backend.core.errors import BadInput, Conflict, Unprocessable


class FilterRefused(BadInput):
    code = "filter_refused"


class NameTaken(Conflict):
    code = "name_taken"


class NothingApproved(Unprocessable):
    code = "nothing_approved"


class NotFrozen(Conflict):
    code = "not_frozen"
