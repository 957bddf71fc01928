"""A recorded clip of 1,394 frames: every frame asked for in any order is the one that decoding in order gives."""

from __future__ import annotations

import os
from pathlib import Path

import av
import numpy as np
import pytest

from backend.media import reading, services
from tests.support import factories

CLIP = (
    Path(os.environ.get("SITELOOP_DATA", "../shared/data"))
    / "intel_videos"
    / "one-by-one-person-detection.mp4"
)
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.realdata,
    pytest.mark.skipif(not CLIP.is_file(), reason="SITELOOP_DATA has no intel_videos"),
]
# JPEG at quality 92 of a picture that was compressed before; neighbours in time differ by far more where anything moves.
PSNR_MIN_DB = 38.0


def psnr_db(one: np.ndarray, other: np.ndarray) -> float:
    error = float(((one.astype(np.float32) - other.astype(np.float32)) ** 2).mean())
    return float("inf") if error == 0 else 10 * float(np.log10(255**2 / error))


def test_sixty_random_frames_are_those_of_a_plain_decoding() -> None:
    asset = services.asset_register(project=factories.make_project(), path=CLIP, name=CLIP.name, actor=None)
    assert asset.frame_count == 1394
    wanted = np.random.default_rng(3).permutation(1394)[:60].tolist()
    plain: dict[int, np.ndarray] = {}
    with av.open(str(CLIP)) as container:
        for index, frame in enumerate(container.decode(video=0)):
            if index in wanted:
                plain[index] = frame.to_ndarray(format="rgb24")
    for index in wanted:
        found = reading.asset_frame_array(asset, index)
        assert psnr_db(found, plain[index]) > PSNR_MIN_DB, index
