"""Tasks in lists, assigned to people, set aside, counted."""

from __future__ import annotations

import uuid
from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.annotation import selectors, services
from backend.annotation.api import serializers as s
from backend.annotation.api.fields import TaskRowSerializer
from backend.annotation.api.views import IDEMPOTENCY_KEY, valid
from backend.annotation.models import Task
from backend.core.enums import Role
from backend.core.http import idempotent
from backend.projects import selectors as projects


class TaskListView(ListAPIView[Task]):
    """Tasks of a project, newest first."""

    serializer_class = TaskRowSerializer

    def get_queryset(self) -> Any:
        project = projects.project_get(actor=self.request.user, project_id=self.kwargs["project_id"])
        params = self.request.query_params.copy()
        params.setlist("state", [s for given in params.getlist("state") for s in given.split(",") if s])
        filters = valid(s.TaskFilterSerializer(data=params))
        return selectors.tasks_list(project_id=project.pk, filters=filters, actor=self.request.user)

    def paginate_queryset(self, queryset: Any) -> Any:
        return selectors.cover_tasks(super().paginate_queryset(queryset) or [], self.request.user)

    @extend_schema(
        operation_id="task_list",
        parameters=[
            s.TaskFilterSerializer,
            OpenApiParameter("page_size", int, description="1 to 200."),
        ],
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)


class TasksAssignView(APIView):
    @extend_schema(
        operation_id="tasks_assign",
        parameters=[IDEMPOTENCY_KEY],
        request=s.AssignSerializer,
        responses=s.AssignedSerializer,
    )
    @idempotent
    def post(self, request: Request, project_id: uuid.UUID) -> Response:
        """Give chosen pictures to a person, with a due date; the person is told."""
        project = projects.project_get(actor=request.user, project_id=project_id, at_least=Role.MANAGER)
        data = valid(s.AssignSerializer(data=request.data))
        assigned = services.tasks_assign(actor=request.user, project=project, **data)
        return Response(s.AssignedSerializer({"assigned": assigned}).data)


class VideoPartsView(APIView):
    @extend_schema(
        operation_id="video_parts_set",
        request=s.VideoPartsSetSerializer,
        responses=TaskRowSerializer(many=True),
    )
    def put(self, request: Request, project_id: uuid.UUID, asset_id: uuid.UUID) -> Response:
        """Make a video nobody has begun several tasks with an overlap, or one again. The same again changes nothing more."""
        project = projects.project_get(actor=request.user, project_id=project_id, at_least=Role.MANAGER)
        data = valid(s.VideoPartsSetSerializer(data=request.data))
        tasks = services.video_parts_set(actor=request.user, project=project, asset_id=asset_id, **data)
        return Response(TaskRowSerializer(tasks, many=True).data)


class QuarantineView(APIView):
    @extend_schema(
        operation_id="task_quarantine", request=s.QuarantineSerializer, responses=s.TaskStatusSerializer
    )
    def post(self, request: Request, task_id: uuid.UUID) -> Response:
        """Set a picture aside that cannot be labelled."""
        task = selectors.task_get(actor=request.user, task_id=task_id, at_least=Role.REVIEWER)
        data = valid(s.QuarantineSerializer(data=request.data))
        done = services.task_quarantine(task_id=task.pk, actor=request.user, **data)
        return Response(s.TaskStatusSerializer(done).data)


class RestoreView(APIView):
    @extend_schema(operation_id="task_restore", request=None, responses=s.TaskStatusSerializer)
    def post(self, request: Request, task_id: uuid.UUID) -> Response:
        """Bring a picture that was set aside back into the queue."""
        task = selectors.task_get(actor=request.user, task_id=task_id, at_least=Role.REVIEWER)
        done = services.task_restore(task_id=task.pk, actor=request.user)
        return Response(s.TaskStatusSerializer(done).data)


class WorkSummaryView(APIView):
    @extend_schema(operation_id="work_summary", responses=s.WorkSummarySerializer)
    def get(self, request: Request, project_id: uuid.UUID) -> Response:
        """Tasks by state, late and returned work, and what each person did: of others only to managers."""
        project = projects.project_get(actor=request.user, project_id=project_id)
        return Response(
            s.WorkSummarySerializer(selectors.work_summary(actor=request.user, project=project)).data
        )


class PersonWorkView(APIView):
    @extend_schema(
        operation_id="person_work",
        parameters=[s.PersonWorkQuerySerializer],
        responses=s.PersonWorkSerializer,
    )
    def get(self, request: Request, project_id: uuid.UUID, user_id: uuid.UUID) -> Response:
        """One person's days, time and what reviewers said: to that person and those who manage the project."""
        days = valid(s.PersonWorkQuerySerializer(data=request.query_params))["days"]
        found = selectors.person_work(
            actor=request.user, project_id=project_id, user_id=user_id, days=int(days)
        )
        return Response(s.PersonWorkSerializer(found).data)
