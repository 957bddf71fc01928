"""Opens a model version wherever it runs: RUN folder, operator's ONNX file, or HTTP address.

Inference libraries are imported when a model is opened, so that the web process stays light.
"""

from __future__ import annotations

import io
import json
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.files.storage import default_storage

from backend.core.errors import Unavailable
from backend.core.outgoing import post_bytes
from backend.learning.contracts import Model
from backend.learning.enums import Provider
from backend.learning.errors import ModelRefused
from backend.learning.models import ModelVersion

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from ml.contracts import ImagePrediction

DESCRIPTION_FILE = "detector.json"
HTTP_TIMEOUT_S = 20.0
HTTP_ANSWER_MAX_BYTES = 4 * 1024 * 1024
HTTP_DETECTIONS_MAX = 1_000


@contextmanager
def artifact_folder(model: ModelVersion) -> Iterator[Path]:
    """The model's files as a local folder: the storage's own, or a temporary copy."""
    try:
        yield Path(default_storage.path(model.artifact_prefix))
        return
    except NotImplementedError:
        pass
    with tempfile.TemporaryDirectory(prefix="siteloop-model-") as name:
        folder = Path(name)
        for file in default_storage.listdir(model.artifact_prefix)[1]:
            with (
                default_storage.open(f"{model.artifact_prefix}/{file}", "rb") as source,
                (folder / file).open("wb") as out,
            ):
                shutil.copyfileobj(source, out)
        yield folder


def model_open(model: ModelVersion, threads: int = 1) -> Model:
    """Load a model version. Raises ModelRefused when its files are missing or not what was registered."""
    if model.provider == Provider.HTTP:
        return HttpModel(model.endpoint_url, tuple(model.manifest.get("classes", ())))
    from ml.errors import MlError
    from ml.inference.onnx_detector import OnnxDetector
    from ml.inference.predictor import Predictor

    try:
        with artifact_folder(model) as folder:
            _refuse_changed(model, folder)
            if model.provider == Provider.ONNX:
                return OnnxDetector.load(folder / DESCRIPTION_FILE, threads)
            return Predictor.load(folder, threads)
    except (MlError, OSError) as error:
        raise ModelRefused(f"Model {model.number} cannot be opened: {error}") from error


def artifact_check(model: ModelVersion) -> None:
    """Raises ModelRefused when the model's files are missing or not what was registered."""
    if model.provider == Provider.HTTP:
        return
    try:
        with artifact_folder(model) as folder:
            _refuse_changed(model, folder)
    except OSError as error:
        raise ModelRefused(f"Model {model.number} cannot be opened: {error}") from error


def _refuse_changed(model: ModelVersion, folder: Path) -> None:
    """The row in the database is what was registered; a manifest beside the file proves nothing."""
    from ml.inference.manifest import file_sha256

    if model.artifact_sha256 and file_sha256(folder / "model.onnx") != model.artifact_sha256:
        raise ModelRefused(
            f"Model {model.number} cannot be opened: its file is not the one that was registered (SHA-256 differs)."
        )


class HttpModel:
    """A model behind an address: a JPEG goes out, `{"detections": [{"label", "score", "box": [x1, y1, x2, y2]}]}` comes back."""

    def __init__(self, url: str, classes: tuple[str, ...]) -> None:
        self.url = url
        self.classes = classes

    def predict(self, image: NDArray[np.uint8], min_score: float = 0.05) -> ImagePrediction:
        from PIL import Image

        buffer = io.BytesIO()
        Image.fromarray(image).save(buffer, "JPEG", quality=92)
        body = post_bytes(
            self.url,
            buffer.getvalue(),
            media_type="image/jpeg",
            allowed_hosts=settings.OUTGOING_ALLOWED_HOSTS,
            timeout_s=HTTP_TIMEOUT_S,
            max_bytes=HTTP_ANSWER_MAX_BYTES,
        )
        return answer_parse(
            body, self.classes, width=image.shape[1], height=image.shape[0], min_score=min_score
        )

    def predict_batch(
        self, images: Sequence[NDArray[np.uint8]], min_score: float = 0.05
    ) -> list[ImagePrediction]:
        return [self.predict(image, min_score) for image in images]


def answer_parse(
    body: bytes, classes: Sequence[str], *, width: int, height: int, min_score: float
) -> ImagePrediction:
    """A foreign model's answer as a prediction, boxes clipped to the picture. Raises Unavailable when it is not one."""
    from ml.contracts import Box, ImagePrediction, Prediction

    try:
        rows: list[dict[str, Any]] = json.loads(body)["detections"][:HTTP_DETECTIONS_MAX]
        found = []
        for row in rows:
            x1, y1, x2, y2 = (float(v) for v in row["box"])
            if not all(map(isfinite, (x1, y1, x2, y2))):
                raise ValueError("a box of numbers that are none")
            box = Box(max(0.0, x1), max(0.0, y1), min(float(width), x2), min(float(height), y2))
            score = float(row["score"])
            if row["label"] in classes and min_score <= score <= 1.0 and box.width > 0 and box.height > 0:
                found.append(Prediction(str(row["label"]), score, box))
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise Unavailable(
            "The model's address answered something that is not a list of detections."
        ) from error
    return ImagePrediction(detections=tuple(sorted(found, key=lambda p: -p.score)))
