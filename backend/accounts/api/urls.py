"""Addresses of accounts."""

from django.urls import path

from backend.accounts.api import organisation_views, views

urlpatterns = [
    path("session", views.SessionView.as_view()),
    path("me", views.MeView.as_view()),
    path("me/password", views.MyPasswordView.as_view()),
    path("links/<str:token>", views.LinkView.as_view()),
    path("tokens", views.TokenListView.as_view()),
    path("tokens/<uuid:token_id>", views.TokenView.as_view()),
    path("organisations/<uuid:organisation_id>/members", organisation_views.MemberListView.as_view()),
    path(
        "organisations/<uuid:organisation_id>/members/<uuid:user_id>", organisation_views.MemberView.as_view()
    ),
    path(
        "organisations/<uuid:organisation_id>/members/<uuid:user_id>/reset-link",
        organisation_views.ResetLinkView.as_view(),
    ),
    path("organisations/<uuid:organisation_id>/invitations", organisation_views.InvitationView.as_view()),
]
