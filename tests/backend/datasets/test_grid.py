"""The data grid: only allow-listed filters and orders, right pages, and only for those who may."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from backend.annotation.models import Suggestion, Task
from backend.core.enums import Role
from backend.core.models import new_id
from backend.datasets.domain.filters import GridFilters, parse
from backend.datasets.errors import FilterRefused
from backend.media.models import ProjectAsset
from backend.sites.models import Camera, Site
from tests.support import datasets, factories

START = datetime(2024, 5, 1, tzinfo=UTC)


@pytest.fixture
def project(db):
    return factories.make_project()


@pytest.fixture
def client(project):
    return factories.client_for(factories.make_project_member(project, Role.VIEWER))


@pytest.fixture
def grid(project, client):
    def ask(**query) -> list[str]:
        answer = client.get(f"/api/v1/projects/{project.pk}/assets", query)
        assert answer.status_code == 200, answer.content
        return [row["name"] for row in answer.json()["results"]]

    return ask


def suggest(task: Task, score: float, label_id: str, uncertainty: float = 0.1) -> None:
    Suggestion.objects.create(
        task=task, model_version_id=new_id(), model_name="m", label_id=label_id, shape="box",
        geometry={"box": [0, 0, 9, 9]}, score=score, uncertainty=uncertainty,
    )  # fmt: skip
    Task.objects.filter(pk=task.pk).update(max_suggestion_score=score, open_suggestion_count=1)


@pytest.mark.parametrize(
    ("given", "word"),
    [
        ({"user__password": "x"}, "Allowed are"),
        ({"asset__organisation": "x"}, "Allowed are"),
        ({"state": "approved,nonsense"}, "nonsense"),
        ({"state": {"__in": []}}, "not one of"),
        ({"label": "1 OR 1=1"}, "id"),
        ({"min_score": "nan"}, "number"),
        ({"excluded": "maybe"}, "one of"),
        ({"captured_from": "yesterday"}, "ISO"),
        ({"search": ["a", "b"]}, "one value"),
        ({"near_copy": "perhaps"}, "true or false"),
        ({f"meta.{i}": "x" for i in range(11)}, "At most"),
    ],
)
def test_a_filter_that_is_not_allowed_is_refused_by_name(given, word):
    with pytest.raises(FilterRefused, match=word):
        parse(given)


def test_filters_survive_being_stored():
    given = {
        "state": ["ready", "approved"],
        "meta.shift": "night",
        "min_score": "0.25",
        "near_copy": "true",
        "captured_from": "2024-05-01T00:00:00+02:00",
        "excluded": "all",
    }
    filters = parse(given)
    assert parse(filters.as_dict()) == filters
    assert filters.state == ("approved", "ready")
    assert parse({}) == GridFilters()
    assert parse({}).as_dict() == {}


def test_an_unknown_key_and_a_foreign_cursor_are_400(client, project):
    base = f"/api/v1/projects/{project.pk}/assets"
    for query in ({"asset__name": "x"}, {"order": "password"}, {"cursor": "%%%"}, {"cursor": "WyJhIl0"}):
        answer = client.get(base, query)
        assert answer.status_code == 400
        assert answer.json()["code"] == "filter_refused"


def test_strangers_get_404_and_the_row_shows_its_task(client, project):
    asset = factories.make_image_asset(project, name="a.jpg")
    datasets.label_asset(project, asset, tags=("blurred",))
    stranger = factories.client_for(factories.make_user("Eve"))
    for path in ("assets", "regions", "facets", "slices", "datasets"):
        assert stranger.get(f"/api/v1/projects/{project.pk}/{path}").status_code == 404
    row = client.get(f"/api/v1/projects/{project.pk}/assets").json()["results"][0]
    assert row["task"]["state"] == "approved"
    assert row["task"]["region_count"] == 1
    expected = {factories.label_id(project, "person"), factories.label_id(project, "blurred")}
    assert set(row["task"]["label_ids"]) == expected


@pytest.mark.parametrize("order", ["newest", "oldest", "name", "captured", "score", "uncertainty"])
def test_pages_of_every_order_meet_each_row_once_forwards_and_backwards(client, project, order):
    for i in range(7):
        # Equal names, equal and missing times, equal and missing scores.
        asset = factories.make_image_asset(
            project, name=f"{i % 3}.jpg", captured_at=START + timedelta(days=i % 2) if i % 3 else None
        )
        if i % 2:
            [task] = datasets.annotation.tasks_create(project=project, asset_ids=[asset.pk], reason="manual")
            suggest(task, 0.5 if i < 5 else 0.7, factories.label_id(project, "person"))
    url = f"/api/v1/projects/{project.pk}/assets?order={order}&page_size=3"
    seen, pages = [], []
    while url:
        body = client.get(url).json()
        pages.append([row["id"] for row in body["results"]])
        seen += pages[-1]
        url, last = body["next"], body
    assert len(seen) == len(set(seen)) == 7
    assert [len(page) for page in pages] == [3, 3, 1]
    back = client.get(last["previous"]).json()
    assert [row["id"] for row in back["results"]] == pages[1]
    first = client.get(back["previous"]).json()
    assert [row["id"] for row in first["results"]] == pages[0]
    assert first["previous"] is None


def test_orders_sort(project, grid):
    for i, name in enumerate(("b", "a", "c")):
        asset = factories.make_image_asset(project, name=name, captured_at=START + timedelta(days=-i))
        [task] = datasets.annotation.tasks_create(project=project, asset_ids=[asset.pk], reason="manual")
        suggest(task, i / 10, factories.label_id(project, "person"), uncertainty=1 - i / 10)
    assert grid() == ["c", "a", "b"]
    assert grid(order="oldest") == ["b", "a", "c"]
    assert grid(order="name") == ["a", "b", "c"]
    assert grid(order="captured") == ["b", "a", "c"]
    assert grid(order="score") == ["c", "a", "b"]
    assert grid(order="uncertainty") == ["b", "a", "c"]


def test_filters_of_the_picture(project, grid):
    site = Site.objects.create(organisation=project.organisation, name="Hall")
    camera = Camera.objects.create(site=site, name="Gate")
    factories.make_image_asset(project, name="gate.jpg", camera=camera, site=site, captured_at=START)
    factories.make_image_asset(project, name="night.jpg", metadata={"shift": "night", "line": 3, "ok": True})
    dark = factories.make_image_asset(project, name="dark.jpg", quality={"dark": True}, group_key="g1")
    ProjectAsset.objects.filter(asset=dark).update(excluded_at=START, near_copy_of=dark)
    assert grid(camera=str(camera.pk)) == ["gate.jpg"]
    assert grid(site=str(site.pk)) == ["gate.jpg"]
    assert grid(captured_from="2024-04-30", captured_to="2024-05-02") == ["gate.jpg"]
    assert grid(captured_to="2024-05-01") == []
    for query in ({"meta.shift": "night"}, {"meta.line": "3"}, {"meta.ok": "true"}):
        assert grid(**query) == ["night.jpg"]
    assert grid(**{"meta.shift": "day"}) == []
    assert grid(search="NIGHT") == ["night.jpg"]
    assert grid() == ["night.jpg", "gate.jpg"]
    assert grid(excluded="yes") == ["dark.jpg"]
    assert grid(excluded="all", near_copy="true", issue="dark", group="g1") == ["dark.jpg"]
    assert grid(kind="video") == []


def test_filters_of_the_task_and_its_labels(project, grid):
    names = ("boxed", "tagged", "plain", "blind", "suggested")
    assets = {name: factories.make_image_asset(project, name=name) for name in names}
    person, blurred = factories.label_id(project, "person"), factories.label_id(project, "blurred")
    datasets.label_asset(project, assets["boxed"])
    datasets.label_asset(project, assets["tagged"], regions=[], tags=("blurred",), approved=False)
    for name, blind in (("suggested", False), ("blind", True)):
        [task] = datasets.annotation.tasks_create(
            project=project, asset_ids=[assets[name].pk], reason="random", blind=blind
        )
        suggest(task, 0.8, person)
    assert grid(state="approved") == ["boxed"]
    assert grid(state=["approved", "in_review"]) == ["tagged", "boxed"]
    assert grid(label=person) == ["boxed"]
    assert grid(label=f"{person},{blurred}") == ["tagged", "boxed"]
    assert grid(shape="tag") == ["tagged"]
    assert grid(shape="box", label=person) == ["boxed"]
    assert grid(min_score="0.5") == ["suggested"], "a blind task must not tell that it has suggestions"
    assert grid(suggested_label=person) == ["suggested"]
    assert grid(blind="true") == ["blind"]
    assert grid(selection_reason="random") == ["suggested", "blind"]


def test_a_blind_task_tells_no_score(project, client):
    asset = factories.make_image_asset(project)
    [task] = datasets.annotation.tasks_create(
        project=project, asset_ids=[asset.pk], reason="random", blind=True
    )
    suggest(task, 0.8, factories.label_id(project, "person"))
    row = client.get(f"/api/v1/projects/{project.pk}/assets").json()["results"][0]
    assert (row["task"]["max_suggestion_score"], row["task"]["open_suggestion_count"]) == (None, 0)


def test_facets_count_what_can_be_chosen(project, client):
    site = Site.objects.create(organisation=project.organisation, name="Hall")
    camera = Camera.objects.create(site=site, name="Gate")
    for i in range(3):
        asset = factories.make_image_asset(
            project, camera=camera if i else None, site=site if i else None, metadata={"line": i % 2}
        )
        datasets.label_asset(project, asset, tags=("blurred",) if i == 0 else ())
    found = client.get(f"/api/v1/projects/{project.pk}/facets").json()
    assert found["states"] == {"approved": 3}
    assert found["labels"] == {
        factories.label_id(project, "person"): 3,
        factories.label_id(project, "blurred"): 1,
    }
    assert found["cameras"] == [{"value": str(camera.pk), "name": "Gate", "count": 2}]
    assert found["metadata"] == [
        {
            "key": "line",
            "values": [{"value": "0", "name": "0", "count": 2}, {"value": "1", "name": "1", "count": 1}],
        }
    ]
    assert found["capped"] is False


def test_the_grid_asks_the_database_a_fixed_number_of_times(project, client, django_assert_max_num_queries):
    for _ in range(12):
        datasets.label_asset(project, factories.make_image_asset(project))
    client.get("/api/v1/session")
    with django_assert_max_num_queries(14):
        assert len(client.get(f"/api/v1/projects/{project.pk}/assets").json()["results"]) == 12


def test_slices_keep_clean_filters_under_one_name(project, client):
    base = f"/api/v1/projects/{project.pk}/slices"
    reviewer = factories.client_for(factories.make_project_member(project, Role.REVIEWER))
    body = {"name": "Night", "filters": {"meta.shift": "night", "state": "approved"}}
    assert client.post(base, body).status_code == 403
    made = reviewer.post(base, body)
    assert made.status_code == 201
    assert made.json()["filters"] == {"meta.shift": "night", "state": ["approved"]}
    assert reviewer.post(base, body).status_code == 409
    assert reviewer.post(base, {"name": "x", "filters": {"asset__name": 1}}).status_code == 400
    assert [row["name"] for row in client.get(base).json()["results"]] == ["Night"]
    stranger = factories.client_for(factories.make_user("Eve"))
    assert stranger.delete(f"/api/v1/slices/{made.json()['id']}").status_code == 404
    assert reviewer.delete(f"/api/v1/slices/{made.json()['id']}").status_code == 204
    assert client.get(base).json()["results"] == []


def test_a_slice_is_renamed_and_keeps_its_filters(project, client):
    base = f"/api/v1/projects/{project.pk}/slices"
    reviewer = factories.client_for(factories.make_project_member(project, Role.REVIEWER))
    night = reviewer.post(base, {"name": "Night", "filters": {"state": "approved"}}).json()["id"]
    reviewer.post(base, {"name": "Day"})
    assert client.patch(f"/api/v1/slices/{night}", {"name": "Late"}).status_code == 403
    assert reviewer.patch(f"/api/v1/slices/{night}", {"name": "Day"}).status_code == 409
    assert reviewer.patch(f"/api/v1/slices/{night}", {"name": " "}).status_code == 400
    renamed = reviewer.patch(f"/api/v1/slices/{night}", {"name": "Late"})
    assert (renamed.status_code, renamed.json()["filters"]) == (200, {"state": ["approved"]})
    assert reviewer.patch(f"/api/v1/slices/{night}", {"name": "Late"}).status_code == 200
    assert [row["name"] for row in client.get(base).json()["results"]] == ["Day", "Late"]


def test_the_grid_by_objects_gives_crops(project, client):
    first, second = (factories.make_image_asset(project, name=name) for name in ("a", "b"))
    datasets.label_asset(
        project, first, [datasets.box(project), datasets.box(project, "hard_hat", (1, 2, 30, 40))]
    )
    datasets.label_asset(project, second, [datasets.box(project, xyxy=(5, 5, 9, 9))])
    base = f"/api/v1/projects/{project.pk}/regions"
    hats = client.get(base, {"label": factories.label_id(project, "hard_hat")}).json()["results"]
    assert [(row["box"], row["asset"]["name"], row["shape"]) for row in hats] == [
        ([1, 2, 30, 40], "a", "box")
    ]
    assert len(client.get(base, {"search": "b", "page_size": 5}).json()["results"]) == 1
    page = client.get(base, {"page_size": 2}).json()
    assert len(page["results"]) == 2
    assert len(client.get(page["next"]).json()["results"]) == 1
    assert client.get(base, {"task__id": "x"}).status_code == 400
