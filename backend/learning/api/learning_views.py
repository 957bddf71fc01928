"""Where selection stands, and whether more labels are worth their price."""

from __future__ import annotations

import uuid

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.learning.api import learning_serializers as s
from backend.learning.rounds import learning_state
from backend.projects import selectors as projects


class LearningStateView(APIView):
    @extend_schema(operation_id="learning_state", responses=s.LearningStateSerializer)
    def get(self, request: Request, project_id: uuid.UUID) -> Response:
        """Pictures left to choose from, rounds so far, and whether labels still move the model."""
        project = projects.project_get(actor=request.user, project_id=project_id)
        return Response(s.LearningStateSerializer(learning_state(project.pk)).data)
