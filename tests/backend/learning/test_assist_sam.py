"""SAM behind the API: checkpoints checked and prepared, embeddings made once ahead of need, honest states throughout."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.core.files.storage import default_storage
from django.utils import timezone
from rest_framework.test import APIClient

from backend.annotation.models import Task
from backend.core.enums import JobState, Role
from backend.core.models import JobRun
from backend.learning.enums import CheckpointState, EmbeddingState
from backend.learning.jobs import assist as assist_jobs
from backend.learning.models import Checkpoint, Embedding
from backend.learning.services import assist_outlines, checkpoints, embeddings
from backend.media import reading
from backend.media import selectors as media_selectors
from backend.media import services as media
from backend.media.models import Asset
from backend.projects.models import Project
from ml.errors import ImageError
from ml.inference.manifest import file_sha256
from tests.support import factories
from tests.support.learning import make_picture, run_job
from tests.support.sam import DIM, SIDE

API = "/api/v1"
ROOT = Path(__file__).resolve().parents[3]
FILE = "sam_tiny.pth"
BYTES = DIM * 8 * 8 * 2


@pytest.fixture
def client(project: Project) -> APIClient:
    return factories.client_for(factories.make_project_member(project, Role.ANNOTATOR))


@pytest.fixture
def task(project: Project) -> Task:
    make_picture(project, 0.4)
    return Task.objects.get(project=project)


def _encode(client: APIClient, task: Task) -> dict[str, Any]:
    answer = client.post(f"{API}/tasks/{task.pk}/assist/encode")
    assert answer.status_code == 200, answer.content
    body: dict[str, Any] = answer.json()
    return body


def test_a_picture_is_encoded_once_and_its_features_are_fetched(
    client: APIClient, task: Task, sam: Checkpoint
) -> None:
    before = _encode(client, task)
    assert (before["state"], before["backend"], before["embedding"], before["eta_seconds"]) == (
        "encoding",
        "sam",
        None,
        None,
    )
    assert assist_jobs.encode_waiting() == 1
    state = _encode(client, task)
    assert (state["state"], state["backend"]) == ("ready", "sam")
    assert (state["decoder"]["kind"], state["decoder"]["input_size"]) == ("sam", SIDE)
    assert state["embedding"]["shape"] == [DIM, 8, 8]
    assert (state["embedding"]["original_size"], state["embedding"]["input_size"]) == ([64, 64], [SIDE, SIDE])
    answer = client.get(state["embedding"]["url"])
    content = b"".join(answer.streaming_content)
    assert len(content) == BYTES == int(answer["Content-Length"])
    assert answer["Cache-Control"] == "private, max-age=31536000, immutable"
    assert np.isfinite(np.frombuffer(content, "<f2").astype(float)).all()
    assert client.get(state["embedding"]["url"], HTTP_IF_NONE_MATCH=answer["ETag"]).status_code == 304
    decoder = client.get(state["decoder"]["url"])
    assert len(b"".join(decoder.streaming_content)) == state["decoder"]["bytes"]
    assert assist_jobs.encode_waiting() == 0  # asked again, nothing is done again
    sam.refresh_from_db()
    assert sam.encode_s is not None
    assert sam.encode_s > 0


def test_an_embedding_is_only_there_through_a_task_of_its_own_picture(
    client: APIClient, task: Task, sam: Checkpoint, project: Project
) -> None:
    _encode(client, task)
    assist_jobs.encode_waiting()
    url = _encode(client, task)["embedding"]["url"]
    make_picture(project, 0.9)
    other = Task.objects.filter(project=project).exclude(pk=task.pk).get()
    assert client.get(url.replace(str(task.pk), str(other.pk))).status_code == 404
    assert factories.client_for(factories.make_user()).get(url).status_code == 404


def test_the_same_picture_is_encoded_once_an_organisation(
    client: APIClient, task: Task, sam: Checkpoint, project: Project
) -> None:
    content = reading.asset_image_bytes(Asset.objects.get(pk=task.asset_id))
    again = factories.make_project(organisation=project.organisation)
    elsewhere = factories.make_project()
    keys = set()
    for each in (again, elsewhere):
        asset = media.asset_register(project=each, content=content, name="copy.png", actor=None)
        keys.add(embeddings.key_of(media_selectors.asset_info(asset), sam))
    info = media_selectors.assets_info([task.asset_id])[task.asset_id]
    keys.add(embeddings.key_of(info, sam))
    # By the stored bytes: what another organisation has must not be felt.
    assert len(keys) == 2


def test_sam_answers_on_the_server_and_the_network_until_it_can(
    client: APIClient, task: Task, sam: Checkpoint
) -> None:
    prompt = {"box": [10, 10, 50, 50], "with_mask": True}
    first = client.post(f"{API}/tasks/{task.pk}/assist/decode", prompt, format="json").json()
    assert first["backend"] in ("network", "basic")  # no network file in these tests
    assist_jobs.encode_waiting()
    answer = client.post(f"{API}/tasks/{task.pk}/assist/decode", prompt, format="json")
    assert answer.json()["backend"] == "sam"
    previous = next((c["low_res"] for c in answer.json()["candidates"]), None)
    if previous is not None:  # random weights may give empty masks
        again = client.post(
            f"{API}/tasks/{task.pk}/assist/decode", prompt | {"previous": previous}, format="json"
        )
        assert (again.status_code, again.json()["backend"]) == (200, "sam")


def test_what_is_open_is_encoded_before_what_comes_later_and_the_newest_first(
    client: APIClient, sam: Checkpoint, project: Project
) -> None:
    tasks = []
    for level in (0.2, 0.4, 0.6, 0.8):
        asset = make_picture(project, level)
        tasks.append(Task.objects.get(asset=asset))
    assert assist_jobs.ask_ahead() == 3
    opened = [tasks[3], tasks[1]]
    for each in opened:
        _encode(client, each)
    order = []
    while (row := embeddings.embedding_take()) is not None:
        order.append(row.asset_id)
        assert assist_jobs.encode(row)
    assert order[:2] == [tasks[1].asset_id, tasks[3].asset_id]
    assert set(order[2:]) == {tasks[0].asset_id, tasks[2].asset_id}


def test_one_picture_never_has_two_encoders_and_a_dead_one_is_replaced(
    client: APIClient, task: Task, sam: Checkpoint
) -> None:
    sam.encode_s = 4.0
    sam.save()
    assert _encode(client, task)["eta_seconds"] == 4.0
    held = embeddings.embedding_take()
    assert held is not None
    assert embeddings.embedding_take() is None
    assert 0 < _encode(client, task)["eta_seconds"] <= 4.0
    # The worker is killed: its lease runs out, and whoever waits sees it wait, not fail or hang.
    Embedding.objects.update(lease_expires_at=timezone.now() - timedelta(seconds=1))
    state = _encode(client, task)
    assert (state["state"], state["eta_seconds"]) == ("encoding", 4.0)
    assert assist_jobs.encode_waiting() == 1
    assert _encode(client, task)["state"] == "ready"
    # The one that was thought dead wakes up: it speaks for nobody any more.
    embeddings.embedding_failed(held, "too late")
    assert _encode(client, task)["state"] == "ready"


def test_a_picture_that_ends_every_worker_is_given_up(client: APIClient, task: Task, sam: Checkpoint) -> None:
    _encode(client, task)
    for _ in range(embeddings.ATTEMPTS_MAX):
        assert embeddings.embedding_take() is not None
        Embedding.objects.update(lease_expires_at=timezone.now() - timedelta(seconds=1))
    assert embeddings.embedding_take() is None
    state = _encode(client, task)
    assert state["state"] == "ready"
    assert state["backend"] != "sam"
    assert "cannot be encoded" in state["message"]


def test_a_picture_the_encoder_cannot_take_is_told_and_the_rest_goes_on(
    client: APIClient, task: Task, sam: Checkpoint, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_picture(project, 0.9)
    other = Task.objects.filter(project=project).exclude(pk=task.pk).get()
    for each in (other, task):
        _encode(client, each)
    real = assist_jobs._pixels

    def pixels(row: Embedding) -> Any:
        if row.asset_id == task.asset_id:
            raise ImageError("The encoder gave no usable features of this picture.")
        return real(row)

    monkeypatch.setattr(assist_jobs, "_pixels", pixels)
    assert assist_jobs.encode_waiting() == 2
    assert "no usable features" in _encode(client, task)["message"]
    assert _encode(client, other)["backend"] == "sam"
    # What failed may have passed: it is tried again when somebody opens it later.
    Embedding.objects.filter(state=EmbeddingState.FAILED).update(
        updated_at=timezone.now() - embeddings.FAILED_FOR * 2
    )
    assert _encode(client, task)["state"] == "encoding"


def test_a_stored_file_that_is_gone_is_made_again(client: APIClient, task: Task, sam: Checkpoint) -> None:
    _encode(client, task)
    assist_jobs.encode_waiting()
    url = _encode(client, task)["embedding"]["url"]
    default_storage.delete(checkpoints.embedding_path(Embedding.objects.get().key))
    assert client.get(url).status_code == 404
    assert _encode(client, task)["state"] == "encoding"


def test_old_and_surplus_embeddings_go_but_none_in_use(
    client: APIClient, sam: Checkpoint, project: Project, settings: Any
) -> None:
    names = ("old", "surplus", "open", "fresh")
    tasks = {name: Task.objects.get(asset=make_picture(project, 0.2)) for name in names}
    for each in tasks.values():
        _encode(client, each)
    assist_jobs.encode_waiting()
    client.post(f"{API}/tasks/{tasks['open'].pk}/open", {"as": "label"}, format="json")
    for name, days in (("old", 40), ("surplus", 2), ("open", 50)):
        Embedding.objects.filter(asset_id=tasks[name].asset_id).update(
            used_at=timezone.now() - timedelta(days=days)
        )
    settings.ASSIST_KEEP_DAYS, settings.ASSIST_KEEP_BYTES = 30, 2 * BYTES
    assert assist_jobs.evict() == 2
    left = set(Embedding.objects.values_list("asset_id", flat=True))
    assert left == {tasks["open"].asset_id, tasks["fresh"].asset_id}
    stored = [default_storage.exists(checkpoints.embedding_path(e.key)) for e in Embedding.objects.all()]
    assert stored == [True, True]


def test_a_project_is_encoded_whole_with_progress_and_whoever_waits_goes_first(
    client: APIClient, sam: Checkpoint, project: Project, task: Task
) -> None:
    make_picture(project, 0.7)
    other = factories.make_project(organisation=project.organisation)
    waiting = Task.objects.get(asset=make_picture(other, 0.3))
    reviewer = factories.client_for(factories.make_project_member(project, Role.REVIEWER))
    answer = reviewer.post(f"{API}/projects/{project.pk}/assist/embed")
    assert answer.status_code == 202, answer.content
    person = factories.client_for(factories.make_project_member(other, Role.ANNOTATOR))
    _encode(person, waiting)
    job = run_job(assist_outlines.EMBED_KIND)
    assert (job.state, job.result) == (
        JobState.SUCCEEDED,
        {"encoded": 2, "there": 0, "failed": 0, "pictures": 2},
    )
    assert _encode(person, waiting)["state"] == "ready"
    order = list(Embedding.objects.order_by("started_at").values_list("asset_id", flat=True))
    assert order[0] == waiting.asset_id
    reviewer.post(f"{API}/projects/{project.pk}/assist/embed")
    assert run_job(assist_outlines.EMBED_KIND).result["there"] == 2
    reviewer.post(f"{API}/projects/{project.pk}/assist/embed")
    JobRun.objects.filter(kind=assist_outlines.EMBED_KIND, state="queued").update(cancel_requested=True)
    assert run_job(assist_outlines.EMBED_KIND).state == JobState.CANCELLED


def test_without_sam_nothing_is_encoded_ahead(project: Project, models_dir: Path) -> None:
    reviewer = factories.client_for(factories.make_project_member(project, Role.REVIEWER))
    answer = reviewer.post(f"{API}/projects/{project.pk}/assist/embed")
    assert (answer.status_code, "needs no encoding" in answer.json()["message"]) == (409, True)
    assert assist_jobs.ask_ahead() == 0


@pytest.mark.parametrize(
    ("content", "allow", "reason"),
    [
        pytest.param(b"anything", False, "nobody has allowed", id="a hash nobody knows"),
        pytest.param(b"no weights at all", True, "not a file of weights", id="a corrupt file"),
    ],
)
def test_a_bad_checkpoint_is_told_and_the_network_serves(
    client: APIClient, task: Task, models_dir: Path, content: bytes, allow: bool, reason: str
) -> None:
    path = models_dir / "bad.pth"
    path.write_bytes(content)
    checkpoints.checkpoint_note(path, allowed_sha256=file_sha256(path) if allow else "")
    assert "is being prepared" in _encode(client, task)["message"]
    job = run_job(checkpoints.PREPARE_KIND)
    assert (job.state, reason in job.error) == (JobState.FAILED, True)
    row = Checkpoint.objects.get()
    assert row.state == CheckpointState.REFUSED
    state = _encode(client, task)
    assert (state["state"], reason in state["message"]) == ("ready", True)
    assert state["backend"] != "sam"


def test_a_file_that_is_replaced_is_looked_at_again(models_dir: Path, sam: Checkpoint) -> None:
    (models_dir / FILE).write_bytes(b"something else")
    checkpoints.look(now=True)
    sam.refresh_from_db()
    assert (sam.state, checkpoints.checkpoint_active()) == (CheckpointState.FOUND, None)


def test_managers_see_what_is_installed_and_what_could_be(project: Project, sam: Checkpoint) -> None:
    admin = factories.client_for(factories.make_member(project.organisation, Role.ADMIN))
    body = admin.get(f"{API}/assist/models").json()
    rows = {row["file"]: row for row in body["checkpoints"]}
    assert (rows[FILE]["state"], rows[FILE]["active"], rows[FILE]["architecture"]) == (
        "ready",
        True,
        "vit_32x2",
    )
    absent = rows["sam_vit_b_01ec64.pth"]
    assert (absent["state"], absent["command"]) == ("absent", "manage.py models pull sam_vit_b")
    annotator = factories.client_for(factories.make_project_member(project, Role.ANNOTATOR))
    assert annotator.get(f"{API}/assist/models").status_code == 403
