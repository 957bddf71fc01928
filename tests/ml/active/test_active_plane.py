"""The plane keeps neighbours, on real digits better than their main directions do, and takes any small input."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA
from sklearn.neighbors import KNeighborsClassifier

from ml.active.plane import neighbours_kept, on_plane


def test_digits_lie_with_their_like() -> None:
    digits = load_digits()
    rows, truth = digits.data[:900], digits.target[:900]
    places, flat = on_plane(rows), PCA(2).fit_transform(rows)

    def alike(on: np.ndarray) -> float:
        return float(KNeighborsClassifier(10).fit(on[::2], truth[::2]).score(on[1::2], truth[1::2]))

    assert alike(places) > 0.9 > 0.75 > alike(flat)
    assert neighbours_kept(rows, places) > 2 * neighbours_kept(rows, flat)
    assert places.min() >= 0.0 and places.max() <= 1.0


def test_the_same_rows_lie_in_the_same_places() -> None:
    rows = np.random.default_rng(0).normal(size=(80, 8))
    assert (on_plane(rows, seed=1) == on_plane(rows, seed=1)).all()


@pytest.mark.parametrize(
    "rows",
    [np.zeros((0, 4)), np.zeros((1, 4)), np.ones((30, 4)), np.arange(6.0).reshape(3, 2), np.ones((5, 1))],
)
def test_few_rows_and_rows_all_alike_have_places_too(rows: np.ndarray) -> None:
    places = on_plane(rows)
    assert places.shape == (len(rows), 2)
    assert np.isfinite(places).all()


def test_progress_is_told_and_stopping_stops() -> None:
    told: list[float] = []
    rows = np.random.default_rng(0).normal(size=(60, 4))
    on_plane(rows, tell=told.append)
    assert told == sorted(told) and told[-1] > 0.9

    def stop(_share: float) -> None:
        raise RuntimeError("enough")

    with pytest.raises(RuntimeError):
        on_plane(rows, tell=stop)
