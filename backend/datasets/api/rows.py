"""Rows of the data grid: a link, its asset, its task and its near-copies, put together for one page."""

from __future__ import annotations

import uuid
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request
from rest_framework.utils.urls import replace_query_param

from backend.annotation.selectors import grid
from backend.datasets import selectors
from backend.datasets.domain.filters import FILTER_NAMES, ORDERS, GridFilters, order_parse, parse
from backend.datasets.paging import page
from backend.media import selectors as media

if TYPE_CHECKING:
    from backend.media.models import ProjectAsset

PAGE_SIZE, PAGE_SIZE_MAX = 50, 200
_PAGE_KEYS = {"cursor", "page_size", "order"}
_TYPES: dict[str, Any] = {
    "min_score": float,
    "max_score": float,
    "near_copy": bool,
    "blind": bool,
    "dataset_version": uuid.UUID,
    "author": uuid.UUID,
}
_SEVERAL = {"state", "label", "suggested_label", "camera", "site", "selection_reason", "issue", "asset_state"}
FILTER_PARAMETERS = [
    *(
        OpenApiParameter(
            name, _TYPES.get(name, str), many=name in _SEVERAL, explode=True if name in _SEVERAL else None
        )
        for name in FILTER_NAMES
    ),
]
PARAMETERS = [
    *FILTER_PARAMETERS,
    OpenApiParameter("order", str, enum=ORDERS),
    OpenApiParameter("cursor", str),
    OpenApiParameter("page_size", int),
]


def grid_page(request: Request, project_id: uuid.UUID) -> dict[str, Any]:
    """`{next, previous, results}` for the query. Raises FilterRefused."""
    query = request.query_params
    found = page(
        selectors.grid_rows(project_id, filters_of(request), request.user.pk),
        order=order_parse(query.get("order", "")),
        cursor=query.get("cursor", ""),
        size=_size(query.get("page_size", "")),
    )
    here = request.build_absolute_uri()
    return {
        "next": replace_query_param(here, "cursor", found.next) if found.next else None,
        "previous": replace_query_param(here, "cursor", found.previous) if found.previous else None,
        "results": rows_of(project_id, found.rows, request.user.pk),
    }


def filters_of(request: Request) -> GridFilters:
    """The query's filters. Raises FilterRefused."""
    query = request.query_params
    return parse({key: query.getlist(key) for key in query if key not in _PAGE_KEYS})


def _size(text: str) -> int:
    return min(max(int(text), 1), PAGE_SIZE_MAX) if text.isdecimal() and len(text) < 6 else PAGE_SIZE


def rows_of(project_id: uuid.UUID, links: list[ProjectAsset], viewer_id: uuid.UUID) -> list[dict[str, Any]]:
    tasks = grid.task_facts(project_id, [link.asset_id for link in links], viewer_id)
    near = media.near_copy_counts(project_id, links)
    return [_row(link, tasks.get(link.asset_id), near.get(link.asset_id, 0)) for link in links]


def _row(link: ProjectAsset, task: grid.TaskFacts | None, near: int) -> dict[str, Any]:
    asset = link.asset
    return {
        "id": asset.pk,
        "name": asset.name,
        "kind": asset.kind,
        "state": asset.state,
        "refused_reason": asset.refused_reason,
        "width": asset.width,
        "height": asset.height,
        "duration_s": asset.duration_s,
        "frame_count": asset.frame_count,
        "group_key": asset.group_key,
        "camera": asset.camera,
        "site": asset.site,
        "captured_at": asset.captured_at,
        "created_at": link.created_at,
        "metadata": asset.metadata,
        "quality": asset.quality,
        **media.asset_urls(asset),
        "near_copies": near,
        "near_copy_of": link.near_copy_of_id,
        "excluded_at": link.excluded_at,
        "excluded_reason": link.excluded_reason,
        "task": asdict(task) if task is not None else None,
    }
