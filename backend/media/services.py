"""Changes of media: placing files in projects, uploads, exclusion, deletion."""

from __future__ import annotations

import tempfile
import uuid
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from backend.core import audit, events, storage
from backend.core.enums import Role
from backend.core.errors import BadInput, Forbidden
from backend.core.permissions import at_least as role_at_least
from backend.media import selectors
from backend.media.contracts import FolderReport, IngestOptions
from backend.media.domain import archives
from backend.media.domain.groups import group_key as group_key_of
from backend.media.domain.phash import bands
from backend.media.enums import AssetKind, AssetState, ErasedKind
from backend.media.errors import FileRefused
from backend.media.models import Asset, Blob, Erasure, ProjectAsset
from backend.media.prepare import Prepared, content_key, prepare, sha256_of
from backend.media.signals import asset_ready, assets_deleted
from backend.projects import selectors as projects
from backend.projects.errors import ProjectArchived
from backend.sites import selectors as sites
from backend.sites.contracts import NOTHING_HIDDEN, RetentionRule

if TYPE_CHECKING:
    from backend.accounts.models import User
    from backend.projects.models import Project

NAME_MAX = 300
# Past this many near-copies in one group it is a fixed camera's view, not a copied photo.
NEAR_COPY_GROUP_MAX = 30
AUDITED_IDS_MAX = 200
DELETED_AT_ONCE = 1_000
LARGE_MEGAPIXELS = 256


def max_pixels(project: Project) -> int:
    """How many pixels a picture of the project may have."""
    allowed = int(settings.IMAGE_MAX_MEGAPIXELS)
    if projects.settings_of(project).large_pictures:
        allowed = max(allowed, LARGE_MEGAPIXELS)
    return allowed * 1_000_000


def project_open(project: Project) -> None:
    """Raises ProjectArchived where nothing may be added any more."""
    if project.archived_at is not None:
        raise ProjectArchived("The project is archived: nothing can be added to it.")


def asset_register(
    *,
    project: Project,
    path: Path | None = None,
    content: bytes | None = None,
    name: str,
    actor: User | None,
    camera: Any = None,
    captured_at: datetime | None = None,
    group_key: str = "",
    metadata: dict[str, Any] | None = None,
    burned: bool = False,
) -> Asset:
    """Take one image or video at once (decoding it in the child) and link it to the project.

    The same content twice in a project is the same asset. `path` or `content` gives the bytes.
    What the camera hides is burned over first, unless it is already (`burned`).
    Raises FileRefused with the reason, ProjectArchived.
    """
    project_open(project)
    options = IngestOptions(
        camera_id=camera.pk if camera is not None else None,
        site_id=camera.site_id if camera is not None else project.site_id,
        captured_at=captured_at,
        metadata=metadata or {},
    )
    privacy = NOTHING_HIDDEN if burned else sites.camera_privacy(options.camera_id)
    if path is None:
        with tempfile.NamedTemporaryFile(prefix="siteloop-register-") as handle:
            handle.write(content or b"")
            handle.flush()
            prepared = prepare(
                Path(handle.name),
                name=name,
                organisation_id=project.organisation_id,
                max_pixels=max_pixels(project),
                privacy=privacy,
            )
    else:
        prepared = prepare(
            path,
            name=name,
            organisation_id=project.organisation_id,
            max_pixels=max_pixels(project),
            privacy=privacy,
        )
    asset, added = asset_place(
        project=project, prepared=prepared, name=name, actor=actor, options=options, group_key=group_key
    )
    if added:
        asset_announce(project, asset)
    return asset


def asset_announce(project: Project, asset: Asset) -> None:
    """Tell open pages that a picture arrived."""
    events.publish(
        organisation_id=project.organisation_id,
        project_id=project.pk,
        kind="asset_ready",
        data={"asset_id": str(asset.pk)},
    )


@transaction.atomic
def asset_place(
    *,
    project: Project,
    prepared: Prepared,
    name: str,
    actor: User | None,
    options: IngestOptions,
    group_key: str = "",
) -> tuple[Asset, bool]:
    """Write the rows of prepared content. Returns the asset and whether it is new to the project.

    Content already in the project is left as it is. Content of the same site in another project of the
    organisation shares its asset; under another site it becomes an asset of its own, so that names and
    places never cross a border of rights.
    """
    blob, _ = Blob.objects.select_for_update().get_or_create(
        organisation_id=project.organisation_id,
        sha256=prepared.sha256,
        defaults={
            "size_bytes": prepared.size_bytes,
            "media_type": prepared.media_type,
            "storage_key": prepared.storage_key,
        },
    )
    if (known := asset_by_sha(project, prepared.sha256)) is not None:
        return known, False
    asset = Asset.objects.filter(
        blob=blob,
        site_id=options.site_id,  # type: ignore[misc] # no site: IS NULL
        state=AssetState.READY,
        deleted_at=None,
    ).first()
    near = _near_copy(project, prepared)
    if asset is None:
        asset = _asset_create(project, prepared, blob, name, options, group_key, near)
    link = ProjectAsset(project=project, asset=asset, added_by=actor)
    link.near_copy_of_id = (near.near_copy_of_id or near.asset_id) if near is not None else None
    link.save()
    asset_ready.send(sender=Asset, project_id=project.pk, asset_id=asset.pk)
    return asset, True


def asset_by_sha(project: Project, sha256: str) -> Asset | None:
    """The project's asset of that content, if it has one."""
    link = (
        ProjectAsset.objects.filter(
            project=project,
            asset__blob__sha256=sha256,
            asset__deleted_at=None,
            asset__state=AssetState.READY,
        )
        .select_related("asset")
        .first()
    )
    return link.asset if link is not None else None


def _near_copy(project: Project, prepared: Prepared) -> ProjectAsset | None:
    if prepared.perceptual_hash is None or prepared.quality.get("sharpness", 0.0) == 0.0:
        return None  # a picture without any structure resembles every other such picture
    found = selectors.near_candidates(project.pk, prepared.perceptual_hash, limit=1)
    return found[0] if found else None


def _asset_create(
    project: Project,
    prepared: Prepared,
    blob: Blob,
    name: str,
    options: IngestOptions,
    group_key: str,
    near: ProjectAsset | None,
) -> Asset:
    captured_at = options.captured_at or _exif_moment(project, prepared.captured_at)
    key = group_key or group_key_of(
        name=name, group_by=options.group_by, camera=options.camera_id, captured_at=captured_at
    )
    joins = not group_key and options.group_by == "name" and near is not None
    if joins and near is not None:
        theirs = near.asset.group_key
        key = theirs if selectors.group_size(project.pk, theirs) < NEAR_COPY_GROUP_MAX else key
    return Asset.objects.create(
        organisation_id=project.organisation_id,
        blob=blob,
        kind=prepared.kind,
        state=AssetState.READY,
        name=name[-NAME_MAX:],
        width=prepared.width,
        height=prepared.height,
        duration_s=prepared.duration_s,
        frame_count=len(prepared.frame_times_s) if prepared.frame_times_s else None,
        frame_times_s=prepared.frame_times_s,
        clip=prepared.clip,
        site_id=options.site_id,
        camera_id=options.camera_id,
        captured_at=captured_at,
        group_key=key[:200],
        metadata=options.metadata,
        quality=prepared.quality,
        perceptual_hash=prepared.perceptual_hash,
        hash_bands=bands(prepared.perceptual_hash) if prepared.perceptual_hash is not None else [],
        display_key=prepared.display_key,
        thumbnail_key=prepared.thumbnail_key,
        tiles=prepared.tiles,
    )


def _exif_moment(project: Project, text: str | None) -> datetime | None:
    """EXIF has no time zone: it is the site's wall clock, or UTC where there is no site."""
    if not text:
        return None
    zone = ZoneInfo(project.site.time_zone) if project.site is not None else UTC
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


@transaction.atomic
def asset_refuse(*, project: Project, name: str, reason: str, actor: User | None, source: str = "") -> Asset:
    """Keep a row of a refused file, so that the grid can show what did not come in and why."""
    kind = (
        AssetKind.VIDEO
        if name.lower().endswith((".mp4", ".mov", ".mkv", ".webm", ".avi", ".gif", ".m4v"))
        else AssetKind.IMAGE
    )
    asset = Asset.objects.create(
        organisation_id=project.organisation_id,
        kind=kind,
        state=AssetState.REFUSED,
        refused_reason=reason[:300],
        name=name[-NAME_MAX:],
        site_id=project.site_id,
        group_key="",
        metadata={"from": source} if source else {},
    )
    ProjectAsset.objects.create(project=project, asset=asset, added_by=actor)
    return asset


@transaction.atomic
def assets_exclude(*, actor: User, project: Project, asset_ids: Iterable[uuid.UUID], reason: str) -> int:
    """Leave assets out of selection and datasets, with the reason. Returns how many changed."""
    if not reason.strip():
        raise BadInput("Say why they are left out.", fields={"reason": "Must not be empty."})
    ids = list(asset_ids)
    changed = ProjectAsset.objects.filter(project=project, asset_id__in=ids, excluded_at=None).update(
        excluded_at=timezone.now(), excluded_reason=reason.strip()[:200]
    )
    _record_many(actor, project, "assets.exclude", ids, {"reason": reason, "changed": changed})
    return changed


@transaction.atomic
def assets_include(*, actor: User, project: Project, asset_ids: Iterable[uuid.UUID]) -> int:
    """Take excluded assets back in. Returns how many changed."""
    ids = list(asset_ids)
    changed = (
        ProjectAsset.objects.filter(project=project, asset_id__in=ids)
        .exclude(excluded_at=None)
        .update(excluded_at=None, excluded_reason="")
    )
    _record_many(actor, project, "assets.include", ids, {"changed": changed})
    return changed


def _record_many(
    actor: User, project: Project, action: str, ids: list[uuid.UUID], after: dict[str, Any]
) -> None:
    audit.record(
        actor=actor,
        organisation_id=project.organisation_id,
        action=action,
        object_type="project",
        object_id=project.pk,
        after={**after, "count": len(ids), "asset_ids": [str(pk) for pk in ids[:AUDITED_IDS_MAX]]},
    )


@transaction.atomic
def asset_delete(*, actor: User, asset: Asset) -> None:
    """Delete softly, for every project that links it: managers of all of them only."""
    locked = Asset.objects.select_for_update().get(pk=asset.pk)
    if locked.deleted_at is not None:
        return
    for link in selectors.asset_projects(locked):
        if not role_at_least(projects.project_role(actor=actor, project=link.project), Role.MANAGER):
            raise Forbidden("It is also in a project that you do not manage.")
    locked.deleted_at = timezone.now()
    locked.save(update_fields=["deleted_at", "updated_at"])
    audit.record(
        actor=actor,
        organisation_id=locked.organisation_id,
        action="asset.delete",
        object_type="asset",
        object_id=locked.pk,
        before={"name": locked.name},
    )
    assets_deleted.send(sender=Asset, asset_ids=[locked.pk])


def folder_import(
    *, actor: User | None, project: Project, folder: Path, options: IngestOptions | None = None
) -> FolderReport:
    """Take every picture and video below a folder on the server. Runs again without harm.

    Links are not followed; names are stored relative to the folder.
    """
    project_open(project)
    chosen = options or IngestOptions(site_id=project.site_id)
    added, duplicates, skipped, refused = 0, 0, 0, []
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_symlink() or not path.is_file() or archives.is_noise(name) or archives.is_companion(name):
            skipped += 0 if path.is_dir() else 1
            continue
        try:
            new = file_take(actor=actor, project=project, path=path, name=name, options=chosen)
        except FileRefused as error:
            refused.append((name, error.message))
            asset_refuse(project=project, name=name, reason=error.message, actor=actor)
            continue
        added, duplicates = added + int(new), duplicates + int(not new)
    return FolderReport(added=added, duplicates=duplicates, refused=tuple(refused), skipped=skipped)


def file_take(*, actor: User | None, project: Project, path: Path, name: str, options: IngestOptions) -> bool:
    """One file into the project; True where it is new there. Raises FileRefused."""
    sha256, privacy = sha256_of(path), sites.camera_privacy(options.camera_id)
    if asset_by_sha(project, content_key(sha256, privacy)) is not None:
        return False
    prepared = prepare(
        path,
        name=name,
        organisation_id=project.organisation_id,
        max_pixels=max_pixels(project),
        sha256=sha256,
        privacy=privacy,
    )
    return asset_place(project=project, prepared=prepared, name=name, actor=actor, options=options)[1]


def options_with(
    options: IngestOptions, metadata: dict[str, Any], captured_at: datetime | None
) -> IngestOptions:
    """The upload's options with one file's own metadata and time."""
    return replace(
        options, metadata={**options.metadata, **metadata}, captured_at=captured_at or options.captured_at
    )


@transaction.atomic
def assets_of_project_forget(*, project_id: uuid.UUID) -> int:
    """Before a project goes: delete, for good, what no other project uses, with its files. Returns how many.

    Files go after the commit; content that another asset of the organisation still shows stays.
    """
    own = Asset.objects.filter(project_assets__project_id=project_id)
    shared = ProjectAsset.objects.filter(asset_id__in=own.values("id")).exclude(project_id=project_id)
    going = list(own.exclude(pk__in=shared.values("asset_id")).values_list("id", flat=True))
    rows = list(Asset.objects.filter(pk__in=going).select_related("blob").defer("frame_times_s"))
    ProjectAsset.objects.filter(project_id=project_id).delete()
    for start in range(0, len(going), DELETED_AT_ONCE):
        Asset.objects.filter(pk__in=going[start : start + DELETED_AT_ONCE]).delete()
    blobs = {row.blob.pk: row.blob for row in rows if row.blob is not None}
    used = set(Asset.objects.filter(blob_id__in=blobs).values_list("blob_id", flat=True))
    free = {pk for pk in blobs if pk not in used}
    Blob.objects.filter(pk__in=free).delete()
    keys = {
        key
        for row in rows
        if row.blob is not None and row.blob_id in free
        for key in (row.blob.storage_key, *selectors.derived_keys(row))
    }
    transaction.on_commit(lambda: _files_delete(keys))
    return len(going)


def _files_delete(keys: set[str]) -> None:
    for key in keys:
        storage.delete(key)


def erasure_record(
    rule: RetentionRule,
    *,
    kind: ErasedKind,
    object_id: uuid.UUID,
    name: str,
    content_sha256: str,
    size_bytes: int,
    taken_at: datetime,
    files: list[str],
) -> Erasure:
    """The proof that a camera's rule deleted a picture. Call it in the transaction that lets go of the picture: `files`
    (storage keys) are removed once that is committed."""
    proof = Erasure.objects.create(
        organisation_id=rule.organisation_id,
        camera_id=rule.camera_id,
        camera_name=rule.camera_name,
        kind=kind,
        asset_id=object_id,
        asset_name=name[:300],
        content_sha256=content_sha256,
        size_bytes=size_bytes,
        taken_at=taken_at,
        rule_days=rule.days,
        rule_set_by=rule.set_by,
        rule_set_at=rule.set_at,
        files=files,
    )
    audit.record(
        actor=None,
        organisation_id=rule.organisation_id,
        action=f"{kind}.erase",
        object_type=str(kind),
        object_id=object_id,
        after={
            "proof_id": str(proof.pk),
            "content_sha256": content_sha256,
            "camera_id": str(rule.camera_id),
            "rule_days": rule.days,
            "rule_set_by": rule.set_by,
        },
    )
    transaction.on_commit(files_of_erased_remove)
    return proof


def files_of_erased_remove() -> int:
    """Remove files of deleted pictures that are still there: a job may be killed between the two. How many pictures."""
    rows = list(Erasure.objects.filter(files_gone_at=None).order_by("id")[:1_000])
    for row in rows:
        for key in row.files:
            # Somebody may have brought the same content anew since.
            if not Blob.objects.filter(storage_key=key).exists():
                storage.delete(key)
        Erasure.objects.filter(pk=row.pk).update(files_gone_at=timezone.now())
    return len(rows)
