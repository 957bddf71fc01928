"""The mask decoder of a tiny random `Sam` learns a site's masks: loads, trains, exports with parity, and loads again.

Random weights prove the plumbing, never the quality.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest

from ml.contracts import Box, ModelKind
from ml.errors import ManifestError
from ml.evaluation.assist_seen import TRAINED_FILE
from ml.inference.sam_decoder import SamDecoder
from ml.inference.segmenter import Prompts
from ml.training.progress import progress_read
from tests.ml.assist.shapes import painted_set

torch = pytest.importorskip("torch")

from ml.models.sam import checkpoint_read  # noqa: E402
from ml.models.sam_build import sam_of  # noqa: E402
from ml.training.sam_run import SamConfig, sam_with, train_sam  # noqa: E402
from tests.ml.segmenter.test_sam import tiny_sam  # noqa: E402

STEPS = 20


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    torch.manual_seed(0)
    path = tmp_path_factory.mktemp("checkpoint") / "sam_tiny.pth"
    torch.save(tiny_sam().state_dict(), path)
    return path, hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.fixture(scope="module")
def config(checkpoint: tuple[Path, str], tmp_path_factory: pytest.TempPathFactory) -> SamConfig:
    folder = tmp_path_factory.mktemp("tuning")
    data = painted_set(folder / "data")
    path, sha256 = checkpoint
    return SamConfig((data,), folder / "run", path, (sha256,), minutes=5, max_steps=STEPS, holdout=0.3)


@pytest.fixture(scope="module")
def tuned(config: SamConfig) -> SamConfig:
    manifest = train_sam(config)
    assert (manifest.kind, manifest.metrics.keys() >= {"val_box", "val_click"}) == (ModelKind.ASSIST, True)
    assert manifest.parity < 1e-2
    return config


def test_the_decoder_learns_and_the_encoder_does_not(tuned: SamConfig, checkpoint: tuple[Path, str]) -> None:
    state, _ = checkpoint_read(checkpoint[0], [checkpoint[1]])
    before = {k: v.clone() for k, v in state.items()}
    _, sam = sam_of(state)
    after = sam_with(sam, "sam:tuned", tuned.out)._sam.state_dict()
    # The file rounds kernels to halves.
    still = {
        k for k, v in after.items() if torch.equal(v, before[k]) or torch.equal(v, before[k].half().float())
    }
    assert {key.split(".")[0] for key in after.keys() - still} == {"mask_decoder"}
    rows = progress_read(tuned.out)
    assert rows[-1]["step"] == STEPS
    assert rows[-1]["loss"] < rows[0]["loss"]


def test_the_graph_answers_as_the_weights_do(tuned: SamConfig, checkpoint: tuple[Path, str]) -> None:
    _, sam = sam_of(checkpoint_read(checkpoint[0], [checkpoint[1]])[0])
    network = sam_with(sam, "sam:tuned", tuned.out)
    graph = SamDecoder(
        tuned.out / "model.onnx", key="sam:tuned", side=network.input_side, shape=network.embedding_shape
    )
    picture = np.random.default_rng(1).integers(0, 256, (90, 150, 3), dtype=np.uint8)
    features = network.encode(picture)
    prompts = Prompts(box=Box(20, 10, 90, 60))
    ours, theirs = graph.run(features, prompts)[0], network.run(features, prompts)[0]
    np.testing.assert_allclose(ours, theirs, atol=1e-2)


def test_a_finished_run_keeps_what_it_learnt_from_and_no_embeddings(tuned: SamConfig) -> None:
    assert (tuned.out / TRAINED_FILE).read_text().strip()
    assert not (tuned.out / "embeddings").exists()
    assert train_sam(tuned, resume=True).config["steps"] == STEPS


def test_a_checkpoint_that_nobody_vouched_for_is_not_opened(config: SamConfig, tmp_path: Path) -> None:
    foreign = SamConfig(config.data, tmp_path / "run", config.checkpoint, ("0" * 64,), minutes=1)
    with pytest.raises(ManifestError, match="not on the list"):
        train_sam(foreign)
