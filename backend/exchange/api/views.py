"""Exports as streams, imports as jobs."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import ScopedRateThrottle
from rest_framework.views import APIView

from backend.core import jobs
from backend.core.enums import Role
from backend.core.errors import NotFound
from backend.core.http import idempotent
from backend.datasets import selectors as datasets
from backend.exchange.enums import ExportFormat, ImportFormat, ImportLabels
from backend.exchange.services import exports
from backend.exchange.tasks import IMPORT_DATASET
from backend.media import selectors as media
from backend.projects import selectors as projects
from backend.projects.api.serializers import JobSerializer

OWN_PARAMETERS = {"format", "dataset_version_id", "images"}


class ExportQuerySerializer(serializers.Serializer[Any]):
    format = serializers.ChoiceField(choices=ExportFormat.choices)
    dataset_version_id = serializers.UUIDField(required=False, allow_null=True, default=None)
    images = serializers.BooleanField(required=False, default=True)


class ImportCreateSerializer(serializers.Serializer[Any]):
    upload_id = serializers.UUIDField()
    format = serializers.ChoiceField(choices=ImportFormat.choices)
    labels = serializers.ChoiceField(choices=ImportLabels.choices, default=ImportLabels.APPROVED)


class ExportView(APIView):
    throttle_scope = "export"
    throttle_classes = [ScopedRateThrottle]

    @extend_schema(
        operation_id="export_stream",
        parameters=[
            OpenApiParameter("format", str, enum=ExportFormat.values, required=True),
            OpenApiParameter(
                "dataset_version_id", OpenApiTypes.UUID, description="A frozen version; else the filters."
            ),
            OpenApiParameter("images", OpenApiTypes.BOOL, description="With the pictures (default)."),
        ],
        responses={(200, "application/zip"): OpenApiTypes.BINARY},
    )
    def get(self, request: Request, project_id: uuid.UUID) -> StreamingHttpResponse:
        """Approved labels as a zip, streamed: a frozen version, or what the data grid's filters show."""
        project = projects.project_get(actor=request.user, project_id=project_id, at_least=Role.SCIENTIST)
        query = ExportQuerySerializer(data=request.query_params)
        query.is_valid(raise_exception=True)
        version_id = query.validated_data["dataset_version_id"]
        version = datasets.version_frozen(actor=request.user, version_id=version_id) if version_id else None
        if version is not None and version.project_id != project.pk:
            raise NotFound()
        given = {key: values for key, values in request.query_params.lists() if key not in OWN_PARAMETERS}
        fmt = ExportFormat(query.validated_data["format"])
        stream = exports.export_stream(
            actor=request.user,
            project=project,
            fmt=fmt,
            version=version,
            filters=given,
            with_images=query.validated_data["images"],
        )
        name = f"siteloop-{f'v{version.number}' if version else 'filter'}-{fmt}.zip"
        headers = {
            "Content-Disposition": f'attachment; filename="{name}"',
            "X-Content-Type-Options": "nosniff",
        }
        return StreamingHttpResponse(stream, content_type="application/zip", headers=headers)


class ImportView(APIView):
    throttle_scope = "import"
    throttle_classes = [ScopedRateThrottle]

    @extend_schema(
        operation_id="import_create", request=ImportCreateSerializer, responses={202: JobSerializer}
    )
    @idempotent
    def post(self, request: Request, project_id: uuid.UUID) -> Response:
        """Take an uploaded zip (purpose "file") of YOLO, COCO, VOC, CVAT, MOT or our own form in, in the background."""
        project = projects.project_get(actor=request.user, project_id=project_id, at_least=Role.MANAGER)
        serializer = ImportCreateSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        data = serializer.validated_data
        upload = media.upload_get(actor=request.user, upload_id=data["upload_id"])
        if upload.project_id != project.pk:
            raise NotFound()
        job = jobs.enqueue(
            IMPORT_DATASET,
            payload={
                "project_id": str(project.pk),
                "upload_id": str(upload.pk),
                "filename": upload.filename,
                "format": data["format"],
                "labels": data["labels"],
            },
            title=f"Import {upload.filename}"[:200],
            organisation_id=project.organisation_id,
            project_id=project.pk,
            created_by=request.user,
            dedupe_key=f"import:{upload.pk}",
        )
        return Response(JobSerializer(job).data, status=202)
