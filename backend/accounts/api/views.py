"""Signing in, oneself, links and tokens."""

from __future__ import annotations

import uuid

from django.contrib.auth import login, logout, update_session_auth_hash
from django.middleware.csrf import get_token
from django.utils.decorators import method_decorator
from django.views.decorators.csrf import ensure_csrf_cookie
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import ScopedRateThrottle
from rest_framework.views import APIView

from backend.accounts import selectors, services
from backend.accounts.api import serializers as s


def _session(request: Request) -> dict[str, object]:
    user = request.user if request.user.is_authenticated else None
    return s.SessionSerializer(
        {
            "user": user,
            "organisations": selectors.organisations_of(user) if user else [],
            "csrf": get_token(request),
            "setup_needed": not selectors.anybody_exists(),
            "demo_accounts": [] if user else selectors.demo_users(),
        }
    ).data


class SessionView(APIView):
    permission_classes = [AllowAny]
    throttle_scope = "login"

    def get_throttles(self) -> list[ScopedRateThrottle]:
        return [ScopedRateThrottle()] if self.request.method == "POST" else []

    @extend_schema(operation_id="session_get", responses=s.SessionSerializer)
    @method_decorator(ensure_csrf_cookie)
    def get(self, request: Request) -> Response:
        """Who is signed in, and what the sign-in page needs to know."""
        return Response(_session(request))

    @extend_schema(operation_id="session_create", request=s.SignInSerializer, responses=s.SessionSerializer)
    def post(self, request: Request) -> Response:
        """Sign in."""
        serializer = s.SignInSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        user = services.credentials_check(**serializer.validated_data)
        login(request, user, backend="django.contrib.auth.backends.ModelBackend")
        request.user = user
        return Response(_session(request))

    @extend_schema(operation_id="session_delete", request=None, responses={204: None})
    def delete(self, request: Request) -> Response:
        """Sign out."""
        logout(request)
        return Response(status=204)


class MeView(APIView):
    @extend_schema(operation_id="me_update", request=s.MeSerializer, responses=s.UserSerializer)
    def patch(self, request: Request) -> Response:
        """Change one's own name or preferences."""
        serializer = s.MeSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        for key, value in serializer.validated_data.items():
            setattr(request.user, key, value)
        # Only what was sent: a password changed meanwhile must stay changed.
        request.user.save(update_fields=[*serializer.validated_data, "updated_at"])
        return Response(s.UserSerializer(request.user).data)


class MyPasswordView(APIView):
    throttle_scope = "login"
    throttle_classes = [ScopedRateThrottle]

    @extend_schema(operation_id="me_password", request=s.PasswordSerializer, responses={204: None})
    def post(self, request: Request) -> Response:
        """Change one's own password; other sessions and all API tokens end."""
        serializer = s.PasswordSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        services.password_change(actor=request.user, **serializer.validated_data)
        update_session_auth_hash(request, request.user)
        return Response(status=204)


class LinkView(APIView):
    permission_classes = [AllowAny]
    throttle_scope = "login"
    throttle_classes = [ScopedRateThrottle]

    @extend_schema(operation_id="link_get", responses=s.LinkSerializer)
    def get(self, request: Request, token: str) -> Response:
        """What a one-time link is for."""
        link = services.link_get(token)
        name = link.organisation.name if link.organisation else ""
        return Response({"purpose": link.purpose, "email": link.email, "organisation": name})

    @extend_schema(operation_id="link_accept", request=s.LinkAcceptSerializer, responses=s.SessionSerializer)
    def post(self, request: Request, token: str) -> Response:
        """Use a one-time link and sign in. A new password ends the person's other sessions and API tokens."""
        serializer = s.LinkAcceptSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        user = services.link_accept(token=token, **serializer.validated_data)
        login(request, user, backend="django.contrib.auth.backends.ModelBackend")
        request.user = user
        return Response(_session(request))


class TokenListView(APIView):
    @extend_schema(operation_id="token_list", responses=s.TokenSerializer(many=True))
    def get(self, request: Request) -> Response:
        """One's own API tokens."""
        return Response(s.TokenSerializer(selectors.tokens_of(request.user), many=True).data)

    @extend_schema(
        operation_id="token_create",
        request=s.TokenCreateSerializer,
        responses={201: s.TokenCreatedSerializer},
    )
    def post(self, request: Request) -> Response:
        """Make a token; its key is in this answer only."""
        serializer = s.TokenCreateSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        token, key = services.token_create(actor=request.user, **serializer.validated_data)
        return Response({**s.TokenSerializer(token).data, "token": key}, status=201)


class TokenView(APIView):
    @extend_schema(operation_id="token_delete", responses={204: None})
    def delete(self, request: Request, token_id: uuid.UUID) -> Response:
        """Revoke a token at once."""
        services.token_revoke(actor=request.user, token_id=token_id)
        return Response(status=204)
