"""Pages are alone in their process group, so that wasm may use several threads; what they load says it is ours."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client

from backend.core.isolation import static_headers

ALONE = ("same-origin", "require-corp")
NAMES = ("Cross-Origin-Opener-Policy", "Cross-Origin-Embedder-Policy")


@pytest.mark.parametrize("path", ["/", "/p/some-project/annotate"])
def test_every_page_is_isolated(db: None, settings: Any, tmp_path: Path, path: str) -> None:
    settings.FRONTEND_DIST = tmp_path
    (tmp_path / "index.html").write_text("<!doctype html>")
    page = Client().get(path)
    assert page.status_code == 200
    assert tuple(page[name] for name in NAMES) == ALONE
    assert page["Cross-Origin-Resource-Policy"] == "same-origin"


def test_answers_of_the_api_are_for_our_own_pages(db: None) -> None:
    answer = Client().get("/api/v1/session")
    assert answer["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "Cross-Origin-Embedder-Policy" not in answer


def test_built_files_may_start_workers_of_isolated_pages() -> None:
    headers: dict[str, str] = {}
    static_headers(headers, "assets/worker.js", "/assets/worker.js")
    assert tuple(headers[name] for name in NAMES) == ALONE
    assert django_settings.WHITENOISE_ADD_HEADERS_FUNCTION is static_headers
