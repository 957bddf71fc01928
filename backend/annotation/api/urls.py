"""Addresses of this app."""

from django.urls import URLPattern, path

from backend.annotation.api import consensus_views as consensus
from backend.annotation.api import planning_views as planning
from backend.annotation.api import quality_views as quality
from backend.annotation.api import review_views as review
from backend.annotation.api import seam_views as seams
from backend.annotation.api import task_views as tasks
from backend.annotation.api import views

urlpatterns: list[URLPattern] = [
    path("projects/<uuid:project_id>/tasks", tasks.TaskListView.as_view()),
    path("projects/<uuid:project_id>/tasks/next", views.NextTaskView.as_view()),
    path("projects/<uuid:project_id>/tasks/recent", views.RecentTasksView.as_view()),
    path("projects/<uuid:project_id>/tasks/assign", tasks.TasksAssignView.as_view()),
    path("projects/<uuid:project_id>/tasks/people", consensus.TasksPeopleView.as_view()),
    path("projects/<uuid:project_id>/consensus/unmerged", consensus.UnmergedView.as_view()),
    path("projects/<uuid:project_id>/videos/<uuid:asset_id>/parts", tasks.VideoPartsView.as_view()),
    path("projects/<uuid:project_id>/videos/<uuid:asset_id>/seams", seams.VideoSeamsView.as_view()),
    path("projects/<uuid:project_id>/videos/<uuid:asset_id>/seams/<int:number>", seams.SeamView.as_view()),
    path("projects/<uuid:project_id>/work-summary", tasks.WorkSummaryView.as_view()),
    path("projects/<uuid:project_id>/people/<uuid:user_id>/work", tasks.PersonWorkView.as_view()),
    path("projects/<uuid:project_id>/people/<uuid:user_id>/checks", quality.PersonChecksView.as_view()),
    path("projects/<uuid:project_id>/people/<uuid:user_id>/resume", quality.PersonResumeView.as_view()),
    path("projects/<uuid:project_id>/agreement", quality.AgreementView.as_view()),
    path("projects/<uuid:project_id>/second-looks", quality.SecondLooksView.as_view()),
    path("projects/<uuid:project_id>/truth", quality.TruthView.as_view()),
    path("projects/<uuid:project_id>/truth/remove", quality.TruthRemoveView.as_view()),
    path("tasks/<uuid:task_id>/truth", quality.TaskTruthView.as_view()),
    path("projects/<uuid:project_id>/planning", planning.PlanningView.as_view()),
    path("projects/<uuid:project_id>/planning/people/<uuid:user_id>", planning.PlanningPersonView.as_view()),
    path("projects/<uuid:project_id>/planning/plans", planning.PlansView.as_view()),
    path("projects/<uuid:project_id>/forecast", planning.ForecastView.as_view()),
    path("plans/<uuid:plan_id>/apply", planning.PlanApplyView.as_view()),
    path("plans/<uuid:plan_id>/drop", planning.PlanDropView.as_view()),
    path("my-part", planning.OwnPartView.as_view()),
    path("projects/<uuid:project_id>/review/queue", review.ReviewQueueView.as_view()),
    path("projects/<uuid:project_id>/review/next", review.ReviewNextView.as_view()),
    path("projects/<uuid:project_id>/suggestions", review.SuggestionGridView.as_view()),
    path("suggestions/decide", review.SuggestionsDecideView.as_view()),
    path("suggestions/undo", review.SuggestionsUndoView.as_view()),
    path("tasks/<uuid:task_id>", views.TaskView.as_view()),
    path("tasks/<uuid:task_id>/open", views.OpenTaskView.as_view()),
    path("tasks/<uuid:task_id>/next-of-series", views.NextOfSeriesView.as_view()),
    path("tasks/<uuid:task_id>/presence", views.PresenceView.as_view()),
    path("tasks/<uuid:task_id>/revisions", review.TaskRevisionsView.as_view()),
    path("tasks/<uuid:task_id>/comments", review.TaskCommentsView.as_view()),
    path("tasks/<uuid:task_id>/consensus", consensus.ConsensusView.as_view()),
    path("tasks/<uuid:task_id>/consensus/merge", consensus.ConsensusMergeView.as_view()),
    path("tasks/<uuid:task_id>/consensus/retry", consensus.ConsensusRetryView.as_view()),
    path("tasks/<uuid:task_id>/consensus/take", consensus.ConsensusTakeView.as_view()),
    path("tasks/<uuid:task_id>/consensus/ask", consensus.ConsensusAskView.as_view()),
    path("tasks/<uuid:task_id>/quarantine", tasks.QuarantineView.as_view()),
    path("tasks/<uuid:task_id>/restore", tasks.RestoreView.as_view()),
    path("comments/<uuid:comment_id>", review.CommentView.as_view()),
    path("comments/<uuid:comment_id>/replies", review.CommentRepliesView.as_view()),
    path("assignments/<uuid:assignment_id>/draft", views.DraftView.as_view()),
    path("assignments/<uuid:assignment_id>/renew", views.RenewView.as_view()),
    path("assignments/<uuid:assignment_id>/release", views.ReleaseView.as_view()),
    path("assignments/<uuid:assignment_id>/skip", views.SkipView.as_view()),
    path("assignments/<uuid:assignment_id>/submit", views.SubmitView.as_view()),
    path("revisions/<uuid:revision_id>", review.RevisionView.as_view()),
    path("revisions/<uuid:revision_id>/decide", review.RevisionDecideView.as_view()),
    path("revisions/<uuid:revision_id>/undo", review.RevisionUndoView.as_view()),
]
