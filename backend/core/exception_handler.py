"""The one place where errors become answers: `{code, message, fields?, request_id, …}`."""

from __future__ import annotations

import logging
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.db import OperationalError
from django.http import Http404
from rest_framework import exceptions, status
from rest_framework.response import Response
from rest_framework.views import set_rollback

from backend.core import context
from backend.core.errors import AppError

log = logging.getLogger(__name__)


def handle(error: Exception, _context: dict[str, Any]) -> Response | None:
    """DRF's EXCEPTION_HANDLER. Returns None for errors that are bugs, so that they stay 500 with a traceback."""
    if isinstance(error, AppError):
        set_rollback()
        return _answer(error.status, error.code, error.message, error.fields, error.extra)
    if isinstance(error, Http404):
        error = exceptions.NotFound()
    elif isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied()
    elif isinstance(error, RequestDataTooBig):
        set_rollback()
        return _answer(413, "too_large", "The request is larger than 16 MB. Send less at once.", None, {})
    elif isinstance(error, OperationalError):
        log.exception("database unavailable")
        set_rollback()
        return _answer(
            503,
            "database_unavailable",
            "The database did not answer. Nothing was changed; try again.",
            None,
            {},
        )
    if not isinstance(error, exceptions.APIException):
        return None
    set_rollback()
    response = _answer(error.status_code, *_describe(error), {})
    if wait := getattr(error, "wait", None):
        response["Retry-After"] = str(int(wait) + 1)
    if header := getattr(error, "auth_header", None):
        response["WWW-Authenticate"] = header
    return response


def _answer(
    code_status: int, code: str, message: str, fields: dict[str, str] | None, extra: dict[str, Any]
) -> Response:
    body: dict[str, Any] = {"code": code, "message": message, "request_id": context.request_id.get(), **extra}
    if fields:
        body["fields"] = fields
    return Response(body, status=code_status)


def _describe(error: exceptions.APIException) -> tuple[str, str, dict[str, str] | None]:
    if isinstance(error, exceptions.ValidationError):
        fields = _flatten(error.detail)
        first = next(iter(fields.items()), ("", "Some of what was sent cannot be used."))
        message = f"{first[0]}: {first[1]}" if first[0] not in {"", "non_field_errors"} else first[1]
        return "bad_input", message, fields
    if isinstance(error, exceptions.NotAuthenticated | exceptions.AuthenticationFailed):
        return "not_signed_in", str(error.detail), None
    if isinstance(error, exceptions.NotFound):
        return "not_found", "There is no such thing here, or it is not shared with you.", None
    if isinstance(error, exceptions.Throttled):
        return "too_many_requests", "Too many requests. Wait a moment and try again.", None
    code = error.default_code if isinstance(error.default_code, str) else "error"
    if error.status_code == status.HTTP_403_FORBIDDEN:
        code = "forbidden"
    return code, str(error.detail), None


def _flatten(detail: Any, prefix: str = "") -> dict[str, str]:
    if isinstance(detail, dict):
        flat: dict[str, str] = {}
        for key, value in detail.items():
            flat.update(_flatten(value, f"{prefix}.{key}" if prefix else str(key)))
        return flat
    if isinstance(detail, list):
        if detail and not isinstance(detail[0], dict | list):
            return {prefix: " ".join(str(item) for item in detail)}
        flat = {}
        for index, value in enumerate(detail):
            flat.update(_flatten(value, f"{prefix}.{index}"))
        return flat
    return {prefix: str(detail)}
