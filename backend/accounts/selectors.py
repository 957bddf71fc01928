"""Who belongs where: the organisation door of object-level permissions."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.db.models import QuerySet

from backend.accounts.models import ApiToken, Organisation, OrganisationMembership, User
from backend.core.enums import Role
from backend.core.errors import Forbidden, NotFound
from backend.core.permissions import require

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


def organisation_role(*, actor: User | AnonymousUser, organisation_id: uuid.UUID) -> Role | None:
    """The role a person holds on the whole organisation; None for strangers and for plain members."""
    role = OrganisationMembership.objects.filter(
        organisation_id=organisation_id, user_id=actor.pk, user__is_active=True
    ).values_list("role", flat=True)
    found = role.first()
    return Role(found) if found else None


def is_member(*, actor: User, organisation_id: uuid.UUID) -> bool:
    return OrganisationMembership.objects.filter(organisation_id=organisation_id, user_id=actor.pk).exists()


def organisation_get(
    *, actor: User, organisation_id: uuid.UUID, at_least: Role = Role.VIEWER
) -> Organisation:
    """The organisation, if the person holds at least that role on it. NotFound for strangers, else Forbidden."""
    organisation = Organisation.objects.filter(pk=organisation_id).first()
    if organisation is None or not is_member(actor=actor, organisation_id=organisation_id):
        raise NotFound()
    role = organisation_role(actor=actor, organisation_id=organisation_id)
    if role is None:
        raise_member_only(at_least)
    require(role, at_least)
    return organisation


def raise_member_only(needed: Role) -> None:

    raise Forbidden(
        f"This needs the role of {needed.label.lower()} in the organisation; you are a member without one."
    )


def organisations_of(actor: User) -> QuerySet[OrganisationMembership]:
    return (
        OrganisationMembership.objects.filter(user=actor)
        .select_related("organisation")
        .order_by("organisation__name")
    )


def organisation_ids_with_role(actor: User) -> QuerySet[OrganisationMembership]:
    """Ids of organisations in which the person's role reaches everything inside."""
    return OrganisationMembership.objects.filter(user=actor).exclude(role="").values("organisation_id")


def manages_somewhere(*, actor: User) -> None:
    """Raises Forbidden unless the person is a manager or administrator of some organisation."""
    if not OrganisationMembership.objects.filter(user=actor, role__in=(Role.MANAGER, Role.ADMIN)).exists():
        raise Forbidden("This is for managers and administrators.")


def member_get(*, organisation_id: uuid.UUID, user_id: uuid.UUID) -> OrganisationMembership:
    membership = (
        OrganisationMembership.objects.filter(organisation_id=organisation_id, user_id=user_id)
        .select_related("user")
        .first()
    )
    if membership is None:
        raise NotFound()
    return membership


def role_of(*, organisation_id: uuid.UUID, user_id: uuid.UUID) -> str:
    """A member's role on the organisation; empty for members without one and for strangers."""
    rows = OrganisationMembership.objects.filter(organisation_id=organisation_id, user_id=user_id)
    return rows.values_list("role", flat=True).first() or ""


def belongs_elsewhere(*, user_id: uuid.UUID, organisation_id: uuid.UUID) -> bool:
    return (
        OrganisationMembership.objects.filter(user_id=user_id)
        .exclude(organisation_id=organisation_id)
        .exists()
    )


def members_of(organisation_id: uuid.UUID) -> QuerySet[OrganisationMembership]:
    return OrganisationMembership.objects.filter(organisation_id=organisation_id).select_related("user")


def tokens_of(actor: User) -> QuerySet[ApiToken]:
    return ApiToken.objects.filter(user=actor, revoked_at=None)


def anybody_exists() -> bool:
    return User.objects.exists()


def demo_users() -> QuerySet[User]:
    return User.objects.filter(is_demo=True, is_active=True).order_by("created_at")


def user_by_email(email: str) -> User | None:
    return User.objects.filter(email=email.strip().lower()).first()
