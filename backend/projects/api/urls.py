"""Addresses of projects and of their jobs."""

from django.urls import path

from backend.projects.api import job_views, views

urlpatterns = [
    path("project-templates", views.TemplateListView.as_view()),
    path("projects", views.ProjectListView.as_view()),
    path("projects/<uuid:project_id>", views.ProjectView.as_view()),
    path("projects/<uuid:project_id>/ontology", views.OntologyView.as_view()),
    path("projects/<uuid:project_id>/members", views.ProjectMemberListView.as_view()),
    path("projects/<uuid:project_id>/members/<uuid:user_id>", views.ProjectMemberView.as_view()),
    path("jobs", job_views.JobListView.as_view()),
    path("jobs/<uuid:job_id>", job_views.JobView.as_view()),
    path("jobs/<uuid:job_id>/cancel", job_views.JobCancelView.as_view()),
    path("jobs/<uuid:job_id>/retry", job_views.JobRetryView.as_view()),
]
