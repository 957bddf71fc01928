"""Feet from boxes: a body's box leads back to where it stands, and feet that are not seen are said not to be."""

from __future__ import annotations

import numpy as np
import pytest

from ml.geometry.camera import Camera
from ml.geometry.footing import stand
from tests.support.bodies import SIZE, body_box, calibrated


@pytest.mark.parametrize("pitch", [0.25, 0.6, 1.1])
@pytest.mark.parametrize("x", [-2.0, 0.0, 1.5])
def test_a_bodys_box_leads_back_to_its_place(pitch: float, x: float) -> None:
    camera = Camera(*SIZE, 700.0, (0.0, 0.0, 6.0), yaw=0.0, pitch=pitch, k1=-0.2)
    y = 6.0 / np.tan(pitch) * 1.1
    standing = stand(calibrated(camera), [body_box(camera, x, y)], SIZE)
    assert standing.points.xy_m[0] == pytest.approx([x, y], abs=0.12)
    assert standing.height_m[0] == pytest.approx(1.72, rel=0.06)
    assert standing.clear.all()


def test_feet_that_are_hidden_or_cut_off_are_not_clear() -> None:
    camera = Camera(*SIZE, 700.0, (0.0, 0.0, 3.5), yaw=0.0, pitch=0.4)
    whole = body_box(camera, 0.0, 9.0)
    waist = [whole[0], whole[1], whole[2], whole[1] + 0.5 * (whole[3] - whole[1])]
    cut = [whole[0], whole[1] + 300, whole[2], 540.0]
    before = [whole[0] - 5, whole[3] - 60, whole[2] + 5, whole[3] + 30]
    assert stand(calibrated(camera), [whole], SIZE).clear.tolist() == [True]
    assert stand(calibrated(camera), [waist], SIZE).clear.tolist() == [False]
    assert stand(calibrated(camera), [cut], SIZE).clear.tolist() == [False]
    assert not stand(calibrated(camera), [whole, before], SIZE).clear[0]
    assert len(stand(calibrated(camera), [], SIZE).clear) == 0
