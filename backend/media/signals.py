"""Signals of media, sent inside the transaction of the change.

`asset_ready(project_id, asset_id)`: an asset became usable in a project (new there, decoded, stored).
`camera_pictures_due(rule, before)`: a camera's retention is carried out: who keeps pictures of it outside of assets
deletes those taken before that moment, with a proof each (`services.erasure_record`), and answers how many.
`camera_pictures_asked(camera_id, before)`: the same question without deleting; answers whether there are any.
`assets_deleted(asset_ids)`: assets were softly deleted; whatever hangs on them must not be served any more.
"""

from django.dispatch import Signal

asset_ready = Signal()
assets_deleted = Signal()
camera_pictures_asked = Signal()
camera_pictures_due = Signal()
