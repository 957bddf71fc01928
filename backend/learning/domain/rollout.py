"""How a model comes into production and leaves it again, and which model answers for which camera.

`STEPS` is the whole state machine: what is not in it is refused with the sentence of `WHY_NOT`.
"""

from __future__ import annotations

import hashlib
import uuid

from backend.core.draws import share_of
from backend.learning.enums import ModelState, RolloutEvent

_S, _E = ModelState, RolloutEvent

STEPS: dict[tuple[str, str], ModelState] = {
    (_S.CANDIDATE, _E.SHADOW): _S.SHADOW,
    (_S.CANDIDATE, _E.CANARY): _S.CANARY,
    (_S.CANDIDATE, _E.ALL): _S.PRODUCTION,
    (_S.SHADOW, _E.CANARY): _S.CANARY,
    (_S.SHADOW, _E.ALL): _S.PRODUCTION,
    (_S.SHADOW, _E.OFF): _S.CANDIDATE,
    (_S.CANARY, _E.SHADOW): _S.SHADOW,
    (_S.CANARY, _E.CANARY): _S.CANARY,  # another share
    (_S.CANARY, _E.ALL): _S.PRODUCTION,
    (_S.CANARY, _E.OFF): _S.CANDIDATE,
    (_S.RETIRED, _E.ALL): _S.PRODUCTION,
    (_S.PRODUCTION, _E.ROLLBACK): _S.RETIRED,
}
# Why a state takes no other step than those above.
WHY_NOT: dict[str, str] = {
    _S.CANDIDATE: "This model is not in use, so there is nothing to take back.",
    _S.REFUSED: "The comparison refused this model. Compare it again, or train another.",
    _S.SHADOW: "This model only watches. Take it back, or let it answer.",
    _S.CANARY: "This model answers for a part. Take it back, or let it answer for all.",
    _S.PRODUCTION: "This model answers for all already. Roll back, or put another in its place.",
    _S.RETIRED: "This model has been in production. Bring it back for all at once.",
}
# Shares a canary may have; less is noise, and all of them is `all`.
SHARE_MIN, SHARE_MAX = 0.01, 0.99
# States in which a model is on its way: there is one at a time.
ON_ITS_WAY = (_S.SHADOW, _S.CANARY)


def next_state(state: str, event: str) -> tuple[ModelState | None, str]:
    """(where the step leads, "") or (None, why it is not taken)."""
    target = STEPS.get((state, event))
    return (target, "") if target is not None else (None, WHY_NOT[state])


def place(model_id: uuid.UUID, key: uuid.UUID) -> float:
    """Where a camera or picture lies in 0..1 for that model: always at the same place, spread evenly.

    By the model too: else one camera would be every canary's first.
    """
    return share_of(hashlib.sha256(model_id.bytes + key.bytes).digest())


def canary_answers(model_id: uuid.UUID, share: float, key: uuid.UUID) -> bool:
    """Whether a canary of that share (0..1) answers for a camera or picture. A larger share only adds to it."""
    return place(model_id, key) < share


def answer_key(*, camera_id: uuid.UUID | None, item_id: uuid.UUID) -> uuid.UUID:
    """What is decided by: the camera where it is known, so that its pictures and its feed get one model."""
    return camera_id or item_id
