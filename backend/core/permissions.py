"""Role arithmetic. Which role a person has on an object is answered by the app that owns the object."""

from __future__ import annotations

from collections.abc import Iterable

from backend.core.enums import ROLE_RANK, Role
from backend.core.errors import Forbidden, NotFound


def highest(roles: Iterable[str]) -> Role | None:
    """The highest of several roles; None where there is none."""
    known = [role for role in roles if role in ROLE_RANK]
    return Role(max(known, key=lambda role: ROLE_RANK[role])) if known else None


def at_least(role: str | None, needed: Role) -> bool:
    return role is not None and ROLE_RANK.get(role, -1) >= ROLE_RANK[needed]


def require(role: Role | None, needed: Role) -> Role:
    """Return `role`. Raises NotFound for a stranger (nothing is told) and Forbidden for too low a role."""
    if role is None:
        raise NotFound()
    if not at_least(role, needed):
        raise Forbidden(
            f"This needs the role of {needed.label.lower()} or higher; yours is {role.label.lower()}."
        )
    return role
