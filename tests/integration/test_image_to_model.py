"""From pictures to a promoted model that suggests: every step through the API, with one real training."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from backend.annotation.models import Suggestion, Task
from backend.core.enums import Role
from backend.learning.models import ModelVersion
from tests.support import factories
from tests.support.annotation import Editor, box_region
from tests.support.learning import grey, run_waiting, take_step
from tests.support.media import encoded, upload_whole, zipped

API = "/api/v1"
PICTURES = 12
# Few steps on small pictures: the plumbing is tested here, what training reaches is tested in tests/ml.
TRAINING = {"max_steps": 2, "input_size": 64, "init": "scratch", "minutes": 1.0}


@pytest.mark.slow
def test_pictures_become_labels_a_version_a_model_and_suggestions(
    transactional_db: None, settings: Any, tmp_path: Path
) -> None:
    settings.SHIPPED_WEIGHTS_DIR = tmp_path / "none"
    project = factories.make_project(
        labels=[{"name": "person", "shapes": ["box"]}, {"name": "sharp", "shapes": ["tag"]}],
        settings={"random_fraction": 0.5, "batch_size": PICTURES - 2, "review": "all"},
    )
    annotator, reviewer, scientist, manager = (
        factories.client_for(factories.make_project_member(project, role))
        for role in (Role.ANNOTATOR, Role.REVIEWER, Role.SCIENTIST, Role.MANAGER)
    )
    files = {f"{n}.png": encoded(Image.fromarray(grey(0.2 + 0.03 * n, n)), "PNG") for n in range(PICTURES)}
    upload_whole(manager, project, "site.zip", zipped(files), group_by="name")
    run_waiting(project)
    blind = Task.objects.filter(project=project, blind=True)
    assert blind.count() == (PICTURES - 2) // 2

    for _ in range(PICTURES - 2):
        editor = Editor.next(annotator, project)
        assert editor.body["suggestions"] == []
        editor.put(box_region(project, (16, 16, 48, 48)))
        assert editor.submit().status_code == 200
    queue = reviewer.get(f"{API}/projects/{project.pk}/review/queue?page_size=100").json()["results"]
    for row in queue:
        url = f"{API}/revisions/{row['revision']['id']}/decide"
        assert reviewer.post(url, {"verdict": "approve", "reason": ""}, format="json").status_code == 200
    assert Task.objects.filter(project=project, state="approved").count() == PICTURES - 2

    made = scientist.post(
        f"{API}/projects/{project.pk}/datasets", {"name": "one", "notes": "", "filters": {}}, format="json"
    )
    assert made.status_code in (201, 202), made.content
    run_waiting(project)
    body = {"dataset_version_id": made.json()["id"], **TRAINING}
    started = scientist.post(f"{API}/projects/{project.pk}/trainings", body, format="json")
    assert started.status_code == 202, started.content
    run_waiting(project)
    run = scientist.get(f"{API}/trainings/{started.json()['id']}").json()
    assert (run["state"], run["error"]) == ("done", "")
    model = scientist.get(f"{API}/models/{run['model_version_id']}").json()
    assert model["manifest"]["classes"] == ["person"]
    assert model["gate"]["report"]["pictures"] == blind.count() == 5
    assert len(model["artifact_sha256"]) == 64

    row = ModelVersion.objects.get(pk=model["id"])
    refused = take_step(scientist, row, "all")
    if not model["gate"]["passed"]:
        # Two steps teach nothing: the gate says so. A person cannot go round it, so let its verdict be good.
        assert refused.status_code == 409
        row.gate_reports.update(passed=True)
        ModelVersion.objects.filter(pk=row.pk).update(state="candidate")
        assert take_step(scientist, row, "all").status_code == 200
    row = ModelVersion.objects.get(pk=model["id"])
    assert row.state == "production"
    row.binding.mapping["person"]["threshold"] = 0.0
    row.binding.save()
    run_waiting(project)
    left = Task.objects.filter(project=project, state="ready", blind=False)
    for task in left:
        assert task.prelabelled_by_id == row.pk
    assert not Suggestion.objects.filter(task__in=blind).exists()
