"""Zones and lines of a feed."""

from __future__ import annotations

import uuid

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.core.enums import Role
from backend.core.http import etag, idempotent, if_match, validated
from backend.feeds import selectors
from backend.feeds.api import marking_serializers as s
from backend.feeds.services import markings

IF_MATCH = OpenApiParameter("If-Match", str, OpenApiParameter.HEADER)


class MarkingListView(APIView):
    @extend_schema(operation_id="marking_list", responses=s.MarkingSerializer(many=True))
    def get(self, request: Request, feed_id: uuid.UUID) -> Response:
        """Zones and lines of a feed, by name."""
        feed = selectors.feed_get(actor=request.user, feed_id=feed_id)
        return Response(s.MarkingSerializer(selectors.markings_of(feed.pk), many=True).data)

    @extend_schema(
        operation_id="marking_create", request=s.MarkingCreateSerializer, responses={201: s.MarkingSerializer}
    )
    @idempotent
    def post(self, request: Request, feed_id: uuid.UUID) -> Response:
        """Draw a zone or a line; the feed's worker takes it up within seconds."""
        feed = selectors.feed_get(actor=request.user, feed_id=feed_id, at_least=Role.MANAGER)
        data = validated(s.MarkingCreateSerializer(data=request.data))
        marking = markings.marking_create(actor=request.user, feed=feed, **data)
        return Response(s.MarkingSerializer(marking).data, status=201)


class MarkingView(APIView):
    @extend_schema(operation_id="marking_get", responses=s.MarkingSerializer)
    def get(self, request: Request, marking_id: uuid.UUID) -> Response:
        """One zone or line."""
        marking = selectors.marking_get(actor=request.user, marking_id=marking_id)
        return Response(s.MarkingSerializer(marking).data, headers={"ETag": etag(marking.version)})

    @extend_schema(
        operation_id="marking_update",
        request=s.MarkingUpdateSerializer,
        responses=s.MarkingSerializer,
        parameters=[IF_MATCH],
    )
    def patch(self, request: Request, marking_id: uuid.UUID) -> Response:
        """Rename it or move its points. If-Match carries the version last seen."""
        marking = selectors.marking_get(actor=request.user, marking_id=marking_id, at_least=Role.MANAGER)
        changes = validated(s.MarkingUpdateSerializer(data=request.data))
        marking = markings.marking_update(
            actor=request.user, marking=marking, changes=changes, base_version=if_match(request)
        )
        return Response(s.MarkingSerializer(marking).data, headers={"ETag": etag(marking.version)})

    @extend_schema(operation_id="marking_delete", responses={204: None})
    def delete(self, request: Request, marking_id: uuid.UUID) -> Response:
        """Remove it."""
        marking = selectors.marking_get(actor=request.user, marking_id=marking_id, at_least=Role.MANAGER)
        markings.marking_delete(actor=request.user, marking=marking)
        return Response(status=204)
