"""Annotators and a reviewer who know the truth, and err at set rates."""

from __future__ import annotations

import random
import uuid
from dataclasses import dataclass
from typing import Any

from scipy.optimize import linear_sum_assignment

from backend.exchange.loop.client import Client
from backend.exchange.loop.errors import LoopFailed
from backend.exchange.loop.truth import TrueBox, Truth, iou_matrix

# A person takes a proposed box as it is above the first, drags it right above the second, else draws anew.
ACCEPT_IOU_MIN = 0.75
FIX_IOU_MIN = 0.4
# A reviewer calls an object wrong below this.
REVIEW_IOU_MIN = 0.5
JITTER_SHARE = 0.02
# Objects may be of any size; the project takes what is at least ALLOWED_MIN_PX, after rounding too.
ALLOWED_MIN_PX = 1.0
DRAWN_MIN_PX = 1.5


@dataclass(slots=True)
class Tally:
    """What one round's people did."""

    labels: int = 0
    boxes: int = 0
    suggestions: int = 0
    accepted: int = 0
    fixed: int = 0
    rejected: int = 0
    returned: int = 0
    blind: int = 0


@dataclass(frozen=True, slots=True)
class Rates:
    """How often an annotator forgets an object, and how often the reviewer sends a wrong picture back."""

    error: float
    fix: float


class Annotator:
    def __init__(
        self, client: Client, truth: Truth, label_ids: dict[str, str], rates: Rates, seed: int
    ) -> None:
        self.client, self.truth, self.label_ids, self.rates = client, truth, label_ids, rates
        self.random = random.Random(seed)

    def label_next(self, project_id: str, tally: Tally) -> bool:
        """Label one picture; False when the queue is empty."""
        answer = self.client.call("POST", f"/projects/{project_id}/tasks/next", {})
        if answer.status_code == 204:
            return False
        task = answer.json()
        name = task["asset"]["name"]
        if name not in self.truth.boxes:
            # A frame that a feed sent back: nobody here knows its truth.
            self.client.post(f"/assignments/{task['assignment']['id']}/skip", {"reason": "truth unknown"})
            return True
        if task["blind"] and task["suggestions"]:
            raise LoopFailed(f"The blind task {task['id']} came with suggestions.")
        returned = task["assignment"].get("return_reason") or ""
        regions, decisions = self._answer(task, careful=bool(returned))
        self._save(task, regions, decisions)
        if not returned:
            tally.labels += 1
            tally.boxes += len(regions)
            tally.blind += int(task["blind"])
            tally.suggestions += len(decisions)
            for state in ("accepted", "fixed", "rejected"):
                setattr(tally, state, getattr(tally, state) + sum(d["state"] == state for d in decisions))
        return True

    def _answer(
        self, task: dict[str, Any], *, careful: bool
    ) -> tuple[list[dict[str, Any]], list[dict[str, str]]]:
        wanted = [
            t
            for t in self.truth.boxes[task["asset"]["name"]]
            if careful or self.random.random() >= self.rates.error
        ]
        open_ones = [s for s in task["suggestions"] if s["state"] == "open" and s["shape"] == "box"]
        pairs = _pairs(wanted, open_ones, self.label_ids)
        regions, decisions, used = [], [], set()
        for index, true in enumerate(wanted):
            found, overlap = pairs.get(index, (None, 0.0))
            if found is None or overlap < FIX_IOU_MIN:
                regions.append(self._region(true, task["asset"]))
                continue
            used.add(found["id"])
            state = "accepted" if overlap >= ACCEPT_IOU_MIN else "fixed"
            decisions.append({"suggestion_id": found["id"], "state": state})
            regions.append(self._region(true, task["asset"], found, keep=state == "accepted"))
        decisions += [
            {"suggestion_id": s["id"], "state": "rejected"} for s in open_ones if s["id"] not in used
        ]
        return regions, decisions

    def _region(
        self, true: TrueBox, asset: dict[str, Any], found: dict[str, Any] | None = None, *, keep: bool = False
    ) -> dict[str, Any]:
        box = found["geometry"]["box"] if found is not None and keep else self._drawn(true.box, asset)
        return {
            "region_id": str(uuid.UUID(int=self.random.getrandbits(128), version=4)),
            "label_id": self.label_ids[true.label],
            "shape": "box",
            "geometry": {"box": box},
            "attributes": {},
            "source": "model" if keep else "person",
            "suggestion_id": found["id"] if found is not None else None,
            "score": found["score"] if found is not None else None,
            "z_index": 0,
        }

    def _drawn(self, box: tuple[float, float, float, float], asset: dict[str, Any]) -> list[float]:
        """The true box as a hand draws it: corners off by a little, inside the picture."""
        x1, y1, x2, y2 = box
        spread_x, spread_y = (x2 - x1) * JITTER_SHARE, (y2 - y1) * JITTER_SHARE
        moved = [
            value + self.random.gauss(0.0, spread)
            for value, spread in zip(box, (spread_x, spread_y) * 2, strict=True)
        ]
        left, right = sorted((moved[0], moved[2]))
        top, bottom = sorted((moved[1], moved[3]))
        left = min(max(0.0, left), asset["width"] - DRAWN_MIN_PX)
        top = min(max(0.0, top), asset["height"] - DRAWN_MIN_PX)
        right = min(max(left + DRAWN_MIN_PX, right), asset["width"])
        bottom = min(max(top + DRAWN_MIN_PX, bottom), asset["height"])
        return [round(value, 2) for value in (left, top, right, bottom)]

    def _save(
        self, task: dict[str, Any], regions: list[dict[str, Any]], decisions: list[dict[str, str]]
    ) -> None:
        assignment = task["assignment"]
        ops: list[dict[str, Any]] = [
            {"op_id": str(uuid.uuid4()), "op": "delete", "region_id": region["region_id"]}
            for region in task["labels"]["regions"]
        ]
        ops += [{"op_id": str(uuid.uuid4()), "op": "put", "region": region} for region in regions]
        version = assignment["draft_version"]
        if ops:
            saved = self.client.call(
                "PATCH",
                f"/assignments/{assignment['id']}/draft",
                {"ops": ops, "active_seconds": 5.0},
                headers={"If-Match": f'"{version}"'},
            ).json()
            version = saved["draft_version"]
        base = task["base_revision"]["id"] if task["base_revision"] else None
        self.client.post(
            f"/assignments/{assignment['id']}/submit",
            {"base_revision_id": base, "decisions": decisions, "active_seconds": 5.0},
            headers={"If-Match": f'"{version}"', "Idempotency-Key": str(uuid.uuid4())},
        )


class Reviewer:
    def __init__(
        self, client: Client, truth: Truth, label_ids: dict[str, str], rates: Rates, seed: int
    ) -> None:
        self.client, self.truth, self.rates = client, truth, rates
        self.names = {label_id: name for name, label_id in label_ids.items()}
        self.random = random.Random(seed)

    def review_waiting(self, project_id: str, tally: Tally) -> int:
        """Decide everything that waits; how many were approved."""
        approved = 0
        for row in list(self.client.pages(f"/projects/{project_id}/review/queue")):
            revision = row["revision"]
            name = row["task"]["asset"]["name"]
            if (
                name in self.truth.boxes
                and self._is_wrong(name, revision["id"])
                and self.random.random() < self.rates.fix
            ):
                body = {"verdict": "return", "reason": "An object is missing or misplaced."}
                tally.returned += 1
            else:
                body = {"verdict": "approve", "reason": ""}
                approved += 1
            self.client.post(f"/revisions/{revision['id']}/decide", body)
        return approved

    def _is_wrong(self, name: str, revision_id: str) -> bool:
        labels = self.client.get(f"/revisions/{revision_id}")["labels"]
        drawn = [r for r in labels["regions"] if r["shape"] == "box"]
        wanted = self.truth.boxes[name]
        if len(drawn) != len(wanted):
            return True
        if not wanted:
            return False
        overlap = iou_matrix([t.box for t in wanted], [r["geometry"]["box"] for r in drawn])
        same = [[self.names.get(r["label_id"]) == t.label for r in drawn] for t in wanted]
        scores = overlap * same
        rows, columns = linear_sum_assignment(-scores)
        return bool((scores[rows, columns] < REVIEW_IOU_MIN).any())


def _pairs(
    wanted: list[TrueBox], found: list[dict[str, Any]], label_ids: dict[str, str]
) -> dict[int, tuple[dict[str, Any], float]]:
    """Best one-to-one match of true boxes to suggestions of the same label: {index: (suggestion, IoU)}."""
    if not wanted or not found:
        return {}
    overlap = iou_matrix([t.box for t in wanted], [s["geometry"]["box"] for s in found])
    same = [[label_ids[t.label] == s["label_id"] for s in found] for t in wanted]
    scores = overlap * same
    rows, columns = linear_sum_assignment(-scores)
    return {
        int(row): (found[column], float(scores[row, column]))
        for row, column in zip(rows, columns, strict=True)
        if scores[row, column] > 0
    }
