"""Errors of exchange."""

from backend.core.errors import BadInput


class ImportRefused(BadInput):
    code = "import_refused"
