"""A signing key made on first start and kept beside the data, readable by its owner only."""

from __future__ import annotations

import os
import secrets
from pathlib import Path


def secret_key_load(data_dir: Path) -> str:
    """Return the key of `data_dir`, making it when it is not there; safe when several processes start at once."""
    path = data_dir / "secret_key"
    data_dir.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text().strip()
    key = secrets.token_urlsafe(64)
    with os.fdopen(descriptor, "w") as handle:
        handle.write(key)
    return key
