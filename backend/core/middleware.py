"""Request ids on every answer and log line, and the headers every page is served with."""

from __future__ import annotations

import re
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from backend.core import context, isolation
from backend.core.models import new_id

_SAFE_REQUEST_ID = re.compile(r"^[A-Za-z0-9._-]{8,64}$")

# The front end is our own bundle: no foreign scripts; wasm for the in-browser decoder; pictures by blob URL.
CONTENT_SECURITY_POLICY = (
    "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' blob: data:; media-src 'self' blob:; connect-src 'self'; worker-src 'self' blob:; "
    "object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
)


class RequestIdMiddleware:
    """Takes a well-formed `X-Request-ID` or makes one, and says it back."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-ID", "")
        request_id = given if _SAFE_REQUEST_ID.match(given) else new_id().hex
        context.request_id.set(request_id)
        context.client_address.set(request.META.get("REMOTE_ADDR", "") or "")
        response = self.get_response(request)
        response["X-Request-ID"] = request_id
        return response


class ContentSecurityMiddleware:
    """Sets the content security policy unless a view set a stricter one, and keeps other origins out."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
        response.headers.setdefault("Cross-Origin-Resource-Policy", isolation.OURS_ONLY)
        if response.headers.get("Content-Type", "").startswith("text/html"):
            for name, value in isolation.ALONE.items():
                response.headers.setdefault(name, value)
        return response
