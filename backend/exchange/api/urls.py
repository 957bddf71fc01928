"""Addresses of exchange."""

from django.urls import path

from backend.exchange.api import views

urlpatterns = [
    path("projects/<uuid:project_id>/export", views.ExportView.as_view()),
    path("projects/<uuid:project_id>/imports", views.ImportView.as_view()),
]
