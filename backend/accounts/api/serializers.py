"""What accounts sends and takes."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from backend.accounts.demo import DEMO_PASSWORD
from backend.accounts.enums import LinkPurpose, TokenScope
from backend.accounts.models import User
from backend.core.enums import Role


class UserSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField(read_only=True)
    email = serializers.EmailField(read_only=True)
    name = serializers.CharField(read_only=True)
    is_demo = serializers.BooleanField(read_only=True)
    preferences = serializers.DictField(read_only=True)


class OrganisationRoleSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField(source="organisation_id")
    name = serializers.CharField(source="organisation.name")
    role = serializers.CharField(allow_blank=True)


class DemoAccountSerializer(serializers.Serializer[Any]):
    email = serializers.EmailField()
    name = serializers.CharField()
    # Public by design: demo accounts exist only where the server listens on its own machine alone.
    password = serializers.CharField(default=DEMO_PASSWORD)

    def to_representation(self, instance: User) -> dict[str, str]:
        """Built by hand: the field of the same name on the account is its password hash."""
        return {"email": instance.email, "name": instance.name, "password": DEMO_PASSWORD}


class SessionSerializer(serializers.Serializer[Any]):
    user = UserSerializer(allow_null=True)
    organisations = OrganisationRoleSerializer(many=True)
    csrf = serializers.CharField()
    setup_needed = serializers.BooleanField()
    demo_accounts = DemoAccountSerializer(many=True)


class SignInSerializer(serializers.Serializer[Any]):
    email = serializers.EmailField()
    password = serializers.CharField(max_length=256, trim_whitespace=False)


class MeSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=120, required=False)
    preferences = serializers.DictField(required=False)

    def validate_preferences(self, value: dict[str, Any]) -> dict[str, Any]:
        if len(str(value)) > 20_000:
            raise serializers.ValidationError("At most 20,000 characters.")
        return value


class PasswordSerializer(serializers.Serializer[Any]):
    old = serializers.CharField(max_length=256, trim_whitespace=False)
    new = serializers.CharField(max_length=256, trim_whitespace=False)


class LinkSerializer(serializers.Serializer[Any]):
    purpose = serializers.ChoiceField(choices=LinkPurpose.choices)
    email = serializers.CharField(allow_blank=True)
    organisation = serializers.CharField(allow_blank=True)


class LinkAcceptSerializer(serializers.Serializer[Any]):
    password = serializers.CharField(max_length=256, trim_whitespace=False)
    name = serializers.CharField(max_length=120, required=False, default="", allow_blank=True)
    email = serializers.EmailField(required=False, default="", allow_blank=True)
    organisation_name = serializers.CharField(max_length=120, required=False, default="", allow_blank=True)


class PathSerializer(serializers.Serializer[Any]):
    link = serializers.CharField()


class InvitationSerializer(serializers.Serializer[Any]):
    email = serializers.EmailField()
    role = serializers.ChoiceField(choices=Role.choices, required=False, allow_blank=True, default="")


class MemberSerializer(serializers.Serializer[Any]):
    user_id = serializers.UUIDField()
    name = serializers.CharField(source="user.name")
    email = serializers.EmailField(source="user.email")
    role = serializers.CharField(allow_blank=True)
    since = serializers.DateTimeField(source="created_at")


class MemberRoleSerializer(serializers.Serializer[Any]):
    role = serializers.ChoiceField(choices=Role.choices, allow_blank=True)


class TokenSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    name = serializers.CharField()
    prefix = serializers.CharField()
    scopes = serializers.ListField(child=serializers.ChoiceField(choices=TokenScope.choices))
    expires_at = serializers.DateTimeField(allow_null=True)
    last_used_at = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()


class TokenCreateSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=80)
    scopes = serializers.ListField(
        child=serializers.ChoiceField(choices=TokenScope.choices), allow_empty=False, max_length=2
    )
    expires_days = serializers.IntegerField(required=False, allow_null=True, default=None)


class TokenCreatedSerializer(TokenSerializer):
    token = serializers.CharField()
