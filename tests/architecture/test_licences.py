"""Every pinned package and every library bundled in a wheel is permissive, or listed in docs/licences.md."""

from __future__ import annotations

import importlib.metadata
import json
import re
from pathlib import Path

import pytest

REPO = Path(__file__).resolve().parents[2]
FILES = ("requirements.txt", "tests/requirements.txt")
PERMISSIVE = re.compile(
    r"apache|bsd|\bmit\b|mit-|isc|python software foundation|python-2|psf|zlib|hpnd|historical permission|unlicense"
    r"|0bsd|cc0|bsl-1|blueoak",
    re.I,
)
COPYLEFT = re.compile(r"gpl|general public|mozilla|mpl|eupl|cddl|eclipse|sspl|agpl", re.I)
# Wheels that name no licence in their metadata; their repositories state these.
STATED_ELSEWHERE = {"faster-coco-eval": "Apache-2.0", "segment-anything": "Apache-2.0"}
COPYLEFT_LIBRARIES = re.compile(
    r"lib(x264|x265|avcodec|gnutls|nettle|hogweed|gmp|mp3lame|unistring|postproc|fdk)", re.I
)


def pinned(file: str) -> list[str]:
    lines = (REPO / file).read_text().splitlines()
    names = [re.split(r"[=<>\[; ]", line.strip())[0] for line in lines]
    return [name for name in names if name and not name.startswith(("#", "-"))]


PACKAGES = sorted({name for file in FILES for name in pinned(file)}, key=str.lower)
LISTED = {
    row.split("|")[1].strip().lower()
    for row in (REPO / "docs" / "licences.md").read_text().splitlines()
    if row.startswith("|") and not row.startswith(("| package", "|---"))
}


def npm_packages() -> dict[str, str]:
    """Licences by name of all that `npm ci` installs, what only builds and tests need included."""
    lock = json.loads((REPO / "frontend" / "package-lock.json").read_text())["packages"]
    return {
        path.rsplit("node_modules/", 1)[1]: str(entry.get("license", ""))
        for path, entry in lock.items()
        if path
    }


NPM = npm_packages()


def npm_listed(name: str) -> bool:
    # A package's builds for one machine each go by its own name: lightningcss-linux-x64-gnu.
    return any(name == listed or name.startswith(f"{listed}-") for listed in LISTED)


def licence_of(name: str) -> str:
    meta = importlib.metadata.distribution(name).metadata
    classifiers = [
        c.rsplit(" :: ", 1)[-1] for c in meta.get_all("Classifier") or [] if c.startswith("License")
    ]
    stated = meta.get("License-Expression") or "; ".join(classifiers) or (meta.get("License") or "")[:200]
    return stated or STATED_ELSEWHERE.get(name, "")


def installed() -> list[str]:
    return [name for name in PACKAGES if _is_installed(name)]


def _is_installed(name: str) -> bool:
    # Markers leave some pins out on some platforms.
    try:
        importlib.metadata.distribution(name)
    except importlib.metadata.PackageNotFoundError:
        return False
    return True


@pytest.mark.parametrize("name", installed())
def test_every_package_is_permissive_or_listed(name: str) -> None:
    licence = licence_of(name)
    assert licence, f"{name} states no licence"
    assert not re.search("agpl|affero", licence, re.I)
    if name.lower() not in LISTED:
        assert PERMISSIVE.search(licence), (name, licence)
        assert not COPYLEFT.search(licence), (name, licence)


def test_bundled_copyleft_libraries_belong_to_listed_packages() -> None:
    found = set()
    for distribution in importlib.metadata.distributions():
        for file in distribution.files or []:
            if ".libs/" in str(file) and COPYLEFT_LIBRARIES.search(file.name):
                found.add(str(distribution.metadata["Name"]).lower())
    assert found <= LISTED


def test_every_package_of_the_front_end_is_permissive_or_listed() -> None:
    strange = {
        name: licence
        for name, licence in NPM.items()
        if not npm_listed(name) and (not PERMISSIVE.search(licence) or COPYLEFT.search(licence))
    }
    assert strange == {}
    assert not [name for name, licence in NPM.items() if re.search("agpl|affero", licence, re.I)]


def test_nothing_is_listed_that_is_not_used() -> None:
    assert {name.lower() for name in PACKAGES} | set(NPM) >= LISTED


def test_exact_pins() -> None:
    for file in (*FILES, "backend/requirements-web.txt"):
        for line in (REPO / file).read_text().splitlines():
            text = line.split("#")[0].strip()
            if text and not text.startswith("-"):
                assert "==" in text, (file, text)
