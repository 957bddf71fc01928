"""Outlines without a click each: a model's boxes made into outlines, and everything in a part of the picture."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Any

from backend.annotation import selectors as annotation
from backend.annotation import services as annotation_services
from backend.annotation.contracts import BoxSuggestion, RefinedSuggestion, SuggestionItem
from backend.core import jobs
from backend.core.errors import BadInput, Conflict
from backend.learning.domain.outlines import OUTLINES, TOLERANCE_PX
from backend.learning.services import assist, assist_answers
from backend.learning.services.assist_backend import backend_of, network_of, sam_open
from backend.projects import selectors as projects

if TYPE_CHECKING:
    from backend.accounts.models import User
    from backend.annotation.models import Task
    from backend.core.models import JobRun
    from backend.projects.models import Project
    from ml.inference.segmenter import Features, Segmenter

EVERYTHING_KIND = "learning.assist_everything"
REFINE_KIND = "learning.assist_refine"
EMBED_KIND = "learning.assist_embed"
# One request answers for so many boxes; a project's job has no such bound.
REFINE_AT_ONCE_MAX = 60
NAMES = {"sam": "SAM", "network": "assist", "basic": "basic assist"}
NO_OBJECT = "Nothing was found in the box."
TOO_MANY = "One request refines 60; ask again for the rest."
VIDEO = "Clips are labelled by tracks; the assist works on pictures."


class Outliner:
    """The segmenter that serves one task, with its picture ready to be asked many times."""

    def __init__(self, task: Task) -> None:
        """Raises AssistUnavailable, NotFound and FileRefused where the picture cannot be read."""
        info = assist.asset_of(task)
        backend = backend_of(task.project_id)
        features: Features | None = None
        if backend.checkpoint is not None and (features := assist.sam_features(info, backend)) is not None:
            self.segmenter: Segmenter = sam_open(backend.checkpoint, backend.own)
            self.name = NAMES["sam"]
        else:
            backend = network_of(task.project_id)
            network = assist.network_or_none(backend)
            self.segmenter = network or assist_answers.classical()
            self.name = NAMES["basic" if network is None else "network"]
            features = self.segmenter.encode(assist.picture(info)[0])
        self.features = features
        self.scale = info.width / features.width

    def of_box(self, box: Sequence[float], shape: str) -> dict[str, Any] | None:
        """Geometry of the object in a box (xyxy, picture pixels); None where there is none."""
        size = (self.features.height, self.features.width)
        prompts = assist_answers.prompts_of(
            {"box": list(box)}, scale=self.scale, size=size, key=self.segmenter.key
        )
        try:
            found = assist_answers.answers(self.segmenter, self.features, prompts)
        except BadInput:
            return None
        rows = assist_answers.rows_of(
            found[:1],
            scale=self.scale,
            tolerance=TOLERANCE_PX,
            key=self.segmenter.key,
            with_mask=shape == "mask",
        )
        if not rows:
            return None
        return {"mask": rows[0]["mask"]} if shape == "mask" else rows[0]["polygon"]


def shape_for(allowed: Collection[str], wanted: str | None) -> str:
    """The outline to make for a label: the wanted one where it may be, else a polygon before a mask."""
    order = [wanted, *OUTLINES] if wanted else OUTLINES
    return next(shape for shape in order if shape in allowed)


def task_refine(
    *,
    task: Task,
    ids: Collection[uuid.UUID] = (),
    shape: str | None = None,
    at_most: int | None = None,
    person_id: uuid.UUID | None = None,
) -> tuple[int, dict[uuid.UUID, str]]:
    """Make outlines of a task's open box suggestions, for a person where one asks (`person_id`).

    Returns how many, and why others stayed boxes, by id.
    """
    if task.asset.kind == "video":
        raise Conflict(VIDEO)
    boxes, reasons = annotation.box_suggestions(task, ids, person_id)
    if at_most is not None:
        reasons |= {box.suggestion_id: TOO_MANY for box in boxes[at_most:]}
        boxes = boxes[:at_most]
    if not boxes:
        return 0, reasons
    outliner = Outliner(task)
    refined = []
    for box in boxes:
        item = _refined(outliner, box, shape)
        if item is None:
            reasons[box.suggestion_id] = NO_OBJECT
        else:
            refined.append(item)
    made, more = annotation_services.suggestions_refine(
        task_id=task.pk, refined=refined, assist_name=outliner.name, person_id=person_id
    )
    return made, reasons | more


def _refined(outliner: Outliner, box: BoxSuggestion, shape: str | None) -> RefinedSuggestion | None:
    wanted = shape_for(box.shapes, shape)
    with assist.slot():
        geometry = outliner.of_box(box.box, wanted)
    return None if geometry is None else RefinedSuggestion(box.suggestion_id, wanted, geometry)


def refine_enqueue(*, actor: User, project: Project, shape: str | None = None) -> JobRun:
    """Make outlines of all box suggestions of a project's untouched pictures, in the background.

    Raises Conflict where no label may be drawn as an outline.
    """
    if not any(set(OUTLINES) & set(label.shapes) for label in projects.labels_of(project.pk)):
        raise Conflict("No label of this project may be drawn as a polygon or a mask. Allow one first.")
    return jobs.enqueue(
        REFINE_KIND,
        payload={"project_id": str(project.pk), "shape": shape},
        title="Make outlines of box suggestions",
        organisation_id=project.organisation_id,
        project_id=project.pk,
        created_by=actor,
        dedupe_key=f"assist-refine:{project.pk}",
    )


def embed_enqueue(*, actor: User, project: Project) -> JobRun:
    """Encode every picture of a project for SAM, in the background. Raises Conflict where SAM does not serve."""
    if backend_of(project.pk).checkpoint is None:
        raise Conflict(
            "Nothing is encoded ahead without a SAM checkpoint: the click network needs no encoding."
        )
    return jobs.enqueue(
        EMBED_KIND,
        payload={"project_id": str(project.pk)},
        title="Encode all pictures for the assist",
        organisation_id=project.organisation_id,
        project_id=project.pk,
        created_by=actor,
        dedupe_key=f"assist-embed:{project.pk}",
    )


def everything_enqueue(
    *, actor: User, task: Task, box: Sequence[float] | None, label_id: uuid.UUID | None
) -> JobRun:
    """Look for every object in a part of a picture, in the background; what is found becomes suggestions.

    Raises Conflict for a blind picture or another person's work, BadInput for a label that may be no outline.
    """
    if not annotation.may_suggest(actor=actor, task=task):
        raise Conflict("No suggestions are made on this picture: it is drawn blind, or another's work.")
    if task.asset.kind == "video":
        raise Conflict(VIDEO)
    labels = [x for x in projects.labels_of(task.project_id) if set(OUTLINES) & set(x.shapes)]
    if label_id is not None:
        labels = [x for x in labels if x.id == str(label_id)]
    if not labels:
        raise BadInput(
            "Choose a label that may be drawn as a polygon or a mask.", fields={"label_id": "No outlines."}
        )
    if box is not None and not (box[2] - box[0] >= 2 and box[3] - box[1] >= 2):
        raise BadInput("The box is empty.", fields={"box": "At least 2 pixels each way."})
    return jobs.enqueue(
        EVERYTHING_KIND,
        payload={
            "task_id": str(task.pk),
            "box": list(box) if box else None,
            "label_id": labels[0].id,
            "shape": shape_for(labels[0].shapes, None),
            "person_id": str(actor.pk),
        },
        title="Outline everything in the picture" if box is None else "Outline everything in a box",
        organisation_id=task.project.organisation_id,
        project_id=task.project_id,
        created_by=actor,
        # A hidden task may be before several people at once, each with suggestions of their own.
        dedupe_key=f"assist-everything:{task.pk}:{actor.pk}",
    )


def everything_store(
    *,
    task_id: uuid.UUID,
    label_id: str,
    found: Sequence[tuple[str, dict[str, Any], float]],
    key: str,
    name: str,
    person_id: uuid.UUID | None = None,
) -> int:
    """Suggest outlines (shape, geometry, score) of one label; those of an earlier asking are withdrawn."""
    items = [SuggestionItem(label_id, shape, geometry, score) for shape, geometry, score in found]
    return annotation_services.suggestions_add(
        task_id=task_id,
        # No model version stands for a network that comes with the product: its key is the id's name.
        model_version_id=uuid.uuid5(uuid.NAMESPACE_URL, f"siteloop:everything:{key}"),
        model_name=f"Everything, by {name}",
        items=items,
        person_id=person_id,
    )
