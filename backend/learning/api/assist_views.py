"""The annotator's assist on an open task."""

from __future__ import annotations

import uuid

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import ScopedRateThrottle
from rest_framework.views import APIView

from backend.annotation import selectors as annotation
from backend.core.enums import Role
from backend.learning.api import serializers as s
from backend.learning.services import assist


class AssistEncodeView(APIView):
    throttle_scope = "assist"
    throttle_classes = [ScopedRateThrottle]

    @extend_schema(operation_id="assist_encode", request=None, responses=s.AssistStateSerializer)
    def post(self, request: Request, task_id: uuid.UUID) -> Response:
        """Get the picture ready for clicks, and tell how far it is."""
        task = annotation.task_get(actor=request.user, task_id=task_id, at_least=Role.ANNOTATOR)
        return Response(assist.encode_state(asset_id=task.asset_id))


class AssistDecodeView(APIView):
    throttle_scope = "assist"
    throttle_classes = [ScopedRateThrottle]

    @extend_schema(
        operation_id="assist_decode", request=s.AssistDecodeSerializer, responses=s.AssistAnswerSerializer
    )
    def post(self, request: Request, task_id: uuid.UUID) -> Response:
        """Clicks or a box in, polygons out, best first."""
        task = annotation.task_get(actor=request.user, task_id=task_id, at_least=Role.ANNOTATOR)
        serializer = s.AssistDecodeSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        return Response(assist.decode(asset_id=task.asset_id, prompt=serializer.validated_data))
