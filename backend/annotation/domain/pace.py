"""How long a picture takes, from what people's work on this project's pictures took; by its number of objects."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from statistics import median

# More than the last bound is the last size. Within a size the time a picture takes hardly differs.
SIZES_UP_TO = (0, 3, 10, 30)
# Fewer pictures do not make a typical time.
MEASURED_MIN = 5
# Somebody's own pace is known from so many pictures on; nobody is planned as faster or slower than this many times.
PACE_OF_MIN = 10
PACE_RANGE = (0.5, 2.0)
# Before anything was measured. Said on the page, so that nobody takes it for measured.
ASSUMED_S: Mapping[str, float] = {"label": 90.0, "review": 30.0}


@dataclass(frozen=True, slots=True)
class Spent:
    """One finished picture: what was done, by whom, its objects now, and the seconds it took."""

    kind: str
    user_id: uuid.UUID
    objects: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Pace:
    """`typical_s` by kind of work, `by_size_s` by kind and size; `measured`: pictures behind a kind's figure, 0 where it is
    assumed. `people`: by kind and person how many times as fast as usual, for planning alone.
    """

    typical_s: Mapping[str, float]
    by_size_s: Mapping[tuple[str, int], float]
    measured: Mapping[str, int]
    people: Mapping[tuple[str, uuid.UUID], float]

    def seconds(self, kind: str, objects: int | None) -> float:
        """For a picture with about so many objects; None where nobody knows."""
        if objects is None:
            return self.typical_s[kind]
        return self.by_size_s.get((kind, size_of(objects)), self.typical_s[kind])


def size_of(objects: int) -> int:
    return sum(objects > bound for bound in SIZES_UP_TO)


def pace_of(rows: Iterable[Spent]) -> Pace:
    """Medians over finished pictures, which must each have taken some time."""
    spent = list(rows)
    by_kind, by_size = defaultdict(list), defaultdict(list)
    for row in spent:
        by_kind[row.kind].append(row.seconds)
        by_size[row.kind, size_of(row.objects)].append(row.seconds)
    enough = {kind: times for kind, times in by_kind.items() if len(times) >= MEASURED_MIN}
    usual = Pace(
        typical_s={**ASSUMED_S, **{kind: median(times) for kind, times in enough.items()}},
        by_size_s={
            key: median(times)
            for key, times in by_size.items()
            if key[0] in enough and len(times) >= MEASURED_MIN
        },
        measured={kind: len(enough.get(kind, ())) for kind in ASSUMED_S},
        people={},
    )
    return Pace(usual.typical_s, usual.by_size_s, usual.measured, _people(spent, usual))


def _people(rows: Iterable[Spent], usual: Pace) -> dict[tuple[str, uuid.UUID], float]:
    """Against the usual time of a picture of that size, so that whoever gets the full ones does not count as slow."""
    ratios = defaultdict(list)
    for row in rows:
        ratios[row.kind, row.user_id].append(usual.seconds(row.kind, row.objects) / row.seconds)
    low, high = PACE_RANGE
    return {
        key: min(high, max(low, median(found)))
        for key, found in ratios.items()
        if usual.measured[key[0]] and len(found) >= PACE_OF_MIN
    }
