"""Incidents: list, look, act."""

from __future__ import annotations

import re
import uuid
from typing import Any

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.core import storage
from backend.core.enums import Role
from backend.core.errors import NotFound
from backend.core.http import validated
from backend.feeds import selectors
from backend.feeds.api import incident_serializers as s
from backend.feeds.api.serializers import WINDOW, window_of
from backend.feeds.enums import Severity
from backend.feeds.services import incidents
from backend.projects import selectors as projects

STATES = ("open", "unacknowledged", "closed", "wrong")
_RANGE = re.compile(r"bytes=(\d+)-(\d*)$")


class IncidentListView(ListAPIView):
    """Incidents of a project, newest first."""

    serializer_class = s.IncidentSerializer

    def get_queryset(self) -> Any:
        project = projects.project_get(actor=self.request.user, project_id=self.kwargs["project_id"])
        rows = selectors.incidents_filtered(project.pk, self.request.query_params)
        start, end = window_of(self.request)
        return selectors.within(rows, "opened_at", start, end)

    @extend_schema(
        operation_id="incident_list",
        parameters=[
            OpenApiParameter("site", OpenApiTypes.UUID),
            OpenApiParameter("camera", OpenApiTypes.UUID),
            OpenApiParameter("feed", OpenApiTypes.UUID),
            OpenApiParameter("rule", OpenApiTypes.UUID),
            OpenApiParameter("severity", str, enum=Severity.values),
            OpenApiParameter("state", str, enum=STATES),
            *WINDOW,
        ],
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)


class IncidentView(APIView):
    @extend_schema(operation_id="incident_get", responses=s.IncidentSerializer)
    def get(self, request: Request, incident_id: uuid.UUID) -> Response:
        """One incident."""
        incident = selectors.incident_get(actor=request.user, incident_id=incident_id)
        return Response(s.IncidentSerializer(incident).data)


class NoteListView(APIView):
    @extend_schema(operation_id="incident_note_list", responses=s.NoteSerializer(many=True))
    def get(self, request: Request, incident_id: uuid.UUID) -> Response:
        """What happened to it, oldest first."""
        incident = selectors.incident_get(actor=request.user, incident_id=incident_id)
        return Response(s.NoteSerializer(selectors.notes_of(incident)[:200], many=True).data)

    @extend_schema(
        operation_id="incident_comment", request=s.CommentSerializer, responses={201: s.NoteSerializer}
    )
    def post(self, request: Request, incident_id: uuid.UUID) -> Response:
        """Add a comment."""
        incident = selectors.incident_get(
            actor=request.user, incident_id=incident_id, at_least=Role.ANNOTATOR
        )
        data = validated(s.CommentSerializer(data=request.data))
        note = incidents.incident_comment(actor=request.user, incident=incident, **data)
        return Response(s.NoteSerializer(note).data, status=201)


class IncidentAcknowledgeView(APIView):
    @extend_schema(operation_id="incident_acknowledge", request=None, responses=s.IncidentSerializer)
    def post(self, request: Request, incident_id: uuid.UUID) -> Response:
        """Say that one looks after it."""
        incident = selectors.incident_get(
            actor=request.user, incident_id=incident_id, at_least=Role.ANNOTATOR
        )
        incident = incidents.incident_acknowledge(actor=request.user, incident=incident)
        return Response(s.IncidentSerializer(incident).data)


class IncidentEscalateView(APIView):
    @extend_schema(operation_id="incident_escalate", request=None, responses=s.IncidentSerializer)
    def post(self, request: Request, incident_id: uuid.UUID) -> Response:
        """Tell those who are told of escalations."""
        incident = selectors.incident_get(
            actor=request.user, incident_id=incident_id, at_least=Role.ANNOTATOR
        )
        incident = incidents.incident_escalate(actor=request.user, incident=incident)
        return Response(s.IncidentSerializer(incident).data)


class IncidentWrongView(APIView):
    @extend_schema(operation_id="incident_wrong", request=None, responses=s.IncidentSerializer)
    def post(self, request: Request, incident_id: uuid.UUID) -> Response:
        """This alert is wrong: its picture becomes a task, so that the model learns."""
        incident = selectors.incident_get(
            actor=request.user, incident_id=incident_id, at_least=Role.ANNOTATOR
        )
        incident = incidents.incident_wrong(actor=request.user, incident=incident)
        return Response(s.IncidentSerializer(incident).data)


class IncidentHoldView(APIView):
    @extend_schema(operation_id="incident_hold", request=s.HoldSerializer, responses=s.IncidentSerializer)
    def post(self, request: Request, incident_id: uuid.UUID) -> Response:
        """Keep its picture and clip whatever the camera's retention says, or let go of them again."""
        incident = selectors.incident_get(actor=request.user, incident_id=incident_id, at_least=Role.MANAGER)
        data = validated(s.HoldSerializer(data=request.data))
        incident = incidents.incident_hold(actor=request.user, incident=incident, **data)
        return Response(s.IncidentSerializer(incident).data)


class IncidentSnapshotView(APIView):
    @extend_schema(operation_id="incident_snapshot", responses={(200, "image/jpeg"): OpenApiTypes.BINARY})
    def get(self, request: Request, incident_id: uuid.UUID) -> HttpResponse:
        """The picture of its opening."""
        incident = selectors.incident_get(actor=request.user, incident_id=incident_id)
        return _file(request, incident.snapshot_key, "image/jpeg")


class IncidentClipView(APIView):
    @extend_schema(operation_id="incident_clip", responses={(200, "video/webm"): OpenApiTypes.BINARY})
    def get(self, request: Request, incident_id: uuid.UUID) -> HttpResponse:
        """The seconds before and after its opening."""
        incident = selectors.incident_get(actor=request.user, incident_id=incident_id)
        return _file(request, incident.clip_key, "video/webm")


def _file(request: Request, key: str, content_type: str) -> HttpResponse:
    """A small stored file, whole or the range a player asks for."""
    if not key:
        raise NotFound("There is none of this incident.")
    content = storage.read_bytes(key)
    headers = {"Accept-Ranges": "bytes", "Cache-Control": "private, max-age=3600"}
    match = _RANGE.match(request.headers.get("Range", ""))
    if match is None:
        return HttpResponse(content, content_type=content_type, headers=headers)
    first, last = int(match[1]), min(int(match[2] or len(content) - 1), len(content) - 1)
    if first > last:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{len(content)}"})
    headers["Content-Range"] = f"bytes {first}-{last}/{len(content)}"
    return HttpResponse(content[first : last + 1], status=206, content_type=content_type, headers=headers)
