"""Addresses of feeds, and of the loop's overview."""

from django.urls import path

from backend.feeds.api import marking_views, views

urlpatterns = [
    path("projects/<uuid:project_id>/feeds", views.FeedListView.as_view()),
    path("projects/<uuid:project_id>/overview", views.OverviewView.as_view()),
    path("feeds/<uuid:feed_id>", views.FeedView.as_view()),
    path("feeds/<uuid:feed_id>/restart", views.FeedRestartView.as_view()),
    path("feeds/<uuid:feed_id>/events", views.FeedEventListView.as_view()),
    path("feeds/<uuid:feed_id>/captures", views.CaptureListView.as_view()),
    path("feeds/<uuid:feed_id>/snapshot.jpg", views.FeedSnapshotView.as_view()),
    path("feeds/<uuid:feed_id>/markings", marking_views.MarkingListView.as_view()),
    path("markings/<uuid:marking_id>", marking_views.MarkingView.as_view()),
    path("home", views.HomeView.as_view()),
]
