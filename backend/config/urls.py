"""The URL map: the API by app, health checks, and the front end for everything else."""

from __future__ import annotations

from django.urls import include, path, re_path
from drf_spectacular.views import SpectacularAPIView

from backend.core.api import health, spa

API = [
    path("schema/", SpectacularAPIView.as_view(), name="schema"),
    path("", include("backend.core.api.urls")),
    path("", include("backend.accounts.api.urls")),
    path("", include("backend.notify.api.urls")),
    path("", include("backend.sites.api.urls")),
    path("", include("backend.projects.api.urls")),
    path("", include("backend.media.api.urls")),
    path("", include("backend.annotation.api.urls")),
    path("", include("backend.datasets.api.urls")),
    path("", include("backend.learning.api.urls")),
    path("", include("backend.feeds.api.urls")),
    path("", include("backend.exchange.api.urls")),
]

urlpatterns = [
    path("healthz", health.healthz),
    path("readyz", health.readyz),
    path("api/v1/", include(API)),
    re_path(r"^(?!api/|static/|assets/).*$", spa.index),
]
