"""For pytest: real PostgreSQL and Redis from the environment, cheap password hashing, own data folder."""

import os
import tempfile
from pathlib import Path

from backend.config.settings.base import *  # noqa: F403
from backend.config.settings.base import BASE_DIR, REST_FRAMEWORK, STORAGES

SECRET_KEY = "test-only-key-test-only-key-test-only-key-test-only-key"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
ALLOWED_HOSTS = ["*"]
# The pytest plugin names a folder that it removes at the end; a run writes gigabytes.
_ROOT = Path(os.environ.get("SITELOOP_DATA_DIR") or tempfile.mkdtemp(prefix="siteloop-test-"))
DATA_DIR = _ROOT
MEDIA_ROOT = _ROOT / "media"
OPERATOR_MODELS_DIR = _ROOT / "models"
FEED_FILE_ROOTS = [_ROOT / "feeds"]
STORAGES = {
    **STORAGES,
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": MEDIA_ROOT},
    },
}
REST_FRAMEWORK = {
    **REST_FRAMEWORK,
    "DEFAULT_THROTTLE_RATES": {
        "login": "10000/min",
        "assist": "10000/min",
        "import": "10000/min",
        "export": "10000/min",
    },
}
WHITENOISE_ROOT = None
WHITENOISE_AUTOREFRESH = True
STATIC_ROOT = BASE_DIR / "frontend"
