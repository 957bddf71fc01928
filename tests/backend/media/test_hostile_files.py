"""Files made to hurt: each is refused with a reason, the rest goes on, and nothing of them is run."""

from __future__ import annotations

import struct
import zipfile
import zlib

import pytest

from backend.core.enums import Role
from backend.media.decoding.client import DecodingChild
from backend.media.domain import archives, magic
from backend.media.errors import FileRefused
from backend.media.models import Asset
from tests.support import factories, media

db = pytest.mark.django_db(transaction=True)
GOOD = {"good.jpg": media.jpeg(3)}


def png_header(width: int, height: int) -> bytes:
    """A PNG that claims its size and carries next to nothing."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(b"\0" * 1000))
        + chunk(b"IEND", b"")
    )


def cut(content: bytes) -> bytes:
    return content[: len(content) // 2]


HOSTILE = {
    "huge.png": (png_header(30_000, 30_000), "megapixels"),
    "lying.png": (png_header(400, 400), "broken"),
    "drawing.svg": (b"<svg onload='alert(1)'/>", "SVG"),
    "page.png": (b"<!doctype html><script>alert(1)</script>", "markup"),
    "paper.jpg": (b"%PDF-1.7 ...", "PDF"),
    "script.exe": (b"MZ", "not taken"),
    "cut.jpg": (cut(media.jpeg(9, width=300, height=300)), "broken"),
    "empty.jpg": (b"", "empty"),
    "list.mp4": (b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n", "playlist"),
    "concat.avi": (b"ffconcat version 1.0\nfile /etc/passwd\n", "playlist"),
    "fake.mp4": (b"\0\0\0\x18ftypmp42" + b"\0" * 200, "video"),
    "inner.zip": (media.zipped(GOOD), "Archives inside"),
    "../../escape.jpg": (media.jpeg(4), "outside"),
    "/abs.jpg": (media.jpeg(5), "outside"),
    "C:\\win.jpg": (media.jpeg(6), "outside"),
}


@db
def test_every_hostile_file_of_a_zip_is_listed_with_its_reason_and_the_rest_goes_on():
    project = factories.make_project()
    client = factories.client_for(factories.make_project_member(project, Role.ANNOTATOR))
    content = media.zipped({**{name: body for name, (body, _) in HOSTILE.items()}, **GOOD})
    upload = media.upload_whole(client, project, "mixed.zip", content)
    assert upload["state"] == "done"
    assert upload["report"]["added"] == 1
    reasons = {row["name"]: row["reason"] for row in upload["report"]["refused"]}
    for name, (_, word) in HOSTILE.items():
        assert word in reasons[name], name
    assert upload["report"]["refused_count"] == len(HOSTILE)
    assert Asset.objects.filter(state="refused").count() == len(HOSTILE)


@db
@pytest.mark.parametrize("name", ["huge.png", "page.png", "list.mp4"])
def test_a_single_refused_file_fails_its_upload_and_is_recorded(name):
    project = factories.make_project()
    client = factories.client_for(factories.make_project_member(project, Role.ANNOTATOR))
    body, word = HOSTILE[name]
    upload = media.upload_whole(client, project, name, body)
    assert upload["state"] == "failed"
    assert word in upload["error"]
    assert Asset.objects.get().refused_reason == upload["error"]


def bomb(tmp_path):
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.bmp", b"\0" * 30_000_000)
    return path


def test_a_zip_bomb_is_refused_from_its_directory(tmp_path):
    with (
        zipfile.ZipFile(bomb(tmp_path)) as archive,
        pytest.raises(archives.ArchiveRefused, match="hundred times"),
    ):
        archives.whole_check(archive.infolist())


@db
def test_a_zip_bomb_fails_its_upload(tmp_path):
    project = factories.make_project()
    client = factories.client_for(factories.make_project_member(project, Role.ANNOTATOR))
    upload = media.upload_whole(client, project, "bomb.zip", bomb(tmp_path).read_bytes())
    assert upload["state"] == "failed"
    assert "bomb" in upload["error"]


def test_overlapping_members_are_refused():
    members = [zipfile.ZipInfo("a.bmp"), zipfile.ZipInfo("b.bmp")]
    for member in members:
        member.header_offset, member.compress_size, member.file_size = 0, 500, 500
    with pytest.raises(archives.ArchiveRefused, match="overlap"):
        archives.whole_check(members)


def test_a_directory_of_millions_is_refused_before_it_is_read(tmp_path):
    path = tmp_path / "many.zip"
    path.write_bytes(struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 65535, 65535, 0xFFFFFFF0, 0, 0))
    with pytest.raises(archives.ArchiveRefused, match="in parts"):
        archives.directory_check(path)


def test_links_and_encrypted_members_are_refused():
    link = zipfile.ZipInfo("link.jpg")
    link.external_attr = 0o120777 << 16
    locked = zipfile.ZipInfo("locked.jpg")
    locked.flag_bits |= 1
    assert "Links" in (archives.member_problem(link) or "")
    assert "encrypted" in (archives.member_problem(locked) or "")


@pytest.mark.parametrize(
    ("name", "head", "kind"),
    [
        ("a.jpg", b"\xff\xd8\xff\xe0", "jpeg"),
        ("a.jpg", b"\x89PNG\r\n\x1a\n", "png"),  # a wrong ending among pictures is common and harmless
        ("a.webp", b"RIFF\0\0\0\0WEBPVP8 ", "webp"),
        ("A.MOV", b"\0\0\0\x14ftypqt  ", "mov"),
        ("a.mkv", b"\x1a\x45\xdf\xa3", "matroska"),
        ("a.gif", b"GIF89a", "gif"),
    ],
)
def test_types_are_told_from_name_and_content(name, head, kind):
    assert magic.sniff(name, head).name == kind


def test_a_picture_named_as_a_video_is_refused():
    with pytest.raises(magic.UnknownFile, match="content is image/jpeg"):
        magic.sniff("a.mp4", b"\xff\xd8\xff\xe0")


def test_the_child_refuses_what_needs_more_memory_than_allowed_and_lives_on(tmp_path):
    path, small = tmp_path / "big.png", tmp_path / "small.jpg"
    image = media.picture(1).resize((4_000, 4_000), 0)
    image.save(path, compress_level=1)
    small.write_bytes(media.jpeg(2))
    child = DecodingChild(memory_bytes=120 * 1024**2)
    command = {
        "do": "image",
        "kind": "png",
        "path": str(path),
        "out": str(tmp_path),
        "max_pixels": 64_000_000,
    }
    try:
        with pytest.raises(FileRefused, match=r"memory|gave up"):
            child.call(command, timeout_s=30)
        answer, _ = child.call({**command, "kind": "jpeg", "path": str(small)}, timeout_s=30)
        assert answer["width"] == 96
    finally:
        child.close()


def test_the_child_is_killed_at_its_time_limit_and_replaced(tmp_path):
    path, small = tmp_path / "big.png", tmp_path / "small.jpg"
    media.picture(1).resize((4_000, 4_000), 0).save(path, compress_level=1)
    small.write_bytes(media.jpeg(2))
    child = DecodingChild()
    command = {
        "do": "image",
        "kind": "png",
        "path": str(path),
        "out": str(tmp_path),
        "max_pixels": 64_000_000,
    }
    try:
        with pytest.raises(FileRefused, match="longer than"):
            child.call(command, timeout_s=0.01)
        answer, _ = child.call({**command, "kind": "jpeg", "path": str(small)}, timeout_s=30)
        assert answer["width"] == 96
    finally:
        child.close()
