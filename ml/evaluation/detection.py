"""COCO AP of detections against a labelled data set, by faster-coco-eval."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from faster_coco_eval import COCO, COCOeval_faster
from numpy.typing import NDArray

from ml.contracts import Box, ClassMetrics, Dataset, EvalReport, ImagePrediction, ModelKind, RleMask
from ml.data.label_maps import annotation_pixels
from ml.evaluation.mask_overlaps import outlined
from ml.geometry.masks import mask_to_rle, rle_area
from ml.geometry.rle import counts_encode

# COCO's own limit of detections a picture.
MAX_DETECTIONS = 100
IOU_50_INDEX = 0


def detection_report(
    truth: Dataset, predictions: Sequence[ImagePrediction], ms_per_image: float = 0.0
) -> EvalReport:
    """AP50 and AP (IoU .50:.95), overall and per class, all 0..1.

    `predictions` are in the order of `truth.images`. Classes without truth are left out of the mean;
    detections of labels that are no class of `truth` do not count.
    """
    if len(predictions) != len(truth.images):
        raise ValueError(f"{len(predictions)} predictions for {len(truth.images)} pictures")
    counts = _truth_counts(truth)
    if not any(counts.values()):
        return EvalReport(ModelKind.DETECT, len(truth.images), ms_per_image=ms_per_image)
    precision = _precision(truth, predictions)
    per_class = {}
    for index, name in enumerate(truth.classes):
        if counts[name]:
            ap = precision[:, :, index]
            per_class[name] = ClassMetrics(
                float(ap[IOU_50_INDEX].clip(0).mean()), float(ap.clip(0).mean()), counts[name]
            )
    return EvalReport(
        kind=ModelKind.DETECT,
        images=len(truth.images),
        ap50=float(np.mean([m.ap50 for m in per_class.values()])),
        ap=float(np.mean([m.ap for m in per_class.values()])),
        per_class=per_class,
        ms_per_image=ms_per_image,
    )


def instance_report(
    truth: Dataset, predictions: Sequence[ImagePrediction], ms_per_image: float = 0.0
) -> EvalReport:
    """As `detection_report`, with the AP of masks beside that of boxes.

    An object known by its box alone counts for the boxes; for the masks what lies in that box neither counts nor costs.
    """
    by_box = detection_report(truth, predictions, ms_per_image)
    by_mask = replace(by_box, kind=ModelKind.INSTANCE)
    known = outlined(truth)
    counts = _truth_counts(known)
    if not any(counts.values()):
        return by_mask
    precision = _precision(known, predictions, masks=True)
    per_class = dict(by_box.per_class)
    for index, name in enumerate(truth.classes):
        if counts[name]:
            ap = precision[:, :, index].clip(0)
            per_class[name] = replace(
                per_class[name], mask_ap50=float(ap[IOU_50_INDEX].mean()), mask_ap=float(ap.mean())
            )
    present = [per_class[name] for name in truth.classes if counts[name]]
    return replace(
        by_mask,
        per_class=per_class,
        mask_ap50=float(np.mean([m.mask_ap50 for m in present])),
        mask_ap=float(np.mean([m.mask_ap for m in present])),
    )


def _truth_counts(truth: Dataset) -> dict[str, int]:
    counts = dict.fromkeys(truth.classes, 0)
    for item in truth.images:
        for annotation in item.annotations:
            if annotation.label in counts and not annotation.ignore:
                counts[annotation.label] += 1
    return counts


def _precision(
    truth: Dataset, predictions: Sequence[ImagePrediction], masks: bool = False
) -> NDArray[np.float64]:
    """Interpolated precision (10 IoUs, 101 recalls, classes)."""
    category = {name: i + 1 for i, name in enumerate(truth.classes)}
    rows = _detection_rows(predictions, category, masks)
    table = _truth_table(truth, category, masks)
    ground = COCO(table)
    found = ground.loadRes(rows) if rows else COCO(table | {"annotations": []})
    kind = "segm" if masks else "bbox"
    evaluation = COCOeval_faster(ground, found, iouType=kind, print_function=_silent, extra_calc=False)
    evaluation.params.maxDets = [MAX_DETECTIONS]
    evaluation.params.areaRng = evaluation.params.areaRng[:1]
    evaluation.params.areaRngLbl = evaluation.params.areaRngLbl[:1]
    evaluation.evaluate()
    evaluation.accumulate()
    precision = np.asarray(evaluation.eval["precision"], dtype=np.float64)
    return precision.reshape(*precision.shape[:3])


def _truth_table(truth: Dataset, category: dict[str, int], masks: bool) -> dict[str, object]:
    annotations: list[dict[str, object]] = []
    for number, item in enumerate(truth.images, start=1):
        for a in item.annotations:
            if a.label in category:
                box = [a.box.x1, a.box.y1, a.box.width, a.box.height]
                row: dict[str, object] = {
                    "id": len(annotations) + 1,
                    "image_id": number,
                    "category_id": category[a.label],
                    "bbox": box,
                    "area": a.box.area,
                    "iscrowd": int(a.ignore),
                }
                if masks:
                    width, height = item.image.width, item.image.height
                    pixels = mask_to_rle(annotation_pixels(a, width, height, (1.0, 1.0)))
                    row |= {"segmentation": _coco(pixels), "area": rle_area(pixels)}
                annotations.append(row)
    images = [
        {"id": n, "width": item.image.width, "height": item.image.height, "file_name": item.image.id}
        for n, item in enumerate(truth.images, start=1)
    ]
    categories = [{"id": i, "name": name} for name, i in category.items()]
    return {"images": images, "annotations": annotations, "categories": categories}


def _detection_rows(
    predictions: Sequence[ImagePrediction], category: dict[str, int], masks: bool
) -> list[dict[str, object]]:
    return [
        {
            "image_id": number,
            "category_id": category[d.label],
            "score": d.score,
            **({"segmentation": _coco(d.mask)} if masks and d.mask is not None else _bbox(d.box)),
        }
        for number, prediction in enumerate(predictions, start=1)
        for d in prediction.detections
        if d.label in category and (d.mask is not None or not masks)
    ]


def _bbox(box: Box) -> dict[str, object]:
    return {"bbox": [box.x1, box.y1, box.width, box.height]}


def _coco(mask: RleMask) -> dict[str, object]:
    return {"size": [mask.height, mask.width], "counts": counts_encode(mask.counts)}


def _silent(*_: object) -> None:
    """faster-coco-eval logs through this; a library does not print."""
