"""Querysets compiled once: what a hot path asks at every request is built from its parts only the first time.

Django spends more processor time on putting such a query together than PostgreSQL on answering it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable, Sequence
from typing import Any, Generic, TypeVar

from django.db.models import Model, QuerySet

M = TypeVar("M", bound=Model)


class Prepared(Generic[M]):
    """`build(*stand_ins)` gives the queryset for stand-ins of the values; `rows(values, stand_ins)` asks it.

    The queryset must depend on its values only as parameters of the SQL: nothing in `build` may look at them.
    Stand-ins must not equal any other parameter of the query. Joined models are not loaded along.
    """

    def __init__(self, model: type[M], build: Callable[..., QuerySet[M]]) -> None:
        self._model, self._build = model, build
        self._compiled: dict[Hashable, tuple[str, tuple[Any, ...]]] = {}
        self._lock = threading.Lock()

    def rows(self, values: Sequence[Any], stand_ins: Sequence[Any]) -> list[M]:
        """The rows for these values; one SQL is kept for each tuple of stand-ins."""
        key = tuple(stand_ins)
        with self._lock:
            if key not in self._compiled:
                self._compiled[key] = self._build(*stand_ins).query.sql_with_params()
            sql, parameters = self._compiled[key]
        real = dict(zip(stand_ins, values, strict=True))
        return list(self._model._default_manager.raw(sql, [_real(each, real) for each in parameters]))


def _real(parameter: Any, real: dict[Any, Any]) -> Any:
    return real.get(parameter, parameter) if isinstance(parameter, Hashable) else parameter
