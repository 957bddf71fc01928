"""Uploads: resumable, ordered, each byte once, each picture once."""

from __future__ import annotations

import errno
import random

import pytest
from django.test import override_settings

from backend.core import jobs
from backend.core.enums import Role
from backend.core.models import JobRun
from backend.media import selectors, uploads
from backend.media.models import Asset, ProjectAsset, Upload
from tests.support import factories, media

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def project():
    return factories.make_project()


@pytest.fixture
def client(project):
    return factories.client_for(factories.make_project_member(project, Role.ANNOTATOR))


def test_an_upload_cut_at_a_random_byte_goes_on_where_it_stopped(project, client):
    content = media.jpeg(1, width=400, height=300)
    cut = random.Random(7).randrange(1, len(content))
    upload = media.upload_open(client, project, "a.jpg", len(content))
    media.chunk_put(client, upload["id"], content, 0, cut)
    at = client.get(f"/api/v1/uploads/{upload['id']}").json()["received_bytes"]
    assert at == cut
    answer = media.chunk_put(client, upload["id"], content, at, len(content))
    assert answer.json()["state"] == "received"
    assert selectors.upload_path(upload["id"]).read_bytes() == content


def test_a_repeated_or_overlapping_range_is_harmless_and_a_gap_is_refused(project, client):
    content = media.jpeg(1)
    upload = media.upload_open(client, project, "a.jpg", len(content))
    for start, stop in ((0, 100), (0, 100), (50, 200)):
        assert media.chunk_put(client, upload["id"], content, start, stop).status_code == 200
    gap = media.chunk_put(client, upload["id"], content, 300, 400)
    assert gap.status_code == 409
    assert gap.json()["received_bytes"] == 200
    media.chunk_put(client, upload["id"], content, 200, len(content))
    assert media.chunk_put(client, upload["id"], content, 0, 100).status_code == 200
    assert selectors.upload_path(upload["id"]).read_bytes() == content
    assert JobRun.objects.filter(kind="media.ingest_upload").count() == 1


@pytest.mark.parametrize(
    "header", ["", "bytes 0-9", "bytes 5-2/100", "bytes 0-99/7", "items 0-9/10", "bytes 0-8/10"]
)
def test_a_content_range_that_does_not_fit_is_refused(project, client, header):
    upload = media.upload_open(client, project, "a.jpg", 10)
    answer = client.generic(
        "PUT",
        f"/api/v1/uploads/{upload['id']}/content",
        b"0123456789",
        content_type="application/octet-stream",
        headers={"Content-Range": header},
    )
    assert answer.status_code == 400


def test_strangers_see_no_upload_and_a_colleague_cannot_write_into_it(project, client):
    content = media.jpeg(1)
    upload = media.upload_open(client, project, "a.jpg", len(content))
    stranger = factories.client_for(factories.make_user("Eve"))
    colleague = factories.client_for(factories.make_project_member(project, Role.SCIENTIST))
    assert media.chunk_put(stranger, upload["id"], content, 0, 10).status_code == 404
    assert stranger.get(f"/api/v1/uploads/{upload['id']}").status_code == 404
    assert media.chunk_put(colleague, upload["id"], content, 0, 10).status_code == 403
    viewer = factories.client_for(factories.make_project_member(project, Role.VIEWER))
    body = {"filename": "a.jpg", "size_bytes": 1}
    assert viewer.post(f"/api/v1/projects/{project.pk}/uploads", body).status_code == 403


@override_settings(UPLOAD_MAX_BYTES=1000)
def test_a_file_over_the_limit_is_refused_before_a_byte_is_sent(project, client):
    answer = client.post(f"/api/v1/projects/{project.pk}/uploads", {"filename": "a.jpg", "size_bytes": 1001})
    assert answer.status_code == 413
    assert "MB" in answer.json()["message"]


def test_a_zip_is_taken_in_with_its_metadata_and_each_content_once(project, client):
    files = {f"set/{i}.jpg": media.jpeg(i) for i in range(3)}
    files["set/again.jpg"] = files["set/0.jpg"]
    files["set/notes.txt"] = b"hello"
    files["__MACOSX/set/._0.jpg"] = b"junk"
    files["metadata.csv"] = b"file_name,shift,captured_at\nset/1.jpg,night,2024-05-01T10:00:00Z\n"
    upload = media.upload_whole(client, project, "set.zip", media.zipped(files))
    assert upload["state"] == "done"
    assert upload["report"] == {"added": 3, "duplicates": 1, "skipped": 3, "refused_count": 0, "refused": []}
    asset = Asset.objects.get(name="set/1.jpg")
    assert asset.metadata["shift"] == "night"
    assert asset.captured_at.isoformat() == "2024-05-01T10:00:00+00:00"
    again = media.upload_whole(client, project, "set.zip", media.zipped(files))
    assert again["report"]["added"] == 0
    assert ProjectAsset.objects.filter(project=project).count() == 3


def test_a_job_killed_in_the_middle_of_a_zip_gives_every_picture_once(project, client, monkeypatch):
    content = media.zipped({f"{i}.jpg": media.jpeg(i) for i in range(6)})
    upload = media.upload_open(client, project, "six.zip", len(content))
    media.chunk_put(client, upload["id"], content, 0, len(content))
    job = JobRun.objects.get(kind="media.ingest_upload")
    real, calls = uploads.upload_file_done, []

    class Killed(BaseException):
        """Like kill -9: nothing after it runs, no handler hears of it."""

    def dies_at_the_fourth(**fields):
        calls.append(fields["index"])
        if len(calls) == 4:
            raise Killed
        real(**fields)

    with monkeypatch.context() as patched:
        patched.setattr(uploads, "upload_file_done", dies_at_the_fourth)
        with pytest.raises(Killed):
            jobs.run(str(job.pk))
    JobRun.objects.filter(pk=job.pk).update(lease_expires_at="2000-01-01T00:00:00Z")
    jobs.run(str(job.pk))
    report = Upload.objects.get(pk=upload["id"]).report
    assert (report["added"], report["duplicates"]) == (6, 0)
    assert sorted(Asset.objects.values_list("name", flat=True)) == [f"{i}.jpg" for i in range(6)]


def test_finishing_removes_the_upload_and_a_second_run_changes_nothing(project, client):
    upload = media.upload_whole(client, project, "a.jpg", media.jpeg(1))
    assert not selectors.upload_path(upload["id"]).exists()
    job = JobRun.objects.get(kind="media.ingest_upload")
    JobRun.objects.filter(pk=job.pk).update(state="queued")
    jobs.run(str(job.pk))
    job.refresh_from_db()
    assert job.state == "succeeded"
    assert Asset.objects.count() == 1


def test_a_file_for_another_purpose_waits_and_is_not_taken_in(project, client):
    upload = media.upload_open(client, project, "model.onnx", 4, purpose="file")
    answer = media.chunk_put(client, upload["id"], b"onnx", 0, 4)
    assert answer.json()["state"] == "received"
    assert not JobRun.objects.filter(kind="media.ingest_upload").exists()
    assert selectors.upload_path(upload["id"]).read_bytes() == b"onnx"


def test_an_abandoned_upload_gives_its_room_back(project, client):
    old = media.upload_open(client, project, "old.jpg", 10)
    Upload.objects.filter(pk=old["id"]).update(updated_at="2020-01-01T00:00:00Z")
    media.upload_open(client, project, "new.jpg", 10)
    assert not selectors.upload_path(old["id"]).parent.exists()
    assert client.get(f"/api/v1/uploads/{old['id']}").json()["state"] == "failed"
    assert media.chunk_put(client, old["id"], b"0123456789", 0, 10).status_code == 409


def test_a_full_disk_is_said_and_loses_nothing(project, client, monkeypatch):
    content = media.jpeg(1)
    upload = media.upload_open(client, project, "a.jpg", len(content))
    media.chunk_put(client, upload["id"], content, 0, 100)

    def full(*_args):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(uploads.os, "fsync", full)
        answer = media.chunk_put(client, upload["id"], content, 100, len(content))
    assert (answer.status_code, answer.json()["code"]) == (503, "disk_full")
    assert client.get(f"/api/v1/uploads/{upload['id']}").json()["received_bytes"] == 100
    assert media.chunk_put(client, upload["id"], content, 100, len(content)).json()["state"] == "received"
