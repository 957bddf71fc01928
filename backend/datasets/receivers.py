"""What datasets does when lower apps announce something; runs inside their transaction."""

from __future__ import annotations

import uuid
from typing import Any

from django.dispatch import receiver

from backend.datasets import services
from backend.projects.signals import project_deleting


@receiver(project_deleting)
def project_goes(*, project_id: uuid.UUID, **_: Any) -> None:
    services.versions_of_project_delete(project_id=project_id)
