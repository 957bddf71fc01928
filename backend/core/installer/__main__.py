"""`python3 -m backend.core.installer run|check|npm …`: everything the next step needs, installed once."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from backend.core.installer.browser import ensure_browser
from backend.core.installer.cameras import ensure_rtsp_server
from backend.core.installer.console import SetupFailed
from backend.core.installer.node import FrontEnd
from backend.core.installer.python import Venv

REPO = Path(__file__).resolve().parents[3]
USAGE = """usage: python3 -m backend.core.installer STEP
  run        what `make run` needs: packages, front end built
  check      what lint, types and tests need: run's, plus test packages
  browser    check's, plus a Chromium and an RTSP server
  npm ARGS   run npm in frontend/ with the right Node"""


def main(arguments: list[str]) -> int:
    step = arguments[0] if arguments else ""
    if step not in {"run", "check", "browser", "npm"}:
        sys.stderr.write(USAGE + "\n")
        return 2
    venv = Venv(REPO)
    front = FrontEnd(REPO, venv)
    try:
        venv.ensure()
        venv.install("requirements.txt", torch_index=os.environ.get("TORCH_INDEX", ""))
        if step == "npm":
            front.ensure_packages()
            front.npm(*arguments[1:])
            return 0
        if step != "run":
            venv.install("tests/requirements.txt")
        if step == "browser":
            ensure_browser(venv)
            ensure_rtsp_server()
        if step == "check":
            front.ensure_packages()
        else:
            front.ensure_build()
    except SetupFailed as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
