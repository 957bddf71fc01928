"""Addresses of feeds, of cameras' calibrations, and of the loop's overview."""

from django.urls import path

from backend.feeds.api import calibration_views as calibration
from backend.feeds.api import count_views, marking_views, views

urlpatterns = [
    path("projects/<uuid:project_id>/feeds", views.FeedListView.as_view()),
    path("projects/<uuid:project_id>/overview", views.OverviewView.as_view()),
    path("projects/<uuid:project_id>/feeds/test", views.SourceTestView.as_view()),
    path("cameras/<uuid:camera_id>/still.jpg", views.CameraStillView.as_view()),
    path("feeds/<uuid:feed_id>", views.FeedView.as_view()),
    path("feeds/<uuid:feed_id>/restart", views.FeedRestartView.as_view()),
    path("feeds/<uuid:feed_id>/events", views.FeedEventListView.as_view()),
    path("feeds/<uuid:feed_id>/captures", views.CaptureListView.as_view()),
    path("feeds/<uuid:feed_id>/missed", views.FeedMissedView.as_view()),
    path("feeds/<uuid:feed_id>/snapshot.jpg", views.FeedSnapshotView.as_view()),
    path("feeds/<uuid:feed_id>/markings", marking_views.MarkingListView.as_view()),
    path("markings/<uuid:marking_id>", marking_views.MarkingView.as_view()),
    path("feeds/<uuid:feed_id>/counts", count_views.FeedCountsView.as_view()),
    path("feeds/<uuid:feed_id>/counts/export", count_views.FeedCountsExportView.as_view()),
    path("feeds/<uuid:feed_id>/history", count_views.FeedHistoryView.as_view()),
    path("cameras/<uuid:camera_id>/counts", count_views.CameraCountsView.as_view()),
    path("cameras/<uuid:camera_id>/counts/export", count_views.CameraCountsExportView.as_view()),
    path("sites/<uuid:site_id>/counts", count_views.SiteCountsView.as_view()),
    path("sites/<uuid:site_id>/counts/export", count_views.SiteCountsExportView.as_view()),
    path("sites/<uuid:site_id>/feeds", count_views.SiteFeedListView.as_view()),
    path("feeds/<uuid:feed_id>/status.json", views.FeedStatusView.as_view()),
    path("feeds/<uuid:feed_id>/stills", calibration.StillTakeView.as_view()),
    path("stills/<uuid:still_id>/picture.jpg", calibration.StillPictureView.as_view()),
    path("cameras/<uuid:camera_id>/feeds", calibration.CameraFeedListView.as_view()),
    path("cameras/<uuid:camera_id>/calibrations", calibration.CalibrationListView.as_view()),
    path("cameras/<uuid:camera_id>/calibrations/solve", calibration.CalibrationSolveView.as_view()),
    path("calibrations/<uuid:calibration_id>/end", calibration.CalibrationEndView.as_view()),
    path("calibrations/<uuid:calibration_id>/restore", calibration.CalibrationRestoreView.as_view()),
    path("calibrations/<uuid:calibration_id>/looked", calibration.CalibrationLookedView.as_view()),
    path("home", views.HomeView.as_view()),
]
