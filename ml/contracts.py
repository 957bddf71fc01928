"""Frozen values that cross the border of `ml`: everything handed in or out is one of these.

Coordinates are float xyxy in pixels of the upright (EXIF-turned) image, half-open, origin top-left.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

# What a semantic segmenter calls pixels of no class; no label of a project is called so by it.
BACKGROUND_NAME = "background"


class ModelKind(StrEnum):
    DETECT = "detect"
    CLASSIFY = "classify"
    SEGMENT = "segment"
    INSTANCE = "instance"
    ASSIST = "assist"


@dataclass(frozen=True, slots=True)
class Box:
    """Axis-aligned box in image pixels, `x1 < x2`, `y1 < y2`."""

    x1: float
    y1: float
    x2: float
    y2: float

    @property
    def xyxy(self) -> tuple[float, float, float, float]:
        return self.x1, self.y1, self.x2, self.y2

    @property
    def width(self) -> float:
        return self.x2 - self.x1

    @property
    def height(self) -> float:
        return self.y2 - self.y1

    @property
    def area(self) -> float:
        return max(0.0, self.width) * max(0.0, self.height)

    def enlarged(self, scale: float) -> Box:
        """The box in a picture `scale` times as large."""
        return Box(*(value * scale for value in self.xyxy))


@dataclass(frozen=True, slots=True)
class Polygon:
    """One outer ring of (x, y) image pixels, at least three points, not closed; optional holes."""

    points: tuple[tuple[float, float], ...]
    holes: tuple[tuple[tuple[float, float], ...], ...] = ()


@dataclass(frozen=True, slots=True)
class RleMask:
    """COCO run-length mask: uncompressed counts, column-major, starting with background."""

    height: int
    width: int
    counts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ImageRef:
    """A picture on disk; `group` holds near-copies together when data is split."""

    id: str
    path: Path
    width: int
    height: int
    group: str = ""


@dataclass(frozen=True, slots=True)
class Annotation:
    """One labelled object; `polygon` where the source had one, `mask` where it counted pixels, `box` always.

    `parts`: all polygons of an object that lies in several (`polygon` is then the largest of them).
    `keypoints`: x, y and 0 (absent), 1 (covered) or 2 (visible), in the order of the label's template.
    `attributes`: names and values, as the source gives them.
    """

    label: str
    box: Box
    polygon: Polygon | None = None
    ignore: bool = False
    mask: RleMask | None = None
    parts: tuple[Polygon, ...] = ()
    keypoints: tuple[tuple[float, float, int], ...] = ()
    attributes: tuple[tuple[str, str | float | bool], ...] = ()


@dataclass(frozen=True, slots=True)
class LabelledImage:
    """A picture with its objects (detection) and its tags (classification).

    `split` is what the source called its part: `train`, `val`, `test`, or empty where it named none.
    """

    image: ImageRef
    annotations: tuple[Annotation, ...] = ()
    tags: tuple[str, ...] = ()
    split: str = ""


@dataclass(frozen=True, slots=True)
class Dataset:
    """Pictures and the ordered class names they use."""

    classes: tuple[str, ...]
    images: tuple[LabelledImage, ...]


@dataclass(frozen=True, slots=True)
class Prediction:
    """One detected object: `label` is the model's class name, `score` in 0..1; `mask` its pixels at the picture's size, of a
    segmenter only."""

    label: str
    score: float
    box: Box
    mask: RleMask | None = None


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a judge says of one given box. `shares` by class are probabilities; what they lack of 1 is "nothing there".

    `boxes`: where the sides should be, were it of that class; `errors`: the error it expects of them, a mean over the sides, in
    widths and heights of the given box.
    """

    shares: Mapping[str, float]
    boxes: Mapping[str, Box]
    errors: Mapping[str, float]

    def enlarged(self, scale: float) -> Judgement:
        """The same word in a picture `scale` times as large."""
        boxes = {name: box.enlarged(scale) for name, box in self.boxes.items()}
        return Judgement(self.shares, boxes, self.errors)


@dataclass(frozen=True, slots=True)
class PixelSummary:
    """How sure a semantic segmenter is of one picture, from its (classes, H, W) probabilities.

    `entropy` in bits and `margin` as 1 - (best - second) in 0..1 are means over the least sure tenth of the pixels
    by each; `shares` is each class' part of the pixels (sum 1), `unsure` the part of a class' doubt: the mean
    |p - one-hot|, which is the gradient of the cross entropy at the class' logit.
    """

    entropy: float
    margin: float
    shares: Mapping[str, float] = field(default_factory=dict)
    unsure: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ImagePrediction:
    """What a model says of one picture.

    `detections` is sorted by falling score; `tag_scores` holds a classifier's probabilities (sum 1);
    `embedding` is a unit vector of the model's features, `()` where it has none; `regions` are a semantic segmenter's:
    the pixels of each class that it found, at the picture's size, no pixel in two (their blobs are its `detections`, with the
    mean probability there as score), and `pixels` how sure it is of the whole.
    """

    detections: tuple[Prediction, ...] = ()
    tag_scores: Mapping[str, float] = field(default_factory=dict)
    embedding: tuple[float, ...] = ()
    regions: Mapping[str, RleMask] = field(default_factory=dict)
    pixels: PixelSummary | None = None


@dataclass(frozen=True, slots=True)
class Manifest:
    """`manifest.json` of a RUN folder: what the model is and how to feed it.

    `input_size` is the square side in pixels; pictures are letterboxed to it, RGB, scaled to 0..1, then
    `(x - mean) / std`. `doubles`: a detector's boxes hold the same object several times, to be suppressed. `sha256` is of `model.onnx`. `parity` is the largest absolute difference between
    the exported graph and the network it came from.
    """

    name: str
    kind: ModelKind
    architecture: str
    classes: tuple[str, ...]
    input_size: int
    mean: tuple[float, float, float]
    std: tuple[float, float, float]
    sha256: str
    parity: float
    embedding_dim: int = 0
    score_hint: float = 0.3
    seed: int = 0
    metrics: Mapping[str, float] = field(default_factory=dict)
    config: Mapping[str, object] = field(default_factory=dict)
    format: int = 1
    doubles: bool = True


@dataclass(frozen=True, slots=True)
class TrainConfig:
    """What a training run is asked to do. `minutes` counts CPU minutes of all its processes.

    `holdout` keeps out that share of the source photos; `val_data` is an own set to evaluate on instead. `device` is `cpu`,
    `cuda`, or `auto` for a GPU where there is one: there `minutes` counts the clock's. `batch` pictures a step and process (0 the kind's own).
    `patience` ends a run once the first held-out figure has not risen for so many of its ten evaluations (0 never).
    `architecture` is that of the run to go on from, or the kind's small one, unless named. `init_from` is a RUN folder, or a file
    of published weights whose SHA-256 is among `allowed_sha256`.
    """

    kind: ModelKind
    data: Path
    out: Path
    minutes: float
    seed: int = 0
    classes: tuple[str, ...] = ()
    architecture: str = ""
    input_size: int = 0
    max_steps: int = 0
    threads: int = 1
    init_from: Path | None = None
    holdout: float = 0.0
    val_data: Path | None = None
    device: str = "cpu"
    batch: int = 0
    patience: int = 0
    allowed_sha256: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AssistConfig:
    """What a training run of the assist network is asked to do; `minutes` counts CPU minutes, on a GPU the clock's.

    `device` is `cpu`, `cuda`, or `auto` for a GPU where there is one. `data` are folders of objects with outlines; `holdout` keeps out that share of the source photos of each.
    `init_from` is a RUN to go on from, so that a site's own masks refine the shipped weights.
    """

    data: tuple[Path, ...]
    out: Path
    minutes: float
    seed: int = 0
    input_size: int = 160
    max_steps: int = 0
    threads: int = 1
    holdout: float = 0.2
    init_from: Path | None = None
    device: str = "cpu"


@dataclass(frozen=True, slots=True)
class ClassMetrics:
    """AP of one class, 0..1; nan-free: a class without truth is left out of a report. `mask_*` by masks in place of boxes."""

    ap50: float
    ap: float
    truths: int = 0
    mask_ap50: float = 0.0
    mask_ap: float = 0.0


@dataclass(frozen=True, slots=True)
class EvalReport:
    """COCO-style figures, 0..1, `mask_*` by masks in place of boxes; `accuracy` and `macro_f1` for classifiers; the rest for semantic segmenters.

    `iou` by class, the background as well, over all pixels of the set; `miou` their mean over classes with truth;
    `iou_picture` the mean over the pictures that hold the class; `baselines` the IoU by class of simple rules.
    """

    kind: ModelKind
    images: int
    ap50: float = 0.0
    ap: float = 0.0
    per_class: Mapping[str, ClassMetrics] = field(default_factory=dict)
    mask_ap50: float = 0.0
    mask_ap: float = 0.0
    accuracy: float = 0.0
    macro_f1: float = 0.0
    ms_per_image: float = 0.0
    miou: float = 0.0
    iou: Mapping[str, float] = field(default_factory=dict)
    iou_picture: Mapping[str, float] = field(default_factory=dict)
    baselines: Mapping[str, Mapping[str, float]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TrackPoint:
    """One tracked object at one time. `time_s` is the frame's own time, never index over a rate.

    `box` is smoothed, for the eye; `measured` is the detection itself, for what smooths on its own terms.
    """

    track_id: int
    time_s: float
    box: Box
    label: str
    score: float
    confirmed: bool = True
    measured: Box | None = None
