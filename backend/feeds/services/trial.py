"""Whether a source gives pictures, before anybody adds it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import uuid
from typing import Any

from django.conf import settings

from backend.core.errors import Unavailable
from backend.feeds.enums import ADDRESS_KINDS, SourceKind
from backend.feeds.services.registry import address_check, device_check, path_check
from backend.sites import selectors as sites

TIMEOUT_S = 20.0
# Each is a process with a decoder; more at once would be somebody's scan.
_AT_ONCE = threading.BoundedSemaphore(2)


def source_try(*, kind: str, source: str, camera_id: uuid.UUID | None) -> dict[str, Any]:
    """Open a source and answer with a still or with what is wrong. Raises SourceRefused, BadInput, Unavailable.

    Nothing is stored; what the camera hides is hidden in the still too.
    """
    if kind in ADDRESS_KINDS:
        whole = address_check(kind, source).full()
    elif kind == SourceKind.USB:
        whole = str(device_check(source))
    else:
        whole = str(path_check(source))
    request = {
        "kind": kind,
        "source": whole,
        "allowed_hosts": list(settings.OUTGOING_ALLOWED_HOSTS),
        "polygons": sites.camera_privacy(camera_id).polygons,
    }
    if not _AT_ONCE.acquire(timeout=5.0):
        raise Unavailable("Others are trying sources right now. Try again in a moment.")
    try:
        return _answer(request)
    finally:
        _AT_ONCE.release()


def _answer(request: dict[str, Any]) -> dict[str, Any]:
    try:
        done = subprocess.run(
            [sys.executable, "-m", "backend.feeds.sources.probe"],
            input=json.dumps(request).encode(),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=settings.BASE_DIR,
            env={"PATH": os.environ.get("PATH", ""), "OMP_NUM_THREADS": "1"},
            timeout=TIMEOUT_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return {"ok": False, "message": f"It gave no picture within {TIMEOUT_S:.0f} seconds."}
    try:
        answer: dict[str, Any] = json.loads(done.stdout)
    except ValueError:
        return {"ok": False, "message": "The decoder gave up on it: the stream is damaged or hostile."}
    return answer
