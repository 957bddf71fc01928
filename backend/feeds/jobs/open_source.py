"""From a feed's row to an open source, with every check repeated at the moment of use."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings

from backend.core import storage
from backend.core.errors import AppError
from backend.feeds.contracts import FeedSettings
from backend.feeds.enums import SourceKind
from backend.feeds.errors import SourceFailed
from backend.feeds.models import Feed
from backend.feeds.services.registry import address_of, device_check, path_check
from backend.feeds.sources.frames import FileSource, FolderSource, FrameSource
from backend.feeds.sources.hls import HlsSource
from backend.feeds.sources.mjpeg import MjpegSource
from backend.feeds.sources.rtsp import RtspSource
from backend.feeds.sources.usb import UsbSource

LIVE = {SourceKind.MJPEG: MjpegSource, SourceKind.RTSP: RtspSource, SourceKind.HLS: HlsSource}


@contextmanager
def source_open(feed: Feed, given: FeedSettings) -> Iterator[FrameSource]:
    """The feed's frames. Raises SourceFailed when the source may not or cannot be opened."""
    try:
        if feed.source_kind == SourceKind.ASSET:
            if feed.asset is None or feed.asset.blob is None:
                raise SourceFailed("The video is no longer there.")
            with storage.local_path(feed.asset.blob.storage_key) as path:
                yield FileSource(path, loop=given.loop, realtime=given.realtime, target_fps=given.target_fps)
        elif feed.source_kind == SourceKind.FILE:
            path = path_check(feed.source)
            yield FileSource(path, loop=given.loop, realtime=given.realtime, target_fps=given.target_fps)
        elif feed.source_kind == SourceKind.FOLDER:
            yield FolderSource(path_check(feed.source), loop=given.loop, realtime=given.realtime)
        elif feed.source_kind == SourceKind.USB:
            yield UsbSource(device_check(feed.source), target_fps=given.target_fps)
        else:
            kind = LIVE[feed.source_kind]
            yield kind(address_of(feed), settings.OUTGOING_ALLOWED_HOSTS, target_fps=given.target_fps)
    except AppError as error:
        raise SourceFailed(error.message) from error
    except FileNotFoundError as error:
        raise SourceFailed("The source's file is no longer there.") from error
