"""Structured logs: one JSON object a line, with the request id and without secrets."""

from __future__ import annotations

import json
import logging
import re
from datetime import UTC, datetime

from backend.core import context

# Credentials inside addresses (rtsp://user:pass@camera, postgres://…) never reach a log.
_URL_CREDENTIALS = re.compile(r"(\w+://[^/\s:@]+:)[^@\s/]+@")


def mask(text: str) -> str:
    """Replace passwords inside URLs by `***`."""
    return _URL_CREDENTIALS.sub(r"\1***@", text)


class RequestIdFilter(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = context.request_id.get()
        return True


class JsonFormatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": mask(record.getMessage()),
        }
        if request_id := getattr(record, "request_id", ""):
            line["request_id"] = request_id
        if record.exc_info:
            line["traceback"] = mask(self.formatException(record.exc_info))
        return json.dumps(line, ensure_ascii=False)
