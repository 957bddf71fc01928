"""Feeds: list, add, change, watch what happened."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.annotation import selectors as annotation
from backend.core.enums import Role
from backend.core.errors import NotFound
from backend.core.http import etag, idempotent, if_match_unless_switch, validated
from backend.feeds import overview, selectors
from backend.feeds.api import serializers as s
from backend.feeds.enums import FeedEventKind
from backend.feeds.services import captures, registry, trial
from backend.feeds.services.stills import camera_still, still_get
from backend.projects import selectors as projects
from backend.sites import selectors as sites

FEED_SWITCHES = ("enabled",)


def _camera(request: Request, camera_id: uuid.UUID | None) -> Any:
    return sites.camera_get(actor=request.user, camera_id=camera_id) if camera_id else None


class FeedListView(APIView):
    @extend_schema(operation_id="feed_list", responses=s.FeedSerializer(many=True))
    def get(self, request: Request, project_id: uuid.UUID) -> Response:
        """Feeds of a project with their state and figures."""
        project = projects.project_get(actor=request.user, project_id=project_id)
        return Response(s.FeedSerializer(selectors.feeds_of(project.pk), many=True).data)

    @extend_schema(
        operation_id="feed_create", request=s.FeedCreateSerializer, responses={201: s.FeedSerializer}
    )
    @idempotent
    def post(self, request: Request, project_id: uuid.UUID) -> Response:
        """Add a feed; a worker opens it within seconds."""
        project = projects.project_get(actor=request.user, project_id=project_id, at_least=Role.MANAGER)
        data = validated(s.FeedCreateSerializer(data=request.data))
        camera = _camera(request, data.pop("camera_id"))
        given = dict(data.pop("settings", {}))
        feed = registry.feed_create(actor=request.user, project=project, camera=camera, given=given, **data)
        return Response(s.FeedSerializer(feed).data, status=201)


class FeedView(APIView):
    @extend_schema(operation_id="feed_get", responses=s.FeedSerializer)
    def get(self, request: Request, feed_id: uuid.UUID) -> Response:
        """One feed."""
        feed = selectors.feed_get(actor=request.user, feed_id=feed_id)
        return Response(s.FeedSerializer(feed).data, headers={"ETag": etag(feed.version)})

    @extend_schema(
        operation_id="feed_update",
        request=s.FeedUpdateSerializer,
        responses=s.FeedSerializer,
        parameters=[OpenApiParameter("If-Match", str, OpenApiParameter.HEADER)],
    )
    def patch(self, request: Request, feed_id: uuid.UUID) -> Response:
        """Rename, pause, resume, change settings or say which camera it shows.

        If-Match carries the version last seen; only `enabled` alone may go without.
        """
        feed = selectors.feed_get(actor=request.user, feed_id=feed_id, at_least=Role.MANAGER)
        changes = validated(s.FeedUpdateSerializer(data=request.data))
        if "settings" in changes:
            changes["settings"] = dict(changes["settings"])
        base = if_match_unless_switch(request, changes, FEED_SWITCHES)
        if "camera_id" in changes:
            changes["camera"] = _camera(request, changes.pop("camera_id"))
        feed = registry.feed_update(actor=request.user, feed=feed, changes=changes, base_version=base)
        return Response(s.FeedSerializer(feed).data, headers={"ETag": etag(feed.version)})

    @extend_schema(operation_id="feed_delete", responses={204: None})
    def delete(self, request: Request, feed_id: uuid.UUID) -> Response:
        """Remove a feed; pictures it sent back stay."""
        feed = selectors.feed_get(actor=request.user, feed_id=feed_id, at_least=Role.MANAGER)
        registry.feed_delete(actor=request.user, feed=feed)
        return Response(status=204)


class SourceTestView(APIView):
    @extend_schema(
        operation_id="source_test", request=s.SourceTestSerializer, responses=s.SourceFoundSerializer
    )
    def post(self, request: Request, project_id: uuid.UUID) -> Response:
        """Open a source and show a still of it, or say what is wrong. Nothing is stored."""
        projects.project_get(actor=request.user, project_id=project_id, at_least=Role.MANAGER)
        data = validated(s.SourceTestSerializer(data=request.data))
        camera_id = data["camera_id"]
        if camera_id:
            sites.camera_get(actor=request.user, camera_id=camera_id)
        found = trial.source_try(kind=data["source_kind"], source=data["source"], camera_id=camera_id)
        return Response(s.SourceFoundSerializer(found).data)


class FeedRestartView(APIView):
    @extend_schema(operation_id="feed_restart", request=None, responses=s.FeedSerializer)
    def post(self, request: Request, feed_id: uuid.UUID) -> Response:
        """Open the source again from its start."""
        feed = selectors.feed_get(actor=request.user, feed_id=feed_id, at_least=Role.MANAGER)
        return Response(s.FeedSerializer(registry.feed_restart(actor=request.user, feed=feed)).data)


class FeedEventListView(ListAPIView):
    """What happened on a feed, newest first; `kind`, which may be repeated, leaves the others out."""

    serializer_class = s.FeedEventSerializer

    def get_queryset(self) -> Any:
        feed = selectors.feed_get(actor=self.request.user, feed_id=self.kwargs["feed_id"])
        rows = selectors.events_of(feed, self.request.query_params.getlist("kind"))
        start, end = s.window_of(self.request)
        return selectors.within(rows, "at", start, end)

    @extend_schema(
        operation_id="feed_event_list",
        parameters=[OpenApiParameter("kind", str, enum=FeedEventKind.values, many=True), *s.WINDOW],
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)


class CaptureListView(ListAPIView):
    """Frames a feed sent back, newest first."""

    serializer_class = s.CaptureSerializer

    def get_queryset(self) -> Any:
        feed = selectors.feed_get(actor=self.request.user, feed_id=self.kwargs["feed_id"])
        start, end = s.window_of(self.request)
        return selectors.within(selectors.captures_of(feed), "created_at", start, end)

    @extend_schema(operation_id="capture_list", parameters=s.WINDOW)
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)


class FeedMissedView(APIView):
    @extend_schema(
        operation_id="feed_missed", request=s.MissedSerializer, responses={201: s.CaptureSerializer}
    )
    def post(self, request: Request, feed_id: uuid.UUID) -> Response:
        """The model missed something in the picture shown: make a task of it."""
        feed = selectors.feed_get(actor=request.user, feed_id=feed_id, at_least=Role.ANNOTATOR)
        time_s = validated(s.MissedSerializer(data=request.data))["time_s"]
        capture = captures.missed_store(actor=request.user, feed=feed, time_s=time_s)
        return Response(s.CaptureSerializer(capture).data, status=201)


class FeedSnapshotView(APIView):
    @extend_schema(operation_id="feed_snapshot", responses={(200, "image/jpeg"): OpenApiTypes.BINARY})
    def get(self, request: Request, feed_id: uuid.UUID) -> HttpResponse:
        """The newest picture of a feed, if there is one of the last hour."""
        feed = selectors.feed_get(actor=request.user, feed_id=feed_id)
        jpeg = still_get(feed.pk)
        if jpeg is None:
            raise NotFound("This feed has shown no picture within the last hour.")
        return HttpResponse(jpeg, content_type="image/jpeg", headers={"Cache-Control": "no-store"})


class FeedStatusView(APIView):
    @extend_schema(operation_id="feed_status", responses=s.FloorStatusSerializer)
    def get(self, request: Request, feed_id: uuid.UUID) -> Response:
        """How many people are in view now, how many too near to each other, and the shortest distance."""
        feed = selectors.feed_get(actor=request.user, feed_id=feed_id)
        status = selectors.floor_status(feed)
        if status is None:
            raise NotFound("This feed is not running, so there is nothing to count.")
        return Response(s.FloorStatusSerializer(status).data, headers={"Cache-Control": "no-store"})


class CameraStillView(APIView):
    @extend_schema(operation_id="camera_still", responses={(200, "image/jpeg"): OpenApiTypes.BINARY})
    def get(self, request: Request, camera_id: uuid.UUID) -> HttpResponse:
        """What a camera shows, or a picture stored from it: to draw on."""
        camera = sites.camera_get(actor=request.user, camera_id=camera_id, at_least=Role.MANAGER)
        jpeg = camera_still(camera.pk)
        if jpeg is None:
            raise NotFound("There is no picture of this camera yet.")
        return HttpResponse(jpeg, content_type="image/jpeg", headers={"Cache-Control": "no-store"})


class OverviewView(APIView):
    @extend_schema(operation_id="project_overview", responses=s.OverviewSerializer)
    def get(self, request: Request, project_id: uuid.UUID) -> Response:
        """The loop's state in one project."""
        project = projects.project_get(actor=request.user, project_id=project_id)
        return Response(s.OverviewSerializer(overview.overview(project.pk)).data)


class HomeView(APIView):
    @extend_schema(operation_id="home", responses=s.HomeSerializer)
    def get(self, request: Request) -> Response:
        """What waits for oneself, and every loop's state."""
        counts = annotation.work_counts(request.user)
        rows = [
            {
                "id": project.pk,
                "name": project.name,
                "is_demo": project.is_demo,
                "my_role": projects.project_role(actor=request.user, project=project) or "",
                "overview": overview.overview(project.pk),
            }
            for project in projects.projects_of(request.user).filter(archived_at=None).order_by("name")[:20]
        ]
        body = {
            "to_label": counts.to_label,
            "to_review": counts.to_review,
            "returned": counts.returned,
            "projects": rows,
        }
        return Response(s.HomeSerializer(body).data)
