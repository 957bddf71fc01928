"""Ground truth, how a person did on hidden tasks, and letting a paused person go on."""

from __future__ import annotations

import uuid
from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.annotation import selectors, services
from backend.annotation.api import quality_serializers as q
from backend.annotation.api.serializers import PersonWorkQuerySerializer
from backend.annotation.api.views import IDEMPOTENCY_KEY, valid
from backend.annotation.models import GroundTruth
from backend.core.enums import Role
from backend.core.http import idempotent
from backend.core.pagination import CursorPage
from backend.projects import selectors as projects


class NewestFirst(CursorPage):
    ordering = "-id"


class TruthView(ListAPIView[GroundTruth]):
    """A project's ground truth, for those who review: whoever is measured by it must not see it."""

    serializer_class = q.TruthRowSerializer
    pagination_class = NewestFirst

    def get_queryset(self) -> Any:
        project = projects.project_get(
            actor=self.request.user, project_id=self.kwargs["project_id"], at_least=Role.REVIEWER
        )
        return selectors.truths_of(project.pk)

    def paginate_queryset(self, queryset: Any) -> Any:
        return selectors.truth_rows(super().paginate_queryset(queryset) or [])

    @extend_schema(
        operation_id="truth_list", parameters=[OpenApiParameter("page_size", int, description="1 to 200.")]
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)

    @extend_schema(
        operation_id="truth_mark",
        parameters=[IDEMPOTENCY_KEY],
        request=q.TruthTasksSerializer,
        responses=q.TruthMarkedSerializer,
    )
    @idempotent
    def post(self, request: Request, project_id: uuid.UUID) -> Response:
        """Make approved pictures ground truth, at any time. Repeating it changes nothing."""
        project = projects.project_get(actor=request.user, project_id=project_id, at_least=Role.REVIEWER)
        task_ids = valid(q.TruthTasksSerializer(data=request.data))["task_ids"]
        done = services.truth_mark(actor=request.user, project=project, task_ids=task_ids)
        refused = [{"task_id": pk, "reason": reason} for pk, reason in done.refused.items()]
        return Response(q.TruthMarkedSerializer({"marked": done.marked, "refused": refused}).data)


class TruthRemoveView(APIView):
    @extend_schema(
        operation_id="truth_unmark",
        parameters=[IDEMPOTENCY_KEY],
        request=q.TruthTasksSerializer,
        responses=q.TruthUnmarkedSerializer,
    )
    @idempotent
    def post(self, request: Request, project_id: uuid.UUID) -> Response:
        """Hand these pictures to nobody as hidden tasks any more; what was measured stays."""
        project = projects.project_get(actor=request.user, project_id=project_id, at_least=Role.REVIEWER)
        task_ids = valid(q.TruthTasksSerializer(data=request.data))["task_ids"]
        gone = services.truth_unmark(actor=request.user, project=project, task_ids=task_ids)
        return Response(q.TruthUnmarkedSerializer({"unmarked": gone}).data)


class TaskTruthView(APIView):
    @extend_schema(operation_id="task_truth", responses=q.TruthStateSerializer)
    def get(self, request: Request, task_id: uuid.UUID) -> Response:
        """Whether this picture is ground truth; for those who review."""
        task = selectors.task_get(actor=request.user, task_id=task_id, at_least=Role.REVIEWER)
        body = {
            "is_truth": task.pk in selectors.truth_task_ids([task.pk]),
            "usable": selectors.truth_usable(task.project_id),
        }
        return Response(q.TruthStateSerializer(body).data)


class PersonChecksView(APIView):
    @extend_schema(
        operation_id="person_checks",
        parameters=[PersonWorkQuerySerializer],
        responses=q.PersonChecksSerializer,
    )
    def get(self, request: Request, project_id: uuid.UUID, user_id: uuid.UUID) -> Response:
        """How a person did on hidden tasks, by label: to that person and those who manage the project."""
        days = valid(PersonWorkQuerySerializer(data=request.query_params))["days"]
        found = selectors.person_checks(
            actor=request.user, project_id=project_id, user_id=user_id, days=int(days)
        )
        return Response(q.PersonChecksSerializer(found).data)


class PersonResumeView(APIView):
    @extend_schema(operation_id="person_resume", request=None, responses=q.PauseSerializer)
    def post(self, request: Request, project_id: uuid.UUID, user_id: uuid.UUID) -> Response:
        """Let a paused person go on: a manager, or they themselves where the project says so."""
        pause = services.pause_end(actor=request.user, project_id=project_id, user_id=user_id)
        return Response(q.PauseSerializer(pause).data)


class AgreementView(APIView):
    @extend_schema(
        operation_id="project_agreement",
        parameters=[q.AgreementQuerySerializer],
        responses=q.AgreementSerializer,
    )
    def get(self, request: Request, project_id: uuid.UUID) -> Response:
        """How far people agree on the same pictures; pairs of people to those who manage the project."""
        project = projects.project_get(actor=request.user, project_id=project_id, at_least=Role.REVIEWER)
        days = valid(q.AgreementQuerySerializer(data=request.query_params))["days"]
        found = selectors.project_agreement(actor=request.user, project=project, days=int(days))
        return Response(q.AgreementSerializer(found).data)


class SecondLooksView(APIView):
    @extend_schema(
        operation_id="second_looks",
        parameters=[q.AgreementQuerySerializer],
        responses=q.SecondFiguresSerializer,
    )
    def get(self, request: Request, project_id: uuid.UUID) -> Response:
        """How often a second reviewer agrees with the first; by person to those who manage the project."""
        project = projects.project_get(actor=request.user, project_id=project_id, at_least=Role.REVIEWER)
        days = valid(q.AgreementQuerySerializer(data=request.query_params))["days"]
        found = selectors.second_figures(actor=request.user, project=project, days=int(days))
        return Response(q.SecondFiguresSerializer(found).data)
