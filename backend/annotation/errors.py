"""Errors of annotation."""

from backend.core.errors import BadInput, Conflict, Forbidden, Stale, Unprocessable


class QueuePaused(Conflict):
    code = "queue_paused"


class PersonPaused(Conflict):
    """Extra: `pause: {score, limit, pictures, may_go_on}`."""

    code = "person_paused"


class NoGroundTruth(Conflict):
    """This picture cannot be ground truth as it stands."""

    code = "no_ground_truth"


class TaskTaken(Conflict):
    code = "task_taken"


class PartsRefused(Conflict):
    """The video cannot be split into other parts."""

    code = "parts_refused"


class SeamWaits(Conflict):
    """One of the two parts has no approved labels."""

    code = "seam_waits"


class JoinedElsewhere(Conflict):
    """One of two tracks is joined by hand to a third."""

    code = "joined_elsewhere"


class LeaseLost(Conflict):
    code = "lease_lost"


class NotOpen(Conflict):
    code = "not_open"


class MoveRefused(Conflict):
    """The task or the work on it is in a state that does not allow this."""

    code = "not_in_this_state"


class ThreadSettled(Conflict):
    code = "thread_settled"


class NotYourWork(Forbidden):
    code = "not_your_work"


class SelfReview(Forbidden):
    code = "self_review"


class DraftStale(Stale):
    """Extra: `current: {draft_version, labels}`."""

    code = "draft_stale"


class RevisionStale(Stale):
    """Extra: `current: {revision}`."""

    code = "revision_stale"


class LabelsRefused(BadInput):
    """Some regions cannot be saved; `fields` is keyed `regions.<region id>` or `tags`."""

    code = "labels_refused"


class ChecksFailed(BadInput):
    """The project's own checks; `fields` is keyed `regions.<id>`, `labels.<id>` or `nothing_here`."""

    code = "checks_failed"


class ForeignId(Unprocessable):
    """A body names something that does not belong to this task or project."""

    code = "foreign_id"


class TracksUnlike(Unprocessable):
    """Two tracks of other labels or shapes are no one object."""

    code = "tracks_unlike"
