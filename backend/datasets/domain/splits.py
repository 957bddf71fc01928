"""Which split a group of pictures belongs to. A group is never torn apart and never moves."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from backend.core.draws import share_of

# Of groups without blind pictures; blind groups are the test split.
TRAIN_SHARE = 0.85
_SALT = "siteloop-split:"


def share(group_key: str) -> float:
    """A number in [0, 1) that hangs on the group alone, in every project and at every time."""
    digest = hashlib.sha256((_SALT + group_key).encode()).digest()
    return share_of(digest)


def split_of(group_key: str, *, blind_groups: set[str], earlier: Mapping[str, str]) -> str:
    """`train`, `val` or `test`.

    `blind_groups` hold a picture drawn blind at random: only those may judge a model, so they are the test
    split. `earlier` is what older versions of the project said; it wins, since models have seen those.
    """
    if group_key in earlier:
        return earlier[group_key]
    if group_key in blind_groups:
        return "test"
    return "train" if share(group_key) < TRAIN_SHARE else "val"
