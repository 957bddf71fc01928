"""Calibrating cameras: stills, drafts, versions. The site's door: a camera is its site's, whoever's project shows it."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.core import storage
from backend.core.enums import Role
from backend.core.errors import NotFound
from backend.core.http import etag, idempotent, if_match, validated
from backend.feeds import selectors
from backend.feeds.api import calibration_serializers as s
from backend.feeds.api.serializers import FeedSerializer
from backend.feeds.domain.calibrating import FloorDraft, draft_solve
from backend.feeds.domain.floor_drawing import floor_drawing
from backend.feeds.services import calibrations
from backend.sites import selectors as sites

IF_MATCH = [OpenApiParameter("If-Match", str, OpenApiParameter.HEADER)]


def _draft(request: Request, camera_id: uuid.UUID) -> tuple[FloorDraft, Any]:
    data = validated(s.FloorDraftSerializer(data=request.data))
    still = selectors.still_get(actor=request.user, still_id=data["still_id"], camera_id=camera_id)
    return FloorDraft.parse(data, (still.width, still.height)), still


class StillTakeView(APIView):
    @extend_schema(operation_id="still_take", request=None, responses={201: s.StillSerializer})
    def post(self, request: Request, feed_id: uuid.UUID) -> Response:
        """Keep the newest picture of a feed to calibrate its camera on."""
        feed = selectors.feed_get(actor=request.user, feed_id=feed_id, at_least=Role.MANAGER)
        still = calibrations.still_take(actor=request.user, feed=feed)
        return Response(s.StillSerializer(still).data, status=201)


class StillPictureView(APIView):
    @extend_schema(operation_id="still_picture", responses={(200, "image/jpeg"): OpenApiTypes.BINARY})
    def get(self, request: Request, still_id: uuid.UUID) -> HttpResponse:
        """The picture of a still."""
        still = selectors.still_get(actor=request.user, still_id=still_id)
        if not still.storage_key:
            raise NotFound(
                "This picture's time was over, so it was deleted. Take a new one; your points stay."
            )
        headers = {"Cache-Control": "private, max-age=86400", "X-Content-Type-Options": "nosniff"}
        return HttpResponse(storage.read_bytes(still.storage_key), content_type="image/jpeg", headers=headers)


class CameraFeedListView(APIView):
    @extend_schema(operation_id="camera_feed_list", responses=FeedSerializer(many=True))
    def get(self, request: Request, camera_id: uuid.UUID) -> Response:
        """Feeds that show this camera, of projects one may see."""
        camera = sites.camera_get(actor=request.user, camera_id=camera_id)
        rows = selectors.feeds_of_camera(actor=request.user, camera_id=camera.pk)
        return Response(FeedSerializer(rows, many=True).data)


class CalibrationListView(APIView):
    @extend_schema(operation_id="calibration_list", responses=s.CalibrationSerializer(many=True))
    def get(self, request: Request, camera_id: uuid.UUID) -> Response:
        """Versions of a camera's calibration, newest first; the ETag is what a save sends as If-Match."""
        camera = sites.camera_get(actor=request.user, camera_id=camera_id)
        rows = list(selectors.calibrations_of(camera.pk)[:200])
        number = rows[0].number if rows else 0
        return Response(s.CalibrationSerializer(rows, many=True).data, headers={"ETag": etag(number)})

    @extend_schema(
        operation_id="calibration_save",
        request=s.FloorDraftSerializer,
        responses={201: s.CalibrationSerializer},
        parameters=IF_MATCH,
    )
    @idempotent
    def post(self, request: Request, camera_id: uuid.UUID) -> Response:
        """Save a draft as the version that holds from now on. If-Match: the newest number seen, 0 for none."""
        sites.camera_get(actor=request.user, camera_id=camera_id, at_least=Role.MANAGER)
        draft, still = _draft(request, camera_id)
        version = calibrations.calibration_save(
            actor=request.user, still=still, draft=draft, base_number=if_match(request)
        )
        return Response(
            s.CalibrationSerializer(version).data, status=201, headers={"ETag": etag(version.number)}
        )


class CalibrationSolveView(APIView):
    @extend_schema(
        operation_id="calibration_solve",
        request=s.FloorDraftSerializer,
        responses=s.SolvedFloorSerializer,
    )
    def post(self, request: Request, camera_id: uuid.UUID) -> Response:
        """What a draft means: errors, lens, grid, hull, how sure each place is. Nothing is stored."""
        sites.camera_get(actor=request.user, camera_id=camera_id)
        draft, _still = _draft(request, camera_id)
        return Response(s.SolvedFloorSerializer(floor_drawing(draft, draft_solve(draft))).data)


class CalibrationEndView(APIView):
    @extend_schema(operation_id="calibration_end", request=None, responses=s.CalibrationSerializer)
    def post(self, request: Request, calibration_id: uuid.UUID) -> Response:
        """End a version's validity: the camera shows no metres until it is calibrated again."""
        version = selectors.calibration_get(
            actor=request.user, calibration_id=calibration_id, at_least=Role.MANAGER
        )
        ended = calibrations.calibration_end(actor=request.user, version=version)
        return Response(s.CalibrationSerializer(ended).data)


class CalibrationRestoreView(APIView):
    @extend_schema(
        operation_id="calibration_restore",
        request=None,
        responses={201: s.CalibrationSerializer},
        parameters=IF_MATCH,
    )
    def post(self, request: Request, calibration_id: uuid.UUID) -> Response:
        """Let an old version hold again, as a new one. If-Match: the newest number seen."""
        version = selectors.calibration_get(
            actor=request.user, calibration_id=calibration_id, at_least=Role.MANAGER
        )
        restored = calibrations.calibration_restore(
            actor=request.user, version=version, base_number=if_match(request)
        )
        return Response(
            s.CalibrationSerializer(restored).data, status=201, headers={"ETag": etag(restored.number)}
        )


class CalibrationLookedView(APIView):
    @extend_schema(
        operation_id="calibration_looked",
        request=s.LookedSerializer,
        responses=s.CalibrationSerializer,
    )
    def post(self, request: Request, calibration_id: uuid.UUID) -> Response:
        """Somebody saw that the floor still lies right on a new still: metres are shown again."""
        version = selectors.calibration_get(
            actor=request.user, calibration_id=calibration_id, at_least=Role.MANAGER
        )
        data = validated(s.LookedSerializer(data=request.data))
        still = selectors.still_get(
            actor=request.user, still_id=data["still_id"], camera_id=version.camera_id
        )
        looked = calibrations.calibration_looked(actor=request.user, version=version, still=still)
        return Response(s.CalibrationSerializer(looked).data)
