"""Signals of datasets, sent inside the transaction of the change.

`version_frozen(project_id, version_id)`: a dataset version is complete and will never change again.
"""

from django.dispatch import Signal

version_frozen = Signal()
