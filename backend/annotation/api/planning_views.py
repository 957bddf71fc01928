"""Planning who does what, for those who manage a project; the forecast; and everybody's own part."""

from __future__ import annotations

import uuid

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.annotation.api import planning_serializers as s
from backend.annotation.api.views import IDEMPOTENCY_KEY, valid
from backend.annotation.models import WorkPlan
from backend.annotation.selectors import plans as selectors
from backend.annotation.selectors.forecast import finish_forecast
from backend.annotation.services import plans as services
from backend.annotation.services.plan_apply import plan_apply
from backend.core.enums import Role
from backend.core.http import etag, idempotent, if_match
from backend.projects import selectors as projects
from backend.projects.api.serializers import JobSerializer


class PlanningView(APIView):
    @extend_schema(operation_id="planning", responses=s.PlanningSerializer)
    def get(self, request: Request, project_id: uuid.UUID) -> Response:
        """People with their time, the open work, the newest plan, and when the work may be done."""
        project = projects.project_get(actor=request.user, project_id=project_id, at_least=Role.MANAGER)
        return Response(s.PlanningSerializer(selectors.planning_of(project)).data)


class PlanningPersonView(APIView):
    @extend_schema(
        operation_id="capacity_set",
        parameters=[
            OpenApiParameter(
                "If-Match",
                str,
                OpenApiParameter.HEADER,
                required=True,
                description="The version last seen, quoted.",
            )
        ],
        request=s.CapacitySerializer,
        responses=s.PlanningPersonSerializer,
    )
    def put(self, request: Request, project_id: uuid.UUID, user_id: uuid.UUID) -> Response:
        """Say how long a person works on this project each day, and which labels they are set up for."""
        project = projects.project_get(actor=request.user, project_id=project_id, at_least=Role.MANAGER)
        version = if_match(request)
        data = valid(s.CapacitySerializer(data=request.data))
        labels = data["label_ids"]
        person = services.capacity_set(
            actor=request.user,
            project=project,
            user_id=user_id,
            minutes_per_day=data["minutes_per_day"],
            label_ids=None if labels is None else {str(each) for each in labels},
            base_version=version,
        )
        return Response(s.PlanningPersonSerializer(person).data, headers={"ETag": etag(person.version)})


class PlansView(APIView):
    @extend_schema(
        operation_id="plan_request",
        parameters=[IDEMPOTENCY_KEY],
        request=s.PlanRequestSerializer,
        responses={202: JobSerializer},
    )
    @idempotent
    def post(self, request: Request, project_id: uuid.UUID) -> Response:
        """Have the open work planned, in the background."""
        project = projects.project_get(actor=request.user, project_id=project_id, at_least=Role.MANAGER)
        data = valid(s.PlanRequestSerializer(data=request.data))
        job = services.plan_request(actor=request.user, project=project, **data)
        return Response(JobSerializer(job).data, status=202)


def _answer(plan: WorkPlan) -> Response:
    return Response(s.PlanSerializer(selectors.plan_view(plan)).data)


class PlanApplyView(APIView):
    @extend_schema(operation_id="plan_apply", request=None, responses=s.PlanSerializer)
    def post(self, request: Request, plan_id: uuid.UUID) -> Response:
        """Hand the plan's pictures out; what changed since is refused, one by one. Again is the same."""
        plan = selectors.plan_get(actor=request.user, plan_id=plan_id)
        return _answer(plan_apply(actor=request.user, plan_id=plan.pk))


class PlanDropView(APIView):
    @extend_schema(operation_id="plan_drop", request=None, responses=s.PlanSerializer)
    def post(self, request: Request, plan_id: uuid.UUID) -> Response:
        """Throw a proposal away. Again is the same."""
        plan = selectors.plan_get(actor=request.user, plan_id=plan_id)
        return _answer(services.plan_drop(actor=request.user, plan_id=plan.pk))


class ForecastView(APIView):
    @extend_schema(operation_id="forecast", responses=s.FinishSerializer)
    def get(self, request: Request, project_id: uuid.UUID) -> Response:
        """When the open pictures may all be approved, going by the last days."""
        project = projects.project_get(actor=request.user, project_id=project_id)
        return Response(s.FinishSerializer(finish_forecast(project)).data)


class OwnPartView(APIView):
    @extend_schema(operation_id="own_part", responses=s.OwnPartSerializer(many=True))
    def get(self, request: Request) -> Response:
        """What is one's own to label and to review, by project and day."""
        return Response(s.OwnPartSerializer(selectors.own_part(request.user), many=True).data)
