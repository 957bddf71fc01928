"""Defects without examples: what was found, looking again, and suggesting it."""

from __future__ import annotations

import uuid

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.core.enums import Role
from backend.core.http import idempotent, validated
from backend.learning.api import defect_serializers as s
from backend.learning.defects import defect_state
from backend.learning.services import defects
from backend.projects import selectors as projects
from backend.projects.api.serializers import JobSerializer


class DefectsView(APIView):
    @extend_schema(operation_id="defects_get", responses=s.DefectStateSerializer)
    def get(self, request: Request, project_id: uuid.UUID) -> Response:
        """What is good and known by label, and what the newest look found."""
        project = projects.project_get(actor=request.user, project_id=project_id)
        return Response(s.DefectStateSerializer(defect_state(project.pk)).data)

    @extend_schema(
        operation_id="defects_look", request=s.DefectLookSerializer, responses={202: JobSerializer}
    )
    @idempotent
    def post(self, request: Request, project_id: uuid.UUID) -> Response:
        """Look anew, in the background."""
        project = projects.project_get(actor=request.user, project_id=project_id, at_least=Role.REVIEWER)
        data = validated(s.DefectLookSerializer(data=request.data))
        label_id = str(data["label_id"])
        job = defects.defects_enqueue(project=project, actor=request.user, label_id=label_id)
        return Response(JobSerializer(job).data, status=202)


class DefectsSuggestView(APIView):
    @extend_schema(operation_id="defects_suggest", request=None, responses=s.DefectSuggestedSerializer)
    def post(self, request: Request, project_id: uuid.UUID) -> Response:
        """Suggest the hot places of the newest look as boxes."""
        project = projects.project_get(actor=request.user, project_id=project_id, at_least=Role.SCIENTIST)
        made = defects.defects_suggest(project=project, actor=request.user)
        return Response(s.DefectSuggestedSerializer({"pictures": made}).data)
