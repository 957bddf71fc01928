"""The recipe on real pictures, with fixed steps: it must learn, and not from shuffled labels."""

import json
import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from ml.contracts import Dataset, ModelKind, TrainConfig
from ml.data.readers import detection_read
from ml.data.split import holdout_split
from ml.training.budget import Budget
from ml.training.detect import DetectTask
from ml.training.loop import Trainer
from ml.training.run import train

DATA = Path(os.environ.get("SITELOOP_DATA", "../shared/data")) / "overhead_person"
STEPS = 330
HOLDOUT = 0.25

pytestmark = [
    pytest.mark.realdata,
    pytest.mark.slow,
    pytest.mark.skipif(not DATA.is_dir(), reason="needs overhead_person under SITELOOP_DATA"),
    pytest.mark.skipif(os.environ.get("SITELOOP_SLOW") != "1", reason="3 CPU minutes: set SITELOOP_SLOW=1"),
]


def shuffled(dataset: Dataset) -> Dataset:
    """Every picture gets another's boxes."""
    order = np.roll(np.arange(len(dataset.images)), 1)
    images = [
        replace(i, annotations=dataset.images[o].annotations)
        for i, o in zip(dataset.images, order, strict=True)
    ]
    return Dataset(dataset.classes, tuple(images))


def test_people_from_above_are_learnt_in_a_few_hundred_steps(tmp_path: Path) -> None:
    config = TrainConfig(ModelKind.DETECT, DATA, tmp_path / "run", 5.0, max_steps=STEPS, holdout=HOLDOUT)
    ap50 = train(config).metrics["ap50"]
    kept, held_out = holdout_split(detection_read(DATA).dataset, HOLDOUT)
    control = DetectTask(shuffled(kept), held_out, 256, seed=0)
    (tmp_path / "control").mkdir()
    Trainer(control, Budget(300.0, max_steps=STEPS), tmp_path / "control", "control").run(resume=False)
    rows = (tmp_path / "control" / "progress.jsonl").read_text().splitlines()
    assert ap50 >= 0.5
    assert ap50 > json.loads(rows[-1])["val_ap50"] + 0.2
