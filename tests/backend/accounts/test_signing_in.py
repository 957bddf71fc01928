"""Signing in, one-time links and tokens."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from rest_framework.test import APIClient
from rest_framework.throttling import ScopedRateThrottle

from backend.accounts import services
from backend.accounts.demo import DEMO_PASSWORD
from backend.accounts.enums import TokenScope
from backend.accounts.models import ApiToken, OneTimeLink, OrganisationMembership, User
from backend.core.enums import Role
from backend.core.models import AuditEvent
from tests.support.factories import PASSWORD, client_for, make_member, make_org, make_user

pytestmark = pytest.mark.django_db


def test_session_tells_whether_set_up_is_needed() -> None:
    assert client_for(None).get("/api/v1/session").json()["setup_needed"] is True
    make_user()
    body = client_for(None).get("/api/v1/session").json()
    assert body["setup_needed"] is False
    assert body["user"] is None


def test_sign_in_takes_the_address_in_any_case_and_sign_out_ends_it() -> None:
    user = make_user()
    client = client_for(None)
    body = client.post("/api/v1/session", {"email": user.email.upper(), "password": PASSWORD}).json()
    assert body["user"]["id"] == str(user.pk)
    assert client.delete("/api/v1/session").status_code == 204
    assert client.get("/api/v1/session").json()["user"] is None


@pytest.mark.parametrize(
    ("email", "password"), [("", PASSWORD), ("nobody@example.org", PASSWORD), (None, "wrong")]
)
def test_wrong_credentials_do_not_tell_which_half_was_wrong(email: str | None, password: str) -> None:
    user = make_user()
    answer = client_for(None).post(
        "/api/v1/session", {"email": user.email if email is None else email, "password": password}
    )
    assert answer.status_code in {400, 401}
    if answer.status_code == 401:
        assert answer.json()["code"] == "wrong_credentials"


def test_the_sign_in_page_offers_demo_accounts_that_can_sign_in_and_never_a_hash() -> None:
    User.objects.create_user("worker@demo.siteloop", DEMO_PASSWORD, name="Wanda", is_demo=True)
    client = client_for(None)
    offered = client.get("/api/v1/session").json()["demo_accounts"]
    assert offered == [{"email": "worker@demo.siteloop", "name": "Wanda", "password": DEMO_PASSWORD}]
    asked = {key: offered[0][key] for key in ("email", "password")}
    assert client.post("/api/v1/session", asked).status_code == 200


def test_a_session_without_csrf_token_cannot_change_anything() -> None:
    user = make_user()
    client = client_for(None)
    client.handler.enforce_csrf_checks = True
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    assert client.patch("/api/v1/me", {"name": "Eve"}).status_code == 403
    user.refresh_from_db()
    assert user.name != "Eve"


def test_set_up_link_makes_the_first_admin_once() -> None:
    path = services.setup_link_create()
    assert path is not None
    token = path.rsplit("/", 1)[1]
    body = {
        "name": "Grace",
        "email": "grace@example.org",
        "password": "a long enough secret",
        "organisation_name": "Yard",
    }
    answer = client_for(None).post(f"/api/v1/links/{token}", body)
    assert answer.status_code == 200
    assert answer.json()["organisations"][0]["role"] == "admin"
    assert client_for(None).post(f"/api/v1/links/{token}", body).status_code == 404
    assert services.setup_link_create() is None


def test_an_invitation_gives_its_role_and_no_more() -> None:
    organisation = make_org()
    admin = make_member(organisation, Role.ADMIN)
    answer = client_for(admin).post(
        f"/api/v1/organisations/{organisation.pk}/invitations",
        {"email": "new@example.org", "role": "annotator"},
    )
    token = answer.json()["link"].rsplit("/", 1)[1]
    joined = client_for(None).post(
        f"/api/v1/links/{token}",
        {"name": "New", "password": "a long enough secret", "email": "other@example.org"},
    )
    assert joined.json()["user"]["email"] == "new@example.org"
    assert joined.json()["organisations"][0]["role"] == "annotator"


def test_an_expired_link_is_refused() -> None:
    path = services.setup_link_create()
    OneTimeLink.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert client_for(None).get(f"/api/v1/links/{str(path).rsplit('/', 1)[1]}").status_code == 404


def test_a_weak_password_is_refused_with_the_reason() -> None:
    user = make_user()
    answer = client_for(user).post("/api/v1/me/password", {"old": PASSWORD, "new": "short"})
    assert answer.status_code == 400
    assert "password" in answer.json()["fields"]


def test_a_token_is_shown_once_and_kept_as_a_hash() -> None:
    user = make_user()
    created = (
        client_for(user)
        .post("/api/v1/tokens", {"name": "script", "scopes": ["read"], "expires_days": 1})
        .json()
    )
    key = created["token"]
    assert key not in str(ApiToken.objects.values().get())
    listed = client_for(user).get("/api/v1/tokens").json()
    assert "token" not in listed[0]
    program = client_for(None)
    program.credentials(HTTP_AUTHORIZATION=f"Bearer {key}")
    assert program.get("/api/v1/projects").status_code == 200
    assert program.patch("/api/v1/me", {"name": "Eve"}).status_code == 403


def test_a_revoked_or_expired_token_opens_nothing() -> None:
    user = make_user()
    client = client_for(user)
    first = client.post("/api/v1/tokens", {"name": "a", "scopes": ["read", "write"]}).json()
    second = client.post("/api/v1/tokens", {"name": "b", "scopes": ["read"]}).json()
    client.delete(f"/api/v1/tokens/{first['id']}")
    ApiToken.objects.filter(pk=second["id"]).update(expires_at=timezone.now() - timedelta(minutes=1))
    for key in (first["token"], second["token"], "slp_guess"):
        program = client_for(None)
        program.credentials(HTTP_AUTHORIZATION=f"Bearer {key}")
        assert program.get("/api/v1/projects").status_code == 401


def test_somebody_elses_token_cannot_be_revoked() -> None:
    victim, other = make_user(), make_user()
    token = client_for(victim).post("/api/v1/tokens", {"name": "a", "scopes": ["read"]}).json()
    assert client_for(other).delete(f"/api/v1/tokens/{token['id']}").status_code == 404
    assert ApiToken.objects.get().revoked_at is None


def test_a_deactivated_person_is_out_at_once() -> None:
    user = make_user()
    client = client_for(user)
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert client.get("/api/v1/projects").status_code == 401


def test_a_used_reset_link_ends_the_older_ones() -> None:
    organisation = make_org()
    admin, other = make_member(organisation, Role.ADMIN), make_member(organisation, Role.VIEWER)
    older, newer = (
        services.reset_link_create(actor=admin, organisation=organisation, user_id=other.pk) for _ in "12"
    )
    assert (
        client_for(None).post(f"/api/v1/links/{newer[6:]}", {"password": "a new long one"}).status_code == 200
    )
    assert (
        client_for(None).post(f"/api/v1/links/{older[6:]}", {"password": "another one 1"}).status_code == 404
    )


def test_a_reset_link_opens_no_account_that_has_joined_another_organisation_since() -> None:
    organisation = make_org()
    admin, other = make_member(organisation, Role.ADMIN), make_member(organisation, Role.VIEWER)
    link = services.reset_link_create(actor=admin, organisation=organisation, user_id=other.pk)
    OrganisationMembership.objects.create(organisation=make_org(), user=other, role=Role.ADMIN)
    answer = client_for(None).post(f"/api/v1/links/{link[6:]}", {"password": "a new long one"})
    assert answer.status_code == 404
    other.refresh_from_db()
    assert other.check_password(PASSWORD)


def test_a_made_up_forwarding_header_does_not_escape_the_limit_on_sign_ins(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(ScopedRateThrottle, "THROTTLE_RATES", {"login": "3/min"})
    client, answers = client_for(None), []
    for number in range(4):
        answers.append(
            client.post(
                "/api/v1/session",
                {"email": "nobody@example.org", "password": "wrong"},
                HTTP_X_FORWARDED_FOR=f"192.0.2.{number}",
                REMOTE_ADDR="198.51.100.77",
            ).status_code
        )
    assert answers == [401, 401, 401, 429]


def _program(user: User) -> APIClient:
    """A client that holds one of the person's API tokens."""
    made = services.token_create(actor=user, name="script", scopes=[TokenScope.READ], expires_days=None)
    program = client_for(None)
    program.credentials(HTTP_AUTHORIZATION=f"Bearer {made[1]}")
    return program


def test_a_changed_password_ends_other_sessions_and_all_tokens_but_not_the_session_that_changed_it() -> None:
    user, bystander = make_user(), make_user()
    here, elsewhere, program = client_for(user), client_for(user), _program(user)
    untouched = _program(bystander)
    changed = here.post("/api/v1/me/password", {"old": PASSWORD, "new": "a new long one"})
    assert changed.status_code == 204
    codes = [client.get("/api/v1/projects").status_code for client in (here, elsewhere, program, untouched)]
    assert codes == [200, 401, 401, 200]
    assert AuditEvent.objects.get(action="password.change").after == {"tokens_ended": 1}


def test_a_used_reset_link_ends_sessions_and_tokens_made_with_the_old_password() -> None:
    organisation = make_org()
    admin, other = make_member(organisation, Role.ADMIN), make_member(organisation, Role.VIEWER)
    elsewhere, program = client_for(other), _program(other)
    link = services.reset_link_create(actor=admin, organisation=organisation, user_id=other.pk)
    assert program.get("/api/v1/projects").status_code == 200
    fresh = client_for(None)
    assert fresh.post(f"/api/v1/links/{link[6:]}", {"password": "a new long one"}).status_code == 200
    codes = [client.get("/api/v1/projects").status_code for client in (fresh, elsewhere, program)]
    assert codes == [200, 401, 401]
    event = AuditEvent.objects.get(action="password.reset")
    assert event.after == {"tokens_ended": 1, "link_made_by": str(admin.pk)}
