"""Uploads, and what is asked of one asset."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpResponse, StreamingHttpResponse
from django.http.request import UnreadablePostError
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.generics import ListAPIView
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.core.enums import Role
from backend.core.errors import BadInput, NotFound, TooLarge
from backend.core.http import idempotent
from backend.media import reading, selectors, services, uploads
from backend.media.api import serializers, serving
from backend.media.domain.http_ranges import BadRange, content_range
from backend.media.enums import AssetKind
from backend.projects import selectors as projects
from backend.sites import selectors as sites

Binary = OpenApiTypes.BINARY


class UploadsView(APIView):
    @extend_schema(
        operation_id="upload_create",
        request=serializers.UploadCreateSerializer,
        responses={201: serializers.UploadSerializer},
    )
    @idempotent
    def post(self, request: Request, project_id: uuid.UUID) -> Response:
        project = projects.project_get(actor=request.user, project_id=project_id, at_least=Role.ANNOTATOR)
        serializer = serializers.UploadCreateSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        given = serializer.validated_data
        upload = uploads.upload_create(
            actor=request.user,
            project=project,
            filename=given["filename"],
            size_bytes=given["size_bytes"],
            options=given.get("options", {}),
        )
        return Response(serializers.UploadSerializer(upload).data, status=201)


class UploadView(APIView):
    @extend_schema(operation_id="upload_get", responses=serializers.UploadSerializer)
    def get(self, request: Request, upload_id: uuid.UUID) -> Response:
        upload = selectors.upload_get(actor=request.user, upload_id=upload_id)
        return Response(serializers.UploadSerializer(upload).data)


class ChunkParser(BaseParser):
    """Whatever its type says, a chunk is bytes; the view reads them itself."""

    media_type = "*/*"


class UploadContentView(APIView):
    parser_classes = (ChunkParser,)

    @extend_schema(
        operation_id="upload_put_chunk",
        request={"application/octet-stream": Binary},
        parameters=[OpenApiParameter("Content-Range", str, OpenApiParameter.HEADER, required=True)],
        responses=serializers.UploadSerializer,
    )
    def put(self, request: Request, upload_id: uuid.UUID) -> Response:
        """One chunk of at most 16 MiB, with `Content-Range: bytes first-last/total`."""
        upload = selectors.upload_get(actor=request.user, upload_id=upload_id)
        try:
            chunk = content_range(request.headers.get("Content-Range", ""))
        except BadRange as error:
            raise BadInput(str(error)) from error
        if len(chunk) > uploads.CHUNK_MAX_BYTES:
            raise TooLarge("Send chunks of at most 16 MiB.")
        upload = uploads.upload_append(upload_id=upload.pk, chunk=chunk, body=_body(request, len(chunk)))
        return Response(serializers.UploadSerializer(upload).data)


def _body(request: Request, length: int) -> bytes:
    try:
        body: bytes = request._request.read(length + 1)
    except UnreadablePostError as error:
        raise BadInput(
            "The connection ended before the chunk did. Ask where to go on and send the rest."
        ) from error
    return body


class AssetView(APIView):
    @extend_schema(operation_id="asset_get", responses=serializers.AssetDetailSerializer)
    def get(self, request: Request, asset_id: uuid.UUID) -> Response:
        asset = selectors.asset_get(actor=request.user, asset_id=asset_id)
        return Response(serializers.AssetDetailSerializer(asset).data)

    @extend_schema(operation_id="asset_delete", responses={204: None})
    def delete(self, request: Request, asset_id: uuid.UUID) -> Response:
        """Delete softly; datasets keep a tombstone."""
        asset = selectors.asset_get(actor=request.user, asset_id=asset_id, at_least=Role.MANAGER)
        services.asset_delete(actor=request.user, asset=asset)
        return Response(status=204)


class AssetImageView(APIView):
    @extend_schema(operation_id="asset_image", responses={(200, "image/*"): Binary})
    def get(self, request: Request, asset_id: uuid.UUID) -> HttpResponse | StreamingHttpResponse:
        """The whole upright picture, smaller than the original where that is large; of a video, its first frame."""
        asset = selectors.asset_get(actor=request.user, asset_id=asset_id)
        if asset.kind == AssetKind.VIDEO:
            return _frame(request, asset, 0)
        key = asset.tiles["overview_key"] if asset.tiles else asset.display_key
        return serving.file_answer(
            request, key, media_type=_media_type(key), name=asset.name, tag=f"{asset.pk}-image"
        )


class AssetTileView(APIView):
    @extend_schema(operation_id="asset_tile", responses={(200, "image/*"): Binary})
    def get(
        self, request: Request, asset_id: uuid.UUID, level: int, column: int, row: int
    ) -> HttpResponse | StreamingHttpResponse:
        """One tile of a large picture; level 0 is the full size, each further one half of it."""
        asset = selectors.asset_get(actor=request.user, asset_id=asset_id)
        if not asset.tiles:
            raise NotFound("The picture is not large: it has no tiles.")
        key = selectors.tile_key(asset.tiles, level, column, row)
        tag = f"{asset.pk}-{level}-{column}-{row}"
        return serving.file_answer(request, key, media_type=_media_type(key), name=asset.name, tag=tag)


def _media_type(key: str) -> str:
    return {"png": "image/png", "webp": "image/webp"}.get(key.rpartition(".")[2], "image/jpeg")


class AssetThumbnailView(APIView):
    @extend_schema(operation_id="asset_thumbnail", responses={(200, "image/jpeg"): Binary})
    def get(self, request: Request, asset_id: uuid.UUID) -> HttpResponse | StreamingHttpResponse:
        asset = selectors.asset_get(actor=request.user, asset_id=asset_id)
        return serving.file_answer(
            request,
            asset.thumbnail_key,
            media_type="image/jpeg",
            name=asset.name,
            tag=f"{asset.pk}-thumbnail",
        )


class AssetOriginalView(APIView):
    @extend_schema(
        operation_id="asset_original",
        parameters=[OpenApiParameter("Range", str, OpenApiParameter.HEADER)],
        responses={(200, "application/octet-stream"): Binary, (206, "application/octet-stream"): Binary},
    )
    def get(self, request: Request, asset_id: uuid.UUID) -> HttpResponse | StreamingHttpResponse:
        """The stored file (without private metadata), whole or one range of it."""
        asset = selectors.asset_get(actor=request.user, asset_id=asset_id)
        if asset.blob is None:
            raise NotFound()
        return serving.file_answer(
            request,
            asset.blob.storage_key,
            media_type=asset.blob.media_type,
            name=asset.name,
            tag=asset.blob.sha256,
        )


class AssetFrameView(APIView):
    @extend_schema(operation_id="asset_frame", responses={(200, "image/jpeg"): Binary})
    def get(self, request: Request, asset_id: uuid.UUID, index: int) -> HttpResponse:
        """The frame of that index (see frame-times), upright, as JPEG."""
        asset = selectors.asset_get(actor=request.user, asset_id=asset_id)
        return _frame(request, asset, index)


def _frame(request: Request, asset: serializers.Asset, index: int) -> HttpResponse:
    about = {"media_type": "image/jpeg", "name": f"{index}.jpg", "tag": f"{asset.pk}-{index}"}
    if serving.unchanged(request, about["tag"]):
        return serving.not_modified(**about)
    return serving.bytes_answer(reading.asset_frame_jpeg(asset, index), **about)


class AssetFrameTimesView(APIView):
    @extend_schema(operation_id="asset_frame_times", responses=serializers.FrameTimesSerializer)
    def get(self, request: Request, asset_id: uuid.UUID) -> Response:
        asset = selectors.asset_get(actor=request.user, asset_id=asset_id)
        if asset.frame_times_s is None:
            raise NotFound("This is not a video.")
        response = Response(
            {
                "times_s": asset.frame_times_s,
                "frame_count": asset.frame_count,
                "duration_s": asset.duration_s,
                "strip": selectors.strip_shown(asset),
            }
        )
        response["Cache-Control"] = serving.IMMUTABLE
        return response


class AssetStripView(APIView):
    @extend_schema(operation_id="asset_strip", responses={(200, "image/jpeg"): Binary})
    def get(self, request: Request, asset_id: uuid.UUID) -> HttpResponse | StreamingHttpResponse:
        """A video's small pictures in one file; frame-times says which frames they are of."""
        asset = selectors.asset_get(actor=request.user, asset_id=asset_id)
        strip = (asset.clip or {}).get("strip")
        if not strip:
            raise NotFound("There are no small pictures of this.")
        return serving.file_answer(
            request, strip["key"], media_type="image/jpeg", name="strip.jpg", tag=f"{asset.pk}-strip"
        )


class AssetsExcludeView(APIView):
    @extend_schema(
        operation_id="assets_exclude",
        request=serializers.AssetsExcludeSerializer,
        responses=serializers.ChangedSerializer,
    )
    def post(self, request: Request, project_id: uuid.UUID) -> Response:
        project = projects.project_get(actor=request.user, project_id=project_id, at_least=Role.REVIEWER)
        serializer = serializers.AssetsExcludeSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        given = serializer.validated_data
        changed = services.assets_exclude(
            actor=request.user, project=project, asset_ids=given["asset_ids"], reason=given["reason"]
        )
        return Response({"changed": changed})


class AssetsIncludeView(APIView):
    @extend_schema(
        operation_id="assets_include",
        request=serializers.AssetIdsSerializer,
        responses=serializers.ChangedSerializer,
    )
    def post(self, request: Request, project_id: uuid.UUID) -> Response:
        project = projects.project_get(actor=request.user, project_id=project_id, at_least=Role.REVIEWER)
        serializer = serializers.AssetIdsSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        changed = services.assets_include(
            actor=request.user, project=project, asset_ids=serializer.validated_data["asset_ids"]
        )
        return Response({"changed": changed})


class NearCopiesView(APIView):
    @extend_schema(
        operation_id="asset_near_copies",
        parameters=[OpenApiParameter("project_id", uuid.UUID, required=True)],
        responses=serializers.NearCopiesSerializer,
    )
    def get(self, request: Request, asset_id: uuid.UUID) -> Response:
        """Pictures of the project that differ from this one in at most four bits of their hash."""
        asset = selectors.asset_get(actor=request.user, asset_id=asset_id)
        project = projects.project_get(actor=request.user, project_id=_project_id(request))
        rows = [
            {"asset": link.asset, "distance_bits": bits, "excluded_at": link.excluded_at}
            for link, bits in selectors.near_copies(project.pk, asset)
        ]
        return Response(serializers.NearCopiesSerializer({"results": rows}).data)


class ErasureListView(ListAPIView):
    """Proofs of the pictures that a camera's rule deleted, newest first."""

    serializer_class = serializers.ErasureSerializer

    def get_queryset(self) -> Any:
        camera = sites.camera_get(
            actor=self.request.user, camera_id=self.kwargs["camera_id"], at_least=Role.MANAGER
        )
        return selectors.erasures_of(camera.pk)

    @extend_schema(operation_id="erasure_list")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)


def _project_id(request: Request) -> uuid.UUID:
    try:
        return uuid.UUID(request.query_params.get("project_id", ""))
    except ValueError as error:
        raise BadInput("Name the project.", fields={"project_id": "Must be a project's id."}) from error
