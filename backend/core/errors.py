"""Errors a person can act on. Each app's `errors.py` names its own below these.

AppError            (status, code, message, fields)
├── BadInput        400  what was sent cannot be used
├── NotSignedIn     401
├── Forbidden       403  the person is known here but may not do this
├── NotFound        404  not there, or not theirs: the two look alike
├── Conflict        409  the thing is in a state that does not allow this
├── Stale           412  somebody saved in between
├── TooLarge        413
├── Unprocessable   422
├── PreconditionNeeded 428  If-Match is missing
└── Unavailable     503  a service or model is not there right now
"""

from __future__ import annotations

import errno
from typing import Any

# What the system says where a disk, or somebody's share of it, is full.
DISK_FULL_CODES = (errno.ENOSPC, errno.EDQUOT)


class AppError(Exception):
    """Root of errors that become `{code, message, fields?, request_id, ...extra}`."""

    status = 500
    code = "error"

    def __init__(
        self,
        message: str,
        *,
        code: str = "",
        fields: dict[str, str] | None = None,
        extra: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or self.code
        self.fields = fields
        self.extra = extra or {}


class BadInput(AppError):
    status = 400
    code = "bad_input"


class NotSignedIn(AppError):
    status = 401
    code = "not_signed_in"


class Forbidden(AppError):
    status = 403
    code = "forbidden"


class NotFound(AppError):
    status = 404
    code = "not_found"

    def __init__(
        self, message: str = "There is no such thing here, or it is not shared with you.", **kw: Any
    ) -> None:
        super().__init__(message, **kw)


class Conflict(AppError):
    status = 409
    code = "conflict"


class Stale(AppError):
    status = 412
    code = "stale"


class TooLarge(AppError):
    status = 413
    code = "too_large"


class Unprocessable(AppError):
    status = 422
    code = "unprocessable"


class PreconditionNeeded(AppError):
    status = 428
    code = "if_match_required"


class Unavailable(AppError):
    status = 503
    code = "unavailable"
