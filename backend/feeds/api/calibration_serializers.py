"""What calibrating sends and takes. Pixels are of the still; lists and numbers are bounded."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

POINTS_MAX, DISTANCES_MAX, LINES_MAX, LINE_POINTS_MAX, CHECKS_MAX = 60, 120, 12, 40, 20
PICTURE_MAX_PX = 8192
METRES_MAX, METRES_MIN = 1_000.0, 0.01
K1_MIN, K1_MAX = -0.6, 0.6


class _Pixel(serializers.FloatField):
    def __init__(self, **given: Any) -> None:
        super().__init__(min_value=0, max_value=PICTURE_MAX_PX, **given)


class _Metres(serializers.FloatField):
    def __init__(self, **given: Any) -> None:
        super().__init__(min_value=-METRES_MAX, max_value=METRES_MAX, **given)


class _Length(serializers.FloatField):
    def __init__(self, **given: Any) -> None:
        super().__init__(min_value=METRES_MIN, max_value=METRES_MAX, **given)


class FloorPointSerializer(serializers.Serializer[Any]):
    x = _Pixel()
    y = _Pixel()
    x_m = _Metres(required=False, allow_null=True, default=None)
    y_m = _Metres(required=False, allow_null=True, default=None)


class FloorDistanceSerializer(serializers.Serializer[Any]):
    """Metres between two points, by their place in the list from 0."""

    first = serializers.IntegerField(min_value=0, max_value=POINTS_MAX)
    second = serializers.IntegerField(min_value=0, max_value=POINTS_MAX)
    metres = _Length()


class PixelSerializer(serializers.Serializer[Any]):
    x = _Pixel()
    y = _Pixel()


class TapeCheckSerializer(serializers.Serializer[Any]):
    x1 = _Pixel()
    y1 = _Pixel()
    x2 = _Pixel()
    y2 = _Pixel()
    metres = _Length()


class FloorDraftSerializer(serializers.Serializer[Any]):
    """`method` points: every point carries metres; distances: metres between points do. `k1` null: to be found."""

    still_id = serializers.UUIDField()
    method = serializers.ChoiceField(choices=["points", "distances"])
    points = FloorPointSerializer(many=True, max_length=POINTS_MAX)
    distances = FloorDistanceSerializer(many=True, max_length=DISTANCES_MAX, required=False, default=list)
    lines = serializers.ListField(
        child=PixelSerializer(many=True, max_length=LINE_POINTS_MAX),
        max_length=LINES_MAX,
        required=False,
        default=list,
    )
    k1 = serializers.FloatField(
        min_value=K1_MIN, max_value=K1_MAX, required=False, allow_null=True, default=None
    )
    checks = TapeCheckSerializer(many=True, max_length=CHECKS_MAX, required=False, default=list)


class GivenSerializer(serializers.Serializer[Any]):
    """What a version was made of, as `FloorDraft` takes it."""

    method = serializers.ChoiceField(choices=["points", "distances"])
    points = FloorPointSerializer(many=True)
    distances = FloorDistanceSerializer(many=True)
    lines = serializers.ListField(child=PixelSerializer(many=True))
    k1 = serializers.FloatField(allow_null=True)
    checks = TapeCheckSerializer(many=True)


class StillSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    camera_id = serializers.UUIDField()
    width = serializers.IntegerField()
    height = serializers.IntegerField()
    created_at = serializers.DateTimeField()
    has_picture = serializers.SerializerMethodField()

    def get_has_picture(self, still: Any) -> bool:
        """False once the camera's retention deleted it."""
        return bool(still.storage_key)


class CalibrationSerializer(serializers.Serializer[Any]):
    """`valid_to` null: until further notice. `doubted_at`: since when the camera seems to have moved."""

    id = serializers.UUIDField()
    camera_id = serializers.UUIDField()
    number = serializers.IntegerField()
    still = StillSerializer()
    given = GivenSerializer()
    k1 = serializers.FloatField()
    reprojection_cm = serializers.FloatField()
    valid_from = serializers.DateTimeField()
    valid_to = serializers.DateTimeField(allow_null=True)
    created_by = serializers.CharField(source="created_by.name", default="")
    doubted_at = serializers.DateTimeField(allow_null=True)
    doubt_shift_px = serializers.FloatField(allow_null=True)
    is_watched = serializers.SerializerMethodField()

    def get_is_watched(self, version: Any) -> bool:
        """Whether there is a picture to see by that the camera moved; retention may have deleted the last."""
        return bool(version.reference.storage_key)


class LookedSerializer(serializers.Serializer[Any]):
    still_id = serializers.UUIDField()


class FloorMapSerializer(serializers.Serializer[Any]):
    """`matrix` (nine, row by row) takes ideal pixels to floor metres; `p = c + (q - c) * (1 + k1 * (|q - c| / unit)²)`."""

    matrix = serializers.ListField(child=serializers.FloatField())
    k1 = serializers.FloatField()
    centre_px = serializers.ListField(child=serializers.FloatField())
    unit_px = serializers.FloatField()


class SolvedPointSerializer(serializers.Serializer[Any]):
    """Where a point lies on the solved floor, how far its own metres are off, and where they land in the picture."""

    x_m = serializers.FloatField(allow_null=True)
    y_m = serializers.FloatField(allow_null=True)
    error_cm = serializers.FloatField(allow_null=True)
    error_px = serializers.FloatField(allow_null=True)
    back_px = serializers.ListField(child=serializers.FloatField(), allow_null=True)


class SolvedLengthSerializer(serializers.Serializer[Any]):
    metres = serializers.FloatField(allow_null=True)


class SolvedCheckSerializer(serializers.Serializer[Any]):
    """`agrees` null: the calibration is not sure enough there to say."""

    metres = serializers.FloatField(allow_null=True)
    low_m = serializers.FloatField(allow_null=True)
    high_m = serializers.FloatField(allow_null=True)
    measured_m = serializers.FloatField()
    is_inside = serializers.BooleanField()
    agrees = serializers.BooleanField(allow_null=True)


def _path() -> serializers.ListField:
    return serializers.ListField(child=serializers.ListField(child=serializers.FloatField()))


class GridLineSerializer(serializers.Serializer[Any]):
    metres = serializers.FloatField()
    axis = serializers.ChoiceField(choices=["x", "y"])
    path = _path()


class FloorGridSerializer(serializers.Serializer[Any]):
    step_m = serializers.FloatField()
    lines = GridLineSerializer(many=True)


class SureSerializer(serializers.Serializer[Any]):
    """Half the 95 % band in metres at `columns` × `rows` places over the picture, row by row; null: not known."""

    columns = serializers.IntegerField()
    rows = serializers.IntegerField()
    metres = serializers.ListField(child=serializers.FloatField(allow_null=True))


class SolvedFloorSerializer(serializers.Serializer[Any]):
    reprojection_cm = serializers.FloatField()
    click_sigma_px = serializers.FloatField()
    k1 = serializers.FloatField()
    k1_sigma = serializers.FloatField()
    knows_height = serializers.BooleanField()
    sigma_max_m = serializers.FloatField()
    map = FloorMapSerializer()
    points = SolvedPointSerializer(many=True)
    lengths = SolvedLengthSerializer(many=True)
    hull_px = _path()
    hull_m = _path()
    grid = FloorGridSerializer()
    sure = SureSerializer()
    checks = SolvedCheckSerializer(many=True)
    warnings = serializers.ListField(child=serializers.CharField())
