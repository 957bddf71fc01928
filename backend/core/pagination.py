"""Cursor pages over UUIDv7 ids: no COUNT, no OFFSET, stable while rows arrive."""

from __future__ import annotations

from rest_framework.pagination import CursorPagination


class CursorPage(CursorPagination):
    """`?cursor=` and `?page_size=` (1 to 200); newest first unless the view says otherwise."""

    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 200
    ordering = "-id"
