"""Several machines or containers: refuses to start without its own key and host names."""

from django.core.exceptions import ImproperlyConfigured

from backend.config import env
from backend.config.settings.base import *  # noqa: F403
from backend.config.settings.base import SECRET_KEY

if len(SECRET_KEY) < 40:
    raise ImproperlyConfigured("Set SITELOOP_SECRET_KEY to at least 40 random characters.")
if env.flag("SITELOOP_DEMO"):
    raise ImproperlyConfigured("Demo accounts are refused in production: unset SITELOOP_DEMO.")

SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = 31_536_000
