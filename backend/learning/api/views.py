"""Models: list, register, bind, gate."""

from __future__ import annotations

import json
import uuid
from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.core.enums import Role
from backend.core.errors import BadInput
from backend.core.http import etag, idempotent, if_match, validated
from backend.core.pagination import CursorPage
from backend.learning import selectors
from backend.learning.api import serializers as s
from backend.learning.services import registry, training
from backend.media import uploads as media
from backend.projects import selectors as projects
from backend.projects.api.serializers import JobSerializer


class ByNumber(CursorPage):
    ordering = "-number"


class ModelListView(ListAPIView):
    """Model versions of a project, newest first."""

    serializer_class = s.ModelRowSerializer
    pagination_class = ByNumber

    def get_queryset(self) -> Any:
        project = projects.project_get(actor=self.request.user, project_id=self.kwargs["project_id"])
        return selectors.models_of(project.pk)

    @extend_schema(operation_id="model_list")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)

    @extend_schema(
        operation_id="model_register", request=s.ModelCreateSerializer, responses={201: s.ModelSerializer}
    )
    @idempotent
    def post(self, request: Request, project_id: uuid.UUID) -> Response:
        """Register an operator's own ONNX detector or an HTTP model."""
        project = projects.project_get(actor=request.user, project_id=project_id, at_least=Role.MANAGER)
        data = validated(s.ModelCreateSerializer(data=request.data))
        common = {"actor": request.user, "project": project, "name": data["name"]}
        if data["endpoint_url"]:
            model = registry.model_register_http(
                **common, endpoint_url=data["endpoint_url"], classes=data["classes"]
            )
        elif data["upload_id"]:
            description = {key: data[key] for key in ("classes", "input_size", "layout")}
            with media.upload_take(actor=request.user, project=project, upload_id=data["upload_id"]) as path:
                model = registry.model_register_onnx(**common, model_file=path, description=description)
        else:
            raise BadInput(
                "Give an address or an uploaded ONNX file.", fields={"endpoint_url": "Or upload_id."}
            )
        return Response(s.ModelSerializer(model).data, status=201)


class ModelView(APIView):
    @extend_schema(operation_id="model_get", responses=s.ModelSerializer)
    def get(self, request: Request, model_id: uuid.UUID) -> Response:
        """One model version with its metrics, mapping, gate and training."""
        model = selectors.model_get(actor=request.user, model_id=model_id)
        return Response(s.ModelSerializer(model).data, headers={"ETag": etag(model.binding.version)})


class BindingView(APIView):
    @extend_schema(
        operation_id="model_binding_update",
        request=s.BindingUpdateSerializer,
        responses=s.BindingSerializer,
        parameters=[OpenApiParameter("If-Match", str, OpenApiParameter.HEADER, required=True)],
    )
    def put(self, request: Request, model_id: uuid.UUID) -> Response:
        """Change which label each class means and from which score it is shown."""
        model = selectors.model_get(actor=request.user, model_id=model_id, at_least=Role.SCIENTIST)
        base = if_match(request)
        mapping = json.loads(
            json.dumps(validated(s.BindingUpdateSerializer(data=request.data))["mapping"], default=str)
        )
        binding = registry.binding_update(actor=request.user, model=model, mapping=mapping, base_version=base)
        return Response(s.BindingSerializer(binding).data, headers={"ETag": etag(binding.version)})


class GateView(APIView):
    @extend_schema(operation_id="model_gate", request=None, responses={202: JobSerializer})
    def post(self, request: Request, model_id: uuid.UUID) -> Response:
        """Compare with production on the blind test pictures, in the background."""
        model = selectors.model_get(actor=request.user, model_id=model_id, at_least=Role.SCIENTIST)
        job = training.gate_enqueue(model=model, actor=request.user)
        return Response(JobSerializer(job).data, status=202)
