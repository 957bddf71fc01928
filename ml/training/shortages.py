"""A full disk or memory that runs out during a run, as an error a person can act on."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import torch

from ml.errors import TrainingError

_FULL = (errno.ENOSPC, errno.EDQUOT)
# torch has a class for a GPU's memory alone.
_NO_MEMORY = ("can't allocate memory", "not enough memory", "out of memory")


@contextmanager
def shortages_named(folder: Path) -> Iterator[None]:
    """Turn such errors into TrainingError; what was saved before stays, so that `--resume` goes on."""
    try:
        yield
    except OSError as error:
        if error.errno not in _FULL:
            raise
        raise TrainingError(
            f"The disk of {folder} is full. Make room, then go on from what was saved (--resume)."
        ) from error
    except (MemoryError, torch.OutOfMemoryError) as error:
        raise _too_large() from error
    except RuntimeError as error:
        if not any(words in str(error).lower() for words in _NO_MEMORY):
            raise
        raise _too_large() from error


def _too_large() -> TrainingError:
    return TrainingError(
        "Memory ran out. Free some and go on from what was saved (--resume), or train anew with a smaller input size or batch."
    )
