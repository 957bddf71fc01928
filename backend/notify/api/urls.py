"""Addresses of notices."""

from django.urls import path

from backend.notify.api import views

urlpatterns = [
    path("notices", views.NoticeListView.as_view()),
    path("notices/read", views.NoticeReadView.as_view()),
]
