"""The gate lets through what moves and what stands there, and looks fully now and then."""

from __future__ import annotations

from time import process_time

import numpy as np

from ml.scene.motion import GateReason, MotionConfig, MotionGate


def frame(seed: int, person_x: int | None = None, brighter: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    image = np.full((360, 640, 3), 110 + brighter, dtype=np.int16)
    if person_x is not None:
        image[150:250, person_x : person_x + 30] = 60 + brighter
    image += rng.integers(-6, 7, (360, 640, 1), dtype=np.int16)
    return np.clip(image, 0, 255).astype(np.uint8)


def test_the_first_frame_is_always_looked_at() -> None:
    assert MotionGate().update(0.0, frame(0)).reason is GateReason.FIRST


def test_noise_is_still_and_a_full_look_comes_in_time() -> None:
    gate = MotionGate()
    reasons = [gate.update(0.2 * i, frame(i)).reason for i in range(60)]
    assert set(reasons[1:25]) == {GateReason.STILL}
    assert [i for i, r in enumerate(reasons) if r is GateReason.FULL] == [25, 50]


def test_a_person_who_walks_in_is_seen_at_once_and_held() -> None:
    gate = MotionGate(MotionConfig(background_s=1e9))
    for i in range(5):
        gate.update(0.2 * i, frame(i))
    assert gate.update(1.0, frame(5, 200)).reason is GateReason.MOTION
    assert gate.update(1.2, frame(6)).reason is GateReason.HOLD
    assert gate.update(3.4, frame(7)).reason is GateReason.STILL


def test_someone_tracked_who_stands_still_is_not_lost() -> None:
    gate = MotionGate()
    gate.update(0.0, frame(0, 200))
    answers = [gate.update(0.2 * i, frame(i, 200), occupied=True) for i in range(1, 40)]
    assert {a.reason for a in answers} == {GateReason.HOLD}


def test_a_lamp_is_not_motion() -> None:
    gate = MotionGate()
    gate.update(0.0, frame(0))
    assert gate.update(0.2, frame(1, brighter=60)).reason is GateReason.STILL


def test_a_new_picture_size_starts_over() -> None:
    gate = MotionGate()
    gate.update(0.0, frame(0))
    assert gate.update(0.2, frame(1)[:180, :320]).reason is GateReason.FIRST


def test_the_gate_is_cheap() -> None:
    gate, images = MotionGate(), [frame(i, 40 * i).repeat(2, axis=0).repeat(2, axis=1) for i in range(4)]
    start = process_time()
    for i in range(100):
        gate.update(0.2 * i, images[i % 4])
    # About 0.4 ms each; room for a busy machine.
    assert (process_time() - start) / 100 < 0.005
