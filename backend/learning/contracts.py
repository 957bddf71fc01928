"""What other apps see of learning."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from ml.contracts import ImagePrediction


class Model(Protocol):
    """Anything that scores pictures: a RUN folder, an operator's ONNX detector, or an HTTP address."""

    @property
    def classes(self) -> tuple[str, ...]: ...

    def predict(self, image: NDArray[np.uint8], min_score: float = ...) -> ImagePrediction: ...

    def predict_batch(
        self, images: Sequence[NDArray[np.uint8]], min_score: float = ...
    ) -> list[ImagePrediction]: ...


@dataclass(frozen=True, slots=True)
class BoundClass:
    """What one class of a model means in a project: its label, and from which score it is shown."""

    label_id: str
    threshold: float


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """A model version as feeds need it."""

    id: uuid.UUID
    project_id: uuid.UUID
    number: int
    name: str
    kind: str
    binding: dict[str, BoundClass]

    @staticmethod
    def binding_parse(mapping: dict[str, Any]) -> dict[str, BoundClass]:
        return {
            name: BoundClass(str(entry["label_id"]), float(entry["threshold"]))
            for name, entry in mapping.items()
            if entry.get("label_id")
        }
