"""Addresses of learning."""

from django.urls import path

from backend.learning.api import (
    approval_views,
    assist_views,
    comparison_views,
    defect_views,
    drift_views,
    learning_views,
    retraining_views,
    rollout_views,
    training_views,
    views,
)

urlpatterns = [
    path("projects/<uuid:project_id>/models", views.ModelListView.as_view()),
    path("models/<uuid:model_id>", views.ModelView.as_view()),
    path("models/<uuid:model_id>/binding", views.BindingView.as_view()),
    path("models/<uuid:model_id>/rollout", rollout_views.RolloutView.as_view()),
    path("models/<uuid:model_id>/gate", views.GateView.as_view()),
    path("models/<uuid:model_id>/comparison", comparison_views.ComparisonView.as_view()),
    path("models/<uuid:model_id>/comparison/cases", comparison_views.ComparisonCasesView.as_view()),
    path("projects/<uuid:project_id>/trainings", training_views.TrainingListView.as_view()),
    path("projects/<uuid:project_id>/starting-weights", training_views.StartingWeightsView.as_view()),
    path("trainings/<uuid:training_id>", training_views.TrainingView.as_view()),
    path("trainings/<uuid:training_id>/cancel", training_views.TrainingCancelView.as_view()),
    path("projects/<uuid:project_id>/selections", training_views.SelectionListView.as_view()),
    path("projects/<uuid:project_id>/prelabels", training_views.PrelabelView.as_view()),
    path("projects/<uuid:project_id>/learning-curve", training_views.LearningCurveView.as_view()),
    path("projects/<uuid:project_id>/learning-state", learning_views.LearningStateView.as_view()),
    path("projects/<uuid:project_id>/savings", learning_views.SavingsView.as_view()),
    path("projects/<uuid:project_id>/retraining", retraining_views.RetrainingView.as_view()),
    path(
        "projects/<uuid:project_id>/retraining/<slug:kind>", retraining_views.RetrainingPolicyView.as_view()
    ),
    path("projects/<uuid:project_id>/approval-policies", approval_views.ApprovalPoliciesView.as_view()),
    path("approval-policies/<uuid:policy_id>/steps", approval_views.ApprovalStepView.as_view()),
    path("projects/<uuid:project_id>/defects", defect_views.DefectsView.as_view()),
    path("projects/<uuid:project_id>/defects/suggestions", defect_views.DefectsSuggestView.as_view()),
    path("projects/<uuid:project_id>/drift", drift_views.DriftView.as_view()),
    path("projects/<uuid:project_id>/map", learning_views.MapView.as_view()),
    path("projects/<uuid:project_id>/map/queue", learning_views.MapQueueView.as_view()),
    path("tasks/<uuid:task_id>/assist/encode", assist_views.AssistEncodeView.as_view()),
    path("tasks/<uuid:task_id>/assist/decode", assist_views.AssistDecodeView.as_view()),
    path("tasks/<uuid:task_id>/assist/embedding/<slug:key>", assist_views.AssistEmbeddingView.as_view()),
    path("tasks/<uuid:task_id>/assist/everything", assist_views.AssistEverythingView.as_view()),
    path("tasks/<uuid:task_id>/suggestions/refine", assist_views.AssistRefineView.as_view()),
    path("projects/<uuid:project_id>/assist/refine", assist_views.AssistRefineProjectView.as_view()),
    path("projects/<uuid:project_id>/assist/embed", assist_views.AssistEmbedProjectView.as_view()),
    path("assist/decoders/<slug:sha256>.onnx", assist_views.AssistDecoderView.as_view()),
    path("assist/models", assist_views.CheckpointListView.as_view()),
]
