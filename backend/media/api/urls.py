"""Addresses of this app."""

from django.urls import path

from backend.media.api import views

urlpatterns = [
    path("projects/<uuid:project_id>/uploads", views.UploadsView.as_view()),
    path("uploads/<uuid:upload_id>", views.UploadView.as_view()),
    path("uploads/<uuid:upload_id>/content", views.UploadContentView.as_view()),
    path("projects/<uuid:project_id>/assets/exclude", views.AssetsExcludeView.as_view()),
    path("projects/<uuid:project_id>/assets/include", views.AssetsIncludeView.as_view()),
    path("cameras/<uuid:camera_id>/erasures", views.ErasureListView.as_view()),
    path("assets/<uuid:asset_id>", views.AssetView.as_view()),
    path("assets/<uuid:asset_id>/image", views.AssetImageView.as_view()),
    path("assets/<uuid:asset_id>/tiles/<int:level>/<int:column>/<int:row>", views.AssetTileView.as_view()),
    path("assets/<uuid:asset_id>/thumbnail", views.AssetThumbnailView.as_view()),
    path("assets/<uuid:asset_id>/original", views.AssetOriginalView.as_view()),
    path("assets/<uuid:asset_id>/frames/<int:index>.jpg", views.AssetFrameView.as_view()),
    path("assets/<uuid:asset_id>/strip", views.AssetStripView.as_view()),
    path("assets/<uuid:asset_id>/frame-times", views.AssetFrameTimesView.as_view()),
    path("assets/<uuid:asset_id>/near-copies", views.NearCopiesView.as_view()),
]
