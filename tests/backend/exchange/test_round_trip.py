"""What goes out comes back: boxes and polygons, any label name, twice the same, nobody's work overwritten."""

from __future__ import annotations

import json
import uuid
import zipfile
from dataclasses import replace
from io import BytesIO
from typing import Any

import pytest
import yaml
from django.core.management import CommandError, call_command

from backend.annotation.models import Revision, Suggestion, Task
from backend.core.enums import Role
from backend.core.models import AuditEvent
from backend.exchange.enums import ImportFormat, ImportLabels
from backend.exchange.errors import ImportRefused
from backend.exchange.services.imports import dataset_import
from backend.media import services as media
from backend.projects import services as projects
from ml.data.readers import detection_read, tags_read
from tests.support import datasets, exchange, factories
from tests.support.annotation import Editor, box_region
from tests.support.exchange import (
    API,
    assert_same,
    exported,
    import_zip,
    labelled,
    said_of,
    take_in,
    unzipped,
)


def _body(answer: Any) -> bytes:
    return b"".join(answer.streaming_content)


@pytest.mark.parametrize("fmt", ["coco", "yolo"])
def test_an_export_comes_back_as_the_same_regions(first, second, client, fmt):
    labelled(first, "person", "hard_hat")
    answer = client.get(f"{API}/projects/{first.pk}/export?format={fmt}")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/zip")
    job = import_zip(client, second, _body(answer), fmt)
    assert job.state == "succeeded", job.error
    report = job.result
    assert (report["pictures"], report["added"], report["objects"], report["labelled"]) == (3, 3, 4, 3)
    assert report["labels_made"] == ["hard_hat"]
    assert report["refused"] == []
    assert_same(said_of(first), said_of(second))
    assert Task.objects.filter(project=second, state="approved", selection_reason="import").count() == 3


@pytest.mark.parametrize("fmt", ["coco", "yolo"])
def test_the_same_content_is_the_same_archive_and_ml_reads_it(first, tmp_path, fmt):
    labelled(first, "person", "hard_hat")
    content = exported(first, fmt)
    assert exported(first, fmt) == content
    folder = unzipped(content, tmp_path / "out")
    dataset = detection_read(folder).dataset
    assert set(dataset.classes) == {"person", "hard_hat"}
    assert sorted(len(item.annotations) for item in dataset.images) == [0, 2, 2]
    polygons = [a.polygon for item in dataset.images for a in item.annotations if a.label == "hard_hat"]
    assert all(p is not None and len(p.points) == 4 for p in polygons)


def test_a_frozen_version_goes_out_as_it_was_frozen(first, client):
    assets = labelled(first, "person", "hard_hat")
    version = datasets.freeze(first)
    before = exported(first, "coco", version=version)
    datasets.label_asset(first, assets[0], [])
    assert exported(first, "coco", version=version) == before
    url = f"{API}/projects/{first.pk}/export?format=coco&dataset_version_id={version.pk}"
    assert _body(client.get(url)) == before
    labels_only = zipfile.ZipFile(BytesIO(_body(client.get(f"{url}&images=false"))))
    assert {name.rsplit(".")[-1] for name in labels_only.namelist()} == {"json"}


def test_a_picture_deleted_since_leaves_the_exports_of_frozen_versions(first, admin):
    assets = labelled(first, "person", "hard_hat")
    version = datasets.freeze(first)
    before = zipfile.ZipFile(BytesIO(exported(first, "yolo", version=version))).namelist()
    media.asset_delete(actor=admin, asset=assets[0])
    after = zipfile.ZipFile(BytesIO(exported(first, "yolo", version=version))).namelist()
    assert len(before) - len(after) == 2


def test_tags_go_out_and_come_back(first, second, client):
    datasets.label_asset(first, take_in(first, 1), [], tags=("blurred",))
    content = exported(first, "coco")
    job = import_zip(client, second, content, "coco")
    assert job.result["labels_made"] == ["blurred"]
    revision = Revision.objects.get(task__project=second)
    assert revision.tags == [factories.label_id(second, "blurred")]


NASTY = [
    'it\'s "quoted"',
    "a: b # c",
    "- [x] {y: &z *w}",
    "!!python/object/apply:os.system",
    "../../etc/passwd",
    "C:\\temp\\x",
    "yes",
    "null",
    "1.0",
    "Helm-Träger, 头盔 😀",
    "tail\u2028line\x85end",
    "'",
    "%s {0}",
]


@pytest.mark.parametrize("fmt", ["coco", "yolo"])
def test_label_names_survive_whatever_they_look_like(admin, organisation, client, second, fmt, tmp_path):
    made = [{"name": name, "shapes": ["box"]} for name in NASTY]
    project = factories.make_project(admin, organisation=organisation, labels=made)
    names = [label["name"] for label in project.ontology_versions.get().labels]
    regions = [datasets.box(project, name, (n, n, n + 30.0, n + 20.0)) for n, name in enumerate(names)]
    datasets.label_asset(project, take_in(project, 1), regions)
    content = exported(project, fmt)
    members = zipfile.ZipFile(BytesIO(content)).namelist()
    assert not [name for name in members if ".." in name or name.startswith(("/", "\\"))]
    folder = unzipped(content, tmp_path / "out")
    if fmt == "yolo":
        assert yaml.safe_load((folder / "data.yaml").read_text())["names"] == names
    assert {a.label for i in detection_read(folder).dataset.images for a in i.annotations} == set(names)
    job = import_zip(client, second, content, fmt)
    assert job.state == "succeeded", job.error
    assert_same(said_of(project), said_of(second))


def test_a_label_name_with_a_line_break_is_refused_at_the_door(first, admin):
    labels = [*first.ontology_versions.get().labels, {"name": "a\nnc: 0", "shapes": ["box"]}]
    from backend.core.errors import BadInput

    with pytest.raises(BadInput):
        projects.ontology_replace(actor=admin, project=first, labels=labels, base_number=1)


def test_picture_names_are_made_safe_and_unique(first):
    for seed, name in enumerate(
        ["../../evil.png", "evil.png", "EVIL.png", "a/b/c.png", "...png", "con:?.png"]
    ):
        datasets.label_asset(first, take_in(first, seed, name=name), [datasets.box(first)])
    members = zipfile.ZipFile(BytesIO(exported(first, "yolo"))).namelist()
    pictures = [name.split("/")[-1] for name in members if "/images/" in name]
    assert len(pictures) == len({name.lower() for name in pictures}) == 6
    stems = {name.rsplit(".", 1)[0] for name in pictures}
    assert stems == {n.split("/")[-1].removesuffix(".txt") for n in members if n.endswith(".txt")}
    assert all(name.count("/") == 2 and ".." not in name for name in members if name != "data.yaml")


def test_a_turned_box_goes_out_by_its_corners(first):
    region = datasets.box(first, "person", (20, 20, 60, 40))
    region.geometry["rotation"] = 90
    datasets.label_asset(first, take_in(first, 1), [region])
    content = json.loads(
        zipfile.ZipFile(BytesIO(exported(first, "coco"))).read(
            "train.json" if _split(first) == "train" else f"{_split(first)}.json"
        )
    )
    [row] = content["annotations"]
    assert row["bbox"] == pytest.approx([30, 10, 20, 40])
    assert row["area"] == pytest.approx(800)


def _split(project: Any) -> str:
    [name] = [
        n
        for n in zipfile.ZipFile(BytesIO(exported(project, "coco"))).namelist()
        if n.endswith(".json") and n != "left-out.json"
    ]
    return name.removesuffix(".json")


def test_importing_twice_changes_nothing(first, second, client):
    labelled(first, "person", "hard_hat")
    content = exported(first, "coco")
    import_zip(client, second, content, "coco")
    before = said_of(second), list(Revision.objects.filter(task__project=second).values_list("id", flat=True))
    again = import_zip(client, second, content, "coco").result
    assert (again["added"], again["duplicates"], again["labelled"]) == (0, 3, 3)
    assert (
        said_of(second),
        list(Revision.objects.filter(task__project=second).values_list("id", flat=True)),
    ) == before


def test_a_person_s_work_is_left_alone(first, second, client):
    labelled(first, "person", "hard_hat")
    content = exported(first, "coco")
    import_zip(client, second, content, "coco", labels="none")
    assert not Revision.objects.filter(task__project=second).exists()
    worker = factories.client_for(factories.make_project_member(second, Role.ANNOTATOR))
    done, open_one = Task.objects.filter(project=second).order_by("id")[:2]
    editor = Editor.open(worker, done.pk)
    editor.put(box_region(second, (3, 3, 33, 33)))
    assert editor.submit().status_code == 200
    Editor.open(worker, open_one.pk)
    report = import_zip(client, second, content, "coco").result
    assert (report["labelled"], report["left_alone"]) == (1, 2)
    done.refresh_from_db()
    assert done.resolved_revision.regions.get().geometry["box"] == [3, 3, 33, 33]
    open_one.refresh_from_db()
    assert (open_one.state, open_one.resolved_revision) == ("in_work", None)


def test_labels_may_come_as_suggestions_or_not_at_all(first, second, client):
    labelled(first, "person", "hard_hat")
    content = exported(first, "yolo")
    report = import_zip(client, second, content, "yolo", labels="suggestions").result
    assert report["labelled"] == 3
    found = Suggestion.objects.filter(task__project=second, state="open")
    assert sorted(found.values_list("shape", flat=True)) == ["box", "box", "polygon", "polygon"]
    assert set(found.values_list("model_name", "score")) == {("import", 1.0)}
    assert not Revision.objects.filter(task__project=second).exists()
    assert set(Task.objects.filter(project=second).values_list("state", flat=True)) == {"ready"}


def test_who_took_what_out_is_in_the_audit_and_needs_the_role(first, client):
    labelled(first, "person", "hard_hat")
    url = f"{API}/projects/{first.pk}/export?format=coco&label={factories.label_id(first, 'person')}"
    assert client.get(url).status_code == 200
    event = AuditEvent.objects.get(action="export")
    assert event.object_id == str(first.pk)
    assert (event.after["format"], "label" in event.after["filters"]) == ("coco", True)
    for role, status in [(Role.VIEWER, 403), (Role.REVIEWER, 403), (Role.SCIENTIST, 200)]:
        member = factories.client_for(factories.make_project_member(first, role))
        assert member.get(url).status_code == status
    assert factories.client_for(factories.make_user()).get(url).status_code == 404
    assert client.get(f"{url}&nonsense=1").status_code == 400
    assert client.get(f"{API}/projects/{first.pk}/export?format=tar").status_code == 400
    unknown = f"{API}/projects/{first.pk}/export?format=coco&dataset_version_id={uuid.uuid4()}"
    assert client.get(unknown).status_code == 404


def test_a_version_of_another_project_is_not_there(first, second, client):
    version = datasets.freeze_labelled(second, [take_in(second, 9)])
    url = f"{API}/projects/{first.pk}/export?format=coco&dataset_version_id={version.pk}"
    assert client.get(url).status_code == 404


# --- commands


def test_the_commands_export_and_import_folders_and_zips(first, second, tmp_path, capsys):
    labelled(first, "person", "hard_hat")
    version = datasets.freeze(first)
    for out in (tmp_path / "set.zip", tmp_path / "set"):
        call_command("export_dataset", str(out), project=str(first.pk), format="yolo")
        assert "written to" in capsys.readouterr().out
    unzipped((tmp_path / "set.zip").read_bytes(), tmp_path / "unzipped")
    files = {
        p.relative_to(tmp_path / "set"): p.read_bytes() for p in (tmp_path / "set").rglob("*") if p.is_file()
    }
    again = tmp_path / "unzipped"
    assert files == {p.relative_to(again): p.read_bytes() for p in again.rglob("*") if p.is_file()}
    with pytest.raises(CommandError, match="exists already"):
        call_command("export_dataset", str(tmp_path / "set"), project=str(first.pk), format="yolo")
    argv = [str(tmp_path / "v1"), "--project", first.name, "--format", "coco", "--no-images"]
    call_command("export_dataset", *argv, "--dataset-version", str(version.number))
    assert all(path.suffix == ".json" for path in (tmp_path / "v1").iterdir())

    report = tmp_path / "report.json"
    argv = [str(tmp_path / "set"), "--project", str(second.pk), "--format", "yolo", "--report", str(report)]
    call_command("import_dataset", *argv, "--dry-run")
    assert json.loads(report.read_text())["pictures"] == 3
    assert not Task.objects.filter(project=second).exists()
    call_command("import_dataset", *argv)
    assert json.loads(report.read_text())["labelled"] == 3
    assert_same(said_of(first), said_of(second))
    with pytest.raises(CommandError, match="Nobody has an account"):
        call_command("import_dataset", *argv, "--as", "nobody@example.org")


def test_tags_are_read_by_ml(first, tmp_path):
    datasets.label_asset(first, take_in(first, 1), [], tags=("blurred",))
    folder = unzipped(exported(first, "coco"), tmp_path / "out")
    assert [item.tags for item in tags_read(folder).dataset.images] == [("blurred",)]


# --- other people's folders


def test_voc_counts_pixels_from_one_and_includes_the_last(admin, second, tmp_path):
    (tmp_path / "JPEGImages").mkdir()
    (tmp_path / "Annotations").mkdir()
    (tmp_path / "JPEGImages" / "a.png").write_bytes(exchange.picture_bytes(40, 30))
    (tmp_path / "Annotations" / "a.xml").write_text(
        "<annotation><filename>other.jpg</filename><size><width>40</width><height>30</height></size>"
        "<object><name>person</name><bndbox><xmin>1</xmin><ymin>1</ymin><xmax>40</xmax><ymax>30</ymax></bndbox></object>"
        "<object><name>person</name><bndbox><xmin>11</xmin><ymin>6</ymin><xmax>20</xmax><ymax>15</ymax></bndbox></object>"
        "</annotation>"
    )
    report = dataset_import(
        actor=admin, project=second, folder=tmp_path, fmt=ImportFormat.VOC, labels=ImportLabels.APPROVED
    )
    assert (report.labelled, report.refused) == (1, [])
    assert said_of(second) == {"a": [("person", "box", [0, 0, 40, 30]), ("person", "box", [10, 5, 20, 15])]}


def test_a_folder_that_is_no_data_set_is_refused_with_the_reason(admin, second, tmp_path):
    for fmt, says in [("yolo", "data.yaml"), ("coco", "COCO json"), ("voc", "VOC")]:
        with pytest.raises(ImportRefused, match=says):
            dataset_import(
                actor=admin, project=second, folder=tmp_path, fmt=ImportFormat(fmt), labels=ImportLabels.NONE
            )
    with pytest.raises(ImportRefused):
        dataset_import(
            actor=admin,
            project=second,
            folder=tmp_path / "x",
            fmt=ImportFormat.COCO,
            labels=ImportLabels.NONE,
        )


def test_what_a_format_cannot_say_is_named_in_the_archive(admin, organisation):
    labels = [{"name": "person", "shapes": ["box", "polyline"]}]
    first = factories.make_project(admin, organisation=organisation, labels=labels)
    region = datasets.box(first, "person", (20, 20, 60, 40))
    points = {"points": [[5, 5], [50, 9]]}
    line = replace(datasets.box(first, "person", (0, 0, 1, 1)), shape="polyline", geometry=points)
    datasets.label_asset(first, take_in(first, 1), [region, line])
    for fmt in ("coco", "yolo"):
        archive = zipfile.ZipFile(BytesIO(exported(first, fmt)))
        assert json.loads(archive.read("left-out.json"))["objects"] == {"polyline": 1}
