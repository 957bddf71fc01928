"""What media does when lower apps announce something; runs inside their transaction."""

from __future__ import annotations

import uuid
from typing import Any

from django.dispatch import receiver

from backend.media import services
from backend.projects.signals import project_deleting


@receiver(project_deleting)
def project_goes(*, project_id: uuid.UUID, **_: Any) -> None:
    services.assets_of_project_forget(project_id=project_id)
