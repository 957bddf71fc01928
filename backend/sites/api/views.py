"""Sites, their cameras and their people."""

from __future__ import annotations

import uuid

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.accounts import selectors as accounts
from backend.core.api.serializers import RoleSerializer
from backend.core.enums import Role
from backend.core.http import etag, idempotent, if_match, validated
from backend.sites import selectors, services
from backend.sites.api import serializers as s


class SiteListView(APIView):
    @extend_schema(operation_id="site_list", responses=s.SiteSerializer(many=True))
    def get(self, request: Request) -> Response:
        """Sites one may see, with their cameras."""
        rows = (
            selectors.sites_of(request.user)
            .select_related("region")
            .prefetch_related("cameras")
            .order_by("name")
        )
        return Response(s.SiteSerializer(rows, many=True).data)

    @extend_schema(
        operation_id="site_create", request=s.SiteCreateSerializer, responses={201: s.SiteSerializer}
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Add a site."""
        data = validated(s.SiteCreateSerializer(data=request.data))
        accounts.organisation_get(
            actor=request.user, organisation_id=data["organisation_id"], at_least=Role.MANAGER
        )
        return Response(s.SiteSerializer(services.site_create(actor=request.user, **data)).data, status=201)


class SiteView(APIView):
    @extend_schema(operation_id="site_get", responses=s.SiteSerializer)
    def get(self, request: Request, site_id: uuid.UUID) -> Response:
        """One site."""
        return Response(s.SiteSerializer(selectors.site_get(actor=request.user, site_id=site_id)).data)

    @extend_schema(operation_id="site_update", request=s.SiteUpdateSerializer, responses=s.SiteSerializer)
    def patch(self, request: Request, site_id: uuid.UUID) -> Response:
        """Rename a site or change its time zone."""
        site = selectors.site_get(actor=request.user, site_id=site_id, at_least=Role.MANAGER)
        data = validated(s.SiteUpdateSerializer(data=request.data))
        return Response(
            s.SiteSerializer(services.site_update(actor=request.user, site=site, changes=data)).data
        )


class CameraListView(APIView):
    @extend_schema(operation_id="camera_list", responses=s.CameraSerializer(many=True))
    def get(self, request: Request, site_id: uuid.UUID) -> Response:
        """Cameras of a site."""
        site = selectors.site_get(actor=request.user, site_id=site_id)
        return Response(s.CameraSerializer(selectors.cameras_of(site), many=True).data)

    @extend_schema(
        operation_id="camera_create", request=s.CameraCreateSerializer, responses={201: s.CameraSerializer}
    )
    @idempotent
    def post(self, request: Request, site_id: uuid.UUID) -> Response:
        """Add a camera."""
        site = selectors.site_get(actor=request.user, site_id=site_id, at_least=Role.MANAGER)
        data = validated(s.CameraCreateSerializer(data=request.data))
        camera = services.camera_create(actor=request.user, site=site, **data)
        return Response(s.CameraSerializer(camera).data, status=201)


class CameraView(APIView):
    @extend_schema(
        operation_id="camera_update", request=s.CameraUpdateSerializer, responses=s.CameraSerializer
    )
    def patch(self, request: Request, camera_id: uuid.UUID) -> Response:
        """Rename a camera or change its notes."""
        camera = selectors.camera_get(actor=request.user, camera_id=camera_id, at_least=Role.MANAGER)
        data = validated(s.CameraUpdateSerializer(data=request.data))
        camera = services.camera_update(actor=request.user, camera=camera, changes=data)
        return Response(s.CameraSerializer(camera).data)

    @extend_schema(operation_id="camera_delete", responses={204: None})
    def delete(self, request: Request, camera_id: uuid.UUID) -> Response:
        """Remove a camera; its pictures stay."""
        camera = selectors.camera_get(actor=request.user, camera_id=camera_id, at_least=Role.MANAGER)
        services.camera_delete(actor=request.user, camera=camera)
        return Response(status=204)


class CameraPrivacyView(APIView):
    @extend_schema(operation_id="camera_privacy_get", responses=s.CameraPrivacySerializer)
    def get(self, request: Request, camera_id: uuid.UUID) -> Response:
        """What a camera's pictures may hold, and for how long they are kept."""
        camera = selectors.camera_get(actor=request.user, camera_id=camera_id)
        return Response(s.CameraPrivacySerializer(camera).data, headers={"ETag": etag(camera.version)})

    @extend_schema(
        operation_id="camera_privacy_set",
        request=s.CameraPrivacyChangeSerializer,
        responses=s.CameraPrivacySerializer,
        parameters=[OpenApiParameter("If-Match", str, OpenApiParameter.HEADER, required=True)],
    )
    def patch(self, request: Request, camera_id: uuid.UUID) -> Response:
        """Draw what is hidden, switch the mosaic, set how long pictures are kept. If-Match carries the version."""
        camera = selectors.camera_get(actor=request.user, camera_id=camera_id, at_least=Role.MANAGER)
        changes = validated(s.CameraPrivacyChangeSerializer(data=request.data))
        camera = services.camera_privacy_set(
            actor=request.user, camera=camera, changes=changes, base_version=if_match(request)
        )
        return Response(s.CameraPrivacySerializer(camera).data, headers={"ETag": etag(camera.version)})


class SiteMemberListView(APIView):
    @extend_schema(operation_id="site_member_list", responses=s.SiteMemberSerializer(many=True))
    def get(self, request: Request, site_id: uuid.UUID) -> Response:
        """People with a role on this site."""
        site = selectors.site_get(actor=request.user, site_id=site_id)
        return Response(s.SiteMemberSerializer(selectors.members_of(site), many=True).data)


class SiteMemberView(APIView):
    @extend_schema(operation_id="site_member_set", request=RoleSerializer, responses=s.SiteMemberSerializer)
    def put(self, request: Request, site_id: uuid.UUID, user_id: uuid.UUID) -> Response:
        """Give somebody of the organisation a role on this site."""
        site = selectors.site_get(actor=request.user, site_id=site_id, at_least=Role.MANAGER)
        role = Role(validated(RoleSerializer(data=request.data))["role"])
        membership = services.member_set(actor=request.user, site=site, user_id=user_id, role=role)
        return Response(s.SiteMemberSerializer(membership).data)

    @extend_schema(operation_id="site_member_remove", responses={204: None})
    def delete(self, request: Request, site_id: uuid.UUID, user_id: uuid.UUID) -> Response:
        """Take a role on this site away."""
        site = selectors.site_get(actor=request.user, site_id=site_id, at_least=Role.MANAGER)
        services.member_remove(actor=request.user, site=site, user_id=user_id)
        return Response(status=204)
