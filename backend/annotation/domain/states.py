"""The life of tasks and assignments: one plain table each, one function. Nothing else changes a state."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

TASK_STATES = ("new", "ready", "in_work", "in_review", "approved", "auto_approved", "quarantined")
ASSIGNMENT_STATES = ("offered", "leased", "submitted", "approved", "returned", "skipped", "expired")


class TaskEvent(StrEnum):
    """What happens to a task."""

    ASSET_READY = "asset_ready"
    CLAIM = "claim"  # somebody opens it to label
    FREE = "free"  # nobody works on it any more: released, skipped, lease expired
    SUBMIT = "submit"  # a revision waits for review
    RECALL = "recall"  # its author takes it back to correct it
    PUT_BACK = "put_back"  # the author let go of it again: what was submitted goes on waiting
    APPROVE = "approve"
    AUTO_APPROVE = "auto_approve"
    RETURN = "return"  # back to its author
    SEND_BACK = "send_back"  # back to the queue: the revision has no annotator to return to
    UNDO_APPROVE = "undo_approve"
    UNDO_RETURN = "undo_return"
    QUARANTINE = "quarantine"
    RESTORE = "restore"


class AssignmentEvent(StrEnum):
    """What happens to one person's work on a task."""

    LEASE = "lease"  # opened, opened again, or renewed
    SUBMIT = "submit"
    RELEASE = "release"
    SKIP = "skip"
    EXPIRE = "expire"
    APPROVE = "approve"
    RETURN = "return"
    UNDO = "undo"  # the reviewer takes the decision back
    REOPEN = "reopen"  # opened again after a submit: by a reviewer after an edit of their own, by an author to correct
    PUT_BACK = "put_back"  # opened again and let go without a change


class ForbiddenMove(ValueError):
    """The table has no such move."""

    def __init__(self, state: str, event: str) -> None:
        super().__init__(f"{event} is not possible in state {state}")
        self.state = str(state)
        self.event = str(event)


Table = Mapping[tuple[str, str], str]
T, A = TaskEvent, AssignmentEvent

TASK_MOVES: Table = {
    ("new", T.ASSET_READY): "ready",
    ("new", T.QUARANTINE): "quarantined",
    ("ready", T.CLAIM): "in_work",
    # A late submit, decisions in the suggestion grid, and imports reach a task nobody has open.
    ("ready", T.SUBMIT): "in_review",
    ("ready", T.APPROVE): "approved",
    ("ready", T.AUTO_APPROVE): "auto_approved",
    ("ready", T.UNDO_RETURN): "in_review",
    ("ready", T.QUARANTINE): "quarantined",
    ("in_work", T.CLAIM): "in_work",
    ("in_work", T.FREE): "ready",
    ("in_work", T.PUT_BACK): "in_review",
    ("in_work", T.SUBMIT): "in_review",
    ("in_work", T.APPROVE): "approved",
    ("in_work", T.UNDO_RETURN): "in_review",
    ("in_work", T.QUARANTINE): "quarantined",
    ("in_review", T.SUBMIT): "in_review",
    ("in_review", T.APPROVE): "approved",
    ("in_review", T.RETURN): "in_work",
    ("in_review", T.RECALL): "in_work",
    ("in_review", T.SEND_BACK): "ready",
    ("in_review", T.QUARANTINE): "quarantined",
    ("approved", T.SUBMIT): "in_review",
    ("approved", T.APPROVE): "approved",
    ("approved", T.UNDO_APPROVE): "in_review",
    # A second reviewer sends back what a first one approved.
    ("approved", T.RETURN): "in_work",
    ("approved", T.SEND_BACK): "ready",
    ("approved", T.QUARANTINE): "quarantined",
    ("auto_approved", T.SUBMIT): "in_review",
    ("auto_approved", T.APPROVE): "approved",
    ("auto_approved", T.SEND_BACK): "ready",
    ("auto_approved", T.QUARANTINE): "quarantined",
    ("quarantined", T.RESTORE): "ready",
}

ASSIGNMENT_MOVES: Table = {
    ("offered", A.LEASE): "leased",
    ("offered", A.SKIP): "skipped",
    ("leased", A.LEASE): "leased",
    ("leased", A.SUBMIT): "submitted",
    ("leased", A.RELEASE): "offered",
    ("leased", A.PUT_BACK): "submitted",
    ("leased", A.SKIP): "skipped",
    ("leased", A.EXPIRE): "expired",
    ("submitted", A.APPROVE): "approved",
    ("submitted", A.RETURN): "returned",
    ("submitted", A.REOPEN): "leased",
    ("approved", A.UNDO): "submitted",
    ("approved", A.REOPEN): "leased",
    ("approved", A.RETURN): "returned",
    ("returned", A.LEASE): "leased",
    ("returned", A.SKIP): "skipped",
    ("returned", A.UNDO): "submitted",
    ("skipped", A.LEASE): "leased",
    ("expired", A.LEASE): "leased",
    # Late work is taken: nothing is refused into the void.
    ("expired", A.SUBMIT): "submitted",
    ("expired", A.RELEASE): "offered",
    ("expired", A.PUT_BACK): "submitted",
    ("expired", A.SKIP): "skipped",
}


def next_state(table: Table, state: str, event: str) -> str:
    """The state after `event`. Raises ForbiddenMove where the table has no such move."""
    try:
        return table[(str(state), event)]
    except KeyError:
        raise ForbiddenMove(state, event) from None
