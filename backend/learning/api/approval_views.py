"""Auto-approval: promises, how far their proof is, and what managers do with them."""

from __future__ import annotations

import uuid

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.core.enums import Role
from backend.core.http import etag, idempotent, if_match, validated
from backend.learning import selectors
from backend.learning.api import approval_serializers as s
from backend.learning.auto_approval import approval_state, project_approval
from backend.learning.enums import PolicyEvent
from backend.learning.services import approval_policies
from backend.projects import selectors as projects


class ApprovalPoliciesView(APIView):
    @extend_schema(operation_id="approval_policies_list", responses=s.ProjectApprovalSerializer)
    def get(self, request: Request, project_id: uuid.UUID) -> Response:
        """Every policy with its proof, what it did and what checks say; what could be promised beside them."""
        project = projects.project_get(actor=request.user, project_id=project_id)
        return Response(s.ProjectApprovalSerializer(project_approval(project.pk)).data)

    @extend_schema(
        operation_id="approval_policies_make",
        request=s.ApprovalPolicyCreateSerializer,
        responses={201: s.ApprovalPolicySerializer},
    )
    @idempotent
    def post(self, request: Request, project_id: uuid.UUID) -> Response:
        """Begin to collect proof for a promise. It approves nothing before a manager switches it on."""
        project = projects.project_get(actor=request.user, project_id=project_id, at_least=Role.MANAGER)
        asked = validated(s.ApprovalPolicyCreateSerializer(data=request.data))
        policy = approval_policies.policy_make(actor=request.user, project=project, **asked)
        data = s.ApprovalPolicySerializer(approval_state(policy)).data
        return Response(data, status=201, headers={"ETag": etag(policy.version)})


class ApprovalStepView(APIView):
    @extend_schema(
        operation_id="approval_policies_step",
        request=s.ApprovalStepSerializer,
        responses=s.ApprovalPolicySerializer,
        parameters=[OpenApiParameter("If-Match", str, OpenApiParameter.HEADER, required=True)],
    )
    @idempotent
    def post(self, request: Request, policy_id: uuid.UUID) -> Response:
        """Switch a policy on, stop it, take it up again, begin again, or retire it."""
        policy = selectors.policy_get(actor=request.user, policy_id=policy_id, at_least=Role.MANAGER)
        asked = validated(s.ApprovalStepSerializer(data=request.data))
        policy = approval_policies.policy_step(
            actor=request.user,
            policy=policy,
            event=PolicyEvent(asked["event"]),
            base_version=if_match(request),
            take_back=asked["take_back"],
        )
        data = s.ApprovalPolicySerializer(approval_state(policy)).data
        return Response(data, headers={"ETag": etag(policy.version)})
