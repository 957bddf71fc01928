"""The vectorised filter against the textbook one, and its indifference to how time is cut."""

from __future__ import annotations

import numpy as np
import pytest

from ml.tracking.kalman import _ACCELERATION, MEASUREMENT_STD_HEIGHTS, BoxStates


def slow_axis(
    positions: list[float], times_s: list[float], height: float, accel: float, start_var_v: float
) -> tuple[np.ndarray, np.ndarray]:
    """Textbook Kalman filter of one axis with full matrices."""
    r = (MEASUREMENT_STD_HEIGHTS * height) ** 2
    x = np.array([positions[0], 0.0])
    p = np.diag([r, start_var_v])
    observe = np.array([[1.0, 0.0]])
    for i in range(1, len(times_s)):
        dt = times_s[i] - times_s[i - 1]
        f = np.array([[1.0, dt], [0.0, 1.0]])
        q = (accel * height) ** 2 * np.array([[dt**3 / 3, dt**2 / 2], [dt**2 / 2, dt]])
        x, p = f @ x, f @ p @ f.T + q
        s = observe @ p @ observe.T + r
        k = p @ observe.T / s
        x = x + (k * (positions[i] - x[0])).ravel()
        p = (np.eye(2) - k @ observe) @ p
    return x, p


def test_empty_states_can_be_predicted_and_corrected() -> None:
    states = BoxStates.empty()
    states.predict(0.1, np.zeros(0, dtype=bool))
    states.correct(np.zeros(0, dtype=np.intp), np.zeros((0, 4)))
    assert states.boxes_px().shape == (0, 4)


def test_agrees_with_the_matrix_form() -> None:
    rng = np.random.default_rng(0)
    times_s = [0.0, 0.2, 0.24, 0.9, 1.0, 1.3]
    centres = [100.0 + 50 * t + rng.normal(0, 3) for t in times_s]
    boxes = [np.array([[c - 20, 50.0, c + 20, 150.0]]) for c in centres]
    states = BoxStates.from_boxes(boxes[0])
    start_var_v = float(states.var_v[0, 0])
    for i in range(1, len(times_s)):
        states.predict(times_s[i] - times_s[i - 1], np.array([False]))
        states.correct(np.array([0]), boxes[i])
    x, p = slow_axis(centres, times_s, 100.0, float(_ACCELERATION[0]), start_var_v)
    assert (states.position[0, 0], states.velocity[0, 0]) == pytest.approx(tuple(x))
    covariance = (states.var_p[0, 0], states.cov_pv[0, 0], states.var_v[0, 0])
    assert covariance == pytest.approx((p[0, 0], p[0, 1], p[1, 1]))


def test_one_long_step_equals_many_short_ones() -> None:
    boxes = np.array([[0.0, 0.0, 40.0, 100.0], [200.0, 50.0, 260.0, 170.0]])
    once, often = BoxStates.from_boxes(boxes), BoxStates.from_boxes(boxes)
    for states in (once, often):
        states.velocity[:, :2] = [[30.0, -5.0], [0.0, 12.0]]
    still = np.array([False, False])
    once.predict(1.0, still)
    for _ in range(10):
        often.predict(0.1, still)
    for name in ("position", "velocity", "var_p", "cov_pv", "var_v"):
        assert getattr(once, name) == pytest.approx(getattr(often, name))


def test_a_hidden_box_moves_on_but_keeps_its_size() -> None:
    states = BoxStates.from_boxes(np.array([[0.0, 0.0, 40.0, 100.0]]))
    states.velocity[:] = [[10.0, 0.0, -30.0, -30.0]]
    states.predict(1.0, np.array([True]))
    assert states.boxes_px()[0] == pytest.approx([10.0, 0.0, 50.0, 100.0])
