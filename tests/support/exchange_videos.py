"""Videos with tracks to send round, and what is said of every frame of them as plain values to compare."""

from __future__ import annotations

import uuid
from typing import Any

from backend.annotation import selectors as annotation
from backend.annotation.contracts import RegionData
from backend.core.tracks import region_at, tags_at
from backend.media import services as media_services
from backend.media.models import Asset
from backend.projects.models import Project
from tests.support import clips

FRAMES, WIDTH, HEIGHT = 30, 128, 96
# Coordinates are stored to the thousandth; what lies between two keyframes may round the other way.
PLACES = 2


def take_in_video(project: Project, name: str = "gate 3.mp4", frames: int = FRAMES) -> Asset:
    """A real clip of 128 × 96, 25 frames a second, in the project."""
    content = clips.clip([index * 40 for index in range(frames)])
    return media_services.asset_register(project=project, content=content, name=name, actor=None)


def track(label_id: str, of: str, *keyframes: dict[str, Any], **fields: Any) -> RegionData:
    """Keyframes need say only what differs from being there in full view."""
    rows = [{"outside": False, "occluded": False, **key} for key in keyframes]
    return RegionData(
        region_id=str(uuid.uuid4()),
        label_id=label_id,
        shape="track",
        geometry={"of": of, "keyframes": rows},
        **fields,
    )


def tracks_of(project: Project) -> dict[str, list[dict[str, Any]]]:
    """{video: tracks} as they are stored, labels and attributes by name, in a fixed order."""
    labels = {label["id"]: label for label in project.ontology_versions.order_by("-number")[0].labels}
    found = {}
    for said in annotation.approved_revisions(project_id=project.pk):
        rows = []
        for region in said.regions:
            label = labels[region.label_id]
            names = {a["id"]: a["name"] for a in label.get("attributes") or ()}
            keyframes = [
                {**key, "attributes": {names[each]: value for each, value in key["attributes"].items()}}
                if "attributes" in key
                else key
                for key in region.geometry["keyframes"]
            ]
            rows.append(
                {
                    "label": label["name"],
                    "of": region.geometry["of"],
                    "keyframes": keyframes,
                    "attributes": {names[key]: value for key, value in region.attributes.items()},
                    "z_index": region.z_index,
                    "grouped": bool(region.group_id),
                }
            )
        name = Asset.objects.get(pk=said.asset_id).name
        found[name] = sorted(rows, key=lambda row: (row["label"], row["of"], str(row["keyframes"])))
    return found


def frames_of(project: Project) -> dict[str, list[list[Any]]]:
    """{video: for every frame, what is on it}: label, shape, geometry, covered or not, attributes; and tags."""
    labels = {label["id"]: label for label in project.ontology_versions.order_by("-number")[0].labels}
    found = {}
    for said in annotation.approved_revisions(project_id=project.pk):
        asset = Asset.objects.get(pk=said.asset_id)
        regions = [
            {
                "shape": r.shape,
                "label_id": r.label_id,
                "geometry": r.geometry,
                "attributes": r.attributes,
            }
            for r in said.regions
        ]
        frames = []
        for frame in range(asset.frame_count or 0):
            rows: list[Any] = [("tag", labels[tag]["name"]) for tag in tags_at(regions, frame)]
            for region in regions:
                if (here := region_at(region, frame)) is None:
                    continue
                label = labels[here["label_id"]]
                names = {a["id"]: a["name"] for a in label.get("attributes") or ()}
                attributes = {names[key]: value for key, value in here["attributes"].items()}
                rows.append(
                    (label["name"], here["shape"], _rounded(here["geometry"]), here["occluded"], attributes)
                )
            frames.append(sorted(rows, key=str))
        found[asset.name] = frames
    return found


def _rounded(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _rounded(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(each) for each in value]
    return round(float(value), PLACES) + 0.0 if isinstance(value, int | float) else value
