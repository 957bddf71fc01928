"""Reading annotation. What other apps may use is named here; the modules below hold the queries."""

from backend.annotation.selectors.agreement import project_agreement
from backend.annotation.selectors.approved import approved_by_asset, approved_images, objects_of_revisions
from backend.annotation.selectors.boxes import (
    box_suggestions,
    has_open,
    may_suggest,
    task_find,
    task_stands,
    tasks_with_open_boxes,
)
from backend.annotation.selectors.checks import person_checks
from backend.annotation.selectors.consensus import consensus_of
from backend.annotation.selectors.cover import cover_tasks, is_sealed
from backend.annotation.selectors.doors import (
    assignment_get,
    comment_get,
    revision_get,
    suggestions_get,
    task_get,
)
from backend.annotation.selectors.history import history_entries, task_revisions
from backend.annotation.selectors.labels import (
    APPROVED_STATES,
    approved_revisions,
    labels_of_revisions,
    regions_by_revision,
    revision_labels,
)
from backend.annotation.selectors.lists import (
    labels_used,
    review_queue,
    suggestion_record,
    suggestion_scores,
    suggestions_grid,
    task_counts,
    task_of_asset,
    tasks_for_selection,
    tasks_list,
    work_counts,
    work_summary,
)
from backend.annotation.selectors.people import person_work
from backend.annotation.selectors.queue import assets_coming_up, assets_in_hand
from backend.annotation.selectors.recent import may_correct, recent_tasks
from backend.annotation.selectors.seams import seam_of, seams_of
from backend.annotation.selectors.second_figures import second_figures
from backend.annotation.selectors.truth import truth_rows, truth_task_ids, truth_usable, truths_of
from backend.annotation.selectors.unmerged import unmerged_of
from backend.annotation.selectors.work import (
    OpenTask,
    draft_labels,
    labels_dict,
    progress_of,
    suggestions_of,
    suggestions_shown,
    task_view,
)

__all__ = [
    "APPROVED_STATES",
    "OpenTask",
    "approved_by_asset",
    "approved_images",
    "approved_revisions",
    "assets_coming_up",
    "assets_in_hand",
    "assignment_get",
    "consensus_of",
    "box_suggestions",
    "comment_get",
    "cover_tasks",
    "draft_labels",
    "has_open",
    "history_entries",
    "is_sealed",
    "labels_dict",
    "labels_of_revisions",
    "labels_used",
    "may_correct",
    "may_suggest",
    "objects_of_revisions",
    "person_checks",
    "person_work",
    "progress_of",
    "project_agreement",
    "recent_tasks",
    "regions_by_revision",
    "review_queue",
    "revision_get",
    "revision_labels",
    "seam_of",
    "seams_of",
    "second_figures",
    "suggestion_record",
    "suggestion_scores",
    "suggestions_get",
    "suggestions_grid",
    "suggestions_of",
    "suggestions_shown",
    "task_counts",
    "task_find",
    "task_get",
    "task_of_asset",
    "task_stands",
    "task_revisions",
    "task_view",
    "tasks_for_selection",
    "tasks_list",
    "tasks_with_open_boxes",
    "truth_rows",
    "truth_task_ids",
    "truth_usable",
    "truths_of",
    "unmerged_of",
    "work_counts",
    "work_summary",
]
