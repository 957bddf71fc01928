"""Errors of accounts."""

from backend.core.errors import BadInput, Conflict, NotFound, NotSignedIn


class WrongCredentials(NotSignedIn):
    code = "wrong_credentials"


class LinkNotUsable(NotFound):
    code = "link_not_usable"


class WeakPassword(BadInput):
    code = "weak_password"


class LastAdmin(Conflict):
    code = "last_admin"
