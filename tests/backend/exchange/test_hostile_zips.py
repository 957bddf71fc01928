"""Zips made to hurt: names that lead out, links, bombs, broken ones."""

from __future__ import annotations

import io
import struct
import zipfile

import pytest

from backend.core.enums import Role
from backend.core.errors import TooLarge
from backend.exchange.errors import ImportRefused
from backend.exchange.jobs import import_upload
from backend.exchange.jobs.import_upload import unpack
from backend.media.models import Asset
from tests.support import factories, media
from tests.support.exchange import API, import_zip, picture_bytes

YAML = b"train: images\nnames: [person]\n"


def _zip(tmp_path, files, **options):
    path = tmp_path / "in.zip"
    path.write_bytes(media.zipped(files, **options))
    return path


def test_names_that_lead_out_and_other_files_are_passed_over(tmp_path):
    inside = tmp_path / "in"
    inside.mkdir()
    files = {
        "../out.txt": b"x",
        "/abs.txt": b"x",
        "a/../../out2.txt": b"x",
        "good/a.txt": b"1",
        "run.sh": b"x",
        "a.py": b"x",
    }
    unpack(_zip(tmp_path, files), inside)
    assert [p.relative_to(inside).as_posix() for p in inside.rglob("*") if p.is_file()] == ["good/a.txt"]
    assert sorted(p.name for p in tmp_path.iterdir()) == ["in", "in.zip"]


def test_links_are_passed_over(tmp_path):
    path = tmp_path / "in.zip"
    with zipfile.ZipFile(path, "w") as archive:
        link = zipfile.ZipInfo("labels.txt")
        link.create_system, link.external_attr = 3, 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    inside = tmp_path / "in"
    inside.mkdir()
    unpack(path, inside)
    assert list(inside.iterdir()) == []


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path):
    inside = tmp_path / "in"
    inside.mkdir()
    bomb = _zip(tmp_path, {"a.txt": b"0" * 30_000_000}, stored=False)
    assert bomb.stat().st_size < 100_000
    with pytest.raises(TooLarge):
        unpack(bomb, inside)
    assert list(inside.iterdir()) == []


def test_a_zip_that_lies_about_its_sizes_is_refused(tmp_path):
    content = bytearray(media.zipped({"a.txt": b"0" * 500_000}, stored=False))
    directory = content.rindex(b"PK\x01\x02")
    struct.pack_into("<I", content, directory + 24, 10)
    (tmp_path / "in.zip").write_bytes(content)
    (tmp_path / "in").mkdir()
    with pytest.raises((ImportRefused, TooLarge)):
        unpack(tmp_path / "in.zip", tmp_path / "in")
    assert sum(p.stat().st_size for p in (tmp_path / "in").rglob("*")) <= 10


def test_too_many_files_and_too_much_are_refused(tmp_path, monkeypatch):
    (tmp_path / "in").mkdir()
    many = _zip(tmp_path, {f"{n}.txt": b"1" for n in range(5)})
    monkeypatch.setattr(import_upload, "MEMBERS_MAX", 4)
    with pytest.raises(TooLarge, match="more than 4 files"):
        unpack(many, tmp_path / "in")
    monkeypatch.setattr(import_upload, "MEMBERS_MAX", 10)
    monkeypatch.setattr(import_upload, "UNPACKED_MAX_BYTES", 3)
    with pytest.raises(TooLarge):
        unpack(many, tmp_path / "in")


@pytest.mark.parametrize("kind", ["text", "cut", "bits", "encrypted", "names", "long"])
def test_a_broken_zip_is_told_in_a_sentence(tmp_path, kind):
    (tmp_path / "in").mkdir()
    good = bytearray(media.zipped({"a.txt": b"hello" * 100, "b.txt": b"x"}, stored=False))
    if kind == "text":
        good = bytearray(b"this is no zip")
    elif kind == "cut":
        good = good[: len(good) // 2]
    elif kind == "bits":
        good[40:46] = b"\xff" * 6
    elif kind == "encrypted":
        for mark, offset in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
            struct.pack_into("<H", good, good.index(mark) + offset, 1)
    elif kind == "names":
        good = bytearray(media.zipped({"a.txt": b"1", "a.txt/b.txt": b"2"}))
    else:
        good = bytearray(media.zipped({"x" * 300 + ".txt": b"1"}))
    (tmp_path / "in.zip").write_bytes(good)
    with pytest.raises(ImportRefused):
        unpack(tmp_path / "in.zip", tmp_path / "in")


@pytest.mark.parametrize(
    "files",
    [
        {"data.yaml": b"path: /etc\ntrain: /etc\nnames: [person]\n"},
        {"data.yaml": b"train: ../../../../etc\nnames: [person]\n"},
        {"data.yaml": b"names: !!python/object/apply:os.system ['true']\ntrain: images\n"},
        {"data.yaml": b"a: &a [x, x]\nb: &b [*a, *a]\nnames: *b\ntrain: images\n"},
    ],
)
def test_a_description_that_points_elsewhere_reads_nothing(second, client, files):
    job = import_zip(client, second, media.zipped(files), "yolo")
    assert job.state == "failed"
    assert job.error
    assert not Asset.objects.exists()


def test_pictures_that_are_none_are_reported_and_the_rest_comes_in(second, client):
    files = {
        "data.yaml": YAML,
        "images/good.png": picture_bytes(),
        "labels/good.txt": b"0 0.5 0.5 0.5 0.5\n9 0.5 0.5 0.1 0.1\nnonsense\n",
        "images/bad.png": b"not a picture",
    }
    job = import_zip(client, second, media.zipped(files), "yolo")
    assert job.state == "succeeded", job.error
    assert (job.result["pictures"], job.result["objects"], job.result["labelled"]) == (1, 1, 1)
    assert len(job.result["notes"]) == 3


def test_a_zip_with_one_folder_in_it_is_as_good(second, client):
    files = {"my set/data.yaml": YAML, "my set/images/a.png": picture_bytes(), "__MACOSX/x.txt": b""}
    assert import_zip(client, second, media.zipped(files), "yolo").result["added"] == 1


def test_an_import_needs_a_manager_and_an_upload_of_this_project(first, second, client):
    body = {"format": "yolo", "upload_id": ""}
    upload = media.upload_open(client, second, "a.zip", 10, purpose="file")
    body["upload_id"] = upload["id"]
    assert client.post(f"{API}/projects/{first.pk}/imports", body, format="json").status_code == 404
    for role, status in [(Role.SCIENTIST, 403), (Role.VIEWER, 403)]:
        member = factories.client_for(factories.make_project_member(second, role))
        assert member.post(f"{API}/projects/{second.pk}/imports", body, format="json").status_code == status
    stranger = factories.client_for(factories.make_user())
    assert stranger.post(f"{API}/projects/{second.pk}/imports", body, format="json").status_code == 404


def test_the_streamed_zip_is_a_zip_even_of_large_members() -> None:
    from backend.exchange.formats.archive import zip_stream

    big = io.BytesIO(b"7" * 3_000_000)
    parts = list(zip_stream([("a.json", b"{}"), ("big.png", big), ("empty.txt", b"")]))
    assert big.closed
    assert max(map(len, parts)) < 1_200_000  # never the whole archive at once
    archive = zipfile.ZipFile(io.BytesIO(b"".join(parts)))
    assert archive.testzip() is None
    assert [info.file_size for info in archive.infolist()] == [2, 3_000_000, 0]
    assert zipfile.ZipFile(io.BytesIO(b"".join(zip_stream([])))).namelist() == []
