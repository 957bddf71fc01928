"""What a file is, told from its name and its first bytes together; both must agree on image, video or archive."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Literal

Family = Literal["image", "video", "archive"]

HEAD_BYTES = 4096  # enough for every signature below and to notice text or markup


@dataclass(frozen=True)
class FileType:
    """`name` is what the decoder is told to expect; it never guesses again."""

    name: str
    family: Family
    media_type: str


JPEG = FileType("jpeg", "image", "image/jpeg")
PNG = FileType("png", "image", "image/png")
WEBP = FileType("webp", "image", "image/webp")
BMP = FileType("bmp", "image", "image/bmp")
TIFF = FileType("tiff", "image", "image/tiff")
GIF = FileType("gif", "video", "image/gif")
MP4 = FileType("mov", "video", "video/mp4")
MOV = FileType("mov", "video", "video/quicktime")
MATROSKA = FileType("matroska", "video", "video/x-matroska")
WEBM = FileType("matroska", "video", "video/webm")
AVI = FileType("avi", "video", "video/x-msvideo")
ZIP = FileType("zip", "archive", "application/zip")

FAMILY_BY_EXTENSION: dict[str, Family] = {
    **dict.fromkeys((".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".webp", ".bmp", ".tif", ".tiff"), "image"),
    **dict.fromkeys((".gif", ".mp4", ".m4v", ".mov", ".avi", ".mkv", ".webm"), "video"),
    ".zip": "archive",
}
# Said by name, because people do try them.
REFUSED_EXTENSIONS = {
    ".svg": "SVG drawings can carry scripts and are not taken. Export the picture as PNG.",
    ".svgz": "SVG drawings can carry scripts and are not taken. Export the picture as PNG.",
    ".html": "Web pages are not pictures.",
    ".htm": "Web pages are not pictures.",
    ".pdf": "PDF documents are not taken. Export their pages as PNG or JPEG.",
    ".m3u8": "Playlists are not taken: they can point at other files and addresses.",
    ".m3u": "Playlists are not taken: they can point at other files and addresses.",
}
TAKEN = "Taken are JPEG, PNG, WebP, BMP, TIFF, GIF, MP4, MOV, MKV, WebM, AVI and ZIP."


class UnknownFile(ValueError):
    """The file is of no kind that is taken; the message says why."""


def extension(name: str) -> str:
    return PurePosixPath(name.replace("\\", "/")).suffix.lower()


def sniff(name: str, head: bytes) -> FileType:
    """The file's type, or UnknownFile with a reason. `head` is the first `HEAD_BYTES` bytes."""
    ending = extension(name)
    if ending in REFUSED_EXTENSIONS:
        raise UnknownFile(REFUSED_EXTENSIONS[ending])
    family = FAMILY_BY_EXTENSION.get(ending)
    if family is None:
        raise UnknownFile(f"Files ending in {ending or 'nothing'} are not taken. {TAKEN}")
    if not head:
        raise UnknownFile("The file is empty.")
    found = _by_magic(head, ending)
    if found is None:
        raise UnknownFile(_why_not(ending, head))
    if found.family != family and not (found is GIF and family == "image"):
        raise UnknownFile(f"The name ends in {ending}, but the content is {found.media_type}.")
    return found


def _by_magic(head: bytes, ending: str) -> FileType | None:
    if head[:3] == b"\xff\xd8\xff":
        return JPEG
    if head[:8] == b"\x89PNG\r\n\x1a\n":
        return PNG
    if head[:4] == b"RIFF":
        return {b"WEBP": WEBP, b"AVI ": AVI}.get(head[8:12])
    if head[:2] == b"BM" and len(head) >= 26:
        return BMP
    if head[:4] in (b"II*\x00", b"MM\x00*"):
        return TIFF
    if head[:6] in (b"GIF87a", b"GIF89a"):
        return GIF
    if head[4:8] in (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip"):
        return MOV if ending == ".mov" else MP4
    if head[:4] == b"\x1a\x45\xdf\xa3":
        return WEBM if ending == ".webm" else MATROSKA
    if head[:4] in (b"PK\x03\x04", b"PK\x05\x06"):
        return ZIP
    return None


def _why_not(ending: str, head: bytes) -> str:
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if text.startswith((b"#extm3u", b"ffconcat", b"[playlist]")):
        return "This is a playlist dressed as a video: it could point at other files and addresses."
    if text.startswith(b"%pdf"):
        return f"The name ends in {ending}, but the content is a PDF document."
    if text.startswith((b"<svg", b"<?xml", b"<!doctype", b"<html", b"<script")):
        return f"The name ends in {ending}, but the content is markup (SVG, HTML or XML)."
    return f"The content is not what the ending {ending} promises. {TAKEN}"
