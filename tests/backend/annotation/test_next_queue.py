"""What is handed out next: the queries compiled once answer as the queues that looking ahead reads."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction

from backend.annotation.models import Task
from backend.annotation.selectors.queue import queues_of, task_free_locked, task_in_hand_locked
from backend.core.enums import Role
from tests.support.annotation import Editor, make_tasks
from tests.support.factories import client_for, make_project, make_project_member


@pytest.mark.django_db
def test_everybody_is_handed_the_first_of_their_own_queues() -> None:
    project, other = make_project(), make_project()
    ada, bob = (make_project_member(project, Role.ANNOTATOR, name) for name in ("Ada", "Bob"))
    first, second, third, fourth = make_tasks(project, 4)
    make_tasks(other, 1)
    Task.objects.filter(pk=third.pk).update(assigned_to=ada)
    Task.objects.filter(pk=fourth.pk).update(priority=5)
    Editor.open(client_for(bob), second.pk)

    def handed(person: Any, *exclude: Any) -> Any:
        with transaction.atomic():
            asked = {"actor_id": person.pk, "project": project, "exclude": exclude}
            found = task_in_hand_locked(**asked) or task_free_locked(**asked)
        rows = [queue.exclude(pk__in=exclude).first() for queue in queues_of(person, project)]
        assert found == next((row for row in rows if row is not None), None)
        return found

    cases = [
        (ada, (), third),
        (ada, (third.pk,), fourth),
        (ada, (third.pk, fourth.pk), first),
        (ada, (third.pk, fourth.pk, first.pk), None),
        (bob, (), second),
        (bob, (second.pk,), fourth),
        (bob, (second.pk, fourth.pk, first.pk), None),
        (ada, (first.pk,), third),
    ]
    assert [(person.name, handed(person, *exclude)) for person, exclude, _ in cases] == [
        (person.name, expected) for person, _, expected in cases
    ]
