"""Defects without examples: good parts are remembered, what differs is hot, proposed and ranked above good ones."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from ml.anomaly.encoders import CELL_PX, FilterEncoder, GraphEncoder
from ml.anomaly.memory import memory_fit, picture_score
from ml.anomaly.proposals import proposals, threshold_of
from ml.contracts import Box
from ml.errors import DatasetError, ImageError, TrainingError
from ml.evaluation.anomaly import brightness_report, parts_read, patches_report
from ml.evaluation.figures import auroc

SHIPPED = Path(__file__).resolve().parents[3] / "ml" / "weights" / "site-people"
BLOT = Box(56.0, 40.0, 76.0, 60.0)


def part(seed: int, blot: Box | None = None, width: int = 130, height: int = 90) -> np.ndarray:
    """Brushed metal at a random exposure; a blot is of the same grey, but not brushed."""
    rng = np.random.default_rng(seed)
    grain = np.repeat(rng.normal(0.0, 20.0, (height, 1)), width, axis=1) + rng.normal(
        0.0, 4.0, (height, width)
    )
    if blot is not None:
        grain[int(blot.y1) : int(blot.y2), int(blot.x1) : int(blot.x2)] = 0.0
    grey = (rng.uniform(0.6, 1.2) * (110.0 + grain)).clip(0, 255).astype(np.uint8)
    return np.repeat(grey[:, :, None], 3, axis=2)


def overlap(a: Box, b: Box) -> float:
    return max(0.0, min(a.x2, b.x2) - max(a.x1, b.x1)) * max(0.0, min(a.y2, b.y2) - max(a.y1, b.y1))


def test_a_blot_is_the_hottest_place_and_is_proposed() -> None:
    encoder = FilterEncoder()
    maps = [encoder.maps(part(seed)) for seed in range(18)]
    memory = memory_fit(maps[:12], patches=500)
    threshold = threshold_of([memory.heat(m) for m in maps[12:]])
    good = [memory.heat(encoder.maps(part(seed))) for seed in range(20, 26)]
    bad = [memory.heat(encoder.maps(part(seed, BLOT))) for seed in range(30, 36)]
    assert auroc([picture_score(h) for h in good], [picture_score(h) for h in bad]) > 0.95
    proposed = [found[0] for h in bad if (found := proposals(h, threshold, 130, 90))]
    assert len(proposed) >= 5
    for hottest in proposed:
        assert overlap(hottest.box, BLOT) > 0.5 * BLOT.area
        assert 0.5 < hottest.score < 1.0
        assert hottest.box.x2 <= 130.0 and hottest.box.y2 <= 90.0
    assert sum(bool(proposals(h, threshold, 130, 90)) for h in good) <= 2


@pytest.mark.parametrize("size", [(320, 320), (90, 130), (33, 400)])
def test_a_networks_layers_cover_the_picture(size: tuple[int, int]) -> None:
    height, width = size
    maps = GraphEncoder(SHIPPED).maps(part(0, None, width, height))
    assert maps.shape[:2] == (-(-height // CELL_PX), -(-width // CELL_PX))
    assert maps.shape == (*FilterEncoder().maps(part(0, None, width, height)).shape[:2], 224)
    assert np.isfinite(maps).all()


def test_random_weights_are_drawn_by_the_seed_and_are_not_the_trained_ones() -> None:
    picture = part(0)
    trained, one, again, other = (
        GraphEncoder(SHIPPED, random_seed=seed).maps(picture) for seed in (None, 1, 1, 2)
    )
    assert np.array_equal(one, again)
    assert not np.allclose(one, other) and not np.allclose(one, trained)
    assert np.isfinite(one).all() and one.std() > 0


def test_what_cannot_be_done_is_refused() -> None:
    with pytest.raises(TrainingError, match="without defects"):
        memory_fit([])
    with pytest.raises(ValueError, match="threshold"):
        threshold_of([])
    with pytest.raises(ImageError):
        FilterEncoder().maps(np.zeros((10, 10), dtype=np.uint8))
    assert proposals(np.zeros((4, 4), dtype=np.float32), 1.0, 32, 32) == ()


def test_auroc_is_the_chance_of_the_right_order() -> None:
    rng = np.random.default_rng(0)
    good, bad = rng.integers(0, 6, 40).tolist(), rng.integers(1, 8, 30).tolist()
    slow = np.mean([(b > g) + 0.5 * (b == g) for b in bad for g in good])
    assert auroc(good, bad) == pytest.approx(slow)
    with pytest.raises(ValueError, match="good and of bad"):
        auroc([], bad)


def tiles(folder: Path) -> Path:
    """Nine good tiles of one exposure and three with a blot, of two exposures each."""
    for n in range(9):
        save(folder / "MT_Free" / f"exp1_num_{1000 * n}", part(n), np.zeros((90, 130)))
    mask = np.zeros((90, 130))
    mask[int(BLOT.y1) : int(BLOT.y2), int(BLOT.x1) : int(BLOT.x2)] = 255
    for n in range(3):
        for exposure in (1, 2):
            stem = f"exp{exposure}_num_{1000 * n + 20 * exposure}"
            save(folder / "MT_Blowhole" / stem, part(50 + 2 * n + exposure, BLOT), mask)
    return folder


def save(stem: Path, picture: np.ndarray, mask: np.ndarray) -> None:
    stem.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(picture).save(stem.with_suffix(".jpg"), quality=98)
    Image.fromarray(mask.astype(np.uint8)).save(stem.with_suffix(".png"))


def test_the_report_splits_by_tile_and_beats_brightness_on_blots(tmp_path: Path) -> None:
    parts = parts_read(tiles(tmp_path))
    assert len({p.tile for p in parts if not p.is_good}) == 3
    report = patches_report(parts, FilterEncoder())
    assert report.low <= report.auroc <= report.high
    assert report.auroc > 0.9 > brightness_report(parts).auroc
    assert report.cell_auroc is not None and report.cell_auroc > 0.9
    assert report.found is not None and report.found > 0.8
    with pytest.raises(DatasetError):
        parts_read(tmp_path / "nothing")
