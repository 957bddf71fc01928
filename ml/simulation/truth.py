"""What a generated scene is asked for, and what is exactly true of each picture."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from ml.contracts import Annotation, Box, RleMask
from ml.errors import MlError
from ml.geometry.arrays import Bytes, Ints
from ml.geometry.camera import Camera

K1_MIN = -0.35
K1_MAX = 0.0
# Under this visible share an object is marked `ignore`: no annotator would be sure of it.
VISIBLE_MIN = 0.25
# Objects smaller than this on their short side are marked `ignore` as well.
SIDE_MIN_PX = 4.0

PERSON = "person"
HARD_HAT = "hard_hat"
SAFETY_VEST = "safety_vest"
FORKLIFT = "forklift"
PALLET = "pallet"
CLASSES = (PERSON, HARD_HAT, SAFETY_VEST, FORKLIFT, PALLET)


class SceneError(MlError):
    """The scene asked for cannot be made."""


class View(StrEnum):
    """Where the camera hangs: on a wall, high under the roof looking down, or at eye level."""

    WALL = "wall"
    HIGH = "high"
    EYE = "eye"


@dataclass(frozen=True, slots=True)
class SceneConfig:
    """A scene; everything left at None is drawn from the seed. The same config gives the same picture."""

    seed: int
    width: int = 960
    height: int = 540
    people: int | None = None
    forklifts: int | None = None
    pallets: int | None = None
    k1: float | None = None
    view: View | None = None
    helmet_share: float = 0.6
    vest_share: float = 0.5
    noise: bool = True

    def __post_init__(self) -> None:
        if not (96 <= self.width <= 4096 and 96 <= self.height <= 4096):
            raise SceneError("A generated picture is 96 to 4096 pixels on each side.")
        if self.k1 is not None and not K1_MIN <= self.k1 <= K1_MAX:
            raise SceneError(f"k1 of a generated camera is between {K1_MIN} and {K1_MAX}.")
        for name, value, limit in (
            ("people", self.people, 60),
            ("forklifts", self.forklifts, 12),
            ("pallets", self.pallets, 60),
        ):
            if value is not None and not 0 <= value <= limit:
                raise SceneError(f"A scene has 0 to {limit} {name}.")


@dataclass(frozen=True, slots=True)
class ObjectTruth:
    """One object as it is seen.

    `box_px` and `mask` hold what is visible; `full_box_px` what would be if nothing stood before it and
    the picture had no edge. `visible` is the seen share of its pixels, 0..1. `foot_m` is its place on the
    floor in metres, `foot_px` the same point in the picture; `speed_m_s` its speed over the floor. A
    helmet or vest carries the `track_id` of its own and the wearer's in `parent_id`.
    """

    track_id: int
    label: str
    box_px: Box
    full_box_px: Box
    mask: RleMask
    visible: float
    ignore: bool
    foot_m: tuple[float, float]
    foot_px: tuple[float, float]
    speed_m_s: float
    parent_id: int | None = None
    pose: str = ""

    def annotation(self) -> Annotation:
        """The object as a label a person would have drawn."""
        return Annotation(label=self.label, box=self.box_px, ignore=self.ignore)


@dataclass(frozen=True, slots=True)
class RenderedFrame:
    """`image_rgb` (H, W, 3); `ids` (H, W) holds the visible track id of each pixel, 0 for none.

    In `ids` a helmet or vest hides the wearer; the wearer's own mask includes both.
    """

    image_rgb: Bytes
    ids: Ints
    objects: tuple[ObjectTruth, ...]
    camera: Camera
    time_s: float = 0.0
    index: int = 0
