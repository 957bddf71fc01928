"""Where the parts of a video meet: looked at by everybody of the project, joined and parted by those who review."""

from __future__ import annotations

import uuid

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.annotation import selectors, services
from backend.annotation.api import seam_serializers as s
from backend.annotation.api.views import valid
from backend.core.enums import Role
from backend.projects import selectors as projects


class VideoSeamsView(APIView):
    @extend_schema(operation_id="video_seams", responses=s.VideoSeamsSerializer)
    def get(self, request: Request, project_id: uuid.UUID, asset_id: uuid.UUID) -> Response:
        """The parts of a video and the seams between them."""
        project = projects.project_get(actor=request.user, project_id=project_id)
        found = selectors.seams_of(actor=request.user, project=project, asset_id=asset_id)
        return Response(s.VideoSeamsSerializer(found).data)


class SeamView(APIView):
    @extend_schema(operation_id="video_seam", responses=s.SeamSerializer)
    def get(self, request: Request, project_id: uuid.UUID, asset_id: uuid.UUID, number: int) -> Response:
        """Which tracks of part `number` and of the next are one object, and which are left over."""
        project = projects.project_get(actor=request.user, project_id=project_id)
        found = selectors.seam_of(actor=request.user, project=project, asset_id=asset_id, number=number)
        return Response(s.SeamSerializer(found).data)

    @extend_schema(operation_id="tracks_link", request=s.TracksLinkSerializer, responses=s.SeamSerializer)
    def put(self, request: Request, project_id: uuid.UUID, asset_id: uuid.UUID, number: int) -> Response:
        """Say of two tracks that they are one object or two, or take that back. The same again changes nothing."""
        project = projects.project_get(actor=request.user, project_id=project_id, at_least=Role.REVIEWER)
        data = valid(s.TracksLinkSerializer(data=request.data))
        services.tracks_link(actor=request.user, project=project, asset_id=asset_id, number=number, **data)
        found = selectors.seam_of(actor=request.user, project=project, asset_id=asset_id, number=number)
        return Response(s.SeamSerializer(found).data)
