"""One machine, started by `manage.py up`: the key is made on first start and kept in the data folder."""

from backend.config.settings.base import *  # noqa: F403
from backend.config.settings.base import DATA_DIR, SECRET_KEY
from backend.core.secret_key import secret_key_load

SECRET_KEY = SECRET_KEY or secret_key_load(DATA_DIR)
