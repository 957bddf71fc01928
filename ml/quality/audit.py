"""Watching a rule after it went live: who is still checked, and when the checks say that something changed."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ml.errors import QualityError

AUDIT_RATE = 0.05
# A rule whose error is exactly alpha is suspended for nothing no more than once in so many audited units.
FALSE_ALARM_UNITS = 4000
_WATCH_BETS = np.array([0.02, 0.05, 0.1, 0.2, 0.4])


def is_audited(unit_id: str, policy_id: str, rate: float = AUDIT_RATE) -> bool:
    """Whether a unit that a policy approved is checked by a person all the same.

    Sticky: decided by the two ids alone, so asking again, a retried job or a reload never changes it.
    """
    digest = hashlib.sha256(f"{policy_id}\n{unit_id}".encode()).digest()
    return int.from_bytes(digest[:8], "big") < rate * 2.0**64


@dataclass(frozen=True, slots=True)
class Watch:
    """`alarm` is the place of the audited unit at which the rule should be suspended, None while all is well.

    `evidence` (n,) is read against `limit`; it falls back to about 1 a unit while the error is below the promise.
    """

    alarm: int | None
    evidence: NDArray[np.float64]
    limit: float


def watch_audit(losses: ArrayLike, alpha: float, false_alarm_units: int = FALSE_ALARM_UNITS) -> Watch:
    """Follow the audited units in order; alarm when their mean loss has risen above `alpha`.

    `losses` (n,) in 0..1: the share of wrong boxes among those approved on a unit, or 1 where an object was missed.
    A Shiryaev-Roberts sum of bets that the mean is above alpha (e-detector, Shin, Ramdas and Rinaldo 2022): a long good
    record does not hide a change, as it would in an average, and the mean number of audited units before a false
    alarm is at least `false_alarm_units`.
    """
    loss = np.asarray(losses, dtype=np.float64)
    if loss.size and not 0.0 <= float(loss.min()) <= float(loss.max()) <= 1.0:
        raise QualityError("The loss of a unit lies between 0 and 1.")
    sums = np.zeros(len(_WATCH_BETS))
    evidence = np.zeros(len(loss))
    for place, value in enumerate(loss):
        sums = (sums + 1.0) * (1.0 + _WATCH_BETS * (value - alpha) / alpha)
        evidence[place] = sums.mean()
        if evidence[place] >= false_alarm_units:
            return Watch(place, evidence[: place + 1], float(false_alarm_units))
    return Watch(None, evidence, float(false_alarm_units))
