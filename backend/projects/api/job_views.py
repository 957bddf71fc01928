"""Background work of one's projects: progress, cancel, retry."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.core import jobs
from backend.core.enums import LIVE_JOB_STATES, JobState, Role
from backend.core.errors import BadInput
from backend.projects import selectors
from backend.projects.api.serializers import JobSerializer

if TYPE_CHECKING:
    from backend.core.models import JobRun


# Who may stop or repeat another person's work of a kind; one's own may be stopped by whoever started it.
ROLE_BY_KIND = {
    "learning.train": Role.SCIENTIST,
    "learning.gate": Role.SCIENTIST,
    "datasets.freeze": Role.SCIENTIST,
    "exchange.import": Role.MANAGER,
}


def _job_to_change(request: Request, job_id: uuid.UUID) -> JobRun:
    """The job, if the person started it or holds the role its kind needs."""
    job = selectors.job_get(actor=request.user, job_id=job_id)
    if job.created_by_id == request.user.pk:
        return job
    needed = ROLE_BY_KIND.get(job.kind, Role.REVIEWER)
    return selectors.job_get(actor=request.user, job_id=job_id, at_least=needed)


class JobListView(ListAPIView):
    """Jobs one may see, newest first."""

    serializer_class = JobSerializer

    def get_queryset(self) -> Any:
        rows = selectors.jobs_of(self.request.user)
        if project_id := self.request.query_params.get("project_id"):
            try:
                rows = rows.filter(project_id=uuid.UUID(project_id))
            except ValueError as error:
                raise BadInput("Not an id.", fields={"project_id": "Not an id."}) from error
        state = self.request.query_params.get("state")
        if state == "live":
            return rows.filter(state__in=LIVE_JOB_STATES)
        return rows.filter(state=state) if state else rows

    @extend_schema(
        operation_id="job_list",
        parameters=[
            OpenApiParameter("project_id", OpenApiTypes.UUID),
            OpenApiParameter("state", str, enum=["live", *JobState.values], description="A state, or live."),
        ],
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)


class JobView(APIView):
    @extend_schema(operation_id="job_get", responses=JobSerializer)
    def get(self, request: Request, job_id: uuid.UUID) -> Response:
        """One job with its log and result."""
        return Response(JobSerializer(selectors.job_get(actor=request.user, job_id=job_id)).data)


class JobCancelView(APIView):
    @extend_schema(operation_id="job_cancel", request=None, responses=JobSerializer)
    def post(self, request: Request, job_id: uuid.UUID) -> Response:
        """Stop a job: at once when it waits, at its next step when it runs."""
        job = _job_to_change(request, job_id)
        jobs.cancel(job)
        job.refresh_from_db()
        return Response(JobSerializer(job).data)


class JobRetryView(APIView):
    @extend_schema(operation_id="job_retry", request=None, responses=JobSerializer)
    def post(self, request: Request, job_id: uuid.UUID) -> Response:
        """Run a failed or cancelled job again."""
        job = _job_to_change(request, job_id)
        jobs.retry(job)
        job.refresh_from_db()
        return Response(JobSerializer(job).data)
