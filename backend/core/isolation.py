"""Headers that put pages alone in their process group, where browsers allow wasm several threads.

Everything a page shows comes from our own origin, so nothing has to be let in.
"""

from __future__ import annotations

from collections.abc import MutableMapping

OURS_ONLY = "same-origin"
ALONE = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
}


def static_headers(headers: MutableMapping[str, str], _path: str, _url: str) -> None:
    """For built files: a page that is alone starts a worker only from a script that says the same."""
    headers["Cross-Origin-Resource-Policy"] = OURS_ONLY
    for name, value in ALONE.items():
        headers[name] = value
