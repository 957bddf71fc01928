"""Entry point of `python -m ml`."""

from __future__ import annotations

import sys

from ml.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
