"""The data grid's filters and orders: a closed list, parsed to plain values; nothing else reaches a query."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from backend.datasets.errors import FilterRefused

TASK_STATES = ("new", "ready", "in_work", "in_review", "approved", "auto_approved", "quarantined")
REASONS = ("random", "typical", "uncertain", "coreset", "badge", "manual", "feed", "import", "audit")
SHAPES = ("box", "polygon", "polyline", "points", "ellipse", "cuboid", "skeleton", "mask", "tag", "track")
KINDS = ("image", "video")
ASSET_STATES = ("ready", "pending", "refused")
SPLITS = ("train", "val", "test")
ISSUES = ("dark", "blurred")
SEARCH_MAX, META_MAX, LIST_MAX = 100, 10, 50
ORDERS = ("newest", "oldest", "name", "captured", "score", "uncertainty")


@dataclass(frozen=True, slots=True)
class GridFilters:
    """What the grid shows. Empty fields do not filter; excluded ones are hidden unless asked for."""

    state: tuple[str, ...] = ()
    label: tuple[str, ...] = ()
    suggested_label: tuple[str, ...] = ()
    shape: str = ""
    min_score: float | None = None
    max_score: float | None = None
    camera: tuple[str, ...] = ()
    site: tuple[str, ...] = ()
    kind: str = ""
    selection_reason: tuple[str, ...] = ()
    meta: tuple[tuple[str, str], ...] = ()
    excluded: str = "no"
    near_copy: bool | None = None
    author: str = ""
    blind: bool | None = None
    search: str = ""
    group: str = ""
    issue: tuple[str, ...] = ()
    asset_state: tuple[str, ...] = ()
    captured_from: datetime | None = None
    captured_to: datetime | None = None
    dataset_version: str = ""
    split: str = ""

    def as_dict(self) -> dict[str, Any]:
        """What `parse` reads back to equal filters; defaults are left out."""
        plain: dict[str, Any] = {}
        for name in self.__slots__:
            value = getattr(self, name)
            if value == getattr(_DEFAULT, name):
                continue
            if name == "meta":
                plain |= {f"meta.{key}": wanted for key, wanted in value}
            else:
                plain[name] = _plain(value)
        return plain


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value


_DEFAULT = GridFilters()


def parse(given: Mapping[str, Any]) -> GridFilters:
    """Filters from query parameters (lists of text) or stored JSON. Raises FilterRefused naming what is allowed.

    Several values of one key, or values joined by commas, mean any of them.
    """
    values: dict[str, Any] = {}
    meta: list[tuple[str, str]] = []
    problems: dict[str, str] = {}
    for key, raw in given.items():
        texts = _texts(raw)
        if not texts:
            continue
        if key.startswith("meta.") and len(key) > len("meta."):
            meta += [(key.removeprefix("meta.")[:60], text[:300]) for text in texts]
            continue
        reader = _READERS.get(key)
        if reader is None:
            problems[key] = f"Not a filter. Allowed are {', '.join([*_READERS, 'meta.<key>'])}."
            continue
        try:
            values[key] = reader(texts)
        except ValueError as error:
            problems[key] = str(error)
    if len(meta) > META_MAX:
        problems["meta"] = f"At most {META_MAX} metadata filters."
    if problems:
        first = next(iter(problems.items()))
        raise FilterRefused(f"{first[0]}: {first[1]}", fields=problems)
    return GridFilters(**values, meta=tuple(sorted(meta)))


def order_parse(text: str) -> str:
    """One of `ORDERS`; newest where nothing is asked. Raises FilterRefused."""
    if text and text not in ORDERS:
        raise FilterRefused(f"order: Must be one of {', '.join(ORDERS)}.", fields={"order": "Not an order."})
    return text or "newest"


def _texts(raw: Any) -> list[str]:
    items = raw if isinstance(raw, list | tuple) else [raw]
    if any(isinstance(item, dict | list | tuple) for item in items):
        return ["\x00"]  # no reader takes it, so the answer names the key
    return [
        str(item).lower() if isinstance(item, bool) else str(item) for item in items if item not in (None, "")
    ]


def _one(texts: list[str]) -> str:
    if len(texts) != 1:
        raise ValueError("Give one value.")
    if "\x00" in texts[0]:
        raise ValueError("Not a plain value.")
    return texts[0]


def _choices(allowed: tuple[str, ...]) -> Callable[[list[str]], tuple[str, ...]]:
    def read(texts: list[str]) -> tuple[str, ...]:
        found = tuple(sorted({part for text in texts for part in text.split(",") if part}))
        if unknown := [part for part in found if part not in allowed]:
            raise ValueError(f"{unknown[0][:40]!r} is not one of {', '.join(allowed)}.")
        return found

    return read


def _choice(allowed: tuple[str, ...]) -> Callable[[list[str]], str]:
    def read(texts: list[str]) -> str:
        if _one(texts) not in allowed:
            raise ValueError(f"Must be one of {', '.join(allowed)}.")
        return texts[0]

    return read


def _ids(texts: list[str]) -> tuple[str, ...]:
    parts = [part for text in texts for part in text.split(",") if part]
    if len(parts) > LIST_MAX:
        raise ValueError(f"At most {LIST_MAX} values.")
    return tuple(sorted({_id([part]) for part in parts}))


def _id(texts: list[str]) -> str:
    try:
        return str(uuid.UUID(_one(texts)))
    except ValueError as error:
        raise ValueError("Must be an id.") from error


def _number(texts: list[str]) -> float:
    try:
        value = float(_one(texts))
    except ValueError as error:
        raise ValueError("Must be a number.") from error
    if not -1e9 < value < 1e9:  # also turns away nan and inf
        raise ValueError("Must be a number.")
    return value


def _yes(texts: list[str]) -> bool:
    found = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}.get(
        _one(texts).lower()
    )
    if found is None:
        raise ValueError("Must be true or false.")
    return found


def _excluded(texts: list[str]) -> str:
    word = _one(texts).lower()
    return _choice(("no", "yes", "all"))(
        [{"1": "yes", "true": "yes", "0": "no", "false": "no"}.get(word, word)]
    )


def _text(texts: list[str]) -> str:
    return _one(texts)[:SEARCH_MAX]


def _group(texts: list[str]) -> str:
    return _one(texts)[:200]


def _moment(texts: list[str]) -> datetime:
    try:
        found = datetime.fromisoformat(_one(texts).replace(" ", "+"))
    except ValueError as error:
        raise ValueError("Must be an ISO time.") from error
    return found if found.tzinfo else found.replace(tzinfo=UTC)


_READERS: dict[str, Callable[[list[str]], Any]] = {
    "state": _choices(TASK_STATES),
    "label": _ids,
    "suggested_label": _ids,
    "shape": _choice(SHAPES),
    "min_score": _number,
    "max_score": _number,
    "camera": _ids,
    "site": _ids,
    "kind": _choice(KINDS),
    "selection_reason": _choices(REASONS),
    "excluded": _excluded,
    "near_copy": _yes,
    "author": _id,
    "blind": _yes,
    "search": _text,
    "group": _group,
    "issue": _choices(ISSUES),
    "asset_state": _choices(ASSET_STATES),
    "captured_from": _moment,
    "captured_to": _moment,
    "dataset_version": _id,
    "split": _choice(SPLITS),
}
FILTER_NAMES = tuple(_READERS)
