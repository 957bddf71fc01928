"""Walks the OpenAPI schema: whoever has no role on an object is told it does not exist, on every address."""

from __future__ import annotations

import re
from typing import Any

import pytest
from drf_spectacular.generators import SchemaGenerator

from backend.core.enums import Role
from backend.core.models import new_id
from tests.contracts.objects import ObjectIds, make_objects
from tests.support.factories import client_for, make_member, make_org

# Addresses about oneself, or lists that show each person their own.
OWN = {
    "/api/v1/session",
    "/api/v1/me",
    "/api/v1/me/password",
    "/api/v1/links/{token}",
    "/api/v1/tokens",
    "/api/v1/notices",
    "/api/v1/notices/read",
    "/api/v1/project-templates",
    "/api/v1/home",
}
METHODS = ("get", "post", "put", "patch", "delete")


def operations() -> list[tuple[str, str]]:
    schema = SchemaGenerator().get_schema(request=None, public=True)
    return [(path, method) for path, item in schema["paths"].items() for method in METHODS if method in item]


OPERATIONS = operations()
OF_OBJECTS = [(path, method) for path, method in OPERATIONS if "{" in path and path not in OWN]
OPEN_TO_ALL = {"/api/v1/session", "/api/v1/links/{token}", "/api/v1/schema/"}
CLOSED = [(path, method) for path, method in OPERATIONS if path not in OPEN_TO_ALL]


def names(cases: list[tuple[str, str]]) -> list[str]:
    return [f"{method} {path}" for path, method in cases]


def with_ids(path: str, ids: ObjectIds) -> str:
    """The address with ids of the owner's objects in place of its parameters."""

    def fill(match: re.Match[str]) -> str:
        return str(ids.for_parameter(path, match.group(1)))

    return re.sub(r"\{(\w+)\}", fill, path)


@pytest.fixture
def ids(db: None) -> ObjectIds:
    return make_objects()


@pytest.mark.parametrize(("path", "method"), OF_OBJECTS, ids=names(OF_OBJECTS))
def test_stranger_is_told_it_is_not_there(path: str, method: str, ids: ObjectIds) -> None:
    stranger = make_member(make_org("Elsewhere"), Role.ADMIN)
    response = call(client_for(stranger), path, method, ids)
    assert response.status_code == 404, (response.status_code, response.content[:300])


@pytest.mark.parametrize(("path", "method"), CLOSED, ids=names(CLOSED))
def test_nobody_signed_in_is_asked_to_sign_in(path: str, method: str, ids: ObjectIds) -> None:
    response = call(client_for(None), path, method, ids)
    assert response.status_code == 401, (response.status_code, response.content[:300])


def call(client: Any, path: str, method: str, ids: ObjectIds) -> Any:
    headers = {"HTTP_IF_MATCH": '"0"', "HTTP_CONTENT_RANGE": "bytes 0-0/1"}
    url = with_ids(path, ids)
    if method == "get":
        return client.get(url)
    return getattr(client, method)(url, {}, format="json", **headers)


def test_lists_show_a_stranger_nothing(ids: ObjectIds) -> None:
    stranger = client_for(make_member(make_org("Elsewhere"), Role.ADMIN))
    for path, method in OPERATIONS:
        if method != "get" or "{" in path or path in OWN - {"/api/v1/notices", "/api/v1/tokens"}:
            continue
        if path == "/api/v1/schema/":
            continue
        response = stranger.get(path)
        assert response.status_code in {200, 400}, (path, response.content[:200])
        assert str(ids.project) not in response.content.decode(), path


def test_an_id_that_never_was_answers_like_a_strangers(ids: ObjectIds) -> None:
    owner = client_for(ids.owner)
    assert owner.get(f"/api/v1/projects/{new_id()}").status_code == 404


def test_most_addresses_are_walked() -> None:
    assert len(OF_OBJECTS) > 25
