"""Second looks: drawing approved pictures for another reviewer, and keeping what that one said."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models.functions import Now
from django.utils.crypto import salted_hmac

from backend.annotation.enums import AssignmentKind, SecondLookState, TurnState
from backend.annotation.errors import SelfReview
from backend.annotation.models import PlanTurn, ReviewDecision, Revision, SecondLook, Task
from backend.annotation.selectors.second_looks import look_waiting, may_look
from backend.annotation.services.moves import record, settings_of
from backend.core.draws import share_of

if TYPE_CHECKING:
    from backend.accounts.models import User


def look_refuse(actor: User, task: Task) -> None:
    """Raise SelfReview for whoever approved or made the labels that a second person is to look at."""
    if not may_look(actor, task):
        raise SelfReview(
            "This picture waits for a second look by somebody who neither labelled nor approved it."
        )


def look_of_edit(actor: User, task: Task, edit: Revision) -> SecondLook | None:
    """The second look that this person's edit of the locked picture is, if they approve it; asked before it resolves."""
    look = look_waiting(task)
    return look if look is not None and may_look(actor, task, edit.pk) else None


def approval_followed(
    *, task: Task, decision: ReviewDecision, look: SecondLook | None = None, before: Revision | None = None
) -> None:
    """A person approved a whole picture: that was the second look at labels `before`, or now one may be drawn.

    The task is locked. The draw hangs on the labels' id and the installation's key, so nobody can tell beforehand, nor
    draw again by taking the approval back.
    """
    if look is not None and before is not None:
        same = _says(before) == _says(decision.revision)
        look_settle(look, decision, SecondLookState.AGREED if same else SecondLookState.CORRECTED)
        return
    waiting = SecondLook.objects.filter(task=task, state=SecondLookState.WAITING).first()
    if waiting is not None:
        waiting.first = decision.reviewer
        waiting.save(update_fields=["first", "updated_at"])
    elif _is_drawn(task, decision.revision):
        SecondLook.objects.create(task=task, first=decision.reviewer)
    else:
        return
    # A plan kept the first look for somebody: the second is another's.
    PlanTurn.objects.filter(task=task, kind=AssignmentKind.REVIEW, state=TurnState.GIVEN).update(
        state=TurnState.REPLACED, updated_at=Now()
    )


def _says(revision: Revision) -> tuple[set[int], set[str]]:
    """What a revision says, to be compared: objects of equal content are the same stored rows."""
    return set(revision.regions.values_list("pk", flat=True)), {str(tag) for tag in revision.tags}


def _is_drawn(task: Task, revision: Revision) -> bool:
    settings = settings_of(task)
    if settings.review == "none" or settings.second_share <= 0.0:
        return False
    digest = salted_hmac("siteloop.second-look", str(revision.pk), algorithm="sha256").digest()
    return share_of(digest) < settings.second_share


def look_settle(look: SecondLook, decision: ReviewDecision, state: SecondLookState) -> None:
    """Keep the second reviewer's word."""
    look.state, look.decision, look.decided_at = state, decision, decision.created_at
    look.save(update_fields=["state", "decision", "decided_at", "updated_at"])
    record(decision.reviewer, look.task, "review.second_look", outcome=str(state))


def look_reopen(look: SecondLook) -> None:
    """The second reviewer took their word back: it waits again."""
    look.state, look.decision, look.decided_at = SecondLookState.WAITING, None, None
    look.save(update_fields=["state", "decision", "decided_at", "updated_at"])
