"""segment-anything's plumbing with a tiny network of random weights built from its own classes."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ml.contracts import Box
from ml.errors import GeometryError, ImageError, ManifestError
from ml.inference.sam_decoder import SamDecoder
from ml.inference.sam_encoder import SamEncoder
from ml.inference.sam_facts import DECODER_FILE, ENCODER_FILE, FACTS_FILE, facts_read
from ml.inference.segmenter import Features, PromptPoint, Prompts
from tests.support.sam import DIM, SIDE, saved, tiny_sam

torch = pytest.importorskip("torch")

from segment_anything import SamPredictor  # noqa: E402

from ml.models.sam import SamSegmenter, sam_load  # noqa: E402
from ml.models.sam_export import sam_prepare  # noqa: E402
from ml.models.tiny_vit import TinyViT  # noqa: E402

ROOT = Path(__file__).resolve().parents[3]
SIZE = (90, 150)
PROMPTS = {
    "one click": Prompts(points=(PromptPoint(70, 40),)),
    "in and out": Prompts(points=(PromptPoint(70, 40), PromptPoint(10, 10, inside=False))),
    "many clicks": Prompts(points=tuple(PromptPoint(2 * k + 1, k + 1, k % 3 > 0) for k in range(64))),
    "box": Prompts(box=Box(20, 10, 90, 60)),
    "box and click": Prompts(points=(PromptPoint(70, 40),), box=Box(20, 10, 90, 60)),
}


@pytest.fixture(scope="module")
def sam() -> Any:
    return tiny_sam()


@pytest.fixture(scope="module")
def segmenter(sam: Any) -> SamSegmenter:
    return SamSegmenter(sam, "sam:tiny:0")


@pytest.fixture(scope="module")
def image() -> np.ndarray:
    return np.random.default_rng(1).integers(0, 256, (*SIZE, 3), dtype=np.uint8)


@pytest.fixture(scope="module")
def made(sam: Any, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any], Path]:
    """(prepared folder, its facts, the checkpoint it was made of)."""
    folder = tmp_path_factory.mktemp("sam")
    path, sha256 = saved(sam.state_dict(), folder / "tiny.pth")
    said: list[float] = []
    facts = sam_prepare(path, [sha256], folder / "made", lambda share, _what: said.append(share))
    assert said == sorted(said)
    return folder / "made", facts, path


@pytest.fixture(scope="module")
def decoder(made: tuple[Path, dict[str, Any], Path]) -> SamDecoder:
    return SamDecoder(made[0] / DECODER_FILE, key="sam:tiny:0", side=SIDE, shape=(DIM, 8, 8))


@pytest.mark.parametrize(("name", "masks"), [(name, 3 if name == "one click" else 1) for name in PROMPTS])
def test_prompts_become_masks(segmenter: SamSegmenter, image: np.ndarray, name: str, masks: int) -> None:
    features = segmenter.encode(image)
    assert features.array.dtype == np.float16
    assert features.array.shape == (DIM, 8, 8)
    answer = segmenter.decode(features, PROMPTS[name])
    assert answer.masks.shape == (masks, *SIZE)
    assert answer.low_res is not None
    assert answer.low_res.shape == (masks, 32, 32)
    assert (np.diff(answer.scores) <= 0).all()
    again = Prompts(PROMPTS[name].points, PROMPTS[name].box, previous=answer.low_res[0])
    refined = segmenter.decode(features, again)
    assert refined.masks.shape == (1, *SIZE)
    assert not np.allclose(refined.low_res, answer.low_res[:1])


def test_agrees_with_the_packages_own_predictor(sam: Any, segmenter: SamSegmenter, image: np.ndarray) -> None:
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


@pytest.mark.parametrize("name", PROMPTS)
def test_the_exported_decoder_answers_as_torch_does(
    segmenter: SamSegmenter, decoder: SamDecoder, image: np.ndarray, name: str
) -> None:
    features = segmenter.encode(image)
    theirs, ours = segmenter.decode(features, PROMPTS[name]), decoder.decode(features, PROMPTS[name])
    count = len(theirs.masks)
    assert len(ours.masks) == 3  # the one that is meant, then others to choose from
    assert ours.low_res[:count] == pytest.approx(theirs.low_res, abs=1e-4)
    assert ours.scores[:count] == pytest.approx(theirs.scores, abs=1e-4)
    assert (ours.masks[:count] == theirs.masks).mean() > 0.995
    before = Prompts(PROMPTS[name].points, PROMPTS[name].box, previous=ours.low_res[0])
    assert decoder.decode(features, before).low_res[:1] == pytest.approx(
        segmenter.decode(features, before).low_res, abs=1e-3
    )


def test_the_exported_encoder_gives_the_features_torch_gives(
    made: tuple[Path, dict[str, Any], Path], segmenter: SamSegmenter, image: np.ndarray
) -> None:
    encoder = SamEncoder(
        made[0] / ENCODER_FILE, key="sam:tiny:0", side=SIDE, shape=(DIM, 8, 8), threads=1, exact=True
    )
    ours, theirs = encoder.encode(image), segmenter.encode(image)
    assert ours.array.astype(float) == pytest.approx(theirs.array.astype(float), abs=0.03)
    with pytest.raises(ImageError):
        encoder.encode(np.zeros((4, 4), np.uint8))


def test_the_decoder_is_one_file_and_what_was_changed_since_is_refused(
    made: tuple[Path, dict[str, Any], Path], tmp_path: Path
) -> None:
    folder, facts, _ = made
    assert sorted(path.name for path in folder.iterdir()) == sorted(
        [DECODER_FILE, ENCODER_FILE, "encoder.bin", FACTS_FILE]
    )
    assert facts_read(folder) == facts
    assert (facts["side"], facts["shape"], facts["architecture"]) == (SIDE, [DIM, 8, 8], "vit_32x2")
    for name in (FACTS_FILE, DECODER_FILE, ENCODER_FILE):
        (tmp_path / name).write_bytes((folder / name).read_bytes())
    (tmp_path / DECODER_FILE).write_bytes(b"another")
    with pytest.raises(ManifestError, match="not as it was prepared"):
        facts_read(tmp_path)
    with pytest.raises(ManifestError, match="not prepared to the end"):
        facts_read(tmp_path / "nowhere")
    with pytest.raises(ManifestError, match="ONNX graph"):
        SamDecoder(tmp_path / DECODER_FILE, key="x", side=SIDE, shape=(DIM, 8, 8))


def test_features_survive_as_float16_bytes(
    segmenter: SamSegmenter, decoder: SamDecoder, image: np.ndarray
) -> None:
    features = segmenter.encode(image)
    data = features.to_bytes()
    assert len(data) == DIM * 8 * 8 * 2
    for model in (segmenter, decoder):
        again = model.restore(data, *SIZE)
        assert (
            model.decode(again, PROMPTS["box"]).low_res == model.decode(features, PROMPTS["box"]).low_res
        ).all()
        with pytest.raises(ImageError):
            model.restore(data[:-2], *SIZE)


@pytest.mark.parametrize("which", ["torch", "exported"])
def test_what_belongs_to_another_model_is_refused(
    segmenter: SamSegmenter, decoder: SamDecoder, image: np.ndarray, which: str
) -> None:
    model = segmenter if which == "torch" else decoder
    features = segmenter.encode(image)
    with pytest.raises(GeometryError):
        model.decode(
            features, Prompts(points=(PromptPoint(1, 1),), previous=np.zeros((256, 256), np.float32))
        )
    foreign = Features(features.array, *SIZE, "sam:other:1")
    with pytest.raises(ImageError):
        model.decode(foreign, PROMPTS["box"])


def test_a_listed_checkpoint_loads(sam: Any, image: np.ndarray, tmp_path: Path) -> None:
    path, sha256 = saved(sam.state_dict(), tmp_path / "tiny.pth")
    loaded = sam_load(path, [sha256.upper()])
    assert loaded.key == f"sam:vit_32x2:{sha256[:12]}"
    expected = SamSegmenter(sam, "x").encode(image).array
    assert (loaded.encode(image).array == expected).all()


class Trap:
    """A pickle that would make a file when opened."""

    def __init__(self, target: Path) -> None:
        self.target = target

    def __reduce__(self) -> tuple[Callable[..., object], tuple[object, ...]]:
        return Path.touch, (self.target,)


def test_bad_checkpoints_are_refused(sam: Any, tmp_path: Path) -> None:
    path, sha256 = saved(sam.state_dict(), tmp_path / "tiny.pth")
    with pytest.raises(ManifestError, match=sha256):
        sam_load(path, ["0" * 64])
    with pytest.raises(ManifestError, match="cannot be read"):
        sam_load(tmp_path / "missing.pth", [sha256])
    sprung = tmp_path / "sprung"
    partial = dict(list(sam.state_dict().items())[:-1])
    twisted = sam.state_dict() | {"image_encoder.pos_embed": torch.zeros(1, 5, 8, 32)}
    for content, message in (
        ({"model": Trap(sprung)}, "not a file of weights"),
        ({"model": sam.state_dict()}, "other than named tensors"),
        ([torch.zeros(1)], "no state dict"),
        (partial, "do not fit"),
        (twisted, "no checkpoint of segment-anything"),
        ({"weight": torch.zeros(3)}, "no checkpoint of segment-anything"),
    ):
        path, sha256 = saved(content, tmp_path / "bad.pth")
        with pytest.raises(ManifestError, match=message):
            sam_load(path, [sha256])
    assert not sprung.exists()
    garbage = tmp_path / "garbage.pth"
    for data in (b"", b"not weights at all", b"PK\x03\x04" + bytes(100)):
        garbage.write_bytes(data)
        with pytest.raises(ManifestError):
            sam_load(garbage, [saved_sha256(data)])


def saved_sha256(data: bytes) -> str:
    import hashlib

    return hashlib.sha256(data).hexdigest()


def _tiny_vit_state() -> dict[str, Any]:
    """A small encoder under MobileSAM's names, with the tiny model's prompt encoder and mask decoder."""
    widths = (32, 32, 64, 64)
    shapes: dict[str, tuple[int, ...]] = {
        "patch_embed.seq.2.c.weight": (widths[0], 16, 3, 3),
        "layers.0.blocks.0.conv1.c.weight": (64, widths[0], 1, 1),
        "head.weight": (10, widths[3]),
        "neck.0.weight": (DIM, widths[3], 1, 1),
    }
    for k in (1, 2, 3):
        shapes[f"layers.{k - 1}.downsample.conv3.c.weight"] = (widths[k], widths[k], 1, 1)
        shapes[f"layers.{k}.blocks.0.mlp.fc1.weight"] = (2 * widths[k], widths[k])
    encoder = TinyViT({name: torch.empty(shape) for name, shape in shapes.items()})
    state = {key: value for key, value in tiny_sam().state_dict().items() if "image_encoder" not in key}
    return state | {f"image_encoder.{key}": value for key, value in encoder.state_dict().items()}


def test_a_mobile_checkpoint_loads_by_its_own_names(image: np.ndarray, tmp_path: Path) -> None:
    path, sha256 = saved(_tiny_vit_state(), tmp_path / "mobile.pt")
    loaded = sam_load(path, [sha256])
    assert loaded.key == f"sam:tiny_vit:{sha256[:12]}"
    assert (loaded.input_side, loaded.embedding_shape) == (1024, (DIM, 64, 64))
    features = loaded.encode(image)
    assert np.isfinite(features.array.astype(float)).all()
    assert loaded.decode(features, PROMPTS["box"]).masks.shape == (1, *SIZE)


def test_the_command_says_what_is_wrong_in_one_line(tmp_path: Path) -> None:
    path, sha256 = saved({"weight": torch.zeros(3)}, tmp_path / "foreign.pth")
    command = [sys.executable, "-m", "ml", "sam", str(path), "--out", str(tmp_path / "out"), "--allow"]
    done = subprocess.run([*command, sha256], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 2
    assert done.stderr.strip() == "error: This is no checkpoint of segment-anything."
    assert json.loads(done.stdout.splitlines()[0])["share"] < 0.1
    assert not (tmp_path / "out").exists()
