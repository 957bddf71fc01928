"""Made-up people for the demo."""

from __future__ import annotations

from django.db import transaction

from backend.accounts.models import OrganisationMembership, User
from backend.accounts.services import organisation_create
from backend.core.enums import Role

# The one password of all demo accounts: known to everybody, which is why only this machine may reach them.
DEMO_PASSWORD = "siteloop-demo"
ORGANISATION = "Northside Logistics (demo)"
PEOPLE = (
    ("manager@demo.siteloop", "Mina Manager", Role.MANAGER),
    ("annotator@demo.siteloop", "Anton Annotator", Role.ANNOTATOR),
    ("reviewer@demo.siteloop", "Rita Reviewer", Role.REVIEWER),
    ("scientist@demo.siteloop", "Sasha Scientist", Role.SCIENTIST),
    ("viewer@demo.siteloop", "Vera Safety", Role.VIEWER),
)


@transaction.atomic
def demo_people_create() -> dict[Role, User]:
    """One person for every role, in an organisation of their own."""
    admin = User.objects.create_user("admin@demo.siteloop", DEMO_PASSWORD, name="Ada Admin", is_demo=True)
    organisation = organisation_create(name=ORGANISATION, admin=admin)
    found = {Role.ADMIN: admin}
    for email, name, role in PEOPLE:
        found[role] = User.objects.create_user(email, DEMO_PASSWORD, name=name, is_demo=True)
        OrganisationMembership.objects.create(organisation=organisation, user=found[role], role=role)
    return found
