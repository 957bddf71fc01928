"""Every pair of state and event, allowed or forbidden, of both tables."""

from __future__ import annotations

import itertools

import pytest

from backend.annotation.domain import states as st
from backend.annotation.enums import AssignmentState, TaskState

TASK_ALLOWED = {
    "new": {"asset_ready": "ready", "quarantine": "quarantined"},
    "ready": {
        "claim": "in_work",
        "submit": "in_review",
        "approve": "approved",
        "auto_approve": "auto_approved",
        "undo_return": "in_review",
        "quarantine": "quarantined",
    },
    "in_work": {
        "claim": "in_work",
        "free": "ready",
        "put_back": "in_review",
        "submit": "in_review",
        "approve": "approved",
        "undo_return": "in_review",
        "quarantine": "quarantined",
    },
    "in_review": {
        "submit": "in_review",
        "approve": "approved",
        "return": "in_work",
        "recall": "in_work",
        "send_back": "ready",
        "quarantine": "quarantined",
    },
    "approved": {
        "submit": "in_review",
        "approve": "approved",
        "undo_approve": "in_review",
        "return": "in_work",
        "send_back": "ready",
        "quarantine": "quarantined",
    },
    "auto_approved": {
        "submit": "in_review",
        "approve": "approved",
        "send_back": "ready",
        "quarantine": "quarantined",
    },
    "quarantined": {"restore": "ready"},
}
ASSIGNMENT_ALLOWED = {
    "offered": {"lease": "leased", "skip": "skipped"},
    "leased": {
        "lease": "leased",
        "submit": "submitted",
        "release": "offered",
        "put_back": "submitted",
        "skip": "skipped",
        "expire": "expired",
    },
    "submitted": {"approve": "approved", "return": "returned", "reopen": "leased"},
    "approved": {"undo": "submitted", "reopen": "leased", "return": "returned"},
    "returned": {"lease": "leased", "skip": "skipped", "undo": "submitted"},
    "skipped": {"lease": "leased"},
    "expired": {
        "lease": "leased",
        "submit": "submitted",
        "release": "offered",
        "put_back": "submitted",
        "skip": "skipped",
    },
}


@pytest.mark.parametrize(("state", "event"), list(itertools.product(st.TASK_STATES, st.TaskEvent)))
def test_task_table(state: str, event: st.TaskEvent) -> None:
    expected = TASK_ALLOWED[state].get(event.value)
    if expected is None:
        with pytest.raises(st.ForbiddenMove):
            st.next_state(st.TASK_MOVES, state, event)
    else:
        assert st.next_state(st.TASK_MOVES, state, event) == expected


@pytest.mark.parametrize(
    ("state", "event"), list(itertools.product(st.ASSIGNMENT_STATES, st.AssignmentEvent))
)
def test_assignment_table(state: str, event: st.AssignmentEvent) -> None:
    expected = ASSIGNMENT_ALLOWED[state].get(event.value)
    if expected is None:
        with pytest.raises(st.ForbiddenMove):
            st.next_state(st.ASSIGNMENT_MOVES, state, event)
    else:
        assert st.next_state(st.ASSIGNMENT_MOVES, state, event) == expected


def test_the_tables_know_every_stored_state() -> None:
    assert set(st.TASK_STATES) == set(TaskState.values)
    assert set(st.ASSIGNMENT_STATES) == set(AssignmentState.values)
