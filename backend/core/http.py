"""Preconditions and idempotent POSTs, shared by every app's views."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any

from django.db import IntegrityError, transaction
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer

from backend.core.errors import BadInput, PreconditionNeeded, Unprocessable
from backend.core.models import IdempotencyRecord

_ETAG = re.compile(r'^(?:W/)?"?(\d+)"?$')


def if_match(request: Request) -> int:
    """The version number of the If-Match header. Raises PreconditionNeeded (428) or BadInput (400)."""
    value = request.headers.get("If-Match", "")
    if not value:
        raise PreconditionNeeded(
            "Send If-Match with the version you last saw, so that nobody's work is overwritten."
        )
    match = _ETAG.match(value.strip())
    if match is None:
        raise BadInput("If-Match must be a version number in quotes.")
    return int(match.group(1))


def if_match_unless_switch(request: Request, sent: Iterable[str], switches: Iterable[str]) -> int | None:
    """`if_match`, except that a change of nothing but switches needs no header: pressing one twice is the same.

    Raises PreconditionNeeded (428) or BadInput (400).
    """
    if "If-Match" not in request.headers and set(sent) <= set(switches):
        return None
    return if_match(request)


def validated(serializer: Serializer[Any]) -> dict[str, Any]:
    """The serializer's checked input. Raises ValidationError, which becomes a 400 with its fields."""
    serializer.is_valid(raise_exception=True)
    data: dict[str, Any] = serializer.validated_data
    return data


def etag(version: int) -> str:
    return f'"{version}"'


def _replay(request: Request, key: str, digest: str) -> Response | None:
    stored = IdempotencyRecord.objects.filter(user_id=request.user.pk, key=key, path=request.path).first()
    if stored is None:
        return None
    if stored.body_hash != digest:
        raise Unprocessable(
            "This Idempotency-Key was used with another body. Use a new key.", code="idempotency_mismatch"
        )
    response = Response(stored.body, status=stored.status)
    response["Idempotent-Replay"] = "true"
    return response


def idempotent(view: Callable[..., Response]) -> Callable[..., Response]:
    """Make a creating POST repeatable: with `Idempotency-Key`, the same body gets the stored answer again.

    The answer is stored in the transaction of the work itself. Without the header the view runs as it is.
    """

    @wraps(view)
    def wrapper(self: Any, request: Request, *args: Any, **kwargs: Any) -> Response:
        key = request.headers.get("Idempotency-Key", "").strip()
        if not key:
            return view(self, request, *args, **kwargs)
        if len(key) > 200:
            raise BadInput("Idempotency-Key is longer than 200 characters.")
        digest = hashlib.sha256(json.dumps(request.data, sort_keys=True, default=str).encode()).hexdigest()
        if (stored := _replay(request, key, digest)) is not None:
            return stored
        try:
            with transaction.atomic():
                record = IdempotencyRecord.objects.create(
                    user_id=request.user.pk, key=key, path=request.path[:300], body_hash=digest, status=0
                )
                response = view(self, request, *args, **kwargs)
                # Through the renderer's encoder: ids and times become what the client was sent.
                record.body = json.loads(json.dumps(response.data, default=str))
                record.status = response.status_code
                record.save(update_fields=["body", "status"])
        except IntegrityError:
            # The twin request committed first: give its answer.
            if (stored := _replay(request, key, digest)) is not None:
                return stored
            raise
        return response

    return wrapper
