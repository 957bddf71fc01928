"""Errors of learning."""

from backend.core.errors import BadInput, Conflict, Stale, Unavailable


class ModelRefused(BadInput):
    code = "model_refused"


class GateNotPassed(Conflict):
    code = "gate_not_passed"


class RolloutRefused(Conflict):
    code = "rollout_refused"


class PolicyRefused(Conflict):
    code = "policy_refused"


class FindingDecided(Conflict):
    """Somebody has said something else of this probable label error."""

    code = "finding_decided"


class FindingStale(Stale):
    """The labels are not those that were looked at any more."""

    code = "finding_stale"


class TooFewPictures(Conflict):
    code = "too_few_pictures"


class NothingToTrainOn(Conflict):
    code = "nothing_to_train_on"


class NoProductionModel(Conflict):
    code = "no_production_model"


class AssistUnavailable(Unavailable):
    code = "assist_unavailable"


class AssistBusy(AssistUnavailable):
    code = "assist_busy"
