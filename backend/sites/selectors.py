"""The site door of object-level permissions, and lists of what a person may see."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet

from backend.accounts import selectors as accounts
from backend.core.enums import Role
from backend.core.errors import NotFound
from backend.core.permissions import highest, require
from backend.sites.contracts import CameraPrivacy, RetentionRule
from backend.sites.models import Camera, Site, SiteMembership

if TYPE_CHECKING:
    from backend.accounts.models import User


def site_role(*, actor: User, site: Site) -> Role | None:
    """The higher of the organisation's and the site's role."""
    own = SiteMembership.objects.filter(site=site, user_id=actor.pk).values_list("role", flat=True).first()
    return highest(
        [accounts.organisation_role(actor=actor, organisation_id=site.organisation_id) or "", own or ""]
    )


def site_get(*, actor: User, site_id: uuid.UUID, at_least: Role = Role.VIEWER) -> Site:
    site = Site.objects.select_related("region").filter(pk=site_id).first()
    if site is None:
        raise NotFound()
    require(site_role(actor=actor, site=site), at_least)
    return site


def camera_get(*, actor: User, camera_id: uuid.UUID, at_least: Role = Role.VIEWER) -> Camera:
    camera = Camera.objects.select_related("site").filter(pk=camera_id).first()
    if camera is None:
        raise NotFound()
    require(site_role(actor=actor, site=camera.site), at_least)
    return camera


def sites_of(actor: User) -> QuerySet[Site]:
    return Site.objects.filter(
        Q(organisation_id__in=accounts.organisation_ids_with_role(actor)) | Q(memberships__user_id=actor.pk)
    ).distinct()


def site_ids_of(organisation_id: uuid.UUID) -> set[str]:
    """Ids of all sites of an organisation, as text."""
    rows = Site.objects.filter(organisation_id=organisation_id)
    return {str(each) for each in rows.values_list("id", flat=True)}


def place_names(*, cameras: Collection[uuid.UUID], sites: Collection[uuid.UUID]) -> dict[uuid.UUID, str]:
    """Names of cameras (with their site's) and sites by id; asks nobody: for jobs, and what a project's members see."""
    found = dict(Site.objects.filter(pk__in=sites).values_list("id", "name"))
    for pk, site, name in Camera.objects.filter(pk__in=cameras).values_list("id", "site__name", "name"):
        found[pk] = f"{site} · {name}"
    return found


def cameras_of(site: Site) -> QuerySet[Camera]:
    return Camera.objects.filter(site=site).order_by("name")


def camera_privacy(camera_id: uuid.UUID | None) -> CameraPrivacy:
    """What a camera's pictures may hold: for jobs. No camera, or one that is gone, hides nothing."""
    rows = Camera.objects.filter(pk=camera_id)
    row = rows.values_list("privacy_polygons", "head_mosaic", "site__time_zone").first()
    if row is None:
        return CameraPrivacy()
    polygons = tuple(tuple((float(x), float(y)) for x, y in polygon) for polygon in row[0])
    return CameraPrivacy(polygons, row[1], row[2])


def retention_rules() -> list[RetentionRule]:
    """What is to be deleted where, for the job that does it."""
    cameras = Camera.objects.exclude(retention_days=None).select_related("site", "retention_set_by")
    return [
        RetentionRule(
            camera_id=camera.pk,
            organisation_id=camera.site.organisation_id,
            camera_name=f"{camera.site.name} · {camera.name}"[:300],
            days=camera.retention_days or 0,
            set_by=camera.retention_set_by.get_full_name() if camera.retention_set_by else "",
            set_at=camera.retention_set_at,
        )
        for camera in cameras.order_by("id")
    ]


def members_of(site: Site) -> QuerySet[SiteMembership]:
    return SiteMembership.objects.filter(site=site).select_related("user").order_by("user__name")
