"""Following an object through an open video."""

from __future__ import annotations

import uuid

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.annotation import selectors as annotation
from backend.core.enums import Role
from backend.core.http import idempotent, validated
from backend.learning.api import follow_serializers as s
from backend.learning.services import follows


class FollowListView(APIView):
    @extend_schema(
        operation_id="follow_start", request=s.FollowStartSerializer, responses={202: s.FollowSerializer}
    )
    @idempotent
    def post(self, request: Request, task_id: uuid.UUID) -> Response:
        """Follow an object from a keyframe, forwards or backwards, in the background; its job may be cancelled."""
        task = annotation.task_get(actor=request.user, task_id=task_id, at_least=Role.ANNOTATOR)
        asked = validated(s.FollowStartSerializer(data=request.data))
        follow = follows.follow_start(actor=request.user, task=task, asked=asked)
        return Response(s.FollowSerializer(s.follow_row(follow)).data, status=202)


class FollowView(APIView):
    @extend_schema(
        operation_id="follow_get", parameters=[s.FollowedSoFarSerializer], responses=s.FollowSerializer
    )
    def get(self, request: Request, follow_id: uuid.UUID) -> Response:
        """How far it is, and the keyframes found since."""
        follow = follows.follow_get(actor=request.user, follow_id=follow_id)
        has = validated(s.FollowedSoFarSerializer(data=request.query_params))
        return Response(s.FollowSerializer(s.follow_row(follow, **has)).data)
