"""Files as browsers get them: ranges, fixed types, caching, and only for those who may."""

from __future__ import annotations

import pytest

from backend.core.enums import Role
from backend.media import services
from backend.media.domain.http_ranges import BadRange, ByteRange, requested_range
from tests.support import factories, media

pytestmark = pytest.mark.django_db
CONTENT = media.jpeg(1, width=300, height=200)


@pytest.fixture
def project():
    return factories.make_project()


@pytest.fixture
def asset(project):
    return services.asset_register(project=project, content=CONTENT, name='a"b\n.jpg', actor=None)


@pytest.fixture
def client(project):
    return factories.client_for(factories.make_project_member(project, Role.VIEWER))


def body(answer) -> bytes:
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def test_the_picture_is_served_with_a_fixed_type_for_ever_and_in_a_sandbox(client, asset):
    answer = client.get(f"/api/v1/assets/{asset.pk}/image")
    assert body(answer) == CONTENT
    assert answer["Content-Type"] == "image/jpeg"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert "immutable" in answer["Cache-Control"]
    assert "\n" not in answer["Content-Disposition"]
    again = client.get(f"/api/v1/assets/{asset.pk}/image", headers={"If-None-Match": answer["ETag"]})
    assert again.status_code == 304


@pytest.mark.parametrize(
    ("asked", "start", "stop"),
    [("bytes=0-9", 0, 10), ("bytes=5-", 5, None), ("bytes=-7", -7, None), ("bytes=3-999999999", 3, None)],
)
def test_ranges_of_the_original(client, asset, asked, start, stop):
    answer = client.get(f"/api/v1/assets/{asset.pk}/original", headers={"Range": asked})
    assert answer.status_code == 206
    expected = CONTENT[start:stop]
    assert body(answer) == expected
    assert int(answer["Content-Length"]) == len(expected)
    assert answer["Content-Range"].endswith(f"/{len(CONTENT)}")


def test_a_range_past_the_end_is_416_and_an_odd_one_gives_everything(client, asset):
    past = client.get(f"/api/v1/assets/{asset.pk}/original", headers={"Range": f"bytes={len(CONTENT)}-"})
    assert past.status_code == 416
    odd = client.get(f"/api/v1/assets/{asset.pk}/original", headers={"Range": "bytes=0-1,4-5"})
    assert odd.status_code == 200
    assert body(odd) == CONTENT


@pytest.mark.parametrize("asked", ["bytes=-0", "bytes=9-3", "bytes=10-"])
def test_ranges_that_cannot_be(asked):
    with pytest.raises(BadRange):
        requested_range(asked, 10)


def test_a_range_longer_than_the_file_is_cut():
    assert requested_range("bytes=-50", 10) == ByteRange(0, 10, 10)
    assert requested_range("", 10) is None


@pytest.mark.parametrize("part", ["", "/image", "/thumbnail", "/original", "/frames/0.jpg", "/frame-times"])
def test_strangers_get_404_for_every_address_of_an_asset(asset, part):
    stranger = factories.client_for(factories.make_user("Eve"))
    assert stranger.get(f"/api/v1/assets/{asset.pk}{part}").status_code == 404
    assert factories.client_for(None).get(f"/api/v1/assets/{asset.pk}{part}").status_code == 401


def test_an_asset_is_reached_through_any_project_that_uses_it(project, asset):
    other = factories.make_project(organisation=project.organisation)
    services.asset_register(project=other, content=CONTENT, name="b.jpg", actor=None)
    guest = factories.client_for(factories.make_project_member(other, Role.VIEWER))
    assert guest.get(f"/api/v1/assets/{asset.pk}").json()["sha256"] == asset.blob.sha256
    assert guest.get(f"/api/v1/assets/{asset.pk}/near-copies?project_id={project.pk}").status_code == 404
    assert guest.get(f"/api/v1/assets/{asset.pk}/near-copies?project_id={other.pk}").json() == {"results": []}
    assert guest.get(f"/api/v1/assets/{asset.pk}/near-copies").status_code == 400


def test_a_picture_has_no_frames(client, asset):
    assert client.get(f"/api/v1/assets/{asset.pk}/frames/0.jpg").status_code == 404
    assert client.get(f"/api/v1/assets/{asset.pk}/frame-times").status_code == 404
