"""Rows every app builds on: ids and times, jobs, audit, idempotency."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from uuid6 import uuid7

from backend.core.enums import JobState, Queue


def new_id() -> uuid.UUID:
    """A UUIDv7: unique, and rising with time, so it orders and pages a table by itself."""
    return uuid.UUID(int=uuid7().int)


class Entity(models.Model):
    """Base of every public row: UUIDv7 id and UTC times."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        abstract = True


class JobRun(Entity):
    """One piece of background work. This row is the truth; the broker only rings the bell."""

    kind = models.CharField(max_length=80)
    queue = models.CharField(max_length=16, choices=Queue.choices)
    state = models.CharField(max_length=12, choices=JobState.choices, default=JobState.QUEUED)
    title = models.CharField(max_length=200, blank=True)
    organisation_id = models.UUIDField(null=True, db_index=True)
    project_id = models.UUIDField(null=True, db_index=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    # Two live jobs with one key would do the same work twice; finished rows keep the key for history.
    dedupe_key = models.CharField(max_length=200, blank=True)
    payload = models.JSONField(default=dict)
    result = models.JSONField(default=dict)
    progress = models.FloatField(default=0.0)
    message = models.CharField(max_length=300, blank=True)
    log = models.TextField(blank=True)
    error = models.TextField(blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    max_attempts = models.PositiveSmallIntegerField(default=3)
    cancel_requested = models.BooleanField(default=False)
    lease_owner = models.CharField(max_length=120, blank=True)
    lease_expires_at = models.DateTimeField(null=True)
    rung_at = models.DateTimeField(null=True)
    not_before = models.DateTimeField(null=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["state", "lease_expires_at"], name="job_state_lease"),
            models.Index(fields=["project_id", "-id"], name="job_project"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["dedupe_key"],
                condition=models.Q(state__in=["queued", "running"]) & ~models.Q(dedupe_key=""),
                name="job_one_live_per_dedupe_key",
            ),
            models.CheckConstraint(
                condition=models.Q(progress__gte=0.0) & models.Q(progress__lte=1.0), name="job_progress_range"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.id} {self.state}"


class AuditEvent(models.Model):
    """Append-only record of who changed what. Sealed into a hash chain per organisation by a beat task."""

    id = models.BigAutoField(primary_key=True)
    organisation_id = models.UUIDField(null=True)
    actor_id = models.UUIDField(null=True)
    actor_name = models.CharField(max_length=200, blank=True)
    action = models.CharField(max_length=80)
    object_type = models.CharField(max_length=60)
    object_id = models.CharField(max_length=64)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    address = models.CharField(max_length=45, blank=True)
    request_id = models.CharField(max_length=64, blank=True)
    at = models.DateTimeField(auto_now_add=True)
    chain_index = models.BigIntegerField(null=True)
    chain_hash = models.CharField(max_length=64, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["organisation_id", "-id"], name="audit_org"),
            models.Index(fields=["object_type", "object_id"], name="audit_object"),
            models.Index(fields=["id"], condition=models.Q(chain_hash=""), name="audit_unsealed"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation_id", "chain_index"], name="audit_chain_once", nulls_distinct=True
            )
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.object_type} {self.object_id}"


class IdempotencyRecord(models.Model):
    """The stored answer to a creating POST, written in the same transaction as what it created."""

    user_id = models.UUIDField()
    key = models.CharField(max_length=200)
    path = models.CharField(max_length=300)
    body_hash = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    body = models.JSONField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user_id", "key", "path"], name="idempotency_once")]

    def __str__(self) -> str:
        return f"{self.path} {self.key}"
