"""Settings shared by every way of running; values come from `backend.config.env` alone."""

from __future__ import annotations

from pathlib import Path

from celery.schedules import schedule

from backend.config import env
from backend.core.isolation import static_headers

BASE_DIR = env.REPO_DIR
DATA_DIR: Path = env.data_dir()
SAMPLE_DATA_DIR = env.sample_data_dir()

SECRET_KEY = env.text("SITELOOP_SECRET_KEY")
DEBUG = False
ALLOWED_HOSTS = env.names("SITELOOP_ALLOWED_HOSTS", ("127.0.0.1", "localhost", "[::1]"))
CSRF_TRUSTED_ORIGINS = env.names("SITELOOP_TRUSTED_ORIGINS")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "rest_framework",
    "drf_spectacular",
    "backend.core",
    "backend.accounts",
    "backend.notify",
    "backend.sites",
    "backend.projects",
    "backend.media",
    "backend.annotation",
    "backend.datasets",
    "backend.learning",
    "backend.feeds",
    "backend.exchange",
]

MIDDLEWARE = [
    "backend.core.middleware.RequestIdMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "backend.core.middleware.ContentSecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "backend.config.urls"
WSGI_APPLICATION = "backend.config.wsgi.application"
ASGI_APPLICATION = "backend.config.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": []},
    }
]

DATABASES = {"default": env.database(env.text("DATABASE_URL", "postgres:///siteloop"))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
REDIS_URL = env.text("REDIS_URL", "redis://127.0.0.1:6379/0")

# Django's cache wants redis:// or unix://; Celery spells a socket redis+socket://.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}}
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"

AUTH_USER_MODEL = "accounts.User"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.ScryptPasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]

LANGUAGE_CODE = "en"
USE_I18N = False
TIME_ZONE = "UTC"
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
FRONTEND_DIST = env.frontend_dist()
WHITENOISE_ROOT = FRONTEND_DIST if FRONTEND_DIST.is_dir() else None
WHITENOISE_INDEX_FILE = False
WHITENOISE_ADD_HEADERS_FUNCTION = static_headers

MEDIA_ROOT = DATA_DIR / "media"
S3_BUCKET = env.text("S3_BUCKET")
if S3_BUCKET:
    _default_storage: dict[str, object] = {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": S3_BUCKET,
            "endpoint_url": env.text("S3_ENDPOINT_URL") or None,
            "access_key": env.text("S3_ACCESS_KEY_ID") or None,
            "secret_key": env.text("S3_SECRET_ACCESS_KEY") or None,
            "region_name": env.text("S3_REGION") or None,
            "default_acl": None,
            "file_overwrite": True,
        },
    }
else:
    _default_storage = {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {
            "location": MEDIA_ROOT,
            "file_permissions_mode": 0o640,
            "directory_permissions_mode": 0o750,
        },
    }
STORAGES = {
    "default": _default_storage,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}

# A request body is streamed to disk past this; single files are checked against UPLOAD_MAX_BYTES.
DATA_UPLOAD_MAX_MEMORY_SIZE = 16 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
# Videos of a bucket, copied for as long as frames of them are asked for.
COPIES_DIR = DATA_DIR / "copies"
COPIES_MAX_BYTES = env.number("SITELOOP_COPIES_MB", 8192) * 1024 * 1024
UPLOAD_MAX_BYTES = env.number("SITELOOP_UPLOAD_MAX_MB", 4096) * 1024 * 1024
IMAGE_MAX_MEGAPIXELS = env.number("SITELOOP_IMAGE_MAX_MEGAPIXELS", 64)

REST_FRAMEWORK = {
    # `?format=` is ours: an export's format, not the renderer's.
    "URL_FORMAT_OVERRIDE": None,
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "backend.accounts.authentication.ApiTokenAuthentication",
        "backend.accounts.authentication.BrowserSessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "backend.core.schema.SiteloopSchema",
    "DEFAULT_PAGINATION_CLASS": "backend.core.pagination.CursorPage",
    "DEFAULT_THROTTLE_RATES": {
        # An address may stand for a whole site behind one router.
        "login": f"{env.number('SITELOOP_SIGN_INS_A_MINUTE', 10)}/min",
        "assist": "600/min",
        "import": "120/min",
        "export": "60/min",
    },
    # How many proxies stand in front: with none, rate limits believe no X-Forwarded-For, which anybody can write.
    "NUM_PROXIES": env.number("SITELOOP_PROXIES", 0),
    "EXCEPTION_HANDLER": "backend.core.exception_handler.handle",
    "PAGE_SIZE": 50,
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Siteloop",
    "DESCRIPTION": "Labelling and live cameras in one loop.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "COMPONENT_SPLIT_REQUEST": True,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
}

CELERY_BROKER_URL = env.text("BROKER_URL") or (
    REDIS_URL.replace("unix://", "redis+socket://", 1) if REDIS_URL.startswith("unix://") else REDIS_URL
)
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_IGNORE_RESULT = True
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA_DIR / "celerybeat-schedule")
QUICK = {"queue": "quick"}
CELERY_BEAT_SCHEDULE = {
    # Not behind imports: what nobody rang, and what a dead worker left, would wait for them.
    "sweep-jobs": {"task": "core.sweep_jobs", "schedule": schedule(5.0), "options": QUICK},
    "seal-audit": {"task": "core.seal_audit", "schedule": schedule(2.0), "options": QUICK},
    "assist-ahead": {
        "task": "learning.assist_ahead",
        "schedule": schedule(20.0),
        "options": {"queue": "assist", "expires": 20},
    },
    "assist-evict": {"task": "learning.assist_evict", "schedule": schedule(1800.0)},
    "retrain": {"task": "learning.retrain", "schedule": schedule(30.0), "options": {"expires": 30}},
    "drift": {"task": "learning.drift_looks", "schedule": schedule(300.0), "options": {"expires": 300}},
    "counts-prune": {"task": "feeds.counts_prune", "schedule": schedule(6 * 3600.0)},
    "retention": {"task": "media.retention", "schedule": schedule(600.0), "options": {"expires": 600}},
    # Nor an incident that nobody looks after.
    "incidents-due": {
        "task": "feeds.incidents_due",
        "schedule": schedule(10.0),
        "options": {**QUICK, "expires": 10},
    },
    "expire-leases": {"task": "annotation.expire_leases", "schedule": schedule(30.0), "options": QUICK},
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"request_id": {"()": "backend.core.logs.RequestIdFilter"}},
    "formatters": {"json": {"()": "backend.core.logs.JsonFormatter"}},
    "handlers": {
        "stderr": {"class": "logging.StreamHandler", "formatter": "json", "filters": ["request_id"]},
    },
    "root": {"handlers": ["stderr"], "level": env.text("SITELOOP_LOG_LEVEL", "INFO")},
    "loggers": {
        # One line a request of a client of ours tells nobody anything.
        "httpx": {"level": "WARNING"},
        "django.server": {"handlers": ["stderr"], "level": "WARNING", "propagate": False},
    },
}

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

# Where shipped model folders lie, and where operators put SAM checkpoints.
SHIPPED_WEIGHTS_DIR = BASE_DIR / "ml" / "weights"
OPERATOR_MODELS_DIR = DATA_DIR / "models"
# SAM checkpoints trusted besides the published ones.
SAM_SHA256 = env.names("SITELOOP_SAM_SHA256")
# Embeddings of pictures are kept so long after they were last used, and so many bytes of them.
ASSIST_KEEP_DAYS = env.number("SITELOOP_ASSIST_KEEP_DAYS", 30)
ASSIST_KEEP_BYTES = env.number("SITELOOP_ASSIST_KEEP_MB", 4096) * 1024 * 1024
# Cores the encoder of the assist worker takes; 0: all. It runs at normal priority, trainings at a lower one.
ASSIST_THREADS = env.number("SITELOOP_ASSIST_THREADS", 0)
# Folders that feeds and imports on the server may read; nothing outside is ever opened for a user.
FEED_FILE_ROOTS = [Path(p) for p in env.names("SITELOOP_FEED_ROOTS")] or [DATA_DIR / "feeds"]
# Cameras plugged into this machine that feeds may open; "none" shuts them all.
FEED_DEVICES = env.names("SITELOOP_FEED_DEVICES", ("/dev/video*", "/dev/v4l/by-id/*"))
# Feeds and HTTP models may only reach these private hosts and networks; public addresses are always allowed.
OUTGOING_ALLOWED_HOSTS = env.names("SITELOOP_OUTGOING_ALLOWED_HOSTS")
# No host means that nothing is sent by e-mail, and the pages say so.
EMAIL_HOST = env.text("SITELOOP_EMAIL_HOST")
EMAIL_PORT = env.number("SITELOOP_EMAIL_PORT", 587)
EMAIL_HOST_USER = env.text("SITELOOP_EMAIL_USER")
EMAIL_HOST_PASSWORD = env.text("SITELOOP_EMAIL_PASSWORD")
EMAIL_USE_TLS = env.flag("SITELOOP_EMAIL_TLS", True)
EMAIL_TIMEOUT = 15
DEFAULT_FROM_EMAIL = env.text("SITELOOP_EMAIL_FROM", "siteloop@localhost")
# Where people reach this server, for links in what is sent out.
PUBLIC_URL = env.text("SITELOOP_PUBLIC_URL").rstrip("/")
DEMO = env.flag("SITELOOP_DEMO")
# How long feeds' counts are kept by the quarter of an hour and by the hour.
COUNT_QUARTER_DAYS = env.number("SITELOOP_COUNT_QUARTER_DAYS", 400)
COUNT_HOUR_DAYS = env.number("SITELOOP_COUNT_HOUR_DAYS", 1_830)
