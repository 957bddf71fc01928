"""Agreement beyond chance on categories: Krippendorff's alpha and Cohen's kappa."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np


def krippendorff_alpha(units: Sequence[Sequence[str | None]]) -> float | None:
    """Nominal alpha of any number of people with gaps (Krippendorff 2011, Computing alpha-reliability).

    `units`: for every unit what each person said; None where a person did not look at it, which is not the same as
    saying "missing". 1 is full agreement, 0 what chance gives, below 0 worse. None where it is not defined: fewer than
    two answers to any unit, or one and the same category throughout.
    """
    answers = [[value for value in unit if value is not None] for unit in units]
    paired = [values for values in answers if len(values) >= 2]
    totals: Counter[str] = Counter(value for values in paired for value in values)
    n = sum(totals.values())
    by_chance = n * n - sum(count * count for count in totals.values())
    if by_chance == 0:
        return None
    observed = 0.0
    for values in paired:
        same = sum(count * count for count in Counter(values).values())
        observed += (len(values) ** 2 - same) / (len(values) - 1)
    return 1.0 - (n - 1) * observed / by_chance


def cohen_kappa(first: Sequence[str], second: Sequence[str]) -> float | None:
    """Kappa of two people on the same units (Cohen 1960); None without units or where chance alone agrees fully."""
    if len(first) != len(second):
        raise ValueError(f"{len(first)} answers against {len(second)}.")
    if not first:
        return None
    names, place = np.unique(np.array([*first, *second]), return_inverse=True)
    table = np.zeros((len(names), len(names)))
    np.add.at(table, (place[: len(first)], place[len(first) :]), 1.0 / len(first))
    chance = float(table.sum(axis=0) @ table.sum(axis=1))
    return None if chance >= 1.0 - 1e-12 else float((np.trace(table) - chance) / (1.0 - chance))
