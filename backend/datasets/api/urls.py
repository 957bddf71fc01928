"""Addresses of this app."""

from django.urls import path

from backend.datasets.api import views

urlpatterns = [
    path("projects/<uuid:project_id>/assets", views.GridView.as_view()),
    path("projects/<uuid:project_id>/regions", views.RegionsView.as_view()),
    path("projects/<uuid:project_id>/facets", views.FacetsView.as_view()),
    path("projects/<uuid:project_id>/slices", views.SlicesView.as_view()),
    path("slices/<uuid:slice_id>", views.SliceView.as_view()),
    path("projects/<uuid:project_id>/datasets", views.DatasetsView.as_view()),
    path("datasets/<uuid:version_id>", views.DatasetView.as_view()),
    path("datasets/<uuid:version_id>/items", views.DatasetItemsView.as_view()),
    path("datasets/<uuid:version_id>/diff/<uuid:other_id>", views.DatasetDiffView.as_view()),
]
