"""Errors of learning."""

from backend.core.errors import BadInput, Conflict, Unavailable


class ModelRefused(BadInput):
    code = "model_refused"


class GateNotPassed(Conflict):
    code = "gate_not_passed"


class RolloutRefused(Conflict):
    code = "rollout_refused"


class PolicyRefused(Conflict):
    code = "policy_refused"


class NothingToTrainOn(Conflict):
    code = "nothing_to_train_on"


class NoProductionModel(Conflict):
    code = "no_production_model"


class AssistUnavailable(Unavailable):
    code = "assist_unavailable"


class AssistBusy(AssistUnavailable):
    code = "assist_busy"
