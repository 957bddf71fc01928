"""Each strategy picks what scikit-activeml, written by others, picks from the same pool with the same model."""

from __future__ import annotations

from itertools import islice
from typing import Any

import numpy as np
import pytest
from skactiveml.classifier import SklearnClassifier
from skactiveml.pool import Badge, CoreSet, TypiClust, UncertaintySampling, uncertainty_scores
from sklearn.base import BaseEstimator, ClusterMixin
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression

from ml.active.candidates import Candidate, SelectionConfig, Strategy
from ml.active.selection import select_batch
from ml.active.spread import NEIGHBOURS, gradients_apart, kmeans, typical_first, unit_rows
from ml.active.uncertainty import doubts, uncertainties
from ml.contracts import ImagePrediction

POOL, LABELLED, BATCH = 400, 60, 24
# Over every cosine: the reference drops no near-copies, so neither may we here.
ALL_ARE_DIFFERENT = 2.0
# All classes alike in labels, so that their weights are 1 as in the reference.
EVEN = {str(digit): 6 for digit in range(10)}


class Bench:
    """A pool of digits, some of them labelled (last rows), and a classifier of those."""

    def __init__(self, seed: int) -> None:
        pixels, digit = load_digits(return_X_y=True)
        chosen = np.random.default_rng(seed).permutation(len(pixels))[: POOL + LABELLED]
        raw = pixels[chosen].astype(np.float32)
        # As selection sees them: the pool's mean taken off, one long.
        self.rows = unit_rows(raw - raw[:POOL].mean(axis=0))
        self.truth = digit[chosen]
        self.labels = np.where(np.arange(len(chosen)) < POOL, np.nan, self.truth)
        rows = self.rows.astype(np.float64)
        model = LogisticRegression(max_iter=500)
        self.classifier = SklearnClassifier(model, classes=list(range(10))).fit(rows, self.labels)
        self.odds = self.classifier.predict_proba(rows[:POOL])
        said = [
            ImagePrediction(tag_scores={str(c): float(p) for c, p in enumerate(row)}) for row in self.odds
        ]
        self.candidates = [
            Candidate(f"{i:04}", answer, row.tolist())
            for i, (answer, row) in enumerate(zip(said, raw[:POOL], strict=True))
        ]
        self.known = [row.tolist() for row in raw[POOL:]]

    def ours(self, strategy: Strategy) -> set[int]:
        config = SelectionConfig(
            strategy=strategy, random_fraction=0.0, near_duplicate_cosine=ALL_ARE_DIFFERENT
        )
        chosen = select_batch(self.candidates, BATCH, EVEN, config, 0, self.known)
        return {int(choice.id) for choice in chosen}


@pytest.fixture(scope="module", params=range(5))
def bench(request: pytest.FixtureRequest) -> Bench:
    return Bench(request.param)


@pytest.mark.parametrize(
    ("strategy", "method"), [(Strategy.MARGIN, "margin_sampling"), (Strategy.ENTROPY, "entropy")]
)
def test_doubt_ranks_the_pool_as_the_reference_does(bench: Bench, strategy: Strategy, method: str) -> None:
    by_entropy = strategy is Strategy.ENTROPY
    found = uncertainties(bench.candidates, {}, by_entropy)
    expected = uncertainty_scores(bench.odds, method=method)
    # Ours is in bits, theirs in nats.
    np.testing.assert_allclose(found, expected / np.log(2.0) if by_entropy else expected, rtol=1e-9)
    assert np.argsort(-found).tolist() == np.argsort(-expected).tolist()
    theirs = UncertaintySampling(method=method, random_state=0).query(
        bench.rows.astype(np.float64), bench.labels, bench.classifier, fit_clf=False, batch_size=BATCH
    )
    assert bench.ours(strategy) == set(theirs.tolist())


def test_coreset_takes_the_same_centres(bench: Bench) -> None:
    theirs = CoreSet(random_state=0).query(bench.rows, bench.labels, batch_size=BATCH)
    assert bench.ours(Strategy.CORESET) == set(theirs.tolist())


def test_badge_spreads_over_the_same_gradients(bench: Bench) -> None:
    """Their chances at each step, from our factors: the gradients are the same ones, and so is the k-means++ over them.

    In theirs the origin counts as taken from the start, in the authors' code and ours it does not: hence `norm`.
    """
    taken, chances = Badge(random_state=0).query(
        bench.rows.astype(np.float64),
        bench.labels,
        bench.classifier,
        fit_clf=False,
        batch_size=BATCH,
        return_utilities=True,
    )
    doubt, rows = doubts(bench.candidates), bench.rows[:POOL]
    made = np.einsum("nc,nd->ncd", doubt, rows).reshape(POOL, -1).astype(np.float64)
    norm = nearest = (made**2).sum(axis=1)
    for step, index in enumerate(taken):
        theirs = np.nan_to_num(chances[step, :POOL])
        np.testing.assert_allclose(theirs, nearest / nearest.sum(), atol=1e-8)
        nearest = np.minimum(nearest, ((made - made[index]) ** 2).sum(axis=1))
    assert int(norm.argmax()) == taken[0] == next(gradients_apart(doubt, rows, np.random.default_rng(0)))


class OurClusters(ClusterMixin, BaseEstimator):
    """Our k-means for the reference to cluster with: which k-means is its user's choice."""

    def __init__(self, n_clusters: int = 8, seed: int = 0) -> None:
        self.n_clusters = n_clusters
        self.seed = seed

    def fit_predict(self, rows: np.ndarray, _: Any = None) -> np.ndarray:
        return kmeans(rows, self.n_clusters, np.random.default_rng(self.seed))


def test_typical_ones_are_the_densest_of_the_largest_clusters_without_a_label(bench: Bench) -> None:
    known = 12
    rows, labels = bench.rows[: POOL + known], bench.labels[: POOL + known]
    reference = TypiClust(
        cluster_algo=OurClusters, cluster_algo_dict={"seed": 3}, k=NEIGHBOURS, random_state=0
    )
    theirs = reference.query(rows, labels, batch_size=BATCH)
    order = typical_first(rows[:POOL], BATCH, np.random.default_rng(3), rows[POOL:])
    ours = list(islice(order, BATCH))
    smallest = ours[-1].alike
    # Clusters of one size are taken by number here and by lot there: among these either may be the last.
    surely = {pick.row for pick in ours if pick.alike > smallest}
    maybe = {pick.row for pick in [*ours, *islice(order, known)] if pick.alike == smallest}
    assert len(surely) > BATCH // 2
    assert surely <= set(theirs.tolist()) <= surely | maybe
