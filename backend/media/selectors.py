"""Reads of media, and the asset door: an asset is reached through any project that links it."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db.models import Count, QuerySet
from django.db.models.functions import Coalesce

from backend.core import storage
from backend.core.enums import Role
from backend.core.errors import NotFound
from backend.core.permissions import highest, require
from backend.media.contracts import Arrival, ArrivalSource, AssetInfo
from backend.media.domain.phash import NEAR_COPY_BITS, bands, distance
from backend.media.enums import AssetKind, AssetState
from backend.media.models import Asset, Erasure, ProjectAsset, Upload
from backend.media.signals import camera_pictures_asked
from backend.projects import selectors as projects

if TYPE_CHECKING:
    from backend.accounts.models import User
    from backend.sites.contracts import RetentionRule

NEAR_CANDIDATES_MAX = 400


def asset_get(*, actor: User, asset_id: uuid.UUID, at_least: Role = Role.VIEWER) -> Asset:
    """The asset, where the person holds at least that role on one project that links it.

    Raises NotFound for strangers and deleted assets, Forbidden for too low a role.
    """
    links = ProjectAsset.objects.filter(asset_id=asset_id, asset__deleted_at=None).select_related(
        "project__site", "asset__blob", "asset__camera", "asset__site"
    )
    links = links.defer("asset__frame_times_s", "asset__hash_bands")
    asset, roles = None, []
    for link in links:
        asset = link.asset
        roles.append(projects.project_role(actor=actor, project=link.project) or "")
        if roles[-1] and highest(roles) is not None and _enough(roles, at_least):
            return asset
    if asset is None:
        raise NotFound()
    require(highest(roles), at_least)
    return asset


def _enough(roles: list[str], needed: Role) -> bool:
    from backend.core.permissions import at_least

    return at_least(highest(roles), needed)


def asset_find(asset_id: uuid.UUID | str) -> Asset:
    """An asset without asking who looks, for work on the server. Raises NotFound."""
    asset = Asset.objects.select_related("blob").filter(pk=asset_id, deleted_at=None).first()
    if asset is None:
        raise NotFound()
    return asset


def asset_projects(asset: Asset) -> list[ProjectAsset]:
    """Every project's link to the asset."""
    return list(ProjectAsset.objects.filter(asset=asset).select_related("project__site"))


def upload_get(*, actor: User, upload_id: uuid.UUID, at_least: Role = Role.ANNOTATOR) -> Upload:
    """An upload of one's own, or of a project one manages."""
    upload = Upload.objects.select_related("project__site").filter(pk=upload_id).first()
    if upload is None:
        raise NotFound()
    needed = at_least if upload.created_by_id == actor.pk else Role.MANAGER
    try:
        projects.project_get(actor=actor, project_id=upload.project_id, at_least=needed)
    except NotFound:
        raise NotFound() from None
    return upload


def upload_path(upload_id: uuid.UUID) -> Path:
    """Where an upload's bytes gather; a folder of its own, named by nobody's input."""
    return Path(settings.DATA_DIR) / "uploads" / str(upload_id) / "content"


def asset_info(asset: Asset) -> AssetInfo:
    """The asset as other apps see it; `blob` should be loaded."""
    return AssetInfo(
        id=asset.pk,
        organisation_id=asset.organisation_id,
        kind=asset.kind,
        state=asset.state,
        name=asset.name,
        width=asset.width,
        height=asset.height,
        group_key=asset.group_key,
        sha256=asset.blob.sha256 if asset.blob else "",
        display_key=asset.display_key,
        thumbnail_key=asset.thumbnail_key,
        camera_id=asset.camera_id,
        site_id=asset.site_id,
        captured_at=asset.captured_at,
        frame_count=asset.frame_count,
        duration_s=asset.duration_s,
        deleted=asset.deleted_at is not None,
        metadata=asset.metadata,
        quality=asset.quality,
        tiles=asset.tiles,
        original_key=asset.blob.storage_key if asset.blob else "",
    )


def asset_urls(asset: Asset) -> dict[str, str | None]:
    """Addresses of the asset's files; `image_url` of a video is its first frame. None where there is no file."""
    base = f"/api/v1/assets/{asset.pk}"
    if asset.kind == AssetKind.VIDEO:
        image = f"{base}/frames/0.jpg" if asset.frame_count else None
    else:
        image = f"{base}/image" if asset.display_key else None
    return {
        "thumbnail_url": f"{base}/thumbnail" if asset.thumbnail_key else None,
        "image_url": image,
        "original_url": f"{base}/original" if asset.blob_id else None,
    }


def tiles_shown(asset: Asset) -> dict[str, object] | None:
    """How a browser draws a large picture: `url` takes level, column and row; None: draw it whole.

    Level 0 is the full size, each further one half of it; tiles are `tile_px` square, less at the far edges.
    """
    if not asset.tiles:
        return None
    return {
        "url": f"/api/v1/assets/{asset.pk}/tiles/{{level}}/{{column}}/{{row}}",
        "tile_px": asset.tiles["tile_px"],
        "levels": [{"width": width, "height": height} for width, height in asset.tiles["levels"]],
    }


def frame_times(asset_id: uuid.UUID) -> list[float]:
    """Presentation times of a video's frames in seconds; empty for a picture."""
    return list(Asset.objects.values_list("frame_times_s", flat=True).get(pk=asset_id) or ())


def strip_shown(asset: Asset) -> dict[str, object] | None:
    """A video's strip of small pictures as a browser needs it; None where there is none."""
    strip = (asset.clip or {}).get("strip")
    if not strip:
        return None
    facts = {name: strip[name] for name in ("frames", "columns", "tile_width", "tile_height")}
    return {"url": f"/api/v1/assets/{asset.pk}/strip", **facts}


def assets_due(camera_id: uuid.UUID, before: datetime) -> QuerySet[Asset]:
    """A camera's pictures taken (or come, where that is not known) before then whose content is still there."""
    return (
        Asset.objects.filter(camera_id=camera_id)
        .exclude(blob=None)
        .annotate(taken_at=Coalesce("captured_at", "created_at"))
        .filter(taken_at__lt=before)
    )


def camera_thumbnail(camera_id: uuid.UUID) -> bytes | None:
    """The thumbnail (JPEG) of a camera's newest picture; None where there is none."""
    newest = Asset.objects.filter(camera_id=camera_id, deleted_at=None).exclude(thumbnail_key="")
    key = newest.order_by("-id").values_list("thumbnail_key", flat=True).first()
    return storage.read_bytes(key) if key else None


def anything_due(rule: RetentionRule, now: datetime) -> bool:
    """Whether a camera's rule would delete something now."""
    before = now - timedelta(days=rule.days)
    if assets_due(rule.camera_id, before).exists():
        return True
    asked = camera_pictures_asked.send(sender=Asset, camera_id=rule.camera_id, before=before)
    return any(found for _, found in asked)


def erasures_of(camera_id: uuid.UUID) -> QuerySet[Erasure]:
    """Proofs of what a camera's rule deleted, newest first."""
    return Erasure.objects.filter(camera_id=camera_id).order_by("-id")


def derived_keys(asset: Asset) -> list[str]:
    """Storage keys of everything made of the asset's content."""
    strip = (asset.clip or {}).get("strip")
    keys = [asset.display_key, asset.thumbnail_key, strip["key"] if strip else ""]
    return [key for key in keys if key] + (list(tile_keys(asset.tiles)) if asset.tiles else [])


def tile_keys(tiles: dict[str, Any]) -> Iterator[str]:
    """Storage keys of all files of a large picture."""
    yield tiles["overview_key"]
    for level, (width, height) in enumerate(tiles["levels"]):
        for column in range(-(-width // tiles["tile_px"])):
            for row in range(-(-height // tiles["tile_px"])):
                yield tile_key(tiles, level, column, row)


def tile_key(tiles: dict[str, Any], level: int, column: int, row: int) -> str:
    """Storage key of one tile. Raises NotFound outside the picture."""
    if level < len(tiles["levels"]):
        width, height = tiles["levels"][level]
        if column * tiles["tile_px"] < width and row * tiles["tile_px"] < height:
            return f"{tiles['prefix']}/{level}/{column}_{row}.{tiles['ending']}"
    raise NotFound("The picture has no such tile.")


def assets_info(ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, AssetInfo]:
    """Facts of many assets by id, deleted ones included (`deleted` says so); unknown ids are absent."""
    found = Asset.objects.filter(pk__in=list(ids)).select_related("blob").defer("frame_times_s")
    return {asset.pk: asset_info(asset) for asset in found}


def project_asset_ids(project_id: uuid.UUID, *, include_excluded: bool = False) -> list[uuid.UUID]:
    """Ids of the project's usable assets, oldest first."""
    rows = ProjectAsset.objects.filter(
        project_id=project_id, asset__state=AssetState.READY, asset__deleted_at=None
    )
    if not include_excluded:
        rows = rows.filter(excluded_at=None)
    return list(rows.order_by("id").values_list("asset_id", flat=True))


def project_videos(project_id: uuid.UUID) -> list[tuple[uuid.UUID, str]]:
    """(id, name) of the project's usable videos, oldest first."""
    rows = ProjectAsset.objects.filter(
        project_id=project_id,
        asset__kind=AssetKind.VIDEO,
        asset__state=AssetState.READY,
        asset__deleted_at=None,
    )
    return list(rows.order_by("id").values_list("asset_id", "asset__name"))


def arrival_sources(project_id: uuid.UUID, since: datetime) -> list[ArrivalSource]:
    """Where usable pictures of the project came from since then, by name; those of no camera last."""
    rows = _arrived(project_id, since).order_by().values("asset__camera_id", "asset__camera__name")
    found = [
        ArrivalSource(row["asset__camera_id"], row["asset__camera__name"] or "", row["n"])
        for row in rows.annotate(n=Count("id"))
    ]
    return sorted(found, key=lambda source: (source.camera_id is None, source.name))


def has_arrivals(project_id: uuid.UUID, since: datetime) -> bool:
    """Whether anything came into the project after that: one look at its newest link."""
    newest = ProjectAsset.objects.filter(project_id=project_id).order_by("-id")
    at = newest.values_list("created_at", flat=True).first()
    return at is not None and at > since


def arrivals(
    project_id: uuid.UUID,
    camera_id: uuid.UUID | None,
    *,
    since: datetime,
    until: datetime | None = None,
    newest_first: bool = False,
    limit: int,
) -> list[Arrival]:
    """Usable pictures of a camera (None: of no camera) that came after `since`, up to and with `until`."""
    rows = _arrived(project_id, since).filter(asset__camera_id=camera_id)
    if until is not None:
        rows = rows.filter(created_at__lte=until)
    columns = rows.order_by(*(["-created_at", "-id"] if newest_first else ["created_at", "id"])).values_list(
        "asset_id", "created_at", "asset__group_key", "asset__height", "asset__quality__brightness"
    )
    return [Arrival(*row) for row in columns[:limit]]


def _arrived(project_id: uuid.UUID, since: datetime) -> QuerySet[ProjectAsset]:
    return ProjectAsset.objects.filter(
        project_id=project_id,
        created_at__gt=since,
        excluded_at=None,
        asset__kind=AssetKind.IMAGE,
        asset__state=AssetState.READY,
        asset__deleted_at=None,
    )


def camera_names(ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, str]:
    """The camera's name of each asset that has one."""
    rows = Asset.objects.filter(pk__in=list(ids), camera__isnull=False)
    return dict(rows.values_list("id", "camera__name"))


def unusable_asset_ids(project_id: uuid.UUID, asset_ids: Iterable[uuid.UUID]) -> set[uuid.UUID]:
    """Those of `asset_ids` that are excluded from the project, deleted, refused or not in it."""
    wanted = set(asset_ids)
    usable = ProjectAsset.objects.filter(
        project_id=project_id,
        asset_id__in=wanted,
        excluded_at=None,
        asset__state=AssetState.READY,
        asset__deleted_at=None,
    ).values_list("asset_id", flat=True)
    return wanted - set(usable)


def asset_counts(project_id: uuid.UUID) -> dict[str, int]:
    """How many assets of the project are `ready`, `pending`, `refused`, and `excluded`."""
    rows = ProjectAsset.objects.filter(project_id=project_id, asset__deleted_at=None)
    counts = dict.fromkeys(AssetState.values, 0)
    counts.update(
        {row["asset__state"]: row["n"] for row in rows.values("asset__state").annotate(n=Count("id"))}
    )
    counts["excluded"] = rows.filter(excluded_at__isnull=False).count()
    return counts


def project_assets(project_id: uuid.UUID) -> QuerySet[ProjectAsset]:
    """The project's links to assets that are not deleted, with what a row of the grid shows."""
    return (
        ProjectAsset.objects.filter(project_id=project_id, asset__deleted_at=None)
        .select_related("asset__blob", "asset__camera", "asset__site")
        .defer("asset__frame_times_s", "asset__hash_bands")
    )


def near_copy_counts(project_id: uuid.UUID, links: Iterable[ProjectAsset]) -> dict[uuid.UUID, int]:
    """How many near-copies each of these assets has in the project, by asset id."""
    roots = {link.asset_id: link.near_copy_of_id or link.asset_id for link in links}
    rows = (
        ProjectAsset.objects.filter(
            project_id=project_id, near_copy_of_id__in=set(roots.values()), asset__deleted_at=None
        )
        .values("near_copy_of_id")
        .annotate(n=Count("id"))
    )
    sizes = {row["near_copy_of_id"]: row["n"] for row in rows}
    return {asset_id: sizes.get(root, 0) for asset_id, root in roots.items()}


def near_copies(project_id: uuid.UUID, asset: Asset) -> list[tuple[ProjectAsset, int]]:
    """The project's links whose picture differs in at most four hash bits, nearest first, with the distance."""
    if asset.perceptual_hash is None:
        return []
    found = []
    for link in near_candidates(project_id, asset.perceptual_hash):
        bits = distance(asset.perceptual_hash, link.asset.perceptual_hash or 0)
        if bits <= NEAR_COPY_BITS and link.asset_id != asset.pk:
            found.append((link, bits))
    return sorted(found, key=lambda pair: (pair[1], pair[0].pk))


def near_candidates(
    project_id: uuid.UUID, perceptual_hash: int, *, limit: int = NEAR_CANDIDATES_MAX
) -> list[ProjectAsset]:
    """Links within `NEAR_COPY_BITS` of the hash, oldest first, at most `limit`.

    The band index finds the few that can be, then the distance itself is counted. No ORDER BY there: it would
    tempt the planner to walk the whole project in order instead.
    """
    assets = (
        Asset.objects.filter(
            hash_bands__overlap=bands(perceptual_hash), project_assets__project_id=project_id, deleted_at=None
        )
        .extra(
            where=["bit_count((media_asset.perceptual_hash # %s)::bit(64)) <= %s"],
            params=[perceptual_hash, NEAR_COPY_BITS],
        )
        .values_list("id", flat=True)
    )
    found = list(assets[:NEAR_CANDIDATES_MAX])
    if not found:
        return []
    return list(project_assets(project_id).filter(asset_id__in=found).order_by("id")[:limit])


def group_size(project_id: uuid.UUID, group_key: str) -> int:
    return ProjectAsset.objects.filter(project_id=project_id, asset__group_key=group_key).count()


def project_asset_ids_in(project_id: uuid.UUID, asset_ids: Iterable[uuid.UUID]) -> set[uuid.UUID]:
    """Those of `asset_ids` that the project uses."""
    rows = ProjectAsset.objects.filter(project_id=project_id, asset_id__in=list(asset_ids))
    return set(rows.values_list("asset_id", flat=True))
