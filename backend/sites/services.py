"""Changes to sites, cameras and who belongs to a site."""

from __future__ import annotations

import uuid
import zoneinfo
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from backend.accounts import selectors as accounts
from backend.core import audit
from backend.core.enums import ROLE_RANK, Role
from backend.core.errors import BadInput, Conflict, Forbidden, Stale
from backend.sites import selectors
from backend.sites.domain.outlines import outlines_problem
from backend.sites.models import Camera, Region, Site, SiteMembership
from backend.sites.signals import camera_privacy_changed

if TYPE_CHECKING:
    from backend.accounts.models import User


def _checked_time_zone(name: str) -> str:
    if name not in zoneinfo.available_timezones():
        raise BadInput("Not a time zone.", fields={"time_zone": "A name like Europe/Berlin."})
    return name


@transaction.atomic
def site_create(
    *, actor: User, organisation_id: uuid.UUID, name: str, time_zone: str = "UTC", region_name: str = ""
) -> Site:
    region = None
    if region_name.strip():
        region, _made = Region.objects.get_or_create(
            organisation_id=organisation_id, name=region_name.strip()
        )
    try:
        with transaction.atomic():
            site = Site.objects.create(
                organisation_id=organisation_id,
                region=region,
                name=name.strip(),
                time_zone=_checked_time_zone(time_zone),
            )
    except IntegrityError as error:
        raise Conflict("There is a site of this name already.", fields={"name": "Taken."}) from error
    _record(actor, site, "site.create", after={"name": site.name, "time_zone": site.time_zone})
    return site


@transaction.atomic
def site_update(*, actor: User, site: Site, changes: dict[str, Any]) -> Site:
    before = {"name": site.name, "time_zone": site.time_zone}
    site.name = changes.get("name", site.name).strip()
    if "time_zone" in changes:
        site.time_zone = _checked_time_zone(changes["time_zone"])
    site.save()
    _record(actor, site, "site.update", before=before, after=changes)
    return site


@transaction.atomic
def camera_create(*, actor: User, site: Site, name: str, notes: str = "") -> Camera:
    try:
        with transaction.atomic():
            camera = Camera.objects.create(site=site, name=name.strip(), notes=notes)
    except IntegrityError as error:
        raise Conflict("This site has a camera of that name already.", fields={"name": "Taken."}) from error
    _record(actor, site, "camera.create", after={"camera_id": str(camera.pk), "name": camera.name})
    return camera


@transaction.atomic
def camera_update(*, actor: User, camera: Camera, changes: dict[str, Any]) -> Camera:
    before = {"name": camera.name, "notes": camera.notes}
    camera.name = changes.get("name", camera.name).strip()
    camera.notes = changes.get("notes", camera.notes)
    camera.save()
    _record(actor, camera.site, "camera.update", before=before, after=changes)
    return camera


@transaction.atomic
def camera_privacy_set(*, actor: User, camera: Camera, changes: dict[str, Any], base_version: int) -> Camera:
    """Change `polygons`, `head_mosaic` or `retention_days`; only what is sent is written.

    Feeds take it within seconds; what was stored before stays as it is, but for retention. Raises Stale, BadInput.
    """
    camera = Camera.objects.select_related("site").select_for_update(of=("self",)).get(pk=camera.pk)
    if base_version != camera.version:
        raise Stale(
            "Somebody else changed what this camera may show. Look at it again, then save.",
            extra={"current": {"version": camera.version}},
        )
    before = _privacy_of(camera)
    if "polygons" in changes:
        if problem := outlines_problem(changes["polygons"]):
            raise BadInput(problem, fields={"polygons": problem})
        camera.privacy_polygons = changes["polygons"]
    camera.head_mosaic = changes.get("head_mosaic", camera.head_mosaic)
    if "retention_days" in changes:
        camera.retention_days = changes["retention_days"]
        camera.retention_set_by, camera.retention_set_at = actor, timezone.now()
    camera.version += 1
    camera.save()
    _record(actor, camera.site, "camera.privacy", before=before, after=_privacy_of(camera))
    camera_privacy_changed.send(sender=Camera, camera_id=camera.pk)
    return camera


def _privacy_of(camera: Camera) -> dict[str, Any]:
    return {
        "camera_id": str(camera.pk),
        "polygons": camera.privacy_polygons,
        "head_mosaic": camera.head_mosaic,
        "retention_days": camera.retention_days,
    }


@transaction.atomic
def camera_delete(*, actor: User, camera: Camera) -> None:
    _record(actor, camera.site, "camera.delete", before={"camera_id": str(camera.pk), "name": camera.name})
    camera.delete()


@transaction.atomic
def member_set(*, actor: User, site: Site, user_id: uuid.UUID, role: Role) -> SiteMembership:
    """Give a member of the organisation a role on the site, never above the giver's own."""
    accounts.member_get(organisation_id=site.organisation_id, user_id=user_id)
    if user_id == actor.pk:
        raise Forbidden("Nobody changes their own role. Ask another manager.")
    _refuse_above(actor, site, user_id, role)
    membership, _made = SiteMembership.objects.update_or_create(
        site=site, user_id=user_id, defaults={"role": role}
    )
    _record(actor, site, "site.member", after={"user_id": str(user_id), "role": role})
    return membership


@transaction.atomic
def member_remove(*, actor: User, site: Site, user_id: uuid.UUID) -> None:
    _refuse_above(actor, site, user_id, None)
    removed, _rows = SiteMembership.objects.filter(site=site, user_id=user_id).delete()
    if removed:
        _record(actor, site, "site.member_remove", before={"user_id": str(user_id)})


def _refuse_above(actor: User, site: Site, user_id: uuid.UUID, role: Role | None) -> None:
    """Neither the role given nor the one held on the site may be above the actor's own."""
    own = selectors.site_role(actor=actor, site=site)
    held = SiteMembership.objects.filter(site=site, user_id=user_id).values_list("role", flat=True).first()
    highest = max(ROLE_RANK.get(role or "", -1), ROLE_RANK.get(held or "", -1))
    if own is None or highest > ROLE_RANK[own]:
        raise Forbidden("You cannot give or change a role above your own.")


@transaction.atomic
def memberships_end(*, organisation_id: uuid.UUID, user_id: uuid.UUID) -> None:
    """Somebody left the organisation: their roles on its sites go with them."""
    SiteMembership.objects.filter(site__organisation_id=organisation_id, user_id=user_id).delete()


def _record(actor: User, site: Site, action: str, **changes: Any) -> None:
    audit.record(
        actor=actor,
        organisation_id=site.organisation_id,
        action=action,
        object_type="site",
        object_id=site.pk,
        **changes,
    )
