"""Runs a judge of given boxes (`ml/models/judge.py`): which class a box shows, and where its sides should be. Torch-free."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ml.contracts import Box, Judgement
from ml.errors import ManifestError
from ml.geometry.boxes import as_boxes, box_clip
from ml.inference.crops import LEAST_SIDE_PX, crop, offsets_mirrored, shape_of
from ml.inference.manifest import file_sha256
from ml.inference.preprocess import MEAN, STD, to_batch
from ml.inference.runtime import NamedGraph

JUDGE_FILE, FACTS_FILE = "judge.onnx", "judge.json"
INPUTS, OUTPUTS = ("crops", "shapes"), ("log_shares", "offsets", "log_spread")
FORMAT = 1
# Boxes a pass, each as it is and mirrored.
BATCH = 16
# A refined box has at least this share of the given one's width and height.
LEAST_SHARE = 0.1

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class JudgeFacts:
    """`judge.json`: the classes in the graph's order, the graph's SHA-256, and figures of the training."""

    classes: tuple[str, ...]
    sha256: str
    figures: Mapping[str, float] = field(default_factory=dict)
    format: int = FORMAT


class Judge:
    """A loaded judge. One instance a thread; a box takes a millisecond or two."""

    def __init__(self, facts: JudgeFacts, graph: NamedGraph) -> None:
        self.facts = facts
        self._graph = graph

    @classmethod
    def load(cls, folder: Path, threads: int = 1) -> Judge:
        """Open after checking the SHA-256. Raises ManifestError."""
        facts = judge_facts_read(folder)
        path = folder / JUDGE_FILE
        if not path.is_file() or file_sha256(path) != facts.sha256:
            raise ManifestError(f"{path} is not the file its facts describe.")
        return cls(facts, NamedGraph(path, INPUTS, OUTPUTS, threads))

    def judge(self, image: NDArray[np.uint8], boxes: Sequence[Box]) -> list[Judgement | None]:
        """A word on each box of a uint8 RGB picture (H, W, 3), in its pixels; None where it has hardly an area on it."""
        height, width = image.shape[:2]
        rows = box_clip([box.xyxy for box in boxes], width, height) if boxes else as_boxes([])
        large = np.flatnonzero((rows[:, 2:] - rows[:, :2]).min(axis=1, initial=np.inf) >= LEAST_SIDE_PX)
        found: list[Judgement | None] = [None] * len(boxes)
        for start in range(0, len(large), BATCH):
            part = large[start : start + BATCH]
            for index, word in zip(part.tolist(), self._pass(image, rows[part]), strict=True):
                found[index] = word
        return found

    def _pass(self, image: NDArray[np.uint8], boxes: Floats) -> list[Judgement]:
        height, width = image.shape[:2]
        shapes = np.stack([shape_of(box, width, height) for box in boxes])
        looks = []
        for flip in (False, True):
            crops = to_batch([crop(image, box, flip) for box in boxes], (MEAN,) * 3, (STD,) * 3)
            looks.append(self._graph.run(crops=crops, shapes=shapes))
        shares, offsets, spreads = (
            (plain.astype(np.float64) + back(mirrored)) / 2
            for plain, mirrored, back in zip(
                *looks, (np.asarray, offsets_mirrored, _spread_back), strict=True
            )
        )
        shares = np.exp(shares - shares.max(axis=1, keepdims=True))
        shares /= shares.sum(axis=1, keepdims=True)
        return [
            self._word(*row, width, height)
            for row in zip(boxes, shares, offsets, np.exp(spreads), strict=True)
        ]

    def _word(
        self, box: Floats, shares: Floats, offsets: Floats, spreads: Floats, width: int, height: int
    ) -> Judgement:
        size = np.tile(box[2:] - box[:2], 2)
        refined = box + offsets * size
        # Sides may not cross.
        refined[:, 2:] = np.maximum(refined[:, 2:], refined[:, :2] + LEAST_SHARE * size[:2])
        refined = box_clip(refined, width, height)
        return Judgement(
            dict(zip(self.facts.classes, shares[1:].tolist(), strict=True)),
            {name: Box(*row) for name, row in zip(self.facts.classes, refined.tolist(), strict=True)},
            dict(zip(self.facts.classes, spreads.mean(axis=1).tolist(), strict=True)),
        )


def _spread_back(spreads: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.asarray(spreads[..., [2, 1, 0, 3]])


def judge_facts_write(folder: Path, facts: JudgeFacts) -> None:
    """Write `judge.json` atomically: with it the judge is finished."""
    partial = folder / (FACTS_FILE + ".part")
    partial.write_text(json.dumps(asdict(facts), indent=2) + "\n", encoding="utf-8")
    partial.replace(folder / FACTS_FILE)


def judge_facts_read(folder: Path) -> JudgeFacts:
    """Raises ManifestError where there is no finished judge."""
    try:
        value = json.loads((folder / FACTS_FILE).read_text(encoding="utf-8"))
        if value["format"] != FORMAT:
            raise ManifestError(f"{folder} has format {value['format']}; this program reads {FORMAT}.")
        classes = tuple(str(name) for name in value["classes"])
        return JudgeFacts(classes, str(value["sha256"]), dict(value["figures"]))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ManifestError(f"{folder} holds no finished judge.") from error
