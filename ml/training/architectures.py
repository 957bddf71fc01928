"""The networks there are, by `architecture` key: what each answers, how it is built, taught and exported.

What needs the library `transformers` is imported when it is asked for: nothing else pays for it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol

from torch import nn

from ml.contracts import Dataset, ModelKind
from ml.errors import TrainingError
from ml.models.assist import AssistNet
from ml.models.classifier import Classifier
from ml.models.detector import Detector
from ml.models.instance import InstanceNet
from ml.models.semantic import SemanticNet
from ml.training.budget import RESERVE_S
from ml.training.classify import ClassifyTask
from ml.training.crew import Crew
from ml.training.detect import DetectTask
from ml.training.instance import InstanceTask
from ml.training.recipe import PLAIN, Recipe
from ml.training.segment import SegmentTask

AnyTask = DetectTask | ClassifyTask | SegmentTask


class MakesTask(Protocol):
    def __call__(
        self,
        train: Dataset,
        held_out: Dataset | None,
        input_size: int,
        seed: int,
        crew: Crew = ...,
        batch: int = ...,
    ) -> AnyTask: ...


@dataclass(frozen=True, slots=True)
class Architecture:
    """One key: `task` gives the constructor of its training task, `network` an untrained network for so many classes.

    `from_weights` ones do not learn from random weights in any time a site has. `doubles` of an object are left in the
    boxes, to be suppressed when they are decoded.
    """

    kind: ModelKind
    input_size: int
    task: Callable[[], MakesTask]
    network: Callable[[int], nn.Module]
    recipe: Recipe = PLAIN
    least_size: int = 64
    reserve_s: float = RESERVE_S
    from_weights: bool = False
    doubles: bool = True


def _dfine_task(size: str) -> MakesTask:
    from ml.training.detect_dfine import task_of_size

    return task_of_size(size)


def _dfine_network(size: str, classes: int) -> nn.Module:
    from ml.models.dfine import DFine

    return DFine(size, classes)


def _dfine(size: str, trunk_share: float) -> Architecture:
    # Rates of the trunk as published for each size; the rate itself suits batches of 4 to 8 in place of 32 and more.
    recipe = Recipe(1e-4, weight_decay=1e-4, clip_norm=0.1, slow="model.backbone.", slow_share=trunk_share)
    return Architecture(
        ModelKind.DETECT,
        640,
        partial(_dfine_task, size),
        partial(_dfine_network, size),
        recipe,
        # Three hundred queries are picked from as many cells.
        least_size=256,
        reserve_s=90.0,
        from_weights=True,
        doubles=False,
    )


ARCHITECTURES = {
    "site-n": Architecture(ModelKind.DETECT, 320, lambda: DetectTask, Detector),
    "site-cls": Architecture(ModelKind.CLASSIFY, 160, lambda: ClassifyTask, Classifier),
    "site-seg": Architecture(ModelKind.SEGMENT, 320, lambda: SegmentTask, SemanticNet),
    "site-inst": Architecture(ModelKind.INSTANCE, 256, lambda: InstanceTask, InstanceNet),
    "d-fine-n": _dfine("n", 0.5),
    "d-fine-s": _dfine("s", 0.5),
    "d-fine-m": _dfine("m", 0.1),
    "d-fine-l": _dfine("l", 0.05),
}
# What a kind learns with unless told otherwise: the small ones, from random weights.
DEFAULTS = {
    ModelKind.DETECT: "site-n",
    ModelKind.CLASSIFY: "site-cls",
    ModelKind.SEGMENT: "site-seg",
    ModelKind.INSTANCE: "site-inst",
}


def architecture_of(kind: ModelKind, key: str) -> Architecture:
    """By key. Raises TrainingError for one that is not there, or answers something else."""
    found = ARCHITECTURES.get(key)
    if found is None or found.kind is not kind:
        fitting = [name for name, each in ARCHITECTURES.items() if each.kind is kind]
        raise TrainingError(f"A {kind} model's architecture is one of {', '.join(fitting)}, not {key}.")
    return found


def network_of(kind: ModelKind, classes: int, key: str = "") -> nn.Module:
    """An untrained network. Raises TrainingError as `architecture_of`."""
    if kind is ModelKind.ASSIST:
        return AssistNet()
    return architecture_of(kind, key or DEFAULTS[kind]).network(classes)


TASKS: dict[ModelKind, Any] = {kind: ARCHITECTURES[key].task() for kind, key in DEFAULTS.items()}
