"""What sites announce, inside the transaction of the change."""

from django.dispatch import Signal

# camera_id: what its pictures may hold changed
camera_privacy_changed = Signal()
