"""Review: the queue, the verdict, the grid of suggestions, history and comments."""

from __future__ import annotations

import uuid
from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.annotation import selectors, services
from backend.annotation.api import serializers as s
from backend.annotation.api.views import IDEMPOTENCY_KEY, NOTHING_LEFT, opened, valid
from backend.annotation.contracts import SuggestionDecision
from backend.annotation.models import Revision, Task
from backend.core.enums import Role
from backend.core.http import idempotent
from backend.core.pagination import CursorPage
from backend.projects import selectors as projects


class OldestFirst(CursorPage):
    ordering = "id"


class ByNumber(CursorPage):
    ordering = "-number"


class BestFirst(CursorPage):
    ordering = ("-score", "-id")


class ReviewQueueView(ListAPIView[Revision]):
    """Revisions that wait for a reviewer, oldest first."""

    serializer_class = s.ReviewRowSerializer
    pagination_class = OldestFirst

    def get_queryset(self) -> Any:
        project = projects.project_get(
            actor=self.request.user, project_id=self.kwargs["project_id"], at_least=Role.REVIEWER
        )
        return selectors.review_queue(project=project, actor=self.request.user)

    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), "actor_id": self.request.user.pk}

    @extend_schema(operation_id="review_queue")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)


class ReviewNextView(APIView):
    @extend_schema(
        operation_id="review_next",
        request=s.NextRequestSerializer,
        responses={200: s.OpenTaskSerializer, 204: NOTHING_LEFT},
    )
    def post(self, request: Request, project_id: uuid.UUID) -> Response:
        """Claim the oldest revision one may review; `review.revision_id` is what to decide."""
        project = projects.project_get(actor=request.user, project_id=project_id, at_least=Role.REVIEWER)
        data = valid(s.NextRequestSerializer(data=request.data))
        assignment = services.review_next(
            actor=request.user, project=project, exclude=data["exclude_task_ids"]
        )
        return opened(request, assignment) if assignment else Response(status=204)


def _task_answer(revision: Revision) -> dict[str, Any]:
    state = Task.objects.values_list("state", flat=True).get(pk=revision.task_id)
    return {"revision_id": revision.pk, "task_id": revision.task_id, "task_state": state}


class RevisionDecideView(APIView):
    @extend_schema(
        operation_id="review_decide",
        parameters=[IDEMPOTENCY_KEY],
        request=s.DecideSerializer,
        responses=s.DecidedSerializer,
    )
    @idempotent
    def post(self, request: Request, revision_id: uuid.UUID) -> Response:
        """Approve a revision, or return it to its author with a reason."""
        revision = selectors.revision_get(actor=request.user, revision_id=revision_id, at_least=Role.REVIEWER)
        data = valid(s.DecideSerializer(data=request.data))
        decision = services.review_decide(actor=request.user, revision_id=revision.pk, **data)
        return Response(s.DecidedSerializer({"decision": decision, **_task_answer(revision)}).data)


class RevisionUndoView(APIView):
    @extend_schema(operation_id="review_undo", request=None, responses=s.UndoneSerializer)
    def post(self, request: Request, revision_id: uuid.UUID) -> Response:
        """Take one's decision back: the revision waits for review again."""
        revision = selectors.revision_get(actor=request.user, revision_id=revision_id, at_least=Role.REVIEWER)
        services.review_undo(actor=request.user, revision_id=revision.pk)
        return Response(s.UndoneSerializer(_task_answer(revision)).data)


class RevisionView(APIView):
    @extend_schema(operation_id="revision_get", responses=s.RevisionDetailSerializer)
    def get(self, request: Request, revision_id: uuid.UUID) -> Response:
        """One revision with its labels."""
        revision = selectors.revision_get(actor=request.user, revision_id=revision_id)
        labels = selectors.labels_dict(selectors.revision_labels(revision))
        body = s.RevisionSerializer(revision).data
        return Response({**body, "labels": s.LabelsSerializer(labels).data})


class TaskRevisionsView(ListAPIView[Revision]):
    """A task's history, newest first, each entry with what it changed."""

    serializer_class = s.HistoryEntrySerializer
    pagination_class = ByNumber

    def get_queryset(self) -> Any:
        task = selectors.task_get(actor=self.request.user, task_id=self.kwargs["task_id"])
        return selectors.task_revisions(actor=self.request.user, task=task)

    def paginate_queryset(self, queryset: Any) -> Any:
        """A page's entries are compared with what they were made from, a page at a time."""
        return selectors.history_entries(super().paginate_queryset(queryset) or [])

    @extend_schema(operation_id="task_revisions")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)


class TaskCommentsView(APIView):
    @extend_schema(
        operation_id="comment_create",
        parameters=[IDEMPOTENCY_KEY],
        request=s.CommentCreateSerializer,
        responses={201: s.CommentSerializer},
    )
    @idempotent
    def post(self, request: Request, task_id: uuid.UUID) -> Response:
        """Write a remark, pinned to a place of the picture where x and y are given."""
        task = selectors.task_get(actor=request.user, task_id=task_id, at_least=Role.ANNOTATOR)
        data = valid(s.CommentCreateSerializer(data=request.data))
        comment = services.comment_create(actor=request.user, task=task, **data)
        return Response(s.CommentSerializer(comment).data, status=201)


class CommentView(APIView):
    @extend_schema(
        operation_id="comment_resolve", request=s.CommentResolveSerializer, responses=s.CommentSerializer
    )
    def patch(self, request: Request, comment_id: uuid.UUID) -> Response:
        """Mark a remark settled, or open it again."""
        comment = selectors.comment_get(actor=request.user, comment_id=comment_id)
        data = valid(s.CommentResolveSerializer(data=request.data))
        return Response(
            s.CommentSerializer(
                services.comment_resolve(actor=request.user, comment=comment, resolved=data["resolved"])
            ).data
        )


class CommentRepliesView(APIView):
    @extend_schema(
        operation_id="comment_reply",
        parameters=[IDEMPOTENCY_KEY],
        request=s.CommentReplyCreateSerializer,
        responses={201: s.CommentSerializer},
    )
    @idempotent
    def post(self, request: Request, comment_id: uuid.UUID) -> Response:
        """Answer a remark; answers the whole thread. Those who wrote in it are told."""
        comment = selectors.comment_get(actor=request.user, comment_id=comment_id)
        data = valid(s.CommentReplyCreateSerializer(data=request.data))
        services.comment_reply(actor=request.user, comment=comment, text=data["text"])
        return Response(s.CommentSerializer(comment).data, status=201)


class SuggestionGridView(ListAPIView[Any]):
    """Suggestions to decide at a glance, best score first. Blind tasks' are never among them."""

    serializer_class = s.GridSuggestionSerializer
    pagination_class = BestFirst

    def get_queryset(self) -> Any:
        project = projects.project_get(actor=self.request.user, project_id=self.kwargs["project_id"])
        filters = valid(s.GridFilterSerializer(data=self.request.query_params))
        return selectors.suggestions_grid(project_id=project.pk, **filters)

    @extend_schema(
        operation_id="suggestion_grid",
        parameters=[
            s.GridFilterSerializer,
            OpenApiParameter("page_size", int, description="1 to 200."),
        ],
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)


def _grid_answer(result: services.GridResult) -> Response:
    skipped = [{"suggestion_id": pk, "reason": reason} for pk, reason in result.skipped.items()]
    body = s.GridResultSerializer({"decided": result.decided, "skipped": skipped, "tasks": result.tasks})
    return Response(body.data)


class SuggestionsDecideView(APIView):
    @extend_schema(
        operation_id="suggestions_decide",
        parameters=[IDEMPOTENCY_KEY],
        request=s.GridDecideSerializer,
        responses=s.GridResultSerializer,
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Accept or reject suggestions of many pictures; what is accepted waits for `complete_task_ids`."""
        data = valid(s.GridDecideSerializer(data=request.data))
        project = projects.project_get(
            actor=request.user, project_id=data["project_id"], at_least=Role.REVIEWER
        )
        items = [SuggestionDecision(row["suggestion_id"], row["decision"]) for row in data["items"]]
        result = services.suggestions_decide(
            actor=request.user,
            project_id=project.pk,
            items=items,
            complete_task_ids=data["complete_task_ids"],
        )
        return _grid_answer(result)


class SuggestionsUndoView(APIView):
    @extend_schema(
        operation_id="suggestions_undo", request=s.GridUndoSerializer, responses=s.GridResultSerializer
    )
    def post(self, request: Request) -> Response:
        """Open decided suggestions again and take what they gave out of the labels."""
        ids = valid(s.GridUndoSerializer(data=request.data))["suggestion_ids"]
        selectors.suggestions_get(actor=request.user, suggestion_ids=ids)
        return _grid_answer(services.suggestions_undo(actor=request.user, suggestion_ids=ids))
