"""Projects, their labels and their people."""

from __future__ import annotations

import json
import uuid
from typing import TYPE_CHECKING, Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.accounts import selectors as accounts
from backend.core.api.serializers import RoleSerializer
from backend.core.enums import Role
from backend.core.http import etag, idempotent, if_match, if_match_unless_switch, validated
from backend.projects import selectors, services
from backend.projects.api import serializers as s
from backend.projects.domain.templates import TEMPLATES
from backend.sites import selectors as sites

if TYPE_CHECKING:
    from backend.projects.models import Project

PROJECT_SWITCHES = ("archived", "queue_paused")


def _plain(labels: Any) -> list[dict[str, Any]]:
    """Validated labels with ids as text, as they are stored."""
    rows: list[dict[str, Any]] = json.loads(json.dumps(labels, default=str))
    return rows


def _project(request: Request, project: Project) -> Response:
    body = s.ProjectSerializer(project, context={"actor": request.user}).data
    return Response(body, headers={"ETag": etag(project.version)})


class TemplateListView(APIView):
    @extend_schema(operation_id="project_template_list", responses=s.TemplateSerializer(many=True))
    def get(self, request: Request) -> Response:
        """Starting points for a new project."""
        return Response(s.TemplateSerializer(TEMPLATES, many=True).data)


class ProjectListView(ListAPIView):
    """Projects one has a role on."""

    serializer_class = s.ProjectRowSerializer

    def get_queryset(self) -> Any:
        rows = selectors.projects_of(self.request.user)
        if self.request.query_params.get("archived", "").lower() not in {"1", "true"}:
            rows = rows.filter(archived_at=None)
        return rows

    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), "actor": self.request.user}

    @extend_schema(
        operation_id="project_list",
        parameters=[OpenApiParameter("archived", OpenApiTypes.BOOL, description="Archived ones too.")],
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)

    @extend_schema(
        operation_id="project_create", request=s.ProjectCreateSerializer, responses={201: s.ProjectSerializer}
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Make a project from a template."""
        data = validated(s.ProjectCreateSerializer(data=request.data))
        accounts.organisation_get(
            actor=request.user, organisation_id=data["organisation_id"], at_least=Role.MANAGER
        )
        site_id = data.pop("site_id")
        site = sites.site_get(actor=request.user, site_id=site_id) if site_id else None
        labels = _plain(data.pop("labels", None)) or None
        project = services.project_create(actor=request.user, site=site, labels=labels, **data)
        return Response(s.ProjectSerializer(project, context={"actor": request.user}).data, status=201)


class ProjectView(APIView):
    @extend_schema(operation_id="project_get", responses=s.ProjectSerializer)
    def get(self, request: Request, project_id: uuid.UUID) -> Response:
        """One project with its labels and one's own role."""
        return _project(request, selectors.project_get(actor=request.user, project_id=project_id))

    @extend_schema(
        operation_id="project_update",
        request=s.ProjectUpdateSerializer,
        responses=s.ProjectSerializer,
        parameters=[OpenApiParameter("If-Match", str, OpenApiParameter.HEADER)],
    )
    def patch(self, request: Request, project_id: uuid.UUID) -> Response:
        """Change name, guidelines, settings; archive; pause the queue.

        If-Match carries the version last seen; only `archived` and `queue_paused` alone may go without.
        """
        project = selectors.project_get(actor=request.user, project_id=project_id, at_least=Role.MANAGER)
        changes = _plain(validated(s.ProjectUpdateSerializer(data=request.data)))
        base = if_match_unless_switch(request, changes, PROJECT_SWITCHES)
        project = services.project_update(
            actor=request.user, project=project, changes=dict(changes), base_version=base
        )
        return _project(request, project)

    @extend_schema(operation_id="project_delete", responses={204: None})
    def delete(self, request: Request, project_id: uuid.UUID) -> Response:
        """Remove a demo project, or an archived one, for good."""
        project = selectors.project_get(actor=request.user, project_id=project_id, at_least=Role.MANAGER)
        services.project_delete(actor=request.user, project=project)
        return Response(status=204)


class OntologyView(APIView):
    @extend_schema(
        operation_id="ontology_replace",
        request=s.OntologyReplaceSerializer,
        responses=s.OntologySerializer,
        parameters=[OpenApiParameter("If-Match", str, OpenApiParameter.HEADER, required=True)],
    )
    def put(self, request: Request, project_id: uuid.UUID) -> Response:
        """Store a new version of the labels. If-Match carries the number last seen."""
        project = selectors.project_get(actor=request.user, project_id=project_id, at_least=Role.MANAGER)
        base = if_match(request)
        data = validated(s.OntologyReplaceSerializer(data=request.data))
        mapping = {old: str(new) if new else None for old, new in data.get("map", {}).items()}
        version = services.ontology_replace(
            actor=request.user,
            project=project,
            labels=_plain(data["labels"]),
            base_number=base,
            mapping=mapping,
        )
        return Response(s.OntologySerializer(version).data, headers={"ETag": etag(version.number)})


class ProjectMemberListView(APIView):
    @extend_schema(operation_id="project_member_list", responses=s.ProjectMemberSerializer(many=True))
    def get(self, request: Request, project_id: uuid.UUID) -> Response:
        """People with a role on this project itself."""
        project = selectors.project_get(actor=request.user, project_id=project_id)
        return Response(s.ProjectMemberSerializer(selectors.members_of(project), many=True).data)


class ProjectMemberView(APIView):
    @extend_schema(
        operation_id="project_member_set", request=RoleSerializer, responses=s.ProjectMemberSerializer
    )
    def put(self, request: Request, project_id: uuid.UUID, user_id: uuid.UUID) -> Response:
        """Give somebody of the organisation a role on this project."""
        project = selectors.project_get(actor=request.user, project_id=project_id, at_least=Role.MANAGER)
        role = Role(validated(RoleSerializer(data=request.data))["role"])
        membership = services.member_set(actor=request.user, project=project, user_id=user_id, role=role)
        return Response(s.ProjectMemberSerializer(membership).data)

    @extend_schema(operation_id="project_member_remove", responses={204: None})
    def delete(self, request: Request, project_id: uuid.UUID, user_id: uuid.UUID) -> Response:
        """Take a role on this project away."""
        project = selectors.project_get(actor=request.user, project_id=project_id, at_least=Role.MANAGER)
        services.member_remove(actor=request.user, project=project, user_id=user_id)
        return Response(status=204)
