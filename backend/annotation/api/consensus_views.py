"""Several people on one picture: how many are asked, what their answers came to, and doing it again."""

from __future__ import annotations

import uuid

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.annotation import selectors, services
from backend.annotation.api import consensus_serializers as c
from backend.annotation.api import serializers as s
from backend.annotation.api.views import IDEMPOTENCY_KEY, valid
from backend.annotation.models import Task
from backend.core.enums import Role
from backend.core.http import idempotent
from backend.projects import selectors as projects
from backend.projects.api.serializers import JobSerializer


class TasksPeopleView(APIView):
    @extend_schema(
        operation_id="tasks_people",
        parameters=[IDEMPOTENCY_KEY],
        request=c.PeopleSerializer,
        responses=c.PeopleSetSerializer,
    )
    @idempotent
    def post(self, request: Request, project_id: uuid.UUID) -> Response:
        """Ask so many people to label these pictures, each on their own. Those with labels already are refused."""
        project = projects.project_get(actor=request.user, project_id=project_id, at_least=Role.MANAGER)
        data = valid(c.PeopleSerializer(data=request.data))
        done = services.people_set(actor=request.user, project=project, **data)
        refused = [{"task_id": pk, "reason": reason} for pk, reason in done.refused.items()]
        return Response(c.PeopleSetSerializer({"changed": done.changed, "refused": refused}).data)


def _task(request: Request, task_id: uuid.UUID) -> Task:
    return selectors.task_get(actor=request.user, task_id=task_id, at_least=Role.REVIEWER)


def _answer(request: Request, task_id: uuid.UUID) -> Response:
    found = selectors.consensus_of(_task(request, task_id), actor=request.user)
    return Response(c.ConsensusSerializer(found).data)


class ConsensusView(APIView):
    @extend_schema(operation_id="task_consensus", responses=c.ConsensusSerializer)
    def get(self, request: Request, task_id: uuid.UUID) -> Response:
        """What several people's answers on this picture came to; for those who review."""
        return _answer(request, task_id)


class ConsensusMergeView(APIView):
    @extend_schema(
        operation_id="task_consensus_merge",
        parameters=[IDEMPOTENCY_KEY],
        request=c.MergeAgainSerializer,
        responses={202: JobSerializer},
    )
    @idempotent
    def post(self, request: Request, task_id: uuid.UUID) -> Response:
        """Put the answers together again by another quorum, while they wait for review."""
        task = _task(request, task_id)
        data = valid(c.MergeAgainSerializer(data=request.data))
        job = services.merge_again(
            actor=request.user,
            task_id=task.pk,
            quorum=data["quorum"],
            label_quorums=data.get("label_quorums", {}),
            method=data["method"],
        )
        return Response(JobSerializer(job).data, status=202)


class ConsensusRetryView(APIView):
    @extend_schema(
        operation_id="task_consensus_retry",
        parameters=[IDEMPOTENCY_KEY],
        request=None,
        responses={202: JobSerializer},
    )
    @idempotent
    def post(self, request: Request, task_id: uuid.UUID) -> Response:
        """Put answers together that are all in and were not. While a job is at it, that job is answered."""
        task = _task(request, task_id)
        job = services.merge_retry(actor=request.user, task_id=task.pk)
        return Response(JobSerializer(job).data, status=202)


class UnmergedView(APIView):
    @extend_schema(operation_id="consensus_unmerged", responses=c.UnmergedSerializer(many=True))
    def get(self, request: Request, project_id: uuid.UUID) -> Response:
        """Pictures whose answers are all in and could not be put together; at most 50, for those who review."""
        project = projects.project_get(actor=request.user, project_id=project_id, at_least=Role.REVIEWER)
        return Response(c.UnmergedSerializer(selectors.unmerged_of(project.pk), many=True).data)


class ConsensusTakeView(APIView):
    @extend_schema(
        operation_id="task_consensus_take",
        parameters=[IDEMPOTENCY_KEY],
        request=c.TakeAnswerSerializer,
        responses=c.ConsensusSerializer,
    )
    @idempotent
    def post(self, request: Request, task_id: uuid.UUID) -> Response:
        """Make one person's answer the picture's labels; they wait for review."""
        task = _task(request, task_id)
        data = valid(c.TakeAnswerSerializer(data=request.data))
        services.answer_take(actor=request.user, task_id=task.pk, **data)
        return _answer(request, task_id)


class ConsensusAskView(APIView):
    @extend_schema(
        operation_id="task_consensus_ask",
        parameters=[IDEMPOTENCY_KEY],
        request=None,
        responses=s.TaskStatusSerializer,
    )
    @idempotent
    def post(self, request: Request, task_id: uuid.UUID) -> Response:
        """Take what was put together back, and ask one more person. The answers stay."""
        task = _task(request, task_id)
        done = services.one_more_ask(actor=request.user, task_id=task.pk)
        return Response(s.TaskStatusSerializer(done).data)
