"""What a camera hides is black in all that is stored of a picture that came from it, original included."""

from __future__ import annotations

import io
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from backend.core import storage
from backend.media import reading, services
from backend.media.decoding import images, large
from backend.media.models import Asset
from backend.sites.models import Camera, Site
from tests.support import factories

WIDTH, HEIGHT = 192, 128
# Of the upright picture: its left half, but for a rim.
HIDDEN = [[[0.0, 0.0], [0.5, 0.0], [0.5, 1.0], [0.0, 1.0]]]
DEEP = 20  # JPEG and video smear this far over an edge


def noise(inside: int, size: tuple[int, int] = (HEIGHT, WIDTH)) -> np.ndarray:
    """The right half is the same for all; the left, a few pixels over its edge too, is the seed's own."""
    image = np.random.default_rng(0).integers(0, 256, (*size, 3), np.uint8)
    half = size[1] // 2
    image[:, :half] = np.random.default_rng(inside + 1).integers(0, 256, (size[0], half, 3))
    return image


@pytest.fixture
def camera(db) -> Camera:
    project = factories.make_project()
    site = Site.objects.create(organisation=project.organisation, name="Dock")
    camera = Camera.objects.create(site=site, name="Door", privacy_polygons=HIDDEN)
    camera.project = project
    return camera


def as_file(kind: str, image: np.ndarray) -> bytes:
    if kind == "video":
        return clip(image)
    turned = kind == "turned"
    picture = Image.fromarray(np.rot90(image) if turned else image)
    buffer, exif = io.BytesIO(), Image.Exif()
    if turned:
        exif[0x0112] = 6  # to be turned a quarter right: the upright picture is `image` again
    options = {"quality": 100, "subsampling": 0, "exif": exif} if turned or kind == "JPEG" else {}
    picture.save(buffer, "JPEG" if turned else kind, **options)
    return buffer.getvalue()


def clip(image: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    with av.open(buffer, "w", format="matroska") as container:
        stream = container.add_stream("ffv1", rate=10)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "bgr0"
        for _ in range(4):
            container.mux(stream.encode(av.VideoFrame.from_ndarray(image, format="rgb24")))
        container.mux(stream.encode(None))
    return buffer.getvalue()


def taken(camera: Camera, content: bytes, name: str, **given) -> Asset:
    asset = services.asset_register(
        project=camera.project, content=content, name=name, actor=None, camera=camera, **given
    )
    return Asset.objects.select_related("blob").get(pk=asset.pk)


def stored(asset: Asset) -> dict[str, bytes]:
    keys = {
        "original": asset.blob.storage_key,
        "thumbnail": asset.thumbnail_key,
        "display": asset.display_key,
    }
    return {kind: storage.read_bytes(key) for kind, key in keys.items() if key}


def assert_hidden(pixels: np.ndarray, deep: int = 4) -> None:
    half = pixels.shape[1] // 2
    assert (pixels[:, : half - deep] <= 3).all()
    assert pixels[:, half + deep :].std() > 20


@pytest.mark.parametrize(
    ("kind", "name"), [("PNG", "a.png"), ("JPEG", "a.jpg"), ("turned", "t.jpg"), ("video", "a.mkv")]
)
def test_all_that_is_stored_of_a_file_is_black_inside_and_does_not_depend_on_it(camera, kind, name):
    first, second = (taken(camera, as_file(kind, noise(inside)), f"{inside}-{name}") for inside in (1, 2))
    assert first.pk != second.pk
    found, other = stored(first), stored(second)
    if kind in {"PNG", "video"}:  # what came without loss depends on nothing of the inside
        assert found == other
    assert_hidden(np.asarray(Image.open(io.BytesIO(found["thumbnail"])).convert("RGB")), DEEP)
    assert_hidden(reading.asset_image_array(first), DEEP if kind == "video" else 4)
    assert (first.width, first.height) == (WIDTH, HEIGHT)


def test_a_clip_keeps_its_frames_and_their_times(camera):
    asset = taken(camera, as_file("video", noise(1)), "a.mkv")
    assert asset.frame_times_s == pytest.approx([0.0, 0.1, 0.2, 0.3], abs=0.001)


def test_the_same_file_without_its_camera_or_before_the_outline_is_another_content(camera):
    content = as_file("PNG", noise(1))
    hidden = taken(camera, content, "a.png")
    plain = services.asset_register(project=camera.project, content=content, name="b.png", actor=None)
    assert plain.pk != hidden.pk
    assert reading.asset_image_array(plain)[:, :80].std() > 20
    assert taken(camera, content, "again.png").pk == hidden.pk
    assert plain.blob.storage_key != hidden.blob.storage_key


def test_a_large_picture_is_black_in_every_tile(tmp_path: Path, monkeypatch):
    monkeypatch.setattr(large, "TILED_ABOVE_PIXELS", 100_000)
    path = tmp_path / "large.png"
    Image.fromarray(noise(1, (600, 900))).save(path)
    facts = images.ingest(path, "png", tmp_path, 10_000_000, HIDDEN)
    assert facts["stored"]
    assert_hidden(np.asarray(Image.open(tmp_path / facts["stored"]).convert("RGB")), DEEP)
    assert_hidden(np.asarray(Image.open(tmp_path / facts["overview"]).convert("RGB")), DEEP)
    left = sorted((tmp_path / "tiles").rglob("*.*"))[0]
    assert (np.asarray(Image.open(left).convert("RGB"))[:, :100] <= 3).all()
