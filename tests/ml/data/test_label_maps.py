"""Maps of classes: overlaps, what nobody knows, painted masks of one class and of several."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from ml.contracts import Annotation, Box, ImageRef, LabelledImage, Polygon
from ml.data.label_maps import UNKNOWN, label_map, segmentation_read
from ml.data.map_cache import MapCache
from ml.errors import DatasetError
from ml.geometry.masks import mask_to_rle

CLASSES = ("person", "hat")


def square(label: str, x1: int, y1: int, x2: int, y2: int, ignore: bool = False) -> Annotation:
    pixels = np.zeros((8, 8), bool)
    pixels[y1:y2, x1:x2] = True
    return Annotation(label, Box(x1, y1, x2, y2), ignore=ignore, mask=mask_to_rle(pixels))


def drawn(*annotations: Annotation, width: int = 8, height: int = 8) -> np.ndarray:
    image = ImageRef("a", Path("a"), 8, 8)
    return label_map(LabelledImage(image, annotations), CLASSES, width, height)


def test_the_smaller_object_lies_on_top_in_whatever_order() -> None:
    person, hat = square("person", 0, 0, 8, 8), square("hat", 2, 2, 4, 4)
    for order in ((person, hat), (hat, person)):
        found = drawn(*order)
        assert (found == 2).sum() == 4
        assert (found == 1).sum() == 60


def test_inside_a_box_without_an_outline_nothing_is_known() -> None:
    box = Annotation("hat", Box(1.0, 1.0, 3.0, 3.0))
    found = drawn(square("person", 0, 0, 8, 8), box)
    assert (found == UNKNOWN).sum() == 4
    assert set(np.unique(found[:1])) == {1}


def test_what_is_to_be_ignored_is_unknown_and_other_classes_are_background() -> None:
    found = drawn(square("person", 0, 0, 4, 4, ignore=True), square("dog", 4, 4, 8, 8))
    assert (found == UNKNOWN).sum() == 16
    assert (found == 0).sum() == 48


def test_a_map_scales_with_its_picture() -> None:
    ring = ((4.2, 0.0), (8.0, 0.0), (8.0, 8.0), (4.2, 8.0))
    outlined = Annotation("hat", Box(4.2, 0, 8, 8), Polygon(ring))
    for annotation in (square("hat", 4, 0, 8, 8), outlined):
        found = drawn(annotation, width=16, height=4)
        assert found.shape == (4, 16)
        assert (found[:, :8] == 0).all()
        assert (found[:, 8:] == 2).all()


def painted_folder(folder: Path, mask: np.ndarray, classes: str = "") -> Path:
    for name in ("images", "masks"):
        (folder / name).mkdir(parents=True)
    Image.fromarray(np.full((*mask.shape, 3), 90, np.uint8)).save(folder / "images" / "a.jpg")
    Image.fromarray(mask.astype(np.uint8)).save(folder / "masks" / "a.png")
    if classes:
        (folder / "classes.txt").write_text(classes)
    return folder


@pytest.mark.parametrize(("painted", "classes", "names"), [(1, "", "object"), (255, "oil\n", "oil")])
def test_a_mask_of_one_class_is_read(tmp_path: Path, painted: int, classes: str, names: str) -> None:
    mask = np.zeros((6, 9), np.uint8)
    mask[1:3, 2:7] = painted
    loaded = segmentation_read(painted_folder(tmp_path, mask, classes))
    assert loaded.dataset.classes == (names,)
    found = label_map(loaded.dataset.images[0], loaded.dataset.classes, 9, 6)
    assert np.array_equal(found, mask > 0)


def test_values_of_a_mask_are_lines_of_classes_txt_and_255_is_unknown(tmp_path: Path) -> None:
    mask = np.zeros((6, 9), np.uint8)
    mask[0], mask[2], mask[4] = 1, 2, 255
    loaded = segmentation_read(painted_folder(tmp_path, mask, "oil\nwater\n"))
    found = label_map(loaded.dataset.images[0], loaded.dataset.classes, 9, 6)
    assert np.array_equal(found, mask)
    assert loaded.notes == ()


@pytest.mark.parametrize("names", ["oil\noil\n", "\n"])
def test_class_names_that_say_nothing_are_refused(tmp_path: Path, names: str) -> None:
    with pytest.raises(DatasetError, match="names no class"):
        segmentation_read(painted_folder(tmp_path, np.ones((6, 9)), names))


def test_boxes_alone_are_refused(tmp_path: Path) -> None:
    (tmp_path / "data.yaml").write_text("train: .\nnames: [oil]\n")
    Image.fromarray(np.zeros((8, 8, 3), np.uint8)).save(tmp_path / "a.png")
    (tmp_path / "a.txt").write_text("0 .5 .5 .5 .5\n")
    with pytest.raises(DatasetError, match="outline"):
        segmentation_read(tmp_path)


def test_views_keep_pixels_and_map_together(tmp_path: Path) -> None:
    """A white square on black: wherever it is laid, map and pixels must agree but for its border."""
    mask = np.zeros((60, 90), np.uint8)
    mask[20:40, 30:60] = 1
    folder = painted_folder(tmp_path, mask)
    Image.fromarray(np.repeat(mask[..., None] * 255, 3, axis=2)).save(folder / "images" / "a.jpg", quality=95)
    cache = MapCache(segmentation_read(folder).dataset)
    assert cache.counts.tolist() == [60 * 90 - 600, 600]
    seen = 0
    for seed in range(20):
        pixels, known = cache.view(np.random.default_rng(seed), 0, 64)
        white, object_there = pixels.mean(axis=2) > 60, known == 1
        seen += int(object_there.any())
        assert (white ^ object_there)[known != UNKNOWN].mean() < 0.05
        assert (
            (pixels[known == UNKNOWN].mean(axis=-1) > 20).mean() > 0.6 if (known == UNKNOWN).any() else True
        )
    assert seen >= 15
