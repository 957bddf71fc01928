"""Trainings, selections, suggestions, and what labels brought."""

from __future__ import annotations

import uuid
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.core.enums import Role
from backend.core.http import idempotent, validated
from backend.learning import selectors
from backend.learning.api import serializers as s
from backend.learning.enums import TaskKind
from backend.learning.services import checkpoints, promotion, training
from backend.projects import selectors as projects
from backend.projects.api.serializers import JobSerializer


class TrainingListView(ListAPIView):
    """Trainings of a project, newest first."""

    serializer_class = s.TrainingSerializer

    def get_queryset(self) -> Any:
        project = projects.project_get(actor=self.request.user, project_id=self.kwargs["project_id"])
        return selectors.trainings_of(project.pk)

    @extend_schema(operation_id="training_list")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)

    @extend_schema(
        operation_id="training_create",
        request=s.TrainingCreateSerializer,
        responses={202: s.TrainingSerializer},
    )
    @idempotent
    def post(self, request: Request, project_id: uuid.UUID) -> Response:
        """Train on a frozen dataset version, in the background."""
        project = projects.project_get(actor=request.user, project_id=project_id, at_least=Role.SCIENTIST)
        serializer = s.TrainingCreateSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        data = {**serializer.validated_data, "kind": TaskKind(serializer.validated_data["kind"])}
        run = training.training_start(actor=request.user, project=project, **data)
        return Response(s.TrainingSerializer(run).data, status=202)


class StartingWeightsView(APIView):
    @extend_schema(operation_id="training_weights", responses=s.StartingWeightsSerializer(many=True))
    def get(self, request: Request, project_id: uuid.UUID) -> Response:
        """Weights an operator has installed that a detector's training may go on from."""
        projects.project_get(actor=request.user, project_id=project_id, at_least=Role.SCIENTIST)
        return Response(s.StartingWeightsSerializer(checkpoints.weights_there(), many=True).data)


class TrainingView(APIView):
    @extend_schema(operation_id="training_get", responses=s.TrainingSerializer)
    def get(self, request: Request, training_id: uuid.UUID) -> Response:
        """One training with its curve so far."""
        run = selectors.training_get(actor=request.user, training_id=training_id)
        return Response(s.TrainingSerializer(run).data)


class TrainingCancelView(APIView):
    @extend_schema(operation_id="training_cancel", request=None, responses=s.TrainingSerializer)
    def post(self, request: Request, training_id: uuid.UUID) -> Response:
        """Stop a training."""
        run = selectors.training_get(actor=request.user, training_id=training_id, at_least=Role.SCIENTIST)
        training.training_cancel(run=run)
        run.refresh_from_db()
        return Response(s.TrainingSerializer(run).data)


class SelectionListView(ListAPIView):
    """Batches drawn so far, newest first."""

    serializer_class = s.SelectionSerializer

    def get_queryset(self) -> Any:
        project = projects.project_get(actor=self.request.user, project_id=self.kwargs["project_id"])
        return selectors.selections_of(project.pk)

    @extend_schema(operation_id="selection_list")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)

    @extend_schema(
        operation_id="selection_create", request=s.SelectionCreateSerializer, responses={202: JobSerializer}
    )
    @idempotent
    def post(self, request: Request, project_id: uuid.UUID) -> Response:
        """Draw a batch now: a random blind slice first, then what the strategy ranks highest within the limits."""
        project = projects.project_get(actor=request.user, project_id=project_id, at_least=Role.SCIENTIST)
        asked = validated(s.SelectionCreateSerializer(data=request.data))
        batch = asked.pop("batch") or projects.settings_of(project).batch_size
        job = promotion.prepare_enqueue(project, created_by=request.user, batch=batch, asked=asked)
        return Response(JobSerializer(job).data, status=202)


class PrelabelView(APIView):
    @extend_schema(operation_id="prelabel_create", request=None, responses={202: JobSerializer})
    def post(self, request: Request, project_id: uuid.UUID) -> Response:
        """Suggest labels with the production model for every picture nobody has touched."""
        project = projects.project_get(actor=request.user, project_id=project_id, at_least=Role.REVIEWER)
        job = promotion.prepare_enqueue(project, created_by=request.user)
        return Response(JobSerializer(job).data, status=202)


class LearningCurveView(APIView):
    @extend_schema(operation_id="learning_curve", responses=s.CurvePointSerializer(many=True))
    def get(self, request: Request, project_id: uuid.UUID) -> Response:
        """One point per model: what it learned from and what it reached on blind pictures."""
        project = projects.project_get(actor=request.user, project_id=project_id)
        return Response(s.CurvePointSerializer(selectors.learning_curve(project.pk), many=True).data)
