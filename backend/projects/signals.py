"""Announced inside the transaction of the change."""

from django.dispatch import Signal

# project_id
project_created = Signal()
# project_id, removed: set of label ids, mapping: {old label id: new label id or None}
ontology_changed = Signal()
# project_id; receivers collect what would be left behind
project_deleting = Signal()
# project_id, label_ids: receivers answer with the ids that labels in use still need
labels_in_use = Signal()
