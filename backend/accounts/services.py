"""Getting in: accounts, one-time links, memberships, tokens."""

from __future__ import annotations

import secrets
import uuid
from datetime import timedelta
from typing import TYPE_CHECKING

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone

from backend.accounts import selectors
from backend.accounts.authentication import token_hash
from backend.accounts.enums import LinkPurpose, TokenScope
from backend.accounts.errors import LastAdmin, LinkNotUsable, WeakPassword, WrongCredentials
from backend.accounts.models import ApiToken, OneTimeLink, Organisation, OrganisationMembership, User
from backend.accounts.signals import member_removed
from backend.core import audit
from backend.core.enums import ROLE_RANK, Role
from backend.core.errors import BadInput, Forbidden, NotFound

if TYPE_CHECKING:
    from collections.abc import Sequence

LINK_LIFE = {
    LinkPurpose.SETUP: timedelta(hours=24),
    LinkPurpose.INVITE: timedelta(days=7),
    LinkPurpose.RESET: timedelta(hours=24),
}
TOKEN_MAX_DAYS = 3_650


def credentials_check(*, email: str, password: str) -> User:
    """The person behind an address and password. Raises WrongCredentials, alike for unknown and wrong."""
    user = User.objects.filter(email=email.strip().lower(), is_active=True).first()
    if user is None:
        # The hash is computed all the same, so that the time taken does not tell whether the address exists.
        User().set_password(password)
        raise WrongCredentials("E-mail address or password is wrong.")
    if not user.check_password(password):
        raise WrongCredentials("E-mail address or password is wrong.")
    return user


def password_check(password: str, user: User | None = None) -> None:
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise WeakPassword(" ".join(error.messages), fields={"password": " ".join(error.messages)}) from error


@transaction.atomic
def password_change(*, actor: User, old: str, new: str) -> None:
    """Set a new password. Sessions end by themselves (they carry the password's hash), tokens are revoked here."""
    if not actor.check_password(old):
        raise BadInput("The present password is wrong.", fields={"old": "Wrong."})
    password_check(new, actor)
    actor.set_password(new)
    actor.save(update_fields=["password", "updated_at"])
    ended = _keys_end(actor)
    audit.record(
        actor=actor,
        organisation_id=None,
        action="password.change",
        object_type="user",
        object_id=actor.pk,
        after={"tokens_ended": ended},
    )


@transaction.atomic
def organisation_create(*, name: str, admin: User) -> Organisation:
    organisation = Organisation.objects.create(name=name)
    OrganisationMembership.objects.create(organisation=organisation, user=admin, role=Role.ADMIN)
    audit.record(
        actor=admin,
        organisation_id=organisation.pk,
        action="organisation.create",
        object_type="organisation",
        object_id=organisation.pk,
        after={"name": name},
    )
    return organisation


def _link_create(purpose: LinkPurpose, **fields: object) -> str:
    token = secrets.token_urlsafe(32)
    OneTimeLink.objects.create(
        purpose=purpose,
        token_hash=token_hash(token),
        expires_at=timezone.now() + LINK_LIFE[purpose],
        **fields,
    )
    return f"/link/{token}"


@transaction.atomic
def setup_link_create() -> str | None:
    """Path of a link that makes the first admin; None once anybody has an account. Older links end."""
    if User.objects.exists():
        return None
    OneTimeLink.objects.filter(purpose=LinkPurpose.SETUP, used_at=None).update(expires_at=Now())
    return _link_create(LinkPurpose.SETUP)


@transaction.atomic
def invitation_create(*, actor: User, organisation: Organisation, email: str, role: Role | None) -> str:
    """Path of an invitation link. Nobody invites above their own role."""
    own = selectors.organisation_role(actor=actor, organisation_id=organisation.pk)
    if role is not None and (own is None or ROLE_RANK[role] > ROLE_RANK[own]):
        raise Forbidden("You cannot invite with a higher role than your own.")
    path = _link_create(
        LinkPurpose.INVITE, organisation=organisation, email=email.lower(), role=role or "", created_by=actor
    )
    _record(actor, organisation, "invitation.create", after={"email": email, "role": role or ""})
    return path


@transaction.atomic
def reset_link_create(*, actor: User, organisation: Organisation, user_id: uuid.UUID) -> str:
    """Path of a password-reset link for a member ranking no higher than the one who asks."""
    membership = selectors.member_get(organisation_id=organisation.pk, user_id=user_id)
    own = selectors.organisation_role(actor=actor, organisation_id=organisation.pk)
    if own is None or ROLE_RANK.get(membership.role, -1) > ROLE_RANK[own]:
        raise Forbidden("You cannot reset the password of somebody with a higher role.")
    if selectors.belongs_elsewhere(user_id=user_id, organisation_id=organisation.pk):
        raise Forbidden(
            "This person also belongs to another organisation; they change the password themselves."
        )
    path = _link_create(LinkPurpose.RESET, organisation=organisation, user=membership.user, created_by=actor)
    _record(actor, organisation, "reset_link.create", after={"user_id": str(user_id)})
    return path


def link_get(token: str) -> OneTimeLink:
    """An unused, unexpired link. Raises LinkNotUsable alike for unknown, used and expired ones."""
    link = OneTimeLink.objects.filter(
        token_hash=token_hash(token), used_at=None, expires_at__gt=Now()
    ).first()
    if link is None:
        raise LinkNotUsable("This link was used already or has expired. Ask for a new one.")
    return link


@transaction.atomic
def link_accept(
    *, token: str, password: str, name: str = "", email: str = "", organisation_name: str = ""
) -> User:
    """Use a link: set up the first admin, join by invitation, or set a new password."""
    link = OneTimeLink.objects.select_for_update().get(pk=link_get(token).pk)
    if link.used_at is not None:
        raise LinkNotUsable("This link was used already or has expired. Ask for a new one.")
    password_check(password)
    if link.purpose == LinkPurpose.RESET:
        user = _reset(link, password)
    else:
        user = _join(link, name=name, email=email, password=password, organisation_name=organisation_name)
    link.used_at = timezone.now()
    link.save(update_fields=["used_at"])
    return user


def _reset(link: OneTimeLink, password: str) -> User:
    """Set the password; the person's tokens, sessions and other reset links end.

    The rule of making the link holds at its use too.
    """
    user = link.user
    if user is None:
        raise NotFound()
    if link.organisation_id is not None and selectors.belongs_elsewhere(
        user_id=user.pk, organisation_id=link.organisation_id
    ):
        raise LinkNotUsable("This person has joined another organisation since: the link has ended.")
    user.set_password(password)
    user.save(update_fields=["password", "updated_at"])
    ended = _keys_end(user)
    audit.record(
        actor=user,
        organisation_id=link.organisation_id,
        action="password.reset",
        object_type="user",
        object_id=user.pk,
        after={"tokens_ended": ended, "link_made_by": str(link.created_by_id)},
    )
    return user


def _keys_end(user: User) -> int:
    """End what opens the account besides the new password: reset links and API tokens. Returns the tokens ended.

    Whoever changes a password because somebody else knew it must not leave that somebody a token.
    """
    OneTimeLink.objects.filter(purpose=LinkPurpose.RESET, user=user, used_at=None).update(expires_at=Now())
    return ApiToken.objects.filter(user=user, revoked_at=None).update(revoked_at=Now())


def _join(link: OneTimeLink, *, name: str, email: str, password: str, organisation_name: str) -> User:
    address = (link.email or email).strip().lower()
    if not address or not name.strip():
        raise BadInput("Give your name and e-mail address.", fields={"name": "Needed.", "email": "Needed."})
    if link.purpose == LinkPurpose.SETUP:
        if User.objects.exists():
            raise LinkNotUsable("Siteloop has been set up already. Ask an admin for an invitation.")
        user = User.objects.create_user(address, password, name=name.strip())
        organisation_create(name=organisation_name.strip() or "My organisation", admin=user)
        return user
    if User.objects.filter(email=address).exists():
        raise BadInput(
            "There is an account with this address. Sign in, and ask an admin to add you.",
            fields={"email": "Taken."},
        )
    if link.organisation is None:
        raise LinkNotUsable("This invitation belongs to no organisation any more. Ask for a new one.")
    user = User.objects.create_user(address, password, name=name.strip())
    OrganisationMembership.objects.create(organisation=link.organisation, user=user, role=link.role)
    return user


@transaction.atomic
def member_add(
    *, actor: User, organisation: Organisation, email: str, role: Role | None
) -> OrganisationMembership:
    """Add somebody who has an account already."""
    user = User.objects.filter(email=email.strip().lower()).first()
    if user is None:
        raise BadInput(
            "Nobody has an account with this address. Send an invitation.", fields={"email": "Unknown."}
        )
    _refuse_raise(actor, organisation, user.pk, role)
    membership, _made = OrganisationMembership.objects.get_or_create(
        organisation=organisation, user=user, defaults={"role": role or ""}
    )
    _record(actor, organisation, "member.add", after={"user_id": str(user.pk), "role": role or ""})
    return membership


@transaction.atomic
def member_update(
    *, actor: User, organisation: Organisation, user_id: uuid.UUID, role: Role | None
) -> OrganisationMembership:
    """Change a member's role: never one's own, never above one's own, never the last admin's."""
    membership = selectors.member_get(organisation_id=organisation.pk, user_id=user_id)
    _refuse_raise(actor, organisation, user_id, role)
    _refuse_last_admin(organisation, membership, role)
    before = membership.role
    membership.role = role or ""
    membership.save()
    _record(actor, organisation, "member.update", before={"role": before}, after={"role": membership.role})
    return membership


@transaction.atomic
def member_remove(*, actor: User, organisation: Organisation, user_id: uuid.UUID) -> None:
    """Take somebody out, with every role they hold on its sites and projects."""
    membership = selectors.member_get(organisation_id=organisation.pk, user_id=user_id)
    _refuse_raise(actor, organisation, user_id, None)
    _refuse_last_admin(organisation, membership, None)
    membership.delete()
    member_removed.send(sender=OrganisationMembership, organisation_id=organisation.pk, user_id=user_id)
    _record(actor, organisation, "member.remove", before={"user_id": str(user_id)})


def _refuse_raise(actor: User, organisation: Organisation, user_id: uuid.UUID, role: Role | None) -> None:
    own = selectors.organisation_role(actor=actor, organisation_id=organisation.pk)
    if user_id == actor.pk:
        raise Forbidden("Nobody changes their own role. Ask another admin.")
    present = selectors.role_of(organisation_id=organisation.pk, user_id=user_id)
    highest = max(ROLE_RANK.get(role or "", -1), ROLE_RANK.get(present, -1))
    if own is None or highest > ROLE_RANK[own]:
        raise Forbidden("You cannot change a role above your own.")


def _refuse_last_admin(
    organisation: Organisation, membership: OrganisationMembership, role: Role | None
) -> None:
    if membership.role != Role.ADMIN or role == Role.ADMIN:
        return
    admins = OrganisationMembership.objects.select_for_update().filter(
        organisation=organisation, role=Role.ADMIN
    )
    if len(list(admins)) <= 1:
        raise LastAdmin("An organisation keeps at least one admin.")


@transaction.atomic
def token_create(
    *, actor: User, name: str, scopes: Sequence[TokenScope], expires_days: int | None
) -> tuple[ApiToken, str]:
    """A new API token and its key, which is shown this once and kept only as a hash."""
    if expires_days is not None and not 1 <= expires_days <= TOKEN_MAX_DAYS:
        raise BadInput("A token lives 1 to 3650 days.", fields={"expires_days": "1 to 3650."})
    key = "slp_" + secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        user=actor,
        name=name,
        prefix=key[:10],
        token_hash=token_hash(key),
        scopes=sorted({str(scope) for scope in scopes}),
        expires_at=timezone.now() + timedelta(days=expires_days) if expires_days else None,
    )
    audit.record(
        actor=actor,
        organisation_id=None,
        action="token.create",
        object_type="token",
        object_id=token.pk,
        after={"name": name, "scopes": token.scopes},
    )
    return token, key


@transaction.atomic
def token_revoke(*, actor: User, token_id: uuid.UUID) -> None:
    changed = ApiToken.objects.filter(pk=token_id, user=actor, revoked_at=None).update(revoked_at=Now())
    if not changed:
        raise NotFound()
    audit.record(
        actor=actor, organisation_id=None, action="token.revoke", object_type="token", object_id=token_id
    )


def _record(actor: User, organisation: Organisation, action: str, **changes: dict[str, object]) -> None:
    audit.record(
        actor=actor,
        organisation_id=organisation.pk,
        action=action,
        object_type="organisation",
        object_id=organisation.pk,
        **changes,
    )
