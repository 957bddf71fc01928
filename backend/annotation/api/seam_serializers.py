"""What the endpoints of the seams between a video's parts take and give. Frames count from 0; boxes are xyxy pixels."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from backend.annotation.api.fields import PersonSerializer, VideoPartSerializer
from backend.annotation.domain.geometry.tracks import TRACK_SHAPES
from backend.annotation.enums import LinkKind


class BoxField(serializers.ListField):
    child = serializers.FloatField()


class SeamRowSerializer(serializers.Serializer[Any]):
    """Between part `number` and the next: the frames that both have, `frame_end` the first behind them."""

    number = serializers.IntegerField()
    frame_start = serializers.IntegerField()
    frame_end = serializers.IntegerField()
    waits_for = serializers.ListField(
        child=serializers.IntegerField(), help_text="Numbers of parts without approved labels."
    )


class VideoSeamsSerializer(serializers.Serializer[Any]):
    """A video's parts and where they meet; none where it is one task."""

    name = serializers.CharField(source="asset.name")
    width = serializers.IntegerField(source="asset.width")
    height = serializers.IntegerField(source="asset.height")
    parts = VideoPartSerializer(many=True)
    seams = SeamRowSerializer(many=True)


class PieceSerializer(serializers.Serializer[Any]):
    """A track of one part, there from `frame_first` to `frame_last`, both included."""

    region_id = serializers.UUIDField()
    label_id = serializers.UUIDField()
    shape = serializers.ChoiceField(choices=TRACK_SHAPES)
    frame_first = serializers.IntegerField()
    frame_last = serializers.IntegerField()
    boxes = serializers.ListField(
        child=BoxField(allow_null=True), help_text="Around it on the seam's `frames`; null: away."
    )
    nearest_frame = serializers.IntegerField(help_text="Where it is there nearest to the seam.")
    nearest_box = BoxField()


class PiecePairSerializer(serializers.Serializer[Any]):
    earlier = PieceSerializer()
    later = PieceSerializer()
    is_by_hand = serializers.BooleanField()
    overlap = serializers.FloatField(
        allow_null=True,
        help_text="Mean IoU over the shared frames on which either is there; null where none has both.",
    )


class TrackLinkSerializer(serializers.Serializer[Any]):
    """What a person said of two tracks. A track is null where the approved labels have it no more."""

    earlier_region = serializers.UUIDField(source="link.earlier_region")
    later_region = serializers.UUIDField(source="link.later_region")
    kind = serializers.ChoiceField(choices=LinkKind.choices, source="link.kind")
    made_by = PersonSerializer(source="link.made_by", allow_null=True)
    made_at = serializers.DateTimeField(source="link.updated_at")
    earlier = PieceSerializer(allow_null=True)
    later = PieceSerializer(allow_null=True)
    no_effect = serializers.CharField(allow_blank=True, help_text="Why it has none; empty where it has.")


class SeamSerializer(SeamRowSerializer):
    """Pairs, those by themselves first and the least alike first; tracks left over before and after; and all links."""

    number = serializers.IntegerField(source="row.number")
    frame_start = serializers.IntegerField(source="row.frame_start")
    frame_end = serializers.IntegerField(source="row.frame_end")
    waits_for = serializers.ListField(child=serializers.IntegerField(), source="row.waits_for")
    frames = serializers.ListField(
        child=serializers.IntegerField(), help_text="Shared frames of which tracks' boxes are told."
    )
    pairs = PiecePairSerializer(many=True)
    earlier = PieceSerializer(many=True)
    later = PieceSerializer(many=True)
    links = TrackLinkSerializer(many=True)


class TracksLinkSerializer(serializers.Serializer[Any]):
    """Two tracks by region id, of part `number` and of the next."""

    earlier = serializers.UUIDField()
    later = serializers.UUIDField()
    kind = serializers.ChoiceField(
        choices=LinkKind.choices, allow_null=True, help_text="Null: as their overlap says."
    )
