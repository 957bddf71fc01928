"""Upper bounds on a mean loss: for a fixed number of units, and for somebody who looks whenever they like.

A unit (a picture or a clip) has a loss in 0..1. The null hypothesis of every test here is "the mean loss is at least
alpha"; rejecting it is the promise "the mean loss is below alpha".
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import brentq
from scipy.stats import beta as beta_law
from scipy.stats import binom

Floats = NDArray[np.float64]

# Shares of the largest bet that can never lose everything, and how the first stake is spread over them. No single bet
# is best for every true loss; the most that spreading costs is the log of a bet's weight.
BETS = np.array([0.1, 0.3, 0.6, 1.0])
WEIGHTS = np.array([0.15, 0.25, 0.3, 0.3])
# The capital is read after every so many units: fewer looks than allowed are still honest, and cheaper.
LOOK_EVERY = 10
_UNITS_MAX = 10_000_000
_TINY = 1e-300


def betting_log_wealth(
    gain: ArrayLike, alpha: float, bets: ArrayLike = BETS, weights: ArrayLike = WEIGHTS
) -> Floats:
    """Log of the capital, at every look, of a gambler who bets that the mean loss is below `alpha`.

    `gain` (n, ...) is `alpha - loss` of each unit in order of arrival, the loss in 0..1; the losses of several
    questions (thresholds) lie along further axes. `bets` (j, ...) in 0..1 and `weights` (j,), which sum to 1, are fixed
    before the units are seen. Looks come every LOOK_EVERY units and after the last: (looks, ...).

    Where the mean loss is `alpha` or more the capital is a supermartingale that starts at 1, so with probability
    1 - delta it never reaches 1 / delta, however often one looks (Ville). Waudby-Smith and Ramdas 2024, JRSS B 86(1),
    here with a mixture of constant bets.
    """
    steps = np.asarray(gain, dtype=np.float64) / (1.0 - alpha)
    shares = np.asarray(bets, dtype=np.float64)
    starts = np.arange(0, len(steps), LOOK_EVERY)
    if not len(starts):
        return np.zeros((0, *steps.shape[1:]))
    capital = np.stack([_capital(steps, share, starts) for share in shares])
    stake = np.log(np.asarray(weights, dtype=np.float64)).reshape(-1, *([1] * steps.ndim))
    most = (capital + stake).max(axis=0)
    return np.asarray(most + np.log(np.exp(capital + stake - most).sum(axis=0)))


def _capital(steps: Floats, share: Floats, starts: NDArray[np.int64]) -> Floats:
    # With a loss of 1 a full bet leaves exactly nothing: the hair keeps the logarithm finite.
    logs = np.log(np.maximum(1.0 + share * steps, _TINY))
    return np.asarray(np.cumsum(np.add.reduceat(logs, starts, axis=0), axis=0))


def betting_upper(
    wrong: ArrayLike,
    total: ArrayLike,
    most: float,
    delta: float,
    bets: ArrayLike = BETS,
    weights: ArrayLike = WEIGHTS,
) -> float:
    """The least alpha for which `E[wrong] / E[total] < alpha` was proven at some look so far; 1 where none was.

    `wrong` and `total` (n,): a unit's counts, `wrong <= total <= most`. See `ratio_gain`. Valid at any time.
    """
    w, t = np.asarray(wrong, dtype=np.float64), np.asarray(total, dtype=np.float64)

    def lack(alpha: float) -> float:
        wealth = betting_log_wealth(ratio_gain(w, t, most, alpha), alpha, bets, weights)
        return float(-np.log(delta) - (wealth.max() if wealth.size else 0.0))

    low, high = 1e-5, 1.0 - 1e-5
    if lack(high) > 0.0:
        return 1.0
    return low if lack(low) <= 0.0 else float(brentq(lack, low, high, xtol=1e-5))


def ratio_gain(wrong: Floats, total: Floats, most: float, alpha: float) -> Floats:
    """`alpha - loss` of units whose loss in 0..1 has a mean below `alpha` exactly where E[wrong] / E[total] is.

    The promise is about boxes ("2 of 100 boxes"), the independent draws are pictures: the loss of a picture is
    `alpha + (wrong - alpha * total) / most`, with `wrong <= total <= most`. A picture without any box has no say.
    """
    return np.asarray((alpha * total - wrong) / most)


def hoeffding_bentkus_p(mean: float, n: int, alpha: float) -> float:
    """p-value for one look after `n` units of mean loss `mean` (Bates et al. 2021, J. ACM 68(6), section 3.1)."""
    if n <= 0 or mean >= alpha:
        return 1.0
    hoeffding = np.exp(-n * _bernoulli_kl(mean, alpha))
    bentkus = np.e * binom.cdf(np.ceil(n * mean - 1e-9), n, alpha)
    return float(min(1.0, hoeffding, bentkus))


def _bernoulli_kl(a: float, b: float) -> float:
    first = a * np.log(a / b) if a > 0.0 else 0.0
    return float(first + (1.0 - a) * np.log((1.0 - a) / (1.0 - b)))


def clopper_pearson_upper(errors: int, n: int, delta: float) -> float:
    """Exact upper bound of a share, each of `n` units right or wrong, for one look at level `delta`."""
    if not 0 <= errors <= n:
        raise ValueError(f"{errors} errors of {n}.")
    return 1.0 if errors == n else float(beta_law.ppf(1.0 - delta, errors + 1, n - errors))


def clopper_pearson(hits: int, n: int, delta: float) -> tuple[float, float]:
    """Exact interval of a share, `hits` of `n` units, that holds it with probability 1 - `delta` at least (one look).

    Clopper and Pearson 1934, Biometrika 26(4).
    """
    if n == 0:
        return 0.0, 1.0
    return 1.0 - clopper_pearson_upper(n - hits, n, delta / 2), clopper_pearson_upper(hits, n, delta / 2)


def units_needed(errors: int, alpha: float, delta: float) -> int:
    """Fewest units which, with that many of them wrong, bound the share of wrong ones by `alpha` (one look)."""
    low, high = errors, errors + 1
    while clopper_pearson_upper(errors, high, delta) > alpha:
        low, high = high, high * 2
        if high > _UNITS_MAX:
            raise ValueError("No number of units proves that.")
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if clopper_pearson_upper(errors, middle, delta) <= alpha else (middle, high)
    return high
