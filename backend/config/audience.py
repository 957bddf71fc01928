"""Who a raw ASGI request is, and which events that person may hear."""

from __future__ import annotations

import io
from importlib import import_module

from django.conf import settings
from django.contrib.auth import get_user
from django.core.handlers.wsgi import WSGIRequest
from rest_framework.exceptions import APIException
from rest_framework.request import Request
from rest_framework.settings import api_settings

from backend.accounts.models import User
from backend.accounts.selectors import organisations_of
from backend.core.events_asgi import Audience
from backend.core.wsgi_bridge import Scope, environ_build
from backend.projects.selectors import projects_of


def person_of(scope: Scope) -> User | None:
    """The signed-in person, by session cookie or bearer token; reads the database."""
    request = WSGIRequest(environ_build(scope, io.BytesIO()))
    store = import_module(settings.SESSION_ENGINE).SessionStore
    request.session = store(request.COOKIES.get(settings.SESSION_COOKIE_NAME))
    request.user = get_user(request)
    wrapped = Request(request, authenticators=[cls() for cls in api_settings.DEFAULT_AUTHENTICATION_CLASSES])
    try:
        user = wrapped.user
    except APIException:
        return None
    return user if isinstance(user, User) else None


def audience_of(scope: Scope) -> Audience | None:
    """The organisations and projects the person behind the request may hear about; None for nobody."""
    person = person_of(scope)
    if person is None:
        return None
    memberships = list(organisations_of(person))
    return Audience(
        person_id=person.pk,
        organisation_ids=frozenset(str(row.organisation_id) for row in memberships),
        whole_organisation_ids=frozenset(str(row.organisation_id) for row in memberships if row.role),
        project_ids=frozenset(str(pk) for pk in projects_of(person).values_list("pk", flat=True)),
    )
