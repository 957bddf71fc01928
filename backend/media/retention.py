"""Deleting a camera's pictures when their time is over, with a proof that outlives them."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from backend.media import selectors, services
from backend.media.enums import ErasedKind
from backend.media.models import Asset
from backend.media.signals import assets_deleted, camera_pictures_due
from backend.sites.contracts import RetentionRule

AT_ONCE = 100


def rule_carry_out(rule: RetentionRule, now: datetime) -> int:
    """Delete what the rule says is due. Runs again without harm; returns how many pictures went."""
    before = now - timedelta(days=rule.days)
    gone = sum(found for _, found in camera_pictures_due.send(sender=Asset, rule=rule, before=before))
    while count := _batch(rule, before):
        gone += count
    return gone


@transaction.atomic
def _batch(rule: RetentionRule, before: datetime) -> int:
    found = (
        selectors.assets_due(rule.camera_id, before)
        .select_related("blob")
        .defer("frame_times_s")
        .order_by("id")
    )
    assets = list(found.select_for_update(skip_locked=True, of=("self",))[:AT_ONCE])
    for asset in assets:
        _erase(asset, rule)
    if assets:
        assets_deleted.send(sender=Asset, asset_ids=[asset.pk for asset in assets])
    return len(assets)


def _erase(asset: Asset, rule: RetentionRule) -> None:
    """The row stays as a tombstone for what was frozen with it; content and everything made of it goes."""
    blob = asset.blob
    assert blob is not None
    derived = selectors.derived_keys(asset)
    taken_at = asset.captured_at or asset.created_at
    asset.blob, asset.display_key, asset.thumbnail_key, asset.tiles, asset.clip = None, "", "", None, None
    asset.perceptual_hash, asset.hash_bands = None, []
    asset.deleted_at = asset.deleted_at or timezone.now()
    asset.save()
    shared = Asset.objects.filter(blob=blob).exists()
    if not shared:
        blob.delete()
    services.erasure_record(
        rule,
        kind=ErasedKind.ASSET,
        object_id=asset.pk,
        name=asset.name,
        content_sha256=blob.sha256,
        size_bytes=blob.size_bytes,
        taken_at=taken_at,
        files=[] if shared else [blob.storage_key, *derived],
    )
