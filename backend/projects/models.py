"""Projects, who works in them, and their versioned ontology."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from backend.core.enums import Role
from backend.core.models import Entity


class Project(Entity):
    """`settings` keys are declared in `backend.projects.contracts.ProjectSettings`; nothing else is stored there."""

    organisation = models.ForeignKey(
        "accounts.Organisation", on_delete=models.CASCADE, related_name="projects"
    )
    site = models.ForeignKey(
        "sites.Site", null=True, blank=True, on_delete=models.SET_NULL, related_name="projects"
    )
    name = models.CharField(max_length=120)
    description = models.TextField(blank=True)
    guidelines = models.TextField(blank=True)
    template = models.CharField(max_length=40, blank=True)
    settings = models.JSONField(default=dict)
    # Rises with every change a person makes; If-Match carries it.
    version = models.PositiveIntegerField(default=1)
    is_demo = models.BooleanField(default=False)
    archived_at = models.DateTimeField(null=True)
    queue_paused_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name


class ProjectMembership(Entity):
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="project_memberships"
    )
    role = models.CharField(max_length=12, choices=Role.choices)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "user"], name="project_member_once")]

    def __str__(self) -> str:
        return f"{self.user_id} on {self.project_id}: {self.role}"


class OntologyVersion(Entity):
    """One immutable state of a project's labels.

    `labels` is a list of `{id, name, color, shortcut, shapes: [see `domain/ontology.py`], attributes:
    [{id, name, type: select|text|number|bool, options, required, default}]}`; a label's id stays the same
    through versions, so renaming keeps every region.
    """

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="ontology_versions")
    number = models.PositiveIntegerField()
    labels = models.JSONField()
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "number"], name="ontology_number_once")]

    def __str__(self) -> str:
        return f"ontology {self.number} of {self.project_id}"
