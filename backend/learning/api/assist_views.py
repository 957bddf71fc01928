"""The annotator's assist on an open task, and what a browser needs to run it itself."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from django.http import FileResponse, HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import ScopedRateThrottle
from rest_framework.views import APIView

from backend.accounts import selectors as accounts
from backend.annotation import selectors as annotation
from backend.core.enums import Role
from backend.core.errors import Conflict
from backend.core.http import idempotent, validated
from backend.learning.api import assist_serializers as s
from backend.learning.services import assist, assist_files, assist_outlines, checkpoints
from backend.projects import selectors as projects
from backend.projects.api.serializers import JobSerializer

if TYPE_CHECKING:
    from backend.annotation.models import Task

Binary = OpenApiTypes.BINARY
# Named by what they hold; private, because rights differ by person.
IMMUTABLE = "private, max-age=31536000, immutable"
# Two megabytes in four steps: each crosses from a thread to the event loop.
SEND_BLOCK_BYTES = 512 * 1024


def _file(request: Request, tag: str, file: assist_files.StoredFile) -> HttpResponse | FileResponse:
    """A file that never changes under its address; a browser that has it is told so."""
    response: Any
    if f'"{tag}"' in request.headers.get("If-None-Match", ""):
        response = HttpResponse(status=304)
    else:
        handle, size = file.open()
        response = FileResponse(handle)
        response.block_size = SEND_BLOCK_BYTES
        response["Content-Length"] = str(size)
    response["Content-Type"] = "application/octet-stream"
    response["Cache-Control"] = IMMUTABLE
    response["ETag"] = f'"{tag}"'
    return response


class AssistView(APIView):
    """Behind the task's door; asked often, so counted by itself."""

    throttle_scope = "assist"
    throttle_classes = [ScopedRateThrottle]

    def task(self, request: Request, task_id: uuid.UUID) -> Task:
        return annotation.task_get(actor=request.user, task_id=task_id, at_least=Role.ANNOTATOR)


class AssistEncodeView(AssistView):
    @extend_schema(operation_id="assist_encode", request=None, responses=s.AssistStateSerializer)
    def post(self, request: Request, task_id: uuid.UUID) -> Response:
        """Get the picture ready for clicks, tell how far it is, and what a browser may run itself."""
        return Response(assist.encode_state(task=self.task(request, task_id)))


class AssistDecodeView(AssistView):
    @extend_schema(
        operation_id="assist_decode", request=s.AssistDecodeSerializer, responses=s.AssistAnswerSerializer
    )
    def post(self, request: Request, task_id: uuid.UUID) -> Response:
        """Clicks or a box in, outlines out, best first: for browsers that cannot run the decoder."""
        task = self.task(request, task_id)
        return Response(
            assist.decode(task=task, prompt=validated(s.AssistDecodeSerializer(data=request.data)))
        )


class AssistEmbeddingView(AssistView):
    @extend_schema(
        operation_id="assist_embedding", responses={(200, "application/octet-stream"): Binary, 304: None}
    )
    def get(self, request: Request, task_id: uuid.UUID, key: str) -> HttpResponse | FileResponse:
        """The picture's features as raw little-endian float16, immutable under this address."""
        task = self.task(request, task_id)
        return _file(request, key, assist_files.embedding_file(task=task, key=key))


class AssistDecoderView(APIView):
    @extend_schema(
        operation_id="assist_decoder", responses={(200, "application/octet-stream"): Binary, 304: None}
    )
    def get(self, request: Request, sha256: str) -> HttpResponse | FileResponse:
        """A decoder's ONNX graph, immutable under its SHA-256."""
        return _file(request, sha256, assist_files.decoder_file(actor=request.user, sha256=sha256))


class AssistEverythingView(AssistView):
    @extend_schema(
        operation_id="assist_everything", request=s.EverythingSerializer, responses={202: JobSerializer}
    )
    @idempotent
    def post(self, request: Request, task_id: uuid.UUID) -> Response:
        """Outline everything in a box or the picture, in the background, as suggestions to review."""
        task = self.task(request, task_id)
        data = validated(s.EverythingSerializer(data=request.data))
        job = assist_outlines.everything_enqueue(actor=request.user, task=task, **data)
        return Response(JobSerializer(job).data, status=202)


class AssistRefineView(AssistView):
    @extend_schema(operation_id="assist_refine", request=s.RefineSerializer, responses=s.RefinedSerializer)
    def post(self, request: Request, task_id: uuid.UUID) -> Response:
        """Make outlines of the picture's box suggestions; they stay suggestions."""
        task = self.task(request, task_id)
        if not annotation.may_suggest(actor=request.user, task=task):
            raise Conflict("Suggestions of this picture are not yours to change.")
        data = validated(s.RefineSerializer(data=request.data))
        refined, reasons = assist_outlines.task_refine(
            task=task,
            ids=data["suggestion_ids"],
            shape=data["shape"],
            at_most=assist_outlines.REFINE_AT_ONCE_MAX,
            person_id=request.user.pk,
        )
        skipped = [{"suggestion_id": key, "reason": reason} for key, reason in reasons.items()]
        shown = annotation.suggestions_of(actor=request.user, task=task)
        return Response(
            s.RefinedSerializer({"refined": refined, "skipped": skipped, "suggestions": shown}).data
        )


class AssistRefineProjectView(APIView):
    @extend_schema(
        operation_id="assist_refine_project",
        request=s.RefineProjectSerializer,
        responses={202: JobSerializer},
    )
    def post(self, request: Request, project_id: uuid.UUID) -> Response:
        """Make outlines of the box suggestions of every untouched picture, in the background."""
        project = projects.project_get(actor=request.user, project_id=project_id, at_least=Role.REVIEWER)
        shape = validated(s.RefineProjectSerializer(data=request.data))["shape"]
        job = assist_outlines.refine_enqueue(actor=request.user, project=project, shape=shape)
        return Response(JobSerializer(job).data, status=202)


class AssistEmbedProjectView(APIView):
    @extend_schema(operation_id="assist_embed_project", request=None, responses={202: JobSerializer})
    def post(self, request: Request, project_id: uuid.UUID) -> Response:
        """Encode every picture of the project for SAM, in the background."""
        project = projects.project_get(actor=request.user, project_id=project_id, at_least=Role.REVIEWER)
        return Response(
            JobSerializer(assist_outlines.embed_enqueue(actor=request.user, project=project)).data, status=202
        )


class CheckpointListView(APIView):
    @extend_schema(operation_id="assist_models", responses=s.CheckpointListSerializer)
    def get(self, request: Request) -> Response:
        """Checkpoints of this installation, for the assist and for detectors, and those that could be had."""
        accounts.manages_somewhere(actor=request.user)
        return Response(s.CheckpointListSerializer(checkpoints.checkpoints_shown()).data)
