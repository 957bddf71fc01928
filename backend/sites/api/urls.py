"""Addresses of sites."""

from django.urls import path

from backend.sites.api import views

urlpatterns = [
    path("sites", views.SiteListView.as_view()),
    path("sites/<uuid:site_id>", views.SiteView.as_view()),
    path("sites/<uuid:site_id>/cameras", views.CameraListView.as_view()),
    path("sites/<uuid:site_id>/members", views.SiteMemberListView.as_view()),
    path("sites/<uuid:site_id>/members/<uuid:user_id>", views.SiteMemberView.as_view()),
    path("cameras/<uuid:camera_id>", views.CameraView.as_view()),
    path("cameras/<uuid:camera_id>/privacy", views.CameraPrivacyView.as_view()),
]
