"""A model comes into production step by step, by people's acts, and one step leads back."""

from __future__ import annotations

import itertools
import uuid
from pathlib import Path

import pytest
from rest_framework.test import APIClient

from backend.annotation.models import Suggestion, Task
from backend.core import storage
from backend.core.enums import Role
from backend.core.models import AuditEvent
from backend.learning import selectors
from backend.learning.domain.rollout import STEPS, WHY_NOT, canary_answers, next_state
from backend.learning.enums import ModelState, RolloutEvent
from backend.learning.models import ImageScore, ModelVersion, RolloutChange, ShadowAnswer
from backend.projects.models import Project
from tests.support import factories
from tests.support.learning import gate, make_model, make_picture, run_job, take_step

API = "/api/v1"
ALLOWED = {
    "candidate": {"shadow": "shadow", "canary": "canary", "all": "production"},
    "refused": {},
    "shadow": {"canary": "canary", "all": "production", "off": "candidate"},
    "canary": {"shadow": "shadow", "canary": "canary", "all": "production", "off": "candidate"},
    "production": {"rollback": "retired"},
    "retired": {"all": "production"},
}


@pytest.fixture
def scientist(project: Project) -> APIClient:
    return factories.client_for(factories.make_project_member(project, Role.SCIENTIST))


@pytest.fixture
def pair(project: Project, tmp_path: Path) -> tuple[ModelVersion, ModelVersion]:
    """A model in production, and one that passed against it: it finds the same box and one more."""
    first = make_model(project, tmp_path)
    more = ((16.0, 16.0, 48.0, 48.0), (0.0, 0.0, 14.0, 14.0))
    second = make_model(project, tmp_path, ModelState.CANDIDATE, boxes=more)
    gate(second, first)
    return first, second


def state(model: ModelVersion) -> str:
    model.refresh_from_db()
    return str(model.state)


def chosen(project: Project) -> None:
    """Every picture is next in the queue: none is drawn blind."""
    Task.objects.filter(project=project).update(selection_reason="manual", priority=1.0)


def shown(project: Project) -> dict[uuid.UUID, set[uuid.UUID]]:
    """Which models' suggestions are open, by asset."""
    rows = Suggestion.objects.filter(task__project=project, state="open")
    found: dict[uuid.UUID, set[uuid.UUID]] = {}
    for asset_id, model_id in rows.values_list("task__asset_id", "model_version_id"):
        found.setdefault(asset_id, set()).add(model_id)
    return found


# --- the table


@pytest.mark.parametrize("before", ModelState.values)
@pytest.mark.parametrize("event", RolloutEvent.values)
def test_every_pair_of_state_and_step_leads_somewhere_or_says_why_not(before: str, event: str) -> None:
    wanted = ALLOWED[before].get(event)
    target, why = next_state(before, event)
    assert target == wanted
    assert bool(why) == (wanted is None)


def test_every_state_can_say_why_not() -> None:
    assert set(WHY_NOT) == set(ModelState.values)
    assert len(STEPS) == sum(map(len, ALLOWED.values()))


def test_a_canary_s_share_is_kept_and_only_grows() -> None:
    model, cameras = uuid.UUID(int=7), [uuid.UUID(int=n) for n in range(4_000)]
    shares = (0.05, 0.1, 0.5, 0.9)
    sets = [{c for c in cameras if canary_answers(model, share, c)} for share in shares]
    # Four standard deviations of a fair draw of that many.
    assert [len(found) / len(cameras) for found in sets] == pytest.approx(shares, abs=0.032)
    assert all(smaller < larger for smaller, larger in itertools.pairwise(sets))
    other = {c for c in cameras if canary_answers(uuid.UUID(int=8), 0.5, c)}
    assert 0.2 < len(other & sets[2]) / len(cameras) < 0.3  # another model's canary has other cameras


# --- steps


def test_shadow_then_canary_then_all_then_back(
    project: Project, scientist: APIClient, pair: tuple[ModelVersion, ModelVersion]
) -> None:
    first, second = pair
    seen = []
    for event, body in (("shadow", {}), ("canary", {"share": 0.25}), ("canary", {"share": 0.5}), ("all", {})):
        answer = take_step(scientist, second, event, **body)
        assert answer.status_code == 200, answer.content
        seen.append((answer.json()["state"], answer.json()["share"], answer.json()["version"]))
    assert seen == [("shadow", 0, 1), ("canary", 0.25, 2), ("canary", 0.5, 3), ("production", 0, 4)]
    assert state(first) == "retired"
    stands = scientist.get(f"{API}/models/{second.pk}/rollout").json()
    assert stands["former"]["number"] == first.number
    assert [step["event"] for step in stands["steps"]] == ["rollback"]

    back = take_step(scientist, second, "rollback")
    assert (back.status_code, back.json()["state"]) == (200, "retired")
    assert (state(first), state(second)) == ("production", "retired")
    history = back.json()["history"]
    assert [(row["event"], row["from_state"], row["to_state"]) for row in history[::-1]] == [
        ("shadow", "candidate", "shadow"),
        ("canary", "shadow", "canary"),
        ("canary", "canary", "canary"),
        ("all", "canary", "production"),
        ("rollback", "retired", "production"),
    ]
    assert (history[0]["model"]["number"], history[0]["replaced"]["number"]) == (first.number, second.number)
    assert all(row["by"] for row in history)
    # A rollback leads further back, never forth again: the first one was nobody's successor.
    refused = take_step(scientist, first, "rollback")
    assert (refused.status_code, refused.json()["code"]) == (409, "rollout_refused")
    assert AuditEvent.objects.filter(action="model.rollout").count() == 3


def test_a_step_needs_the_version_one_saw_and_the_right_role(
    project: Project, scientist: APIClient, pair: tuple[ModelVersion, ModelVersion]
) -> None:
    _, second = pair
    url = f"{API}/models/{second.pk}/rollout"
    assert scientist.post(url, {"event": "shadow"}, format="json").status_code == 428
    assert take_step(scientist, second, "shadow").status_code == 200
    stale = scientist.post(url, {"event": "all"}, format="json", headers={"If-Match": '"0"'})
    assert (stale.status_code, stale.json()["current"]["version"]) == (412, 1)
    # The same again changes nothing, whatever version it carries.
    again = scientist.post(url, {"event": "shadow"}, format="json", headers={"If-Match": '"0"'})
    assert (again.status_code, again.json()["version"]) == (200, 1)
    for role, status in ((Role.VIEWER, 403), (Role.ANNOTATOR, 403), (Role.REVIEWER, 403)):
        client = factories.client_for(factories.make_project_member(project, role))
        assert client.get(url).status_code == 200
        assert take_step(client, second, "all").status_code == status
    stranger = factories.client_for(factories.make_user())
    assert stranger.get(url).status_code == 404
    assert take_step(stranger, second, "all").status_code == 404
    assert state(second) == "shadow"


def test_refusals_say_why_on_the_page_and_when_asked_all_the_same(
    project: Project, scientist: APIClient, pair: tuple[ModelVersion, ModelVersion], tmp_path: Path
) -> None:
    first, second = pair
    third = make_model(project, tmp_path, ModelState.CANDIDATE)

    def why(model: ModelVersion, event: str) -> str:
        steps = scientist.get(f"{API}/models/{model.pk}/rollout").json()["steps"]
        shown = next(step["reason"] for step in steps if step["event"] == event)
        asked = take_step(scientist, model, event, share=0.5)
        assert (asked.status_code, asked.json()["message"]) == (409, shown)
        return str(shown)

    assert "Run the gate first" in why(third, "shadow")
    gate(third, first, passed=False)
    assert "refused this model" in why(third, "all")
    gate(third, first)
    assert take_step(scientist, second, "canary", share=0.5).status_code == 200
    assert f"Model {second.number} is on its way" in why(third, "all")
    assert take_step(scientist, second, "canary", share=1.0).status_code == 400
    alone = make_model(factories.make_project(), tmp_path, ModelState.CANDIDATE)
    gate(alone, None)
    admin = factories.client_for(factories.make_project_member(alone.project, Role.MANAGER))
    refused = take_step(admin, alone, "shadow")
    assert (refused.status_code, "Nothing is in production" in refused.json()["message"]) == (409, True)


def test_a_rollback_takes_back_what_was_measured_against_the_model_that_leaves(
    project: Project, scientist: APIClient, pair: tuple[ModelVersion, ModelVersion], tmp_path: Path
) -> None:
    first, second = pair
    assert take_step(scientist, second, "all").status_code == 200
    third = make_model(project, tmp_path, ModelState.CANDIDATE)
    gate(third, second)
    assert take_step(scientist, third, "shadow").status_code == 200
    assert take_step(scientist, second, "rollback").status_code == 200
    assert (state(first), state(second), state(third)) == ("production", "retired", "candidate")
    assert RolloutChange.objects.get(model_version=third, event="off").note.endswith("was rolled back.")
    assert "Production has changed" in take_step(scientist, third, "shadow").json()["message"]


def test_a_former_model_whose_file_was_changed_is_no_way_back_and_production_stays(
    project: Project, scientist: APIClient, pair: tuple[ModelVersion, ModelVersion]
) -> None:
    first, second = pair
    assert take_step(scientist, second, "all").status_code == 200
    storage.write_bytes(f"{first.artifact_prefix}/model.onnx", b"changed")
    answer = take_step(scientist, second, "rollback")
    assert (answer.status_code, "SHA-256 differs" in answer.json()["message"]) == (400, True)
    assert (state(first), state(second)) == ("retired", "production")


# --- who answers


def test_a_shadow_is_compared_and_never_suggests(
    project: Project, scientist: APIClient, pair: tuple[ModelVersion, ModelVersion]
) -> None:
    first, second = pair
    assets = [make_picture(project, level) for level in (0.2, 0.6, 0.9)]
    chosen(project)
    assert take_step(scientist, second, "shadow").status_code == 200
    done = run_job("learning.prepare")
    assert (done.state, done.result["compared"]) == ("succeeded", 3), done.error
    assert shown(project) == {asset.pk: {first.pk} for asset in assets[1:]}
    assert ImageScore.objects.filter(model_version=second).count() == 3
    report = scientist.get(f"{API}/models/{second.pk}/rollout").json()["shadow"]
    # Of the dark picture neither says anything; of the others the second sees one box more.
    assert {key: report[key] for key in ("pictures", "frames", "failed", "agreed")} == {
        "pictures": 3,
        "frames": 0,
        "failed": 0,
        "agreed": 1,
    }
    assert (report["matched"], report["only_candidate"], report["only_production"]) == (2, 2, 0)
    assert report["mean_iou"] == 1.0
    assert report["labels"] == [{"name": "person", "matched": 2, "only_candidate": 2, "only_production": 0}]
    assert report["places"] == [{"camera_id": None, "name": "", "answers": 3, "agreed": 1}]
    assert {row["asset_id"] for row in report["examples"]} == {str(asset.pk) for asset in assets[1:]}
    assert [len(report["examples"][0][side]) for side in ("candidate", "production")] == [2, 1]


def test_a_broken_shadow_leaves_production_s_work_as_it_is(
    project: Project, scientist: APIClient, pair: tuple[ModelVersion, ModelVersion]
) -> None:
    first, second = pair
    asset = make_picture(project, 0.8)
    chosen(project)
    assert take_step(scientist, second, "shadow").status_code == 200
    storage.write_bytes(f"{second.artifact_prefix}/model.onnx", b"changed")
    done = run_job("learning.prepare")
    assert (done.state, done.result["compared"], "passed over" in done.log) == ("succeeded", 0, True)
    assert shown(project) == {asset.pk: {first.pk}}


def test_a_canary_suggests_for_its_share_and_gives_it_back(
    project: Project, scientist: APIClient, pair: tuple[ModelVersion, ModelVersion]
) -> None:
    first, second = pair
    assets = [make_picture(project, 0.9) for _ in range(12)]
    chosen(project)
    run_job("learning.prepare")
    assert shown(project) == {asset.pk: {first.pk} for asset in assets}
    assert take_step(scientist, second, "canary", share=0.5).status_code == 200
    run_job("learning.prepare")
    standing = selectors.serving(project.pk)
    who = {a.pk: standing.model_for(camera_id=None, item_id=a.pk) for a in assets}
    assert shown(project) == {key: {model.pk} for key, model in who.items() if model}
    assert {model.pk for model in who.values() if model} == {first.pk, second.pk}
    assert take_step(scientist, second, "off").status_code == 200
    run_job("learning.prepare")
    assert shown(project) == {asset.pk: {first.pk} for asset in assets}


def test_pictures_of_one_camera_get_one_model(
    project: Project, pair: tuple[ModelVersion, ModelVersion]
) -> None:
    _, second = pair
    ModelVersion.objects.filter(pk=second.pk).update(state="canary", canary_share=0.5)
    standing = selectors.serving(project.pk)
    for camera in (uuid.UUID(int=n) for n in range(8)):
        models = {
            standing.model_for(camera_id=camera, item_id=uuid.UUID(int=n)).pk  # type: ignore[union-attr]
            for n in range(20)
        }
        assert len(models) == 1


def test_a_mapping_changed_meanwhile_compares_anew(
    project: Project, scientist: APIClient, pair: tuple[ModelVersion, ModelVersion]
) -> None:
    _, second = pair
    make_picture(project, 0.9)
    chosen(project)
    take_step(scientist, second, "shadow")
    run_job("learning.prepare")
    assert not ShadowAnswer.objects.get().agreed
    body = {"mapping": {"person": {"label_id": None, "threshold": 0.3}}}
    for model in pair:
        url = f"{API}/models/{model.pk}/binding"
        assert scientist.put(url, body, format="json", headers={"If-Match": '"1"'}).status_code == 200
    run_job("learning.prepare")
    assert ShadowAnswer.objects.get().agreed  # nobody says anything any more
