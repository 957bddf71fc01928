"""Announced inside the transaction of the change."""

from django.dispatch import Signal

# organisation_id, user_id: somebody left the organisation; receivers take their other roles in it away
member_removed = Signal()
