"""Drift of what production models are shown."""

from __future__ import annotations

import uuid

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.core.enums import Role
from backend.core.http import idempotent
from backend.learning.api import drift_serializers as s
from backend.learning.drift import drift_states
from backend.learning.services.reports import DRIFT_JOB, report_enqueue
from backend.projects import selectors as projects
from backend.projects.api.serializers import JobSerializer


class DriftView(APIView):
    @extend_schema(operation_id="drift_list", responses=s.DriftStateSerializer(many=True))
    def get(self, request: Request, project_id: uuid.UUID) -> Response:
        """The newest look of each production model: by camera and measure, against when it was chosen."""
        project = projects.project_get(actor=request.user, project_id=project_id)
        return Response(s.DriftStateSerializer(drift_states(project.pk), many=True).data)

    @extend_schema(operation_id="drift_look", request=None, responses={202: JobSerializer})
    @idempotent
    def post(self, request: Request, project_id: uuid.UUID) -> Response:
        """Look now, in the background; otherwise it is done by itself once an hour where something came."""
        project = projects.project_get(actor=request.user, project_id=project_id, at_least=Role.REVIEWER)
        job = report_enqueue(kind=DRIFT_JOB, project=project, actor=request.user)
        return Response(JobSerializer(job).data, status=202)
