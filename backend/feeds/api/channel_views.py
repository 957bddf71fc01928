"""Where a project's alerts go, and what became of them."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.core.enums import Role
from backend.core.http import etag, idempotent, if_match, validated
from backend.feeds.api import incident_serializers as s
from backend.notify import selectors as notify_selectors
from backend.notify import services as notify
from backend.projects import selectors as projects

if TYPE_CHECKING:
    from backend.notify.models import AlertChannel

IF_MATCH = OpenApiParameter("If-Match", str, OpenApiParameter.HEADER)


def _channel(request: Request, channel_id: uuid.UUID) -> AlertChannel:
    channel = notify_selectors.channel_find(channel_id)
    projects.project_get(actor=request.user, project_id=channel.project_id, at_least=Role.MANAGER)
    return channel


class ChannelListView(APIView):
    @extend_schema(operation_id="channel_list", responses=s.ChannelSerializer(many=True))
    def get(self, request: Request, project_id: uuid.UUID) -> Response:
        """Where alerts of the project go."""
        project = projects.project_get(actor=request.user, project_id=project_id, at_least=Role.MANAGER)
        return Response(s.ChannelSerializer(notify_selectors.channels_of(project.pk), many=True).data)

    @extend_schema(
        operation_id="channel_create", request=s.ChannelWriteSerializer, responses={201: s.ChannelSerializer}
    )
    @idempotent
    def post(self, request: Request, project_id: uuid.UUID) -> Response:
        """Add a webhook or e-mail addresses."""
        project = projects.project_get(actor=request.user, project_id=project_id, at_least=Role.MANAGER)
        data = validated(s.ChannelWriteSerializer(data=request.data))
        channel = notify.channel_create(
            actor=request.user, organisation_id=project.organisation_id, project_id=project.pk, given=data
        )
        return Response(s.ChannelSerializer(channel).data, status=201)


class ChannelView(APIView):
    @extend_schema(
        operation_id="channel_update",
        request=s.ChannelWriteSerializer(partial=True),
        responses=s.ChannelSerializer,
        parameters=[IF_MATCH],
    )
    def patch(self, request: Request, channel_id: uuid.UUID) -> Response:
        """Change it. If-Match carries the version last seen."""
        channel = _channel(request, channel_id)
        data = validated(s.ChannelWriteSerializer(data=request.data, partial=True))
        channel = notify.channel_update(
            actor=request.user, channel=channel, changes=data, base_version=if_match(request)
        )
        return Response(s.ChannelSerializer(channel).data, headers={"ETag": etag(channel.version)})

    @extend_schema(operation_id="channel_delete", responses={204: None})
    def delete(self, request: Request, channel_id: uuid.UUID) -> Response:
        """Remove it with its log."""
        notify.channel_delete(actor=request.user, channel=_channel(request, channel_id))
        return Response(status=204)


class ChannelSecretView(APIView):
    @extend_schema(operation_id="channel_secret", responses=s.ChannelSecretSerializer)
    def get(self, request: Request, channel_id: uuid.UUID) -> Response:
        """What a webhook's receiver checks signatures with."""
        return Response({"secret": notify.channel_secret(_channel(request, channel_id))})


class ChannelTestView(APIView):
    @extend_schema(operation_id="channel_test", request=None, responses={202: s.DeliverySerializer})
    def post(self, request: Request, channel_id: uuid.UUID) -> Response:
        """Send a test alert."""
        delivery = notify.channel_test(actor=request.user, channel=_channel(request, channel_id))
        return Response(s.DeliverySerializer(delivery).data, status=202)


class DeliveryListView(ListAPIView):
    """What was sent to a channel, newest first."""

    serializer_class = s.DeliverySerializer

    def get_queryset(self) -> Any:
        return notify_selectors.deliveries_of(_channel(self.request, self.kwargs["channel_id"]))

    @extend_schema(operation_id="delivery_list")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)
