"""Rules of feeds: make, change, mute, try."""

from __future__ import annotations

import json
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
from backend.core.http import etag, idempotent, if_match_unless_switch, validated
from backend.feeds import selectors
from backend.feeds.api import rule_serializers as s
from backend.feeds.services import rules, trials
from backend.projects import selectors as projects
from backend.projects.api.serializers import JobSerializer

IF_MATCH = OpenApiParameter("If-Match", str, OpenApiParameter.HEADER)


def _plain(data: dict[str, Any]) -> dict[str, Any]:
    """Ids as text, as they are stored in JSON."""
    found: dict[str, Any] = json.loads(json.dumps(data, default=str))
    return found


class ProjectRuleListView(APIView):
    @extend_schema(operation_id="rule_list", responses=s.RuleSerializer(many=True))
    def get(self, request: Request, project_id: uuid.UUID) -> Response:
        """Rules of a project's feeds."""
        project = projects.project_get(actor=request.user, project_id=project_id)
        return Response(s.RuleSerializer(selectors.rules_in(project.pk), many=True).data)


class RuleListView(APIView):
    @extend_schema(
        operation_id="rule_create", request=s.RuleWriteSerializer, responses={201: s.RuleSerializer}
    )
    @idempotent
    def post(self, request: Request, feed_id: uuid.UUID) -> Response:
        """Add a rule; the feed's worker takes it up within seconds."""
        feed = selectors.feed_get(actor=request.user, feed_id=feed_id, at_least=Role.MANAGER)
        data = _plain(validated(s.RuleWriteSerializer(data=request.data)))
        rule = rules.rule_create(actor=request.user, feed=feed, given=data)
        return Response(s.RuleSerializer(rule).data, status=201)


class RuleView(APIView):
    @extend_schema(operation_id="rule_get", responses=s.RuleSerializer)
    def get(self, request: Request, rule_id: uuid.UUID) -> Response:
        """One rule."""
        rule = selectors.rule_get(actor=request.user, rule_id=rule_id)
        return Response(s.RuleSerializer(rule).data, headers={"ETag": etag(rule.version)})

    @extend_schema(
        operation_id="rule_update",
        request=s.RuleWriteSerializer(partial=True),
        responses=s.RuleSerializer,
        parameters=[IF_MATCH],
    )
    def patch(self, request: Request, rule_id: uuid.UUID) -> Response:
        """Change it. If-Match carries the version last seen; only `enabled` alone may go without."""
        rule = selectors.rule_get(actor=request.user, rule_id=rule_id, at_least=Role.MANAGER)
        data = _plain(validated(s.RuleWriteSerializer(data=request.data, partial=True)))
        base = if_match_unless_switch(request, data, ("enabled",))
        rule = rules.rule_update(actor=request.user, rule=rule, changes=data, base_version=base)
        return Response(s.RuleSerializer(rule).data, headers={"ETag": etag(rule.version)})

    @extend_schema(operation_id="rule_delete", responses={204: None})
    def delete(self, request: Request, rule_id: uuid.UUID) -> Response:
        """Remove it; its incidents stay."""
        rule = selectors.rule_get(actor=request.user, rule_id=rule_id, at_least=Role.MANAGER)
        rules.rule_delete(actor=request.user, rule=rule)
        return Response(status=204)


class RuleMuteView(APIView):
    @extend_schema(operation_id="rule_mute", request=s.MuteSerializer, responses=s.RuleSerializer)
    def post(self, request: Request, rule_id: uuid.UUID) -> Response:
        """Record its incidents without an alert for so many minutes; 0 ends that."""
        rule = selectors.rule_get(actor=request.user, rule_id=rule_id, at_least=Role.REVIEWER)
        data = validated(s.MuteSerializer(data=request.data))
        return Response(s.RuleSerializer(rules.rule_mute(actor=request.user, rule=rule, **data)).data)


class RuleTrialView(APIView):
    @extend_schema(operation_id="rule_trial", request=s.TrialSerializer, responses={202: JobSerializer})
    def post(self, request: Request, feed_id: uuid.UUID) -> Response:
        """Try a rule on recorded footage; the job's result lists what it would have opened."""
        feed = selectors.feed_get(actor=request.user, feed_id=feed_id, at_least=Role.MANAGER)
        data = validated(s.TrialSerializer(data=request.data))
        asset_id = data.pop("asset_id")
        job = trials.trial_start(actor=request.user, feed=feed, given=_plain(data), asset_id=asset_id)
        return Response(JobSerializer(job).data, status=202)


class TrialPictureView(APIView):
    @extend_schema(operation_id="rule_trial_picture", responses={(200, "image/jpeg"): OpenApiTypes.BINARY})
    def get(self, request: Request, feed_id: uuid.UUID, job_id: uuid.UUID, index: int) -> HttpResponse:
        """The picture of one incident that a trial would have opened."""
        feed = selectors.feed_get(actor=request.user, feed_id=feed_id)
        try:
            jpeg = storage.read_bytes(trials.picture_key(feed.pk, job_id, index))
        except OSError as error:
            raise NotFound("This picture is gone: a newer trial took its place.") from error
        return HttpResponse(
            jpeg, content_type="image/jpeg", headers={"Cache-Control": "private, max-age=3600"}
        )
