"""When a project trains by itself."""

from __future__ import annotations

import uuid

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.core.enums import Role
from backend.core.errors import NotFound
from backend.core.http import etag, if_match, validated
from backend.learning.api import retraining_serializers as s
from backend.learning.enums import TaskKind
from backend.learning.retraining import retrain_state, retrain_states
from backend.learning.services import retraining
from backend.projects import selectors as projects


class RetrainingView(APIView):
    @extend_schema(operation_id="retraining_list", responses=s.RetrainStateSerializer(many=True))
    def get(self, request: Request, project_id: uuid.UUID) -> Response:
        """What each kind of model waits for before it is trained anew, and what has come of it."""
        project = projects.project_get(actor=request.user, project_id=project_id)
        return Response(s.RetrainStateSerializer(retrain_states(project.pk), many=True).data)


class RetrainingPolicyView(APIView):
    @extend_schema(
        operation_id="retraining_update",
        request=s.RetrainPolicyUpdateSerializer,
        responses=s.RetrainStateSerializer,
        parameters=[OpenApiParameter("If-Match", str, OpenApiParameter.HEADER, required=True)],
    )
    def put(self, request: Request, project_id: uuid.UUID, kind: str) -> Response:
        """Change what a kind of model waits for; trainings start in the name of whoever changed it last."""
        project = projects.project_get(actor=request.user, project_id=project_id, at_least=Role.SCIENTIST)
        if kind not in TaskKind.values:
            raise NotFound()
        policy = retraining.policy_update(
            actor=request.user,
            project=project,
            kind=TaskKind(kind),
            base_version=if_match(request),
            changes=validated(s.RetrainPolicyUpdateSerializer(data=request.data)),
        )
        state = retrain_state(project.pk, policy.kind)
        return Response(s.RetrainStateSerializer(state).data, headers={"ETag": etag(policy.version)})
