"""Where cameras hang: region, site, camera, and who belongs to a site."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from backend.core.enums import Role
from backend.core.models import Entity


class Region(Entity):
    organisation = models.ForeignKey(
        "accounts.Organisation", on_delete=models.CASCADE, related_name="regions"
    )
    name = models.CharField(max_length=120)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "name"], name="region_name_once")]

    def __str__(self) -> str:
        return self.name


class Site(Entity):
    """A place with its own time zone; days and shifts are counted in it."""

    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.CASCADE, related_name="sites")
    region = models.ForeignKey(Region, null=True, blank=True, on_delete=models.SET_NULL, related_name="sites")
    name = models.CharField(max_length=120)
    time_zone = models.CharField(max_length=64, default="UTC")
    metadata = models.JSONField(default=dict)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "name"], name="site_name_once")]

    def __str__(self) -> str:
        return self.name


class Camera(Entity):
    """A camera of a site, and what its pictures may hold.

    `privacy_polygons` are lists of [x, y] in 0..1 of the upright picture, black in whatever is kept or shown.
    """

    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="cameras")
    name = models.CharField(max_length=120)
    notes = models.TextField(blank=True)
    metadata = models.JSONField(default=dict)
    privacy_polygons = models.JSONField(default=list)
    # Heads of people become a mosaic of a few cells before a picture is kept or shown.
    head_mosaic = models.BooleanField(default=False)
    # Pictures older than this many days are deleted; without it they stay. Who said so is part of the proof.
    retention_days = models.PositiveIntegerField(null=True, blank=True)
    retention_set_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    retention_set_at = models.DateTimeField(null=True, blank=True)
    # Rises with every change of what its pictures may hold; If-Match carries it.
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["site", "name"], name="camera_name_once")]

    def __str__(self) -> str:
        return self.name


class SiteMembership(Entity):
    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="site_memberships"
    )
    role = models.CharField(max_length=12, choices=Role.choices)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["site", "user"], name="site_member_once")]

    def __str__(self) -> str:
        return f"{self.user_id} at {self.site_id}: {self.role}"
