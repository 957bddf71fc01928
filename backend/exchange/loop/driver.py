"""The rounds of a simulated loop: select, label, review, freeze, train, gate, promote; then a clip goes live."""

from __future__ import annotations

import tempfile
import time
import uuid
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from backend.exchange.loop.client import Client
from backend.exchange.loop.errors import LoopFailed
from backend.exchange.loop.people import ALLOWED_MIN_PX, Annotator, Rates, Reviewer, Tally
from backend.exchange.loop.truth import Truth, truth_read, zips_write

ANNOTATORS = 2
LABEL_SWEEPS_MAX = 4
JOB_TIMEOUT_S = 1_800
TRAIN_TIMEOUT_FACTOR = 6.0
CLIP_TIMEOUT_S = 900
PASSWORD_BYTES = 18


@dataclass(frozen=True, slots=True)
class Plan:
    """What to simulate. `train_minutes` are CPU minutes of each round's training."""

    data: Path
    clip: Path | None
    rounds: int
    batch: int
    train_minutes: float
    error_rate: float
    fix_rate: float
    seed: int
    random_fraction: float = 0.3
    first_threshold: float = 0.0


class Driver:
    """Runs a plan against one instance. Every method raises LoopFailed when its step did not happen."""

    def __init__(self, admin: Client, organisation_id: str, plan: Plan, say: Callable[[str], None]) -> None:
        self.admin, self.organisation_id, self.plan, self.say = admin, organisation_id, plan, say
        self.truth: Truth = truth_read(plan.data)
        self.project_id = ""
        self.label_ids: dict[str, str] = {}
        self._clients: list[Client] = []

    def run(self) -> dict[str, Any]:
        """The report of `manage.py simulate_loop`."""
        try:
            return self._run()
        finally:
            for client in self._clients:
                client.close()

    def _run(self) -> dict[str, Any]:
        start = time.monotonic()
        self._make_project()
        people = self._make_people()
        self._upload_pictures()
        rounds = [self._round(number, *people) for number in range(1, self.plan.rounds + 1)]
        self._measure_on_one_test_set(rounds)
        clip = self._clip() if self.plan.clip is not None else None
        return {
            "project_id": self.project_id,
            "pictures": len(self.truth.pictures),
            "classes": list(self.truth.classes),
            "rounds": rounds,
            "clip": clip,
            "seconds": round(time.monotonic() - start, 1),
        }

    def _make_project(self) -> None:
        body = {
            "organisation_id": self.organisation_id,
            "name": f"Loop {uuid.uuid4().hex[:6]}",
            "template": "blank",
            "labels": [{"name": name, "shapes": ["box", "polygon", "track"]} for name in self.truth.classes],
        }
        project = self.admin.post("/projects", body, headers={"Idempotency-Key": str(uuid.uuid4())})
        self.project_id = project["id"]
        self.label_ids = {label["name"]: label["id"] for label in project["ontology"]["labels"]}
        settings = {
            "batch_size": self.plan.batch,
            "random_fraction": self.plan.random_fraction,
            "min_box_px": ALLOWED_MIN_PX,
        }
        seen = {"If-Match": f'"{project["version"]}"'}
        self.admin.call("PATCH", f"/projects/{self.project_id}", {"settings": settings}, headers=seen)
        self.say(f"project with {len(self.label_ids)} labels")
        if self.plan.first_threshold:
            self._lower_threshold()

    def _lower_threshold(self) -> None:
        """Show more of the shipped model's guesses, as a scientist would where the site is new to it."""
        for row in self.admin.pages(f"/projects/{self.project_id}/models"):
            binding = self.admin.get(f"/models/{row['id']}")["binding"]
            mapping = {
                name: {**entry, "threshold": min(entry["threshold"], self.plan.first_threshold)}
                for name, entry in binding["mapping"].items()
            }
            headers = {"If-Match": f'"{binding["version"]}"'}
            self.admin.call("PUT", f"/models/{row['id']}/binding", {"mapping": mapping}, headers=headers)

    def _make_people(self) -> tuple[list[Annotator], Reviewer]:
        rates = Rates(self.plan.error_rate, self.plan.fix_rate)
        base = self.admin.base_url
        annotators = []
        for index in range(ANNOTATORS):
            client = self._person(base, f"annotator{index + 1}", "annotator")
            annotators.append(Annotator(client, self.truth, self.label_ids, rates, self.plan.seed + index))
        reviewer = Reviewer(
            self._person(base, "reviewer", "reviewer"),
            self.truth,
            self.label_ids,
            rates,
            self.plan.seed + 100,
        )
        return annotators, reviewer

    def _person(self, base: str, name: str, role: str) -> Client:
        email = f"{name}-{uuid.uuid4().hex[:8]}@example.org"
        path = f"/organisations/{self.organisation_id}/invitations"
        link = self.admin.post(path, {"email": email, "role": role})["link"]
        client = Client(base)
        self._clients.append(client)
        client.accept_link(link, name=name, password=uuid.uuid4().hex + "Aa!")
        return client

    def _upload_pictures(self) -> None:
        with tempfile.TemporaryDirectory(prefix="siteloop-zips-") as folder:
            added = 0
            for path in zips_write(self.truth, Path(folder)):
                upload = self.admin.upload(self.project_id, path)
                if upload["state"] != "done":
                    raise LoopFailed(f"The upload failed: {upload['error']}")
                added += upload["report"]["added"]
                for refused in upload["report"]["refused"]:
                    self.say(f"refused: {refused}")
        if added == 0:
            raise LoopFailed("No picture was taken in.")
        self.admin.wait_idle(self.project_id, JOB_TIMEOUT_S)
        self.say(f"{added} pictures taken in")

    def _round(self, number: int, annotators: list[Annotator], reviewer: Reviewer) -> dict[str, Any]:
        start = time.monotonic()
        if number > 1:
            job = self.admin.post(f"/projects/{self.project_id}/selections", {"batch": self.plan.batch})
            self.admin.wait_job(job["id"], JOB_TIMEOUT_S)
        tally = Tally()
        self._label(annotators, reviewer, tally)
        if tally.labels == 0:
            raise LoopFailed(f"Round {number}: no picture was labelled, the queue is empty.")
        version = self._freeze(number)
        model, gate = self._train(version["id"], number)
        record = {
            "round": number,
            **asdict(tally),
            "accepted_share": round(tally.accepted / tally.suggestions, 4) if tally.suggestions else None,
            "dataset_version": version["number"],
            "gate": {"passed": gate["passed"], "reason": gate["reason"]},
            "model_version": model["number"],
            "model_id": model["id"],
            "promoted": gate["passed"],
            "ap50_then": gate["report"]["candidate"].get("ap50"),
            "seconds": round(time.monotonic() - start, 1),
        }
        self.say(
            f"round {number}: {tally.labels} pictures, {tally.boxes} boxes, {tally.suggestions} suggestions "
            f"({tally.accepted} accepted, {tally.fixed} fixed, {tally.rejected} rejected), "
            f"AP50 {record['ap50_then']}, gate {'passed' if gate['passed'] else 'refused'}: {gate['reason']}"
        )
        return record

    def _label(self, annotators: list[Annotator], reviewer: Reviewer, tally: Tally) -> None:
        while tally.labels < self.plan.batch:
            worked = [annotator.label_next(self.project_id, tally) for annotator in annotators]
            if not any(worked):
                break
        for _sweep in range(LABEL_SWEEPS_MAX):
            before = tally.returned
            reviewer.review_waiting(self.project_id, tally)
            if tally.returned == before:
                return
            for annotator in annotators:
                self._mend(annotator, tally)
        reviewer.rates = Rates(reviewer.rates.error, 0.0)
        reviewer.review_waiting(self.project_id, tally)

    def _mend(self, annotator: Annotator, tally: Tally) -> None:
        """Returned work comes first in an annotator's queue: take it while there is any."""
        while annotator.client.get("/home")["returned"] > 0:
            if not annotator.label_next(self.project_id, tally):
                return

    def _freeze(self, number: int) -> dict[str, Any]:
        version = self.admin.post(
            f"/projects/{self.project_id}/datasets", {"name": f"round {number}", "notes": "", "filters": {}}
        )
        version = self.admin.wait(
            "freezing",
            lambda: self.admin.get(f"/datasets/{version['id']}"),
            lambda row: row["state"] != "freezing",
            timeout_s=JOB_TIMEOUT_S,
        )
        if version["state"] != "frozen":
            raise LoopFailed(f"The dataset version was not frozen: {version['error']}")
        return version

    def _train(self, dataset_version_id: str, number: int) -> tuple[dict[str, Any], dict[str, Any]]:
        body = {
            "dataset_version_id": dataset_version_id,
            "kind": "detect",
            "minutes": self.plan.train_minutes,
            "init": "production",
            "seed": self.plan.seed + number,
        }
        run = self.admin.post(f"/projects/{self.project_id}/trainings", body)
        timeout_s = 600 + self.plan.train_minutes * 60 * TRAIN_TIMEOUT_FACTOR
        run = self.admin.wait(
            "training",
            lambda: self.admin.get(f"/trainings/{run['id']}"),
            lambda row: row["state"] in {"done", "failed", "cancelled"},
            timeout_s=timeout_s,
        )
        if run["state"] != "done":
            raise LoopFailed(f"The training {run['state']}: {run['error']}")
        gate = self._gate(run["model_version_id"])
        model = self.admin.get(f"/models/{run['model_version_id']}")
        if gate["passed"]:
            path = f"/models/{model['id']}/rollout"
            seen = {"If-Match": f'"{self.admin.get(path)["version"]}"'}
            model["state"] = self.admin.post(path, {"event": "all"}, headers=seen)["state"]
            if model["state"] != "production":
                raise LoopFailed(f"Model {model['number']} passed the gate but is {model['state']}.")
            self.admin.wait_idle(self.project_id, JOB_TIMEOUT_S)
        return model, gate

    def _gate(self, model_id: str) -> dict[str, Any]:
        self.admin.wait_idle(self.project_id, JOB_TIMEOUT_S)
        gate: dict[str, Any] | None = self.admin.get(f"/models/{model_id}")["gate"]
        if gate is None:
            raise LoopFailed("The gate did not run after training.")
        return gate

    def _measure_on_one_test_set(self, rounds: list[dict[str, Any]]) -> None:
        """Every round's model on the last version's blind pictures, so that the figures can be compared."""
        for record in rounds:
            job = self.admin.post(f"/models/{record['model_id']}/gate")
            self.admin.wait_job(job["id"], JOB_TIMEOUT_S)
            report = self.admin.get(f"/models/{record['model_id']}")["gate"]["report"]
            record["ap50"], record["ap"] = report["candidate"]["ap50"], report["candidate"]["ap"]
            record["test_pictures"] = report["pictures"]

    def _clip(self) -> dict[str, Any]:
        assert self.plan.clip is not None
        upload = self.admin.upload(self.project_id, self.plan.clip)
        if upload["state"] != "done":
            raise LoopFailed(f"The clip was not taken in: {upload['error']} {upload['report']}")
        self.admin.wait_idle(self.project_id, JOB_TIMEOUT_S)
        name = self.plan.clip.name
        assets = self.admin.pages(f"/projects/{self.project_id}/assets?kind=video")
        asset = next((row for row in assets if row["name"] == name), None)
        if asset is None:
            raise LoopFailed(f"{name} is not among the project's videos.")
        feed = self.admin.post(
            f"/projects/{self.project_id}/feeds",
            {
                "name": "Clip",
                "source_kind": "asset",
                "asset_id": asset["id"],
                "settings": {"loop": False, "realtime": False},
            },
        )
        feed = self.admin.wait(
            "the feed",
            lambda: self.admin.get(f"/feeds/{feed['id']}"),
            lambda row: row["state"] in {"ended", "offline"},
            timeout_s=CLIP_TIMEOUT_S,
        )
        return self._clip_report(feed)

    def _clip_report(self, feed: dict[str, Any]) -> dict[str, Any]:
        stats = feed["stats"]
        if feed["state"] != "ended" or not stats.get("frames"):
            raise LoopFailed(
                f"The feed is {feed['state']} ({feed['state_detail']}) after {stats.get('frames', 0)} frames."
            )
        self.admin.wait_idle(self.project_id, JOB_TIMEOUT_S)
        captures = list(self.admin.pages(f"/feeds/{feed['id']}/captures"))
        back = [row for row in captures if row["task_id"]]
        if not back:
            raise LoopFailed("No frame of the clip came back as a task.")
        for row in back:
            self.admin.get(f"/tasks/{row['task_id']}")
        return {
            "frames": stats["frames"],
            "fps": stats["fps"],
            "latency_ms": {"p50": stats["latency_ms"]["p50"], "p95": stats["latency_ms"]["p95"]},
            "tracks": stats["tracks"],
            "sent_back": len(back),
        }
