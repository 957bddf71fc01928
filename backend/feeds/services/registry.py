"""Making, changing and removing feeds."""

from __future__ import annotations

import uuid
from fnmatch import fnmatch
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import IntegrityError, transaction

from backend.core import audit, events
from backend.core.errors import BadInput, Stale
from backend.core.outgoing import url_pin
from backend.core.sealing import Unsealable, seal, unseal
from backend.feeds.contracts import FeedSettings
from backend.feeds.domain.addresses import HIDDEN, Address, address_parse
from backend.feeds.enums import ADDRESS_KINDS, FeedEventKind, FeedState, SourceKind
from backend.feeds.errors import FeedNameTaken, SourceRefused
from backend.feeds.models import Feed
from backend.feeds.services import leases
from backend.feeds.services.stills import stills_forget
from backend.media import selectors as media

if TYPE_CHECKING:
    from backend.accounts.models import User
    from backend.projects.models import Project
    from backend.sites.models import Camera


def path_check(text: str) -> Path:
    """A path below one of the folders an operator opened to feeds. Raises SourceRefused."""
    for root in settings.FEED_FILE_ROOTS:
        try:
            # Links are followed first: one that leads out is outside.
            candidate = (Path(root) / text).resolve()
            if candidate.is_relative_to(Path(root).resolve()) and candidate.exists():
                return candidate
        except (OSError, ValueError):
            break  # no name of a file
    raise SourceRefused(
        "There is no such file or folder where feeds may read. An operator sets the folders with SITELOOP_FEED_ROOTS.",
        fields={"source": "Not found."},
    )


def device_check(text: str) -> Path:
    """A camera of this machine that an operator did not close. Raises SourceRefused."""
    name = f"/dev/video{text.strip()}" if text.strip().isdigit() else text.strip()
    allowed = any(fnmatch(name, pattern) for pattern in settings.FEED_DEVICES)
    if not allowed or ".." in name:
        raise SourceRefused(
            "Cameras of this machine are named like /dev/video0. An operator sets which may be used with "
            "SITELOOP_FEED_DEVICES.",
            fields={"source": "Not a camera of this machine."},
        )
    return Path(name)


def address_check(kind: str, text: str) -> Address:
    """A camera's address in its parts, every place it leads to checked. Raises SourceRefused, BadInput."""
    try:
        address = address_parse(text)
    except ValueError as error:
        raise SourceRefused("This is not an address.", fields={"source": "Not an address."}) from error
    if HIDDEN in text:
        raise SourceRefused(
            f"Type the whole address: {HIDDEN} only stands for what is not shown.",
            fields={"source": "Incomplete."},
        )
    schemes = ("rtsp",) if kind == SourceKind.RTSP else ("http", "https")
    try:
        url_pin(address.url, allowed_hosts=settings.OUTGOING_ALLOWED_HOSTS, schemes=schemes)
    except BadInput as error:
        raise SourceRefused(error.message, fields={"source": "Cannot be opened."}) from error
    return address


def address_of(feed: Feed) -> Address:
    """The address of a feed with its secrets, for its worker alone. Raises SourceRefused where they are lost."""
    if not feed.sealed_address:
        return address_parse(feed.source)
    try:
        return address_parse(unseal(feed.sealed_address))
    except Unsealable as error:
        raise SourceRefused(
            "The stored name and password cannot be read any more, as the server's key changed. Type the address again."
        ) from error


def _source_check(
    *, actor: User, project: Project, kind: str, source: str, asset_id: uuid.UUID | None
) -> None:
    if kind == SourceKind.ASSET:
        asset = media.asset_get(actor=actor, asset_id=asset_id) if asset_id else None
        if asset is None or asset.kind != "video":
            raise SourceRefused("Choose a video of this project.", fields={"asset_id": "Not a video."})
        if asset.pk not in media.project_asset_ids_in(project.pk, [asset.pk]):
            raise SourceRefused(
                "The video belongs to another project.", fields={"asset_id": "Not in this project."}
            )
    elif kind in ADDRESS_KINDS:
        address_check(kind, source)
    elif kind == SourceKind.USB:
        device_check(source)
    else:
        path = path_check(source) if source.strip() else None
        if path is None or not (path.is_dir() if kind == SourceKind.FOLDER else path.is_file()):
            raise SourceRefused(f"That is no {kind} a feed may read.", fields={"source": f"Not a {kind}."})


def _camera_check(project: Project, camera: Camera | None) -> None:
    if camera is not None and camera.site.organisation_id != project.organisation_id:
        raise SourceRefused(
            "The camera belongs to another organisation.", fields={"camera_id": "Not of this site."}
        )


@transaction.atomic
def feed_create(
    *,
    actor: User,
    project: Project,
    name: str,
    source_kind: SourceKind,
    source: str = "",
    asset_id: uuid.UUID | None = None,
    camera: Camera | None = None,
    given: dict[str, Any] | None = None,
) -> Feed:
    """Add a feed; a worker takes it within seconds. Raises SourceRefused, FeedNameTaken, BadInput."""
    _source_check(actor=actor, project=project, kind=source_kind, source=source, asset_id=asset_id)
    _camera_check(project, camera)
    try:
        with transaction.atomic():
            feed = Feed.objects.create(
                project=project,
                camera=camera,
                name=name.strip(),
                source_kind=source_kind,
                asset_id=asset_id,
                **_source_fields(source_kind, source),
                settings=FeedSettings.parse(given or {}).as_dict(),
            )
    except IntegrityError as error:
        raise FeedNameTaken("This project has a feed of that name.", fields={"name": "Taken."}) from error
    _record(actor, feed, "feed.create", after={"name": feed.name, "source_kind": source_kind})
    return feed


def _source_fields(kind: str, source: str) -> dict[str, str]:
    if kind not in ADDRESS_KINDS:
        return {"source": source, "sealed_address": ""}
    address = address_parse(source)
    return {"source": address.shown(), "sealed_address": seal(address.full()) if address.has_secret else ""}


@transaction.atomic
def feed_update(*, actor: User, feed: Feed, changes: dict[str, Any], base_version: int | None = None) -> Feed:
    """Change name, source, settings, enabled or camera; a change lets the lease go so that the worker starts anew.

    Only what is sent is written. Raises Stale when `base_version` is given and somebody changed the feed since.
    """
    feed = _locked(feed)
    if base_version is not None and base_version != feed.version:
        raise Stale(
            "Somebody else changed this feed in between. Look at it again, then save.",
            extra={"current": {"version": feed.version}},
        )
    before = {
        "name": feed.name,
        "source": feed.source,
        "settings": feed.settings,
        "enabled": feed.enabled,
    }
    written: set[str] = {key for key in ("name", "settings", "enabled") if key in changes}
    feed.name = changes.get("name", feed.name).strip()
    if "source" in changes:
        _source_check(
            actor=actor, project=feed.project, kind=feed.source_kind, source=changes["source"], asset_id=None
        )
        fields = _source_fields(feed.source_kind, changes["source"])
        feed.source, feed.sealed_address = fields["source"], fields["sealed_address"]
        changes = {**changes, "source": feed.source}
        written |= {"source", "sealed_address"}
    if "settings" in changes:
        given = FeedSettings.parse({**feed.settings, **changes["settings"]})
        feed.settings = given.as_dict()
        if given.process_only:
            transaction.on_commit(lambda: stills_forget([feed.pk]))
    if "enabled" in changes:
        feed.enabled = changes["enabled"]
        feed.state = FeedState.STARTING if feed.enabled else FeedState.PAUSED
        written.add("state")
    if "camera" in changes:
        camera = changes.pop("camera")
        _camera_check(feed.project, camera)
        before["camera_id"] = str(feed.camera_id) if feed.camera_id else None
        changes["camera_id"] = str(camera.pk) if camera else None
        feed.camera = camera
        written.add("camera")
        # The other camera may hide what this still shows.
        transaction.on_commit(lambda: stills_forget([feed.pk]))
    _release(feed, written)
    if "enabled" in changes and before["enabled"] != feed.enabled:
        _state_tell(feed)
    _record(actor, feed, "feed.update", before=before, after=changes)
    return feed


@transaction.atomic
def feed_restart(*, actor: User, feed: Feed) -> Feed:
    """Open the source again from its start."""
    feed = _locked(feed)
    feed.state, feed.state_detail, feed.enabled = FeedState.STARTING, "", True
    _release(feed, {"state", "state_detail", "enabled"})
    _state_tell(feed)
    _record(actor, feed, "feed.restart")
    return feed


def _state_tell(feed: Feed) -> None:
    """A person's change belongs to the feed's history as a worker's does."""
    leases.event_record(feed=feed, kind=FeedEventKind.STATE, payload={"state": feed.state, "detail": ""})


def _locked(feed: Feed) -> Feed:
    rows = Feed.objects.select_related("project", "camera", "asset").select_for_update(of=("self",))
    return rows.get(pk=feed.pk)


def _release(feed: Feed, written: set[str]) -> None:
    feed.lease_owner, feed.lease_expires_at = "", None
    feed.version += 1
    fields = {*written, "lease_owner", "lease_expires_at", "version", "updated_at"}
    try:
        with transaction.atomic():
            feed.save(update_fields=sorted(fields))
    except IntegrityError as error:
        raise FeedNameTaken("This project has a feed of that name.", fields={"name": "Taken."}) from error


@transaction.atomic
def feed_delete(*, actor: User, feed: Feed) -> None:
    """Remove a feed with its events; frames it sent back stay as pictures."""
    _record(actor, feed, "feed.delete", before={"name": feed.name})
    feed.delete()


def _record(actor: User, feed: Feed, action: str, **changes: Any) -> None:
    organisation_id = feed.project.organisation_id
    audit.record(
        actor=actor,
        organisation_id=organisation_id,
        action=action,
        object_type="feed",
        object_id=feed.pk,
        **changes,
    )
    events.publish(
        organisation_id=organisation_id, project_id=feed.project_id, kind="feed", data={"id": str(feed.pk)}
    )
