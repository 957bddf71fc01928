"""What the assist sends and takes."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from backend.annotation.api.fields import MaskSerializer
from backend.annotation.api.serializers import SuggestionSerializer
from backend.learning.enums import CheckpointPurpose
from ml.inference.low_res import TEXT_MAX_CHARS

CLICKS_MAX = 64
SHAPES = ("polygon", "mask")


def _box(help_text: str = "") -> serializers.ListField:
    return serializers.ListField(
        child=serializers.FloatField(),
        min_length=4,
        max_length=4,
        required=False,
        allow_null=True,
        default=None,
        help_text=help_text or "x1, y1, x2, y2 in picture pixels.",
    )


class DecoderSerializer(serializers.Serializer[Any]):
    key = serializers.CharField(help_text="Names the weights; what one key gave, another cannot correct.")
    kind = serializers.ChoiceField(
        choices=["assist", "sam"],
        help_text="How its input is made: `ml/inference/assist_input.py`, `ml/inference/sam_decoder.py`.",
    )
    url = serializers.CharField()
    bytes = serializers.IntegerField()
    sha256 = serializers.CharField()
    input_size = serializers.IntegerField(help_text="Side of the square input in pixels.")


class EmbeddingSerializer(serializers.Serializer[Any]):
    """Raw little-endian numbers in C order."""

    url = serializers.CharField()
    shape = serializers.ListField(child=serializers.IntegerField(), min_length=3, max_length=3)
    dtype = serializers.ChoiceField(choices=["float16"])
    original_size = serializers.ListField(
        child=serializers.IntegerField(),
        min_length=2,
        max_length=2,
        help_text="Height and width of the array that was encoded; `picture.scale` leads from it to the picture.",
    )
    input_size = serializers.ListField(
        child=serializers.IntegerField(),
        min_length=2,
        max_length=2,
        help_text="Height and width of the array in the square input, where it lies at the top left.",
    )


class PictureScaleSerializer(serializers.Serializer[Any]):
    scale = serializers.FloatField(
        help_text="Picture pixels per pixel of `image_url`, from which answers are made: above 1 for large pictures."
    )


class AssistStateSerializer(serializers.Serializer[Any]):
    """`network`: the click network in `decoder`; `sam`: `decoder` on `embedding`; `basic`: the server only."""

    state = serializers.ChoiceField(choices=["ready", "encoding", "unavailable"])
    backend = serializers.ChoiceField(choices=["network", "sam", "basic"])
    message = serializers.CharField(allow_blank=True)
    eta_seconds = serializers.FloatField(
        allow_null=True, help_text="While encoding, where earlier pictures tell how long it takes."
    )
    decoder = DecoderSerializer(allow_null=True)
    embedding = EmbeddingSerializer(allow_null=True, help_text="Null unless the backend is sam and ready.")
    picture = PictureScaleSerializer()


class PointSerializer(serializers.Serializer[Any]):
    x = serializers.FloatField()
    y = serializers.FloatField()
    inside = serializers.BooleanField(default=True)


class AssistDecodeSerializer(serializers.Serializer[Any]):
    points = PointSerializer(many=True, required=False, default=list)
    box = _box()
    viewport = _box("What the person sees; a click names an object about that size.")
    tolerance = serializers.FloatField(required=False, default=1.0, min_value=0.0, max_value=50.0)
    previous = serializers.CharField(
        required=False,
        allow_null=True,
        default=None,
        max_length=TEXT_MAX_CHARS,
        help_text="`low_res` of the candidate that is being corrected.",
    )
    with_mask = serializers.BooleanField(
        required=False, default=False, help_text="Give each candidate's mask as well."
    )
    frame = serializers.IntegerField(
        required=False,
        allow_null=True,
        default=None,
        min_value=0,
        help_text="Of a video: which frame, from 0.",
    )

    def validate_points(self, value: list[dict[str, Any]]) -> list[dict[str, Any]]:
        if len(value) > CLICKS_MAX:
            raise serializers.ValidationError(f"At most {CLICKS_MAX} clicks.")
        return value


class AssistPolygonSerializer(serializers.Serializer[Any]):
    points = serializers.ListField(child=serializers.ListField(child=serializers.FloatField()))
    holes = serializers.ListField(
        child=serializers.ListField(child=serializers.ListField(child=serializers.FloatField()))
    )


class AssistCandidateSerializer(serializers.Serializer[Any]):
    polygon = AssistPolygonSerializer()
    score = serializers.FloatField(help_text="Its own estimate of its IoU, 0 to 1.")
    low_res = serializers.CharField(
        allow_null=True, help_text="Opaque; hand it back as `previous` to correct this candidate."
    )
    mask = MaskSerializer(allow_null=True)


class AssistAnswerSerializer(serializers.Serializer[Any]):
    """Candidates best first. `backend` may be `network` while the picture is still being encoded for SAM."""

    candidates = AssistCandidateSerializer(many=True)
    backend = serializers.ChoiceField(choices=["network", "sam", "basic"])
    ms = serializers.FloatField()


class EverythingSerializer(serializers.Serializer[Any]):
    box = _box("Where to look, in picture pixels; the whole picture without it.")
    label_id = serializers.UUIDField(
        required=False,
        allow_null=True,
        default=None,
        help_text="What the outlines are suggested as; else the first label that may be drawn as one.",
    )


class RefineSerializer(serializers.Serializer[Any]):
    suggestion_ids = serializers.ListField(
        child=serializers.UUIDField(),
        required=False,
        default=list,
        max_length=200,
        help_text="Only these; all open box suggestions of the picture without it.",
    )
    shape = serializers.ChoiceField(
        choices=SHAPES,
        required=False,
        allow_null=True,
        default=None,
        help_text="What to make of a box where its label allows both; polygon without it.",
    )


class RefineProjectSerializer(serializers.Serializer[Any]):
    shape = serializers.ChoiceField(choices=SHAPES, required=False, allow_null=True, default=None)


class RefineSkippedSerializer(serializers.Serializer[Any]):
    suggestion_id = serializers.UUIDField()
    reason = serializers.CharField()


class RefinedSerializer(serializers.Serializer[Any]):
    """`suggestions`: all that the picture now shows, as when it is opened; refined ones have new ids."""

    refined = serializers.IntegerField()
    skipped = RefineSkippedSerializer(many=True)
    suggestions = SuggestionSerializer(many=True)


class CheckpointSerializer(serializers.Serializer[Any]):
    """A checkpoint: installed, or published and to be had."""

    name = serializers.CharField()
    file = serializers.CharField()
    purpose = serializers.ChoiceField(choices=CheckpointPurpose.choices)
    classes = serializers.ListField(child=serializers.CharField())
    about = serializers.CharField(allow_blank=True)
    state = serializers.ChoiceField(choices=["absent", "missing", "found", "ready", "refused"])
    active = serializers.BooleanField()
    error = serializers.CharField(allow_blank=True)
    sha256 = serializers.CharField(allow_blank=True)
    bytes = serializers.IntegerField()
    architecture = serializers.CharField(allow_blank=True)
    encode_seconds = serializers.FloatField(allow_null=True)
    embeddings = serializers.IntegerField()
    embeddings_bytes = serializers.IntegerField()
    command = serializers.CharField(help_text="What an operator types on the server to go on.")


class CheckpointListSerializer(serializers.Serializer[Any]):
    folder = serializers.CharField(help_text="Where checkpoint files lie on the server.")
    checkpoints = CheckpointSerializer(many=True)
