"""Label errors: looking for them, what was found, and what people make of it. For those who review."""

from __future__ import annotations

import uuid
from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.core.enums import Role
from backend.core.http import etag, idempotent, if_match, validated
from backend.core.pagination import CursorPage
from backend.learning.api import label_error_serializers as s
from backend.learning.enums import FindingVerdict, LookWay
from backend.learning.finding_models import LabelFinding
from backend.learning.label_errors import finding_get, finding_shown, findings_of, label_error_state
from backend.learning.services import label_errors
from backend.projects import selectors as projects
from backend.projects.api.serializers import JobSerializer

IF_MATCH = OpenApiParameter("If-Match", str, OpenApiParameter.HEADER, required=True)


class Strongest(CursorPage):
    ordering = ("-score", "-id")


class LabelErrorsView(APIView):
    @extend_schema(operation_id="label_errors_state", responses=s.LabelErrorStateSerializer)
    def get(self, request: Request, project_id: uuid.UUID) -> Response:
        """What a look takes, the newest one, the job asked for last, and how many findings are open."""
        project = projects.project_get(actor=request.user, project_id=project_id, at_least=Role.REVIEWER)
        return Response(s.LabelErrorStateSerializer(label_error_state(project.pk)).data)

    @extend_schema(
        operation_id="label_errors_look", request=s.LabelLookAskSerializer, responses={202: JobSerializer}
    )
    @idempotent
    def post(self, request: Request, project_id: uuid.UUID) -> Response:
        """Look anew, in the background. Findings stay until it has ended."""
        project = projects.project_get(actor=request.user, project_id=project_id, at_least=Role.REVIEWER)
        asked = validated(s.LabelLookAskSerializer(data=request.data))
        way = LookWay(asked["way"])
        if way == LookWay.FOLDS:
            projects.project_get(actor=request.user, project_id=project_id, at_least=Role.SCIENTIST)
        job = label_errors.look_enqueue(
            project=project, actor=request.user, way=way, minutes=asked["minutes"]
        )
        return Response(JobSerializer(job).data, status=202)


class FindingListView(ListAPIView[LabelFinding]):
    """Probable label errors, strongest first."""

    serializer_class = s.LabelFindingSerializer
    pagination_class = Strongest

    def get_queryset(self) -> Any:
        project = projects.project_get(
            actor=self.request.user, project_id=self.kwargs["project_id"], at_least=Role.REVIEWER
        )
        filters = validated(s.FindingFilterSerializer(data=self.request.query_params))
        return findings_of(project.pk, **filters)

    @extend_schema(
        operation_id="label_errors_findings",
        parameters=[
            s.FindingFilterSerializer,
            OpenApiParameter("page_size", int, description="1 to 200."),
        ],
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)


class FindingDecideView(APIView):
    @extend_schema(
        operation_id="label_errors_decide",
        request=s.FindingDecideSerializer,
        responses=s.LabelFindingSerializer,
        parameters=[IF_MATCH],
    )
    @idempotent
    def post(self, request: Request, finding_id: uuid.UUID) -> Response:
        """Put the labels right as proposed, or say that they are right."""
        row = finding_get(actor=request.user, finding_id=finding_id, at_least=Role.REVIEWER)
        verdict = validated(s.FindingDecideSerializer(data=request.data))["verdict"]
        label_errors.finding_decide(
            actor=request.user,
            finding_id=row.pk,
            verdict=FindingVerdict(verdict),
            base_version=if_match(request),
        )
        return _shown(row.pk)


class FindingUndoView(APIView):
    @extend_schema(
        operation_id="label_errors_undo",
        request=None,
        responses=s.LabelFindingSerializer,
        parameters=[IF_MATCH],
    )
    @idempotent
    def post(self, request: Request, finding_id: uuid.UUID) -> Response:
        """Take a decision back: a correction leaves the labels again."""
        row = finding_get(actor=request.user, finding_id=finding_id, at_least=Role.REVIEWER)
        label_errors.finding_undo(actor=request.user, finding_id=row.pk, base_version=if_match(request))
        return _shown(row.pk)


def _shown(finding_id: uuid.UUID) -> Response:
    row = finding_shown(finding_id)
    return Response(s.LabelFindingSerializer(row).data, headers={"ETag": etag(row.version)})
