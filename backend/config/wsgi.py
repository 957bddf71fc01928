"""WSGI entry point: the API and the front end's files."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backend.config.settings.dev")
application = get_wsgi_application()
