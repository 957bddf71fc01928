"""Remarks on a picture, replies to them, and settling what they are about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now

from backend.annotation.enums import RegionSource
from backend.annotation.errors import ThreadSettled
from backend.annotation.models import Comment, Task
from backend.annotation.selectors.answers import draws_alone, is_collecting
from backend.annotation.selectors.cover import is_sealed
from backend.annotation.services.moves import announce, record
from backend.core.errors import BadInput
from backend.notify import services as notify
from backend.notify.enums import NoticeKind
from backend.projects import selectors as projects

if TYPE_CHECKING:
    from backend.accounts.models import User


@transaction.atomic
def comment_create(
    *, actor: User, task: Task, text: str, x: float | None = None, y: float | None = None
) -> Comment:
    """Write a remark, pinned to a place of the picture in pixels where both `x` and `y` are given."""
    if (x is None) != (y is None):
        raise BadInput("A place needs both x and y.")
    comment = Comment.objects.create(task=task, author=actor, text=text.strip(), x=x, y=y)
    record(actor, task, "comment.create", comment_id=str(comment.pk))
    announce(task)
    return comment


@transaction.atomic
def comment_reply(*, actor: User, comment: Comment, text: str) -> Comment:
    """Answer a remark. Whoever wrote in its thread, and whose labels these are, is told. Raises ThreadSettled."""
    thread = Comment.objects.select_for_update(of=("self",)).get(pk=comment.pk)
    if thread.resolved_at is not None:
        raise ThreadSettled("This is settled. Open it again to go on.")
    reply = Comment.objects.create(task=comment.task, thread=thread, author=actor, text=text.strip())
    record(actor, comment.task, "comment.reply", comment_id=str(thread.pk), reply_id=str(reply.pk))
    _tell(actor, comment.task, thread, reply)
    announce(comment.task)
    return reply


def _tell(actor: User, task: Task, thread: Comment, reply: Comment) -> None:
    wrote = Comment.objects.filter(Q(pk=thread.pk) | Q(thread=thread), author__isnull=False)
    people = {each.author for each in wrote.select_related("author") if each.author is not None}
    labels = task.resolved_revision
    # Whose hidden task this is, or who draws beside others, must not be told to the maker of the labels.
    apart = is_sealed(actor.pk, task.pk) or is_collecting(task)
    if (
        labels is not None
        and labels.author is not None
        and labels.source == RegionSource.PERSON
        and not apart
    ):
        people.add(labels.author)
    for person in sorted(people - {actor}, key=lambda each: each.pk):
        if projects.project_role(actor=person, project=task.project) is None or is_sealed(person.pk, task.pk):
            continue
        # Who draws alone now sees no thread but their own.
        if draws_alone(person, task) and thread.author_id != person.pk:
            continue
        notify.notice_create(
            user=person,
            kind=NoticeKind.INFO,
            title=f"{actor.get_full_name()} replied on {task.title}",
            body=reply.text,
            link=f"/p/{task.project_id}/annotate/{task.pk}",
            project_id=task.project_id,
        )


@transaction.atomic
def comment_resolve(*, actor: User, comment: Comment, resolved: bool) -> Comment:
    """Settle a thread, which closes it for replies, or open it again."""
    comment.resolved_at = Now() if resolved else None
    comment.save(update_fields=["resolved_at", "updated_at"])
    comment.refresh_from_db()
    record(actor, comment.task, "comment.resolve", comment_id=str(comment.pk), resolved=resolved)
    announce(comment.task)
    return comment
