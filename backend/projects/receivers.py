"""What projects does when lower apps announce something; runs inside their transaction."""

from __future__ import annotations

import uuid
from typing import Any

from django.dispatch import receiver

from backend.accounts.signals import member_removed
from backend.projects import services


@receiver(member_removed)
def member_goes(*, organisation_id: uuid.UUID, user_id: uuid.UUID, **_: Any) -> None:
    services.memberships_end(organisation_id=organisation_id, user_id=user_id)
