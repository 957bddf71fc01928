"""Changes to annotation. What other apps and the views may call is named here."""

from backend.annotation.services.auto_approval import (
    policy_approve,
    policy_audit,
    policy_take_back,
    suggestions_usable,
)
from backend.annotation.services.claims import (
    lease_renew,
    leases_expire,
    review_claim,
    review_next,
    task_claim,
    task_next,
    task_next_of_series,
    task_recall,
    task_release,
    task_skip,
)
from backend.annotation.services.comments import comment_create, comment_reply, comment_resolve
from backend.annotation.services.consensus import (
    PeopleSet,
    answer_take,
    merge_again,
    merge_retry,
    one_more_ask,
    people_set,
)
from backend.annotation.services.corrections import region_correct
from backend.annotation.services.drafts import draft_patch
from backend.annotation.services.grid import GridResult, suggestions_decide, suggestions_undo
from backend.annotation.services.imports import asset_import, asset_suggest, revision_import
from backend.annotation.services.keyframes import frames_of, keyframe_checked
from backend.annotation.services.outlines import suggestions_add, suggestions_refine
from backend.annotation.services.parts import video_parts_set
from backend.annotation.services.pauses import pause_end
from backend.annotation.services.presence import presence_end, presence_note
from backend.annotation.services.remap import labels_remap
from backend.annotation.services.review import review_decide, review_undo
from backend.annotation.services.seams import tracks_link
from backend.annotation.services.submit import Submitted, revision_submit
from backend.annotation.services.suggestions import (
    suggestions_create,
    suggestions_left_out_of,
    suggestions_supersede,
)
from backend.annotation.services.tasks import (
    asset_quarantine,
    task_quarantine,
    task_restore,
    tasks_asset_ready,
    tasks_assign,
    tasks_create,
    tasks_prioritise,
)
from backend.annotation.services.truth import truth_mark, truth_unmark

__all__ = [
    "GridResult",
    "PeopleSet",
    "Submitted",
    "answer_take",
    "asset_import",
    "asset_quarantine",
    "asset_suggest",
    "comment_create",
    "comment_reply",
    "comment_resolve",
    "draft_patch",
    "frames_of",
    "keyframe_checked",
    "labels_remap",
    "lease_renew",
    "leases_expire",
    "merge_again",
    "merge_retry",
    "one_more_ask",
    "pause_end",
    "people_set",
    "policy_approve",
    "policy_audit",
    "policy_take_back",
    "presence_end",
    "presence_note",
    "region_correct",
    "review_claim",
    "review_decide",
    "review_next",
    "review_undo",
    "revision_import",
    "revision_submit",
    "suggestions_add",
    "suggestions_create",
    "suggestions_decide",
    "suggestions_left_out_of",
    "suggestions_refine",
    "suggestions_supersede",
    "suggestions_undo",
    "suggestions_usable",
    "task_claim",
    "task_next",
    "task_next_of_series",
    "task_quarantine",
    "task_recall",
    "task_release",
    "task_restore",
    "task_skip",
    "tasks_asset_ready",
    "tasks_assign",
    "tasks_create",
    "tasks_prioritise",
    "tracks_link",
    "truth_mark",
    "truth_unmark",
    "video_parts_set",
]
