"""The one place that reads environment variables; everything else gets values."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlparse

REPO_DIR = Path(__file__).resolve().parents[2]


def text(name: str, default: str = "") -> str:
    return os.environ.get(name, default).strip()


def flag(name: str, default: bool = False) -> bool:
    value = text(name).lower()
    return default if not value else value in {"1", "true", "yes", "on"}


def number(name: str, default: int) -> int:
    value = text(name)
    return int(value) if value else default


def names(name: str, default: tuple[str, ...] = ()) -> list[str]:
    value = text(name)
    return [part.strip() for part in value.split(",") if part.strip()] if value else list(default)


def data_dir() -> Path:
    return Path(text("SITELOOP_DATA_DIR") or REPO_DIR / "var").expanduser().resolve()


def frontend_dist() -> Path:
    """Folder of the built front end; another one where several builds are tried beside each other."""
    return Path(text("SITELOOP_FRONTEND_DIST") or REPO_DIR / "frontend/dist").expanduser().resolve()


def sample_data_dir() -> Path | None:
    """Folder of real pictures used by checks that ask for them; None where it is absent."""
    path = Path(text("SITELOOP_DATA") or REPO_DIR / "../shared/data").expanduser().resolve()
    return path if path.is_dir() else None


def database(url: str) -> dict[str, object]:
    """Django's DATABASES entry for `postgres://user:password@host:port/name?host=/socket/dir`."""
    parts = urlparse(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ValueError("DATABASE_URL must start with postgres://; Siteloop runs on PostgreSQL only")
    query = {key: values[-1] for key, values in parse_qs(parts.query).items()}
    host = query.pop("host", "") or unquote(parts.hostname or "")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")) or "siteloop",
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": query,
    }
