"""segment-anything's plumbing with a tiny network of random weights built from its own classes."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from ml.contracts import Box
from ml.errors import GeometryError, ImageError, ManifestError
from ml.inference.segmenter import PromptPoint, Prompts

torch = pytest.importorskip("torch")

from segment_anything import SamPredictor  # noqa: E402
from segment_anything.modeling import (  # noqa: E402
    ImageEncoderViT,
    MaskDecoder,
    PromptEncoder,
    Sam,
    TwoWayTransformer,
)

from ml.models.sam import SamSegmenter, encoder_size, sam_load  # noqa: E402

SIDE, PATCH, DIM = 128, 16, 32


def tiny_sam() -> Sam:
    grid = SIDE // PATCH
    return Sam(
        ImageEncoderViT(
            img_size=SIDE,
            patch_size=PATCH,
            embed_dim=32,
            depth=1,
            num_heads=2,
            out_chans=DIM,
            use_rel_pos=True,
        ),
        PromptEncoder(
            embed_dim=DIM, image_embedding_size=(grid, grid), input_image_size=(SIDE, SIDE), mask_in_chans=8
        ),
        MaskDecoder(
            transformer_dim=DIM,
            transformer=TwoWayTransformer(depth=1, embedding_dim=DIM, mlp_dim=64, num_heads=2),
            iou_head_hidden_dim=32,
        ),
    )


BUILDERS = {(32, 1): ("tiny", tiny_sam)}


@pytest.fixture(scope="module")
def sam() -> Sam:
    torch.manual_seed(0)
    return tiny_sam().eval()


@pytest.fixture(scope="module")
def segmenter(sam: Sam) -> SamSegmenter:
    return SamSegmenter(sam, "sam:tiny:0")


@pytest.fixture(scope="module")
def image() -> np.ndarray:
    return np.random.default_rng(1).integers(0, 256, (90, 150, 3), dtype=np.uint8)


@pytest.mark.parametrize(
    ("prompts", "masks"),
    [
        (Prompts(points=(PromptPoint(70, 40),)), 3),
        (Prompts(points=(PromptPoint(70, 40), PromptPoint(10, 10, inside=False))), 1),
        (Prompts(box=Box(20, 10, 90, 60)), 1),
        (Prompts(points=(PromptPoint(70, 40),), box=Box(20, 10, 90, 60)), 1),
    ],
)
def test_prompts_become_masks(
    segmenter: SamSegmenter, image: np.ndarray, prompts: Prompts, masks: int
) -> None:
    features = segmenter.encode(image)
    assert features.array.dtype == np.float16
    assert features.array.shape == (DIM, 8, 8)
    answer = segmenter.decode(features, prompts)
    assert answer.masks.shape == (masks, 90, 150)
    assert answer.low_res is not None
    assert answer.low_res.shape == (masks, 32, 32)
    assert (np.diff(answer.scores) <= 0).all()
    again = Prompts(prompts.points, prompts.box, previous=answer.low_res[0])
    refined = segmenter.decode(features, again)
    assert refined.masks.shape == (1, 90, 150)
    assert not np.allclose(refined.low_res, answer.low_res[:1])


def test_agrees_with_the_packages_own_predictor(sam: Sam, segmenter: SamSegmenter, image: np.ndarray) -> None:
    predictor = SamPredictor(sam)
    predictor.set_image(image)
    # Their whole numbers are pixel centres: (70, 40) there is (70.5, 40.5) here, up to the scale of the input.
    shift = 0.5 * (150 / SIDE)
    theirs, _, low_res = predictor.predict(
        np.array([[70.0, 40.0], [9.0, 9.0]]), np.array([1, 0]), multimask_output=False
    )
    points = (PromptPoint(70.0 + shift, 40.0 + shift), PromptPoint(9.0 + shift, 9.0 + shift, inside=False))
    ours = segmenter.decode(segmenter.encode(image), Prompts(points))
    assert ours.low_res == pytest.approx(low_res, abs=0.02)
    assert (ours.masks == theirs).mean() > 0.99


def test_features_survive_as_float16_bytes(segmenter: SamSegmenter, image: np.ndarray) -> None:
    features = segmenter.encode(image)
    data = features.to_bytes()
    assert len(data) == DIM * 8 * 8 * 2
    again = segmenter.restore(data, 90, 150)
    prompts = Prompts(box=Box(20, 10, 90, 60))
    first, second = (segmenter.decode(f, prompts).low_res for f in (features, again))
    assert (first == second).all()
    with pytest.raises(ImageError):
        segmenter.restore(data[:-2], 90, 150)


def test_a_previous_mask_of_another_model_is_refused(segmenter: SamSegmenter, image: np.ndarray) -> None:
    with pytest.raises(GeometryError):
        segmenter.decode(
            segmenter.encode(image),
            Prompts(points=(PromptPoint(1, 1),), previous=np.zeros((256, 256), np.float32)),
        )


def saved(content: object, path: Path) -> tuple[Path, str]:
    torch.save(content, path)
    return path, hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_listed_checkpoint_loads(sam: Sam, image: np.ndarray, tmp_path: Path) -> None:
    path, sha256 = saved(sam.state_dict(), tmp_path / "tiny.pth")
    assert encoder_size(sam.state_dict()) == (32, 1)
    loaded = sam_load(path, [sha256.upper()], builders=BUILDERS)
    assert loaded.key == f"sam:tiny:{sha256[:12]}"
    expected = SamSegmenter(sam, "x").encode(image).array
    assert (loaded.encode(image).array == expected).all()


class Trap:
    """A pickle that would make a file when opened."""

    def __init__(self, target: Path) -> None:
        self.target = target

    def __reduce__(self) -> tuple[Callable[..., object], tuple[object, ...]]:
        return Path.touch, (self.target,)


def test_bad_checkpoints_are_refused(sam: Sam, tmp_path: Path) -> None:
    path, sha256 = saved(sam.state_dict(), tmp_path / "tiny.pth")
    with pytest.raises(ManifestError, match=sha256):
        sam_load(path, ["0" * 64], builders=BUILDERS)
    with pytest.raises(ManifestError, match="cannot be read"):
        sam_load(tmp_path / "missing.pth", [sha256], builders=BUILDERS)
    with pytest.raises(ManifestError, match="no ViT"):
        sam_load(path, [sha256])
    sprung = tmp_path / "sprung"
    partial = dict(list(sam.state_dict().items())[:-1])
    for content, message in (
        ({"model": Trap(sprung)}, "not a file of weights"),
        ({"model": sam.state_dict()}, "other than named tensors"),
        ([torch.zeros(1)], "no state dict"),
        (partial, "do not fit"),
    ):
        path, sha256 = saved(content, tmp_path / "bad.pth")
        with pytest.raises(ManifestError, match=message):
            sam_load(path, [sha256], builders=BUILDERS)
    assert not sprung.exists()
    garbage = tmp_path / "garbage.pth"
    for data in (b"", b"not weights at all", b"PK\x03\x04" + bytes(100)):
        garbage.write_bytes(data)
        with pytest.raises(ManifestError):
            sam_load(garbage, [hashlib.sha256(data).hexdigest()], builders=BUILDERS)
