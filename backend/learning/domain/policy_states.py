"""The life of an auto-approval policy.

`STEPS` is the whole state machine: what is not in it is refused with the sentence of `WHY_NOT`.
"""

from __future__ import annotations

from backend.learning.enums import PolicyEvent, PolicyState, SuspendCause

_S, _E = PolicyState, PolicyEvent

STEPS: dict[tuple[str, str], PolicyState] = {
    (_S.COLLECTING, _E.UNLOCK): _S.SHADOW,
    (_S.COLLECTING, _E.SUSPEND): _S.SUSPENDED,
    (_S.COLLECTING, _E.RETIRE): _S.RETIRED,
    (_S.SHADOW, _E.ACTIVATE): _S.ACTIVE,
    (_S.SHADOW, _E.SUSPEND): _S.SUSPENDED,
    (_S.SHADOW, _E.RETIRE): _S.RETIRED,
    (_S.ACTIVE, _E.SUSPEND): _S.SUSPENDED,
    (_S.ACTIVE, _E.RETIRE): _S.RETIRED,
    (_S.SUSPENDED, _E.RESUME): _S.SHADOW,
    (_S.SUSPENDED, _E.RESTART): _S.COLLECTING,
    (_S.SUSPENDED, _E.RETIRE): _S.RETIRED,
}
# Why a state takes no other step than those above.
WHY_NOT: dict[str, str] = {
    _S.COLLECTING: "Nothing is proven yet: blind reviews have to come first.",
    _S.SHADOW: "It is trying out: it can be switched on, stopped or retired.",
    _S.ACTIVE: "It is at work: it can be stopped or retired.",
    _S.SUSPENDED: "It is stopped: it can be taken up again where nothing changed, begun again, or retired.",
    _S.RETIRED: "It is retired. Make a new one.",
}
# What a person may not ask for, whatever the table says, and why.
UNLOCKS_ITSELF = "Only blind reviews unlock it."
NOTHING_TO_STOP = "It does nothing yet, so there is nothing to stop. Retire it if it is not wanted."
PROOF_IS_GONE = "What it had proven does not hold any more. Begin again: new blind reviews will tell."
NOTHING_CHANGED = "Nothing happened to its proof. Take it up again instead."
OTHER_MODEL = (
    "It was proven for a model or for labels that are no longer in use. Retire it and make a new one."
)


def next_state(state: str, event: str) -> tuple[PolicyState | None, str]:
    """(the state after `event`, "") or (None, why not)."""
    target = STEPS.get((state, event))
    return (target, "") if target is not None else (None, WHY_NOT[state])


def refusal(*, state: str, cause: str, event: str) -> str:
    """Why a person's step is refused; "" where it may be taken."""
    if event == _E.UNLOCK:
        return UNLOCKS_ITSELF
    target, why = next_state(state, event)
    if target is None:
        return why
    if event == _E.SUSPEND and state == _S.COLLECTING:
        return NOTHING_TO_STOP
    if event in (_E.RESUME, _E.RESTART):
        if cause in (SuspendCause.MODEL, SuspendCause.LABELS):
            return OTHER_MODEL
        if event == _E.RESUME and cause != SuspendCause.PERSON:
            return PROOF_IS_GONE
        if event == _E.RESTART and cause == SuspendCause.PERSON:
            return NOTHING_CHANGED
    return ""
