"""What becomes of a picture: upright, without private metadata, shown, near-copies known."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from backend.core import storage
from backend.core.enums import Role
from backend.media import reading, selectors, services
from backend.media.contracts import IngestOptions
from backend.media.domain import phash, strip
from backend.media.domain.groups import group_key, source_stem, time_key
from backend.media.domain.sidecar import moment
from backend.media.errors import FileRefused
from backend.media.models import Asset, ProjectAsset
from tests.support import factories, media

db = pytest.mark.django_db
ORIENTATION, GPS, MAKE, TAKEN = 0x0112, 0x8825, 0x010F, 0x9003


@pytest.fixture
def project(db):
    return factories.make_project()


def register(project, content: bytes, name: str = "a.jpg", **fields) -> Asset:
    return services.asset_register(project=project, content=content, name=name, actor=None, **fields)


def exif_of(turn: int = 1, **tags) -> Image.Exif:
    exif = Image.Exif()
    exif[ORIENTATION] = turn
    exif[MAKE] = "SecretCam"
    exif.get_ifd(GPS)[1] = "N"
    exif.get_ifd(GPS)[2] = (52.0, 31.0, 12.0)
    exif.get_ifd(0x8769)[TAKEN] = "2024:05:01 10:00:00"
    return exif


def gradient(turned: bool = False) -> Image.Image:
    """Dark left, light right; `turned` is how a camera on its side stores it (orientation 6)."""
    pixels = np.tile(np.linspace(0, 255, 120, dtype=np.uint8), (80, 1))
    image = Image.fromarray(np.stack([pixels] * 3, -1))
    return image.transpose(Image.Transpose.ROTATE_90) if turned else image


def test_a_turned_photo_is_stored_upright_and_nothing_of_its_exif_stays(project):
    content = media.encoded(gradient(turned=True), exif=exif_of(6), quality=95)
    asset = register(project, content)
    assert (asset.width, asset.height) == (120, 80)
    pixels = reading.asset_image_array(asset)
    assert pixels.shape == (80, 120, 3)
    assert np.abs(pixels.astype(int) - np.asarray(gradient()).astype(int)).max() < 12
    for key in (asset.blob.storage_key, asset.display_key, asset.thumbnail_key):
        stored = storage.read_bytes(key)
        assert b"SecretCam" not in stored
        assert not Image.open(io.BytesIO(stored)).getexif()
    assert asset.captured_at.isoformat() == "2024-05-01T10:00:00+00:00"


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_stripping_removes_the_place_and_leaves_every_pixel(project, kind):
    options = {"quality": 90} if kind != "PNG" else {}
    content = media.encoded(media.picture(5), kind, exif=exif_of(), **options)
    asset = register(project, content, f"a.{kind.lower()}")
    stored = storage.read_bytes(asset.display_key)
    assert b"SecretCam" in content
    assert b"SecretCam" not in stored
    assert asset.blob.storage_key == asset.display_key
    before = np.asarray(Image.open(io.BytesIO(content)).convert("RGB"))
    assert np.array_equal(reading.asset_image_array(asset), before)


def test_stripping_drops_what_follows_the_picture():
    clean = media.jpeg(1)
    tail = media.encoded(media.picture(2), exif=exif_of())
    assert strip.strip("jpeg", clean + tail) == clean
    with pytest.raises(strip.NotStrippable):
        strip.strip("jpeg", b"\xff\xd8\xff\xe1\xff\xff")


def test_a_plain_jpeg_is_kept_byte_for_byte(project):
    content = media.jpeg(1)
    asset = register(project, content)
    assert storage.read_bytes(asset.display_key) == content
    assert asset.display_key == asset.blob.storage_key


@pytest.mark.parametrize(
    ("mode", "kind", "name"),
    [
        ("RGB", "BMP", "a.bmp"),
        ("RGB", "TIFF", "a.tiff"),
        ("I;16", "TIFF", "deep.tif"),
        ("CMYK", "JPEG", "print.jpg"),
        ("P", "GIF", "still.gif"),
        ("1", "PNG", "bits.png"),
        ("RGBA", "PNG", "clear.png"),
        ("LA", "PNG", "grey.png"),
    ],
)
def test_every_kind_of_picture_gets_a_display_file_browsers_know(project, mode, kind, name):
    if mode == "I;16":
        image = Image.fromarray((np.arange(96 * 64, dtype=np.uint16) * 10).reshape(64, 96))
    else:
        image = media.picture(3).convert(mode)
    asset = register(project, media.encoded(image, kind), name)
    shown = Image.open(io.BytesIO(storage.read_bytes(asset.display_key)))
    assert shown.format in {"PNG", "JPEG"}
    assert shown.mode in {"RGB", "L", "RGBA", "LA", "1", "P"}
    assert reading.asset_image_array(asset).shape == (64, 96, 3)
    assert reading.asset_image_array(asset).std() > 10


def test_the_same_content_is_one_asset_per_project_and_one_blob_per_organisation(project):
    first = register(project, media.jpeg(1), "a.jpg")
    assert register(project, media.jpeg(1), "b.jpg").pk == first.pk
    other = factories.make_project(organisation=project.organisation)
    assert register(other, media.jpeg(1)).pk == first.pk
    assert ProjectAsset.objects.filter(asset=first).count() == 2
    abroad = register(factories.make_project(), media.jpeg(1))
    assert abroad.pk != first.pk
    assert abroad.blob_id != first.blob_id


def test_content_known_at_another_site_becomes_an_asset_of_its_own(project):
    from backend.sites.models import Camera, Site

    site = Site.objects.create(organisation=project.organisation, name="Hall 2")
    camera = Camera.objects.create(site=site, name="Gate")
    secret = register(project, media.jpeg(1), "secret-name.jpg", camera=camera)
    other = factories.make_project(organisation=project.organisation)
    seen = register(other, media.jpeg(1), "mine.jpg")
    assert seen.pk != secret.pk
    assert (seen.name, seen.camera_id, seen.blob_id) == ("mine.jpg", None, secret.blob_id)


def test_near_copies_are_flagged_and_share_the_first_ones_group(project):
    image = media.picture(8, width=300, height=200)
    first = register(project, media.encoded(image, quality=95), "photo.jpg")
    copy = register(project, media.encoded(image.resize((240, 160)), quality=60), "resized.jpg")
    third = register(project, media.encoded(image.resize((150, 100)), quality=70), "tiny.jpg")
    register(project, media.jpeg(9), "other.jpg")
    links = {link.asset_id: link for link in ProjectAsset.objects.filter(project=project)}
    assert links[copy.pk].near_copy_of_id == links[third.pk].near_copy_of_id == first.pk
    assert copy.group_key == third.group_key == "photo"
    assert sorted(selectors.near_copy_counts(project.pk, links.values()).values()) == [0, 2, 2, 2]
    assert {link.asset_id for link, _ in selectors.near_copies(project.pk, first)} == {copy.pk, third.pk}


def test_near_copies_share_a_band_whatever_bits_differ():
    rng = np.random.default_rng(3)
    for _ in range(300):
        value = int(rng.integers(-(2**63), 2**63 - 1))
        other = value & ((1 << 64) - 1)
        for bit in rng.choice(64, 4, replace=False):
            other ^= 1 << int(bit)
        other = phash.to_signed(other)
        assert phash.distance(value, other) == 4
        assert set(phash.bands(value)) & set(phash.bands(other))


def test_quality_tells_dark_and_blurred(project):
    dark = register(project, media.encoded(media.picture(1).point(lambda v: v // 12)), "dark.jpg")
    noise = np.random.default_rng(0).integers(0, 255, (64, 96, 3), dtype=np.uint8)
    sharp = register(project, media.encoded(Image.fromarray(noise), quality=95), "sharp.jpg")
    assert dark.quality["dark"]
    assert dark.quality["blurred"]
    assert not sharp.quality["dark"]
    assert not sharp.quality["blurred"]


@pytest.mark.parametrize(
    ("name", "stem"),
    [
        ("train/images/a_jpg.rf.3f2bC9.jpg", "a"),
        ("photo (1).png", "photo"),
        ("photo - Copy (2).png", "photo"),
        ("photo_copy2.jpg", "photo"),
        ("photo_aug3.jpg", "photo"),
        ("C:\\x\\plain.jpeg", "plain"),
        ("2024-05-01.12.30.jpg", "2024-05-01.12.30"),
        (".jpg", ".jpg"),
        ("copy.jpg", "copy"),
    ],
)
def test_source_stems(name, stem):
    assert source_stem(name) == stem


def test_group_rules():
    at = moment("2024-05-01T10:07:00+02:00")
    assert group_key(name="a/b.jpg", group_by="folder", camera=None, captured_at=None) == "folder:a"
    assert group_key(name="b.jpg", group_by="time", camera="c1", captured_at=at) == "time:c1:2024-05-01T08:00"
    assert group_key(name="b.jpg", group_by="time", camera="c1", captured_at=None) == "b"
    assert time_key("c1", at) != time_key("c1", moment("2024-05-01T10:11:00+02:00"))


def test_a_refused_picture_says_why(project):
    with pytest.raises(FileRefused, match="markup"):
        register(project, b"<html></html>", "a.png")


def test_a_folder_is_imported_once_and_links_in_it_are_not_followed(project, tmp_path):
    inside, outside = tmp_path / "in", tmp_path / "out"
    (inside / "sub").mkdir(parents=True)
    outside.mkdir()
    (inside / "a.jpg").write_bytes(media.jpeg(1))
    (inside / "sub" / "b.jpg").write_bytes(media.jpeg(2))
    (inside / "bad.png").write_bytes(b"no picture")
    (inside / "labels.txt").write_text("0 1 1 1 1")
    (outside / "secret.jpg").write_bytes(media.jpeg(3))
    (inside / "link.jpg").symlink_to(outside / "secret.jpg")
    (inside / "way").symlink_to(outside)
    options = IngestOptions(group_by="folder")
    report = services.folder_import(actor=None, project=project, folder=inside, options=options)
    assert (report.added, report.duplicates, [name for name, _ in report.refused]) == (2, 0, ["bad.png"])
    assert Asset.objects.get(name="sub/b.jpg").group_key == "folder:sub"
    assert not Asset.objects.filter(name__contains="secret").exists()
    assert services.folder_import(actor=None, project=project, folder=inside).duplicates == 2


def test_exclude_needs_a_reason_and_include_takes_back(project):
    client = factories.client_for(factories.make_project_member(project, Role.REVIEWER))
    ids = [str(factories.make_image_asset(project).pk) for _ in range(3)]
    base = f"/api/v1/projects/{project.pk}/assets"
    assert client.post(f"{base}/exclude", {"asset_ids": ids[:2], "reason": " "}).status_code == 400
    assert client.post(f"{base}/exclude", {"asset_ids": ids[:2], "reason": "dark"}).json() == {"changed": 2}
    assert client.post(f"{base}/exclude", {"asset_ids": ids, "reason": "dark"}).json() == {"changed": 1}
    assert selectors.project_asset_ids(project.pk) == []
    assert client.post(f"{base}/include", {"asset_ids": ids[:1]}).json() == {"changed": 1}
    assert [str(pk) for pk in selectors.project_asset_ids(project.pk)] == ids[:1]
    annotator = factories.client_for(factories.make_project_member(project, Role.ANNOTATOR))
    assert annotator.post(f"{base}/include", {"asset_ids": ids}).status_code == 403


def test_an_asset_is_deleted_only_by_a_manager_of_every_project_that_uses_it(project):
    asset = register(project, media.jpeg(1))
    manager = factories.make_project_member(project, Role.MANAGER)
    other = factories.make_project(organisation=project.organisation)
    register(other, media.jpeg(1))
    assert factories.client_for(manager).delete(f"/api/v1/assets/{asset.pk}").status_code == 403
    admin = factories.client_for(factories.make_member(project.organisation, Role.ADMIN))
    assert admin.delete(f"/api/v1/assets/{asset.pk}").status_code == 204
    assert admin.get(f"/api/v1/assets/{asset.pk}").status_code == 404
    assert register(project, media.jpeg(1)).pk != asset.pk
