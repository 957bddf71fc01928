"""A model on its way to production, and back."""

from __future__ import annotations

import uuid

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.core.enums import Role
from backend.core.http import etag, if_match, validated
from backend.learning import selectors
from backend.learning.api import rollout_serializers as s
from backend.learning.enums import RolloutEvent
from backend.learning.rollouts import RolloutState, rollout_state
from backend.learning.services import rollout


def _answer(state: RolloutState) -> Response:
    return Response(s.RolloutSerializer(state).data, headers={"ETag": etag(state.version)})


class RolloutView(APIView):
    @extend_schema(operation_id="model_rollout", responses=s.RolloutSerializer)
    def get(self, request: Request, model_id: uuid.UUID) -> Response:
        """Where a model stands on its way to production, what may be done, and how it does beside production."""
        return _answer(rollout_state(selectors.model_get(actor=request.user, model_id=model_id)))

    @extend_schema(
        operation_id="model_rollout_step",
        request=s.RolloutStepTakeSerializer,
        responses=s.RolloutSerializer,
        parameters=[OpenApiParameter("If-Match", str, OpenApiParameter.HEADER, required=True)],
    )
    def post(self, request: Request, model_id: uuid.UUID) -> Response:
        """Let it look along (shadow), answer for a part (canary) or for all, take it back, or roll production back."""
        model = selectors.model_get(actor=request.user, model_id=model_id, at_least=Role.SCIENTIST)
        base = if_match(request)
        data = validated(s.RolloutStepTakeSerializer(data=request.data))
        model = rollout.rollout_step(
            actor=request.user,
            model=model,
            event=RolloutEvent(data["event"]),
            share=data["share"],
            base_version=base,
        )
        return _answer(rollout_state(model))
