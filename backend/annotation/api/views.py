"""Label: next task, open, draft, submit, give back."""

from __future__ import annotations

import uuid
from typing import Any

from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer
from rest_framework.views import APIView

from backend.annotation import selectors, services
from backend.annotation.api import serializers as s
from backend.annotation.api.ops import DraftPatchSerializer
from backend.annotation.contracts import SuggestionDecision
from backend.annotation.errors import SelfReview, TaskTaken
from backend.annotation.models import Assignment
from backend.core.enums import Role
from backend.core.http import etag, idempotent, if_match
from backend.projects import selectors as projects

IF_MATCH = OpenApiParameter(
    "If-Match",
    str,
    OpenApiParameter.HEADER,
    required=True,
    description="The draft_version last seen, quoted.",
)
IDEMPOTENCY_KEY = OpenApiParameter("Idempotency-Key", str, OpenApiParameter.HEADER, required=False)
NOTHING_LEFT = OpenApiResponse(description="Nothing is left for this person.")


def valid(serializer: Serializer[Any]) -> dict[str, Any]:
    serializer.is_valid(raise_exception=True)
    data: dict[str, Any] = serializer.validated_data
    return data


def opened(request: Request, assignment: Assignment) -> Response:
    """The answer that opens an editor on claimed work."""
    view = selectors.task_view(actor=request.user, task_id=assignment.task_id, assignment_id=assignment.pk)
    return Response(s.OpenTaskSerializer(view).data)


class NextTaskView(APIView):
    @extend_schema(
        operation_id="task_next",
        request=s.NextRequestSerializer,
        responses={200: s.OpenTaskSerializer, 204: NOTHING_LEFT},
    )
    def post(self, request: Request, project_id: uuid.UUID) -> Response:
        """Claim the next task: returned work, work in hand, what is assigned to one, then the queue."""
        project = projects.project_get(actor=request.user, project_id=project_id, at_least=Role.ANNOTATOR)
        data = valid(s.NextRequestSerializer(data=request.data))
        assignment = services.task_next(actor=request.user, project=project, exclude=data["exclude_task_ids"])
        return opened(request, assignment) if assignment else Response(status=204)


class TaskView(APIView):
    @extend_schema(operation_id="task_get", responses=s.OpenTaskSerializer)
    def get(self, request: Request, task_id: uuid.UUID) -> Response:
        """Look at a task without claiming it."""
        task = selectors.task_get(actor=request.user, task_id=task_id)
        return Response(s.OpenTaskSerializer(selectors.task_view(actor=request.user, task_id=task.pk)).data)


CLAIMS = {
    "label": services.task_claim,
    "review": services.review_claim,
    "correct": services.task_recall,
}


class OpenTaskView(APIView):
    @extend_schema(operation_id="task_open", request=s.OpenRequestSerializer, responses=s.OpenTaskSerializer)
    def post(self, request: Request, task_id: uuid.UUID) -> Response:
        """Claim this task, to label or review it, or to correct one's own submit while it waits for review.

        Where that is not possible the answer is `mode: read`.
        """
        wanted = valid(s.OpenRequestSerializer(data=request.data))["as"]
        needed = Role.REVIEWER if wanted == "review" else Role.ANNOTATOR
        task = selectors.task_get(actor=request.user, task_id=task_id, at_least=needed)
        claim = CLAIMS[wanted]
        try:
            return opened(request, claim(actor=request.user, task_id=task.pk))
        except (TaskTaken, SelfReview):
            view = selectors.task_view(actor=request.user, task_id=task.pk)
            return Response(s.OpenTaskSerializer(view).data)


class NextOfSeriesView(APIView):
    @extend_schema(
        operation_id="task_next_of_series",
        request=None,
        responses={200: s.OpenTaskSerializer, 204: NOTHING_LEFT},
    )
    def post(self, request: Request, task_id: uuid.UUID) -> Response:
        """Claim the picture after this one in its series (near-copies: a burst, a clip, a camera's hour)."""
        task = selectors.task_get(actor=request.user, task_id=task_id, at_least=Role.ANNOTATOR)
        assignment = services.task_next_of_series(actor=request.user, task=task)
        return opened(request, assignment) if assignment else Response(status=204)


class PresenceView(APIView):
    @extend_schema(operation_id="task_presence", request=s.TabSerializer, responses=s.PresenceSerializer)
    def put(self, request: Request, task_id: uuid.UUID) -> Response:
        """This page has the task open; answers every page that has. Said every 12 seconds while it is open."""
        task = selectors.task_get(actor=request.user, task_id=task_id)
        tab = valid(s.TabSerializer(data=request.data))["tab"]
        present = services.presence_note(actor=request.user, task=task, tab=tab)
        return Response(s.PresenceSerializer({"present": present}).data)

    @extend_schema(operation_id="task_presence_end", request=s.TabSerializer, responses={204: None})
    def post(self, request: Request, task_id: uuid.UUID) -> Response:
        """This page leaves the task. A POST, because a closing page can send nothing else."""
        task = selectors.task_get(actor=request.user, task_id=task_id)
        services.presence_end(
            actor=request.user, task=task, tab=valid(s.TabSerializer(data=request.data))["tab"]
        )
        return Response(status=204)


class RecentTasksView(APIView):
    @extend_schema(operation_id="task_recent", responses=s.RecentTaskSerializer(many=True))
    def get(self, request: Request, project_id: uuid.UUID) -> Response:
        """The last ten pictures one saved or submitted labels of, newest first."""
        project = projects.project_get(actor=request.user, project_id=project_id, at_least=Role.ANNOTATOR)
        rows = selectors.recent_tasks(actor=request.user, project=project)
        return Response(s.RecentTaskSerializer(rows, many=True).data)


class DraftView(APIView):
    @extend_schema(
        operation_id="draft_patch",
        parameters=[IF_MATCH],
        request=DraftPatchSerializer,
        responses=s.DraftSavedSerializer,
    )
    def patch(self, request: Request, assignment_id: uuid.UUID) -> Response:
        """Autosave: apply operations to one's draft. Replaying operations is harmless."""
        assignment = selectors.assignment_get(actor=request.user, assignment_id=assignment_id)
        version = if_match(request)
        data = valid(DraftPatchSerializer(data=request.data))
        saved = services.draft_patch(
            assignment=assignment,
            expected_version=version,
            ops=data["ops"],
            active_seconds=data.get("active_seconds"),
        )
        body = s.DraftSavedSerializer(
            {"draft_version": saved.draft_version, "saved_at": saved.draft_saved_at}
        )
        return Response(body.data, headers={"ETag": etag(saved.draft_version)})


class RenewView(APIView):
    @extend_schema(operation_id="lease_renew", request=None, responses=s.AssignmentSerializer)
    def post(self, request: Request, assignment_id: uuid.UUID) -> Response:
        """Keep one's lease for ten more minutes; the editor does so every 30 seconds."""
        assignment = selectors.assignment_get(actor=request.user, assignment_id=assignment_id)
        return Response(s.AssignmentSerializer(services.lease_renew(assignment=assignment)).data)


class ReleaseView(APIView):
    @extend_schema(operation_id="task_release", request=None, responses=s.AssignmentSerializer)
    def post(self, request: Request, assignment_id: uuid.UUID) -> Response:
        """Give the task back to the queue; the draft is kept."""
        assignment = selectors.assignment_get(actor=request.user, assignment_id=assignment_id)
        done = services.task_release(actor=request.user, assignment=assignment)
        return Response(s.AssignmentSerializer(done).data)


class SkipView(APIView):
    @extend_schema(operation_id="task_skip", request=s.SkipSerializer, responses=s.AssignmentSerializer)
    def post(self, request: Request, assignment_id: uuid.UUID) -> Response:
        """Pass on the task, with a reason; it is not offered to one again."""
        assignment = selectors.assignment_get(actor=request.user, assignment_id=assignment_id)
        data = valid(s.SkipSerializer(data=request.data))
        done = services.task_skip(actor=request.user, assignment=assignment, reason=data["reason"])
        return Response(s.AssignmentSerializer(done).data)


class SubmitView(APIView):
    @extend_schema(
        operation_id="revision_submit",
        parameters=[IF_MATCH, IDEMPOTENCY_KEY],
        request=s.SubmitSerializer,
        responses=s.SubmittedSerializer,
    )
    @idempotent
    def post(self, request: Request, assignment_id: uuid.UUID) -> Response:
        """Make an immutable revision of one's draft; 412 carries the other's revision."""
        assignment = selectors.assignment_get(actor=request.user, assignment_id=assignment_id)
        version = if_match(request)
        data = valid(s.SubmitSerializer(data=request.data))
        decisions = [SuggestionDecision(**decision) for decision in data.pop("decisions")]
        done = services.revision_submit(
            actor=request.user,
            assignment=assignment,
            expected_version=version,
            decisions=decisions,
            **data,
        )
        progress = selectors.progress_of(actor=request.user, project=done.task.project)
        body = {"revision": done.revision, "task": done.task, "progress": progress}
        return Response(s.SubmittedSerializer(body).data)
