"""A model beside the one in production: where each of them errs."""

from __future__ import annotations

import uuid

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.core.http import validated
from backend.learning import selectors
from backend.learning.api import comparison_serializers as s


class ComparisonView(APIView):
    @extend_schema(operation_id="model_comparison", responses=s.ComparisonSerializer)
    def get(self, request: Request, model_id: uuid.UUID) -> Response:
        """The newest comparison: confusion, precision against recall, calibration, slices, latency."""
        model = selectors.model_get(actor=request.user, model_id=model_id)
        return Response(s.ComparisonSerializer(selectors.comparison_of(model)).data)


class ComparisonCasesView(APIView):
    @extend_schema(
        operation_id="model_comparison_cases",
        parameters=[s.CasesQuerySerializer],
        responses=s.ComparisonCaseSerializer(many=True),
    )
    def get(self, request: Request, model_id: uuid.UUID) -> Response:
        """Examples of one cell of the confusion, the surest first."""
        model = selectors.model_get(actor=request.user, model_id=model_id)
        query = validated(s.CasesQuerySerializer(data=request.query_params))
        cases = selectors.comparison_cases(selectors.comparison_of(model), **query)
        return Response(s.ComparisonCaseSerializer(cases, many=True).data)
