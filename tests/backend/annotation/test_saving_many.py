"""A save takes what the editor sends quickly, refuses the rest by field, and costs what changed."""

from __future__ import annotations

import json
import uuid
from typing import Any

import pytest

from backend.annotation.api import ops
from backend.annotation.models import RegionProjection, RegionVersion
from backend.core.enums import Role
from tests.support.annotation import Editor, box_region, make_task, put_op
from tests.support.factories import client_for, make_project, make_project_member

ID = "018f0c3e-5b7a-7c11-9d2e-3f4a5b6c7d8e"
REGION = {"region_id": ID, "label_id": ID, "shape": "box", "geometry": {"box": [1, 2.5, 30, 40]}}


@pytest.fixture
def project(db: Any) -> Any:
    return make_project()


@pytest.fixture
def ada(project: Any) -> Any:
    return client_for(make_project_member(project, Role.ANNOTATOR, "Ada"))


def put(**fields: Any) -> dict[str, Any]:
    return {"op_id": ID, "op": "put", "region": {**REGION, **fields}}


@pytest.mark.parametrize(
    "row",
    [
        put(),
        put(attributes={ID: "blue"}, z_index=-3, occluded=True, group_id=ID, suggestion_id=ID, score=0.25),
        put(source="model", score=None, geometry={"points": [[1, 2], [3, 4], [5, 9]], "holes": []}),
        {"op_id": ID, "op": "delete", "region_id": ID},
    ],
)
def test_plain_operations_are_read_as_the_serializers_read_them(row: dict[str, Any]) -> None:
    slow = ops.DraftOpSerializer(data=row)
    assert slow.is_valid(), slow.errors
    assert ops.op_plain(row) == ops.op_checked(slow.validated_data)


@pytest.mark.parametrize(
    ("name", "row"),
    [
        ("nothing drawn", {"op_id": ID, "op": "put"}),
        ("no operation", "put"),
        ("unknown operation", {"op_id": ID, "op": "burn"}),
        ("no label", {"op_id": ID, "op": "put", "region": {k: REGION[k] for k in ("region_id", "shape")}}),
        ("id that is none", put(region_id="x" * 36)),
        ("shape that is none", put(shape="blob")),
        ("geometry that is a list", put(geometry=[1, 2])),
        ("geometry of an unknown kind", put(geometry={"circle": 1})),
        ("endless number", put(geometry={"box": [0, 0, float("inf"), 1]})),
        ("endless number deep inside", put(geometry={"points": [[1, 2], [3, -1e999]]})),
        ("endless attribute", put(attributes={ID: float("inf")})),
        ("NUL in an attribute", put(attributes={ID: "a\0b"})),
        ("NUL in a mask", put(geometry={"mask": {"counts": "0\0"}})),
        ("stack far away", put(z_index=10**9)),
        ("covered by a word", put(occluded="perhaps")),
    ],
)
def test_a_save_refuses_by_field(name: str, row: Any, project: Any, ada: Any) -> None:
    make_task(project)
    editor = Editor.next(ada, project)
    # As bytes: the test client's own JSON knows no endless number.
    text = json.dumps({"ops": [put_op(box_region(project)), row]}).replace("Infinity", "1e999")
    answer = ada.generic(
        "PATCH",
        f"/api/v1/assignments/{editor.assignment}/draft",
        text,
        content_type="application/json",
        headers={"If-Match": f'"{editor.version}"'},
    )
    assert answer.status_code == 400, (name, answer.content)
    assert any("ops" in field for field in answer.json()["fields"]), answer.json()


def test_ids_in_other_spellings_are_the_same_object(project: Any, ada: Any) -> None:
    make_task(project)
    editor = Editor.next(ada, project)
    region = box_region(project)
    editor.put(region)
    assert editor.put({**region, "region_id": region["region_id"].upper()}).status_code == 200
    assert len(Editor.open(ada, editor.body["id"]).body["labels"]["regions"]) == 1


def test_queries_do_not_grow_with_the_regions(
    project: Any, ada: Any, django_assert_max_num_queries: Any
) -> None:
    task = make_task(project)
    editor = Editor.open(ada, task.pk)
    regions = [box_region(project, (x, 10, x + 40, 90)) for x in range(1, 301)]
    with django_assert_max_num_queries(12):
        assert editor.put(*regions).status_code == 200
    with django_assert_max_num_queries(32):
        assert editor.submit(key=str(uuid.uuid4())).status_code == 200
    assert RegionProjection.objects.filter(task=task).count() == 300
    stored = RegionVersion.objects.count()

    again = Editor.open(ada, task.pk, **{"as": "correct"})
    again.put({**regions[7], "geometry": {"box": [5, 5, 50, 60]}})
    again.patch({"op_id": ID, "op": "delete", "region_id": regions[8]["region_id"]})
    before = dict(RegionProjection.objects.filter(task=task).values_list("region_version_id", "id"))
    with django_assert_max_num_queries(36):
        assert again.submit().status_code == 200
    assert RegionVersion.objects.count() == stored + 1
    after = dict(RegionProjection.objects.filter(task=task).values_list("region_version_id", "id"))
    assert len(after) == 299
    assert len(before.items() & after.items()) == 298
    moved = RegionProjection.objects.get(task=task, region_version__region_id=regions[7]["region_id"])
    assert (moved.x1, moved.y2) == (5, 60)
