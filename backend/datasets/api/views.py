"""The data grid, slices and dataset versions."""

from __future__ import annotations

import uuid

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.core.enums import Role
from backend.core.errors import BadInput
from backend.core.http import idempotent
from backend.core.pagination import CursorPage
from backend.datasets import selectors, services
from backend.datasets.api import rows, serializers
from backend.datasets.enums import Split
from backend.projects import selectors as projects


class GridView(APIView):
    @extend_schema(
        operation_id="assets_list",
        parameters=rows.PARAMETERS,
        description="The data grid. Besides the parameters, `meta.<key>=value` filters by metadata.",
        responses=serializers.AssetPageSerializer,
    )
    def get(self, request: Request, project_id: uuid.UUID) -> Response:
        project = projects.project_get(actor=request.user, project_id=project_id)
        return Response(serializers.AssetPageSerializer(rows.grid_page(request, project.pk)).data)


class RegionsView(GenericAPIView):
    serializer_class = serializers.RegionRowSerializer
    pagination_class = CursorPage

    @extend_schema(
        operation_id="regions_list",
        parameters=rows.FILTER_PARAMETERS,
        responses=serializers.RegionRowSerializer(many=True),
    )
    def get(self, request: Request, project_id: uuid.UUID) -> Response:
        """The grid by objects: label, shape and author are of the object, all other filters of its picture."""
        project = projects.project_get(actor=request.user, project_id=project_id)
        found = selectors.region_rows(project.pk, rows.filters_of(request), request.user.pk)
        page = self.paginate_queryset(found)
        return self.get_paginated_response(self.get_serializer(page, many=True).data)


class FacetsView(APIView):
    @extend_schema(operation_id="facets_get", responses=serializers.FacetsSerializer)
    def get(self, request: Request, project_id: uuid.UUID) -> Response:
        project = projects.project_get(actor=request.user, project_id=project_id)
        return Response(serializers.FacetsSerializer(selectors.facets(project.pk)).data)


class SlicesView(GenericAPIView):
    serializer_class = serializers.SliceSerializer

    class Pages(CursorPage):
        ordering = ("name", "id")

    pagination_class = Pages

    @extend_schema(operation_id="slices_list", responses=serializers.SliceSerializer(many=True))
    def get(self, request: Request, project_id: uuid.UUID) -> Response:
        project = projects.project_get(actor=request.user, project_id=project_id)
        page = self.paginate_queryset(selectors.slices_of(project.pk))
        return self.get_paginated_response(self.get_serializer(page, many=True).data)

    @extend_schema(
        operation_id="slice_create",
        request=serializers.SliceCreateSerializer,
        responses={201: serializers.SliceSerializer},
    )
    @idempotent
    def post(self, request: Request, project_id: uuid.UUID) -> Response:
        project = projects.project_get(actor=request.user, project_id=project_id, at_least=Role.REVIEWER)
        serializer = serializers.SliceCreateSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        given = serializer.validated_data
        found = services.slice_create(
            actor=request.user, project=project, name=given["name"], filters=given.get("filters", {})
        )
        return Response(serializers.SliceSerializer(found).data, status=201)


class SliceView(APIView):
    @extend_schema(
        operation_id="slice_rename",
        request=serializers.SliceRenameSerializer,
        responses=serializers.SliceSerializer,
    )
    def patch(self, request: Request, slice_id: uuid.UUID) -> Response:
        found = selectors.slice_get(actor=request.user, slice_id=slice_id, at_least=Role.REVIEWER)
        serializer = serializers.SliceRenameSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        name = serializer.validated_data["name"]
        renamed = services.slice_rename(actor=request.user, found=found, name=name)
        return Response(serializers.SliceSerializer(renamed).data)

    @extend_schema(operation_id="slice_delete", responses={204: None})
    def delete(self, request: Request, slice_id: uuid.UUID) -> Response:
        found = selectors.slice_get(actor=request.user, slice_id=slice_id, at_least=Role.REVIEWER)
        services.slice_delete(actor=request.user, found=found)
        return Response(status=204)


class DatasetsView(GenericAPIView):
    serializer_class = serializers.DatasetSerializer

    class Pages(CursorPage):
        ordering = "-number"

    pagination_class = Pages

    @extend_schema(operation_id="datasets_list", responses=serializers.DatasetSerializer(many=True))
    def get(self, request: Request, project_id: uuid.UUID) -> Response:
        project = projects.project_get(actor=request.user, project_id=project_id)
        page = self.paginate_queryset(selectors.versions_of(project.pk))
        return self.get_paginated_response(self.get_serializer(page, many=True).data)

    @extend_schema(
        operation_id="dataset_freeze",
        request=serializers.DatasetCreateSerializer,
        responses={202: serializers.DatasetSerializer},
    )
    @idempotent
    def post(self, request: Request, project_id: uuid.UUID) -> Response:
        """Freeze the approved labels of a slice or filter; `state` tells when it is done."""
        project = projects.project_get(actor=request.user, project_id=project_id, at_least=Role.SCIENTIST)
        serializer = serializers.DatasetCreateSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        given = serializer.validated_data
        version = services.version_freeze(
            actor=request.user,
            project=project,
            filters=_filters(request, project.pk, given),
            name=given.get("name", ""),
            notes=given.get("notes", ""),
        )
        return Response(serializers.DatasetSerializer(version).data, status=202)


def _filters(request: Request, project_id: uuid.UUID, given: dict[str, object]) -> dict[str, object]:
    slice_id = given.get("slice_id")
    if not isinstance(slice_id, uuid.UUID):
        filters = given.get("filters", {})
        return filters if isinstance(filters, dict) else {}
    found = selectors.slice_get(actor=request.user, slice_id=slice_id)
    if found.project_id != project_id:
        raise BadInput("The slice is of another project.", fields={"slice_id": "Not of this project."})
    return dict(found.filters)


class DatasetView(APIView):
    @extend_schema(operation_id="dataset_get", responses=serializers.DatasetSerializer)
    def get(self, request: Request, version_id: uuid.UUID) -> Response:
        version = selectors.version_get(actor=request.user, version_id=version_id)
        return Response(serializers.DatasetSerializer(version).data)


class DatasetItemsView(GenericAPIView):
    serializer_class = serializers.DatasetItemSerializer

    class Pages(CursorPage):
        ordering = "id"

    pagination_class = Pages

    @extend_schema(
        operation_id="dataset_items",
        parameters=[OpenApiParameter("split", str, enum=Split.values), OpenApiParameter("blind", bool)],
        responses=serializers.DatasetItemSerializer(many=True),
    )
    def get(self, request: Request, version_id: uuid.UUID) -> Response:
        version = selectors.version_get(actor=request.user, version_id=version_id)
        split = request.query_params.get("split", "")
        if split and split not in Split.values:
            raise BadInput("split: Must be train, val or test.", fields={"split": "Not a split."})
        blind = {"true": True, "false": False}.get(request.query_params.get("blind", ""))
        page = self.paginate_queryset(selectors.version_items(version.pk, split=split, blind=blind))
        return self.get_paginated_response(self.get_serializer(page, many=True).data)


class DatasetDiffView(APIView):
    @extend_schema(operation_id="dataset_diff", responses=serializers.DatasetDiffSerializer)
    def get(self, request: Request, version_id: uuid.UUID, other_id: uuid.UUID) -> Response:
        """What changed from the first version to the second of one project."""
        first = selectors.version_frozen(actor=request.user, version_id=version_id)
        second = selectors.version_frozen(actor=request.user, version_id=other_id)
        if first.project_id != second.project_id:
            raise BadInput("These versions are of different projects.")
        return Response(serializers.DatasetDiffSerializer(selectors.version_diff(first, second)).data)
