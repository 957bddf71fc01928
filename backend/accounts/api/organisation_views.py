"""People of an organisation."""

from __future__ import annotations

import uuid

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.accounts import selectors, services
from backend.accounts.api import serializers as s
from backend.core.enums import Role
from backend.core.http import idempotent


def _role(value: str) -> Role | None:
    return Role(value) if value else None


class MemberListView(APIView):
    @extend_schema(operation_id="member_list", responses=s.MemberSerializer(many=True))
    def get(self, request: Request, organisation_id: uuid.UUID) -> Response:
        """Members with their roles on the whole organisation."""
        organisation = selectors.organisation_get(actor=request.user, organisation_id=organisation_id)
        return Response(s.MemberSerializer(selectors.members_of(organisation.pk), many=True).data)

    @extend_schema(
        operation_id="member_add", request=s.InvitationSerializer, responses={201: s.MemberSerializer}
    )
    @idempotent
    def post(self, request: Request, organisation_id: uuid.UUID) -> Response:
        """Add somebody who has an account."""
        organisation = selectors.organisation_get(
            actor=request.user, organisation_id=organisation_id, at_least=Role.MANAGER
        )
        serializer = s.InvitationSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        data = serializer.validated_data
        membership = services.member_add(
            actor=request.user, organisation=organisation, email=data["email"], role=_role(data["role"])
        )
        return Response(s.MemberSerializer(membership).data, status=201)


class MemberView(APIView):
    @extend_schema(operation_id="member_update", request=s.MemberRoleSerializer, responses=s.MemberSerializer)
    def patch(self, request: Request, organisation_id: uuid.UUID, user_id: uuid.UUID) -> Response:
        """Change a member's role."""
        organisation = selectors.organisation_get(
            actor=request.user, organisation_id=organisation_id, at_least=Role.MANAGER
        )
        serializer = s.MemberRoleSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        role = _role(serializer.validated_data["role"])
        membership = services.member_update(
            actor=request.user, organisation=organisation, user_id=user_id, role=role
        )
        return Response(s.MemberSerializer(membership).data)

    @extend_schema(operation_id="member_remove", responses={204: None})
    def delete(self, request: Request, organisation_id: uuid.UUID, user_id: uuid.UUID) -> Response:
        """Take somebody out of the organisation."""
        organisation = selectors.organisation_get(
            actor=request.user, organisation_id=organisation_id, at_least=Role.MANAGER
        )
        services.member_remove(actor=request.user, organisation=organisation, user_id=user_id)
        return Response(status=204)


class InvitationView(APIView):
    @extend_schema(
        operation_id="invitation_create", request=s.InvitationSerializer, responses={201: s.PathSerializer}
    )
    def post(self, request: Request, organisation_id: uuid.UUID) -> Response:
        """Make an invitation link; it is shown once and works once."""
        organisation = selectors.organisation_get(
            actor=request.user, organisation_id=organisation_id, at_least=Role.MANAGER
        )
        serializer = s.InvitationSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        data = serializer.validated_data
        link = services.invitation_create(
            actor=request.user, organisation=organisation, email=data["email"], role=_role(data["role"])
        )
        return Response({"link": link}, status=201)


class ResetLinkView(APIView):
    @extend_schema(operation_id="reset_link_create", request=None, responses={201: s.PathSerializer})
    def post(self, request: Request, organisation_id: uuid.UUID, user_id: uuid.UUID) -> Response:
        """Make a password-reset link for a member."""
        organisation = selectors.organisation_get(
            actor=request.user, organisation_id=organisation_id, at_least=Role.ADMIN
        )
        link = services.reset_link_create(actor=request.user, organisation=organisation, user_id=user_id)
        return Response({"link": link}, status=201)
