"""Where selection stands, what it saved, and the map of a project's pictures."""

from __future__ import annotations

import uuid

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.core.enums import Role
from backend.core.http import idempotent, validated
from backend.learning import selectors
from backend.learning.api import learning_serializers as s
from backend.learning.maps import map_columns, map_newest
from backend.learning.rounds import learning_state
from backend.learning.savings import savings_state
from backend.learning.services import reports
from backend.projects import selectors as projects
from backend.projects.api.serializers import JobSerializer


class LearningStateView(APIView):
    @extend_schema(operation_id="learning_state", responses=s.LearningStateSerializer)
    def get(self, request: Request, project_id: uuid.UUID) -> Response:
        """Pictures left to choose from, rounds so far, and whether labels still move the model."""
        project = projects.project_get(actor=request.user, project_id=project_id)
        return Response(s.LearningStateSerializer(learning_state(project.pk)).data)


class SavingsView(APIView):
    @extend_schema(operation_id="savings_get", responses=s.SavingsSerializer)
    def get(self, request: Request, project_id: uuid.UUID) -> Response:
        """What labels cost people, and what choosing saved against the random slice when last measured."""
        project = projects.project_get(actor=request.user, project_id=project_id)
        return Response(s.SavingsSerializer(savings_state(project.pk)).data)

    @extend_schema(operation_id="savings_measure", request=None, responses={202: JobSerializer})
    @idempotent
    def post(self, request: Request, project_id: uuid.UUID) -> Response:
        """Measure again, in the background."""
        project = projects.project_get(actor=request.user, project_id=project_id, at_least=Role.REVIEWER)
        job = reports.report_enqueue(kind=reports.SAVINGS_JOB, project=project, actor=request.user)
        return Response(JobSerializer(job).data, status=202)


class MapView(APIView):
    @extend_schema(operation_id="map_get", responses=s.MapSerializer)
    def get(self, request: Request, project_id: uuid.UUID) -> Response:
        """The newest map, its pictures with what they can be coloured by."""
        project = projects.project_get(actor=request.user, project_id=project_id)
        row = map_newest(project.pk)
        found = {
            "has_model": bool(selectors.production_models(project.pk)),
            "columns": map_columns(row, request.user.pk) if row else None,
        }
        return Response(s.MapSerializer(found).data)

    @extend_schema(operation_id="map_make", request=None, responses={202: JobSerializer})
    @idempotent
    def post(self, request: Request, project_id: uuid.UUID) -> Response:
        """Lay the pictures out anew, in the background."""
        project = projects.project_get(actor=request.user, project_id=project_id, at_least=Role.REVIEWER)
        job = reports.report_enqueue(kind=reports.MAP_JOB, project=project, actor=request.user)
        return Response(JobSerializer(job).data, status=202)


class MapQueueView(APIView):
    @extend_schema(operation_id="map_queue", request=s.MapQueueSerializer, responses=s.QueuedSerializer)
    def post(self, request: Request, project_id: uuid.UUID) -> Response:
        """Put pictures that were circled at the head of the queue."""
        project = projects.project_get(actor=request.user, project_id=project_id, at_least=Role.SCIENTIST)
        data = validated(s.MapQueueSerializer(data=request.data))
        queued = reports.pictures_queue(project=project, actor=request.user, asset_ids=data["asset_ids"])
        return Response(s.QueuedSerializer({"queued": queued}).data)
