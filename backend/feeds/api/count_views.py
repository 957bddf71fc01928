"""Counts over time of a feed, a camera or a site: series, history, and the same as CSV or Parquet."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from itertools import pairwise
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.http import StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import ScopedRateThrottle
from rest_framework.views import APIView

from backend.core.http import validated
from backend.feeds import counted, selectors
from backend.feeds.api import count_serializers as s
from backend.feeds.counted import Place, Question
from backend.feeds.domain.counting import NIL
from backend.feeds.domain.site_time import BinSize
from backend.feeds.enums import CountPart
from backend.feeds.services import count_export
from backend.sites import selectors as sites

ASKED = [
    OpenApiParameter("from", str, description="Date at the site, or a time; today without it."),
    OpenApiParameter(
        "to", str, description="Where it ends, itself not in it; a day after `from` without it."
    ),
    OpenApiParameter("bin", str, enum=list(BinSize)),
    OpenApiParameter("part", str, enum=CountPart.values),
    OpenApiParameter("part_id", OpenApiTypes.UUID, many=True, description="Zones or lines; all without it."),
    OpenApiParameter("label_id", OpenApiTypes.UUID, many=True, description="Labels; all without it."),
]

MEASURED = OpenApiParameter(
    "measure", str, many=True, enum=s.MEASURES, description="What is told of each bin; all without it."
)


class Door(NamedTuple):
    """What the address names, after the check that the person may see it."""

    place: Place
    organisation_id: uuid.UUID
    id: uuid.UUID
    name: str


class _OfFeed:
    def door(self, request: Request, feed_id: uuid.UUID) -> Door:
        feed = selectors.feed_get(actor=request.user, feed_id=feed_id)
        return Door(counted.place_of([feed]), feed.project.organisation_id, feed.pk, feed.name)


class _OfCamera:
    def door(self, request: Request, camera_id: uuid.UUID) -> Door:
        camera = sites.camera_get(actor=request.user, camera_id=camera_id)
        feeds = counted.feeds_at(actor=request.user, camera_id=camera.pk)
        place = counted.place_of(feeds, ZoneInfo(camera.site.time_zone))
        return Door(place, camera.site.organisation_id, camera.pk, camera.name)


class _OfSite:
    def door(self, request: Request, site_id: uuid.UUID) -> Door:
        site = sites.site_get(actor=request.user, site_id=site_id)
        feeds = counted.feeds_at(actor=request.user, site_id=site.pk)
        return Door(
            counted.place_of(feeds, ZoneInfo(site.time_zone)), site.organisation_id, site.pk, site.name
        )


def _question(request: Request, place: Place, most: int) -> tuple[Question, dict[str, Any]]:
    given = validated(s.QuestionSerializer(data=request.query_params))
    size = BinSize(given["bin"])
    edges = counted.edges_between(place, given["start"], given["end"], size, most)
    question = Question(
        edges, size, CountPart(given["part"]), tuple(given["part_id"]), tuple(given["label_id"])
    )
    return question, given


class _SeriesView(APIView):
    def door(self, request: Request, **ids: uuid.UUID) -> Door:
        raise NotImplementedError

    def answer(self, request: Request, **ids: uuid.UUID) -> Response:
        door = self.door(request, **ids)
        question, given = _question(request, door.place, counted.BINS_MAX)
        return Response(s.CountsSerializer(_counts(door.place, question, given["measure"])).data)


def _counts(place: Place, question: Question, measures: Sequence[str]) -> dict[str, Any]:
    labels, parts = counted.label_names(place.feeds), counted.part_names(place.feeds, question.part)
    bins = list(pairwise(question.edges))
    return {
        "time_zone": place.zone.key,
        "bin": question.size,
        "feeds": len(place.feeds),
        "bins": [
            {"at": start, "ends_at": end, "seconds": (end - start).total_seconds()} for start, end in bins
        ],
        "series": [
            {
                "part": series.part,
                "part_id": None if series.part_id == NIL else series.part_id,
                "name": parts.get(series.part_id, ""),
                "label_id": None if series.label_id == NIL else series.label_id,
                "label": labels.get(series.label_id, ("", ""))[0],
                "color": labels.get(series.label_id, ("", ""))[1],
                **s.columns(series.bins, measures),
            }
            for series in counted.series_of(place.feeds, question)
        ],
    }


class FeedCountsView(_OfFeed, _SeriesView):
    @extend_schema(operation_id="feed_counts", parameters=[*ASKED, MEASURED], responses=s.CountsSerializer)
    def get(self, request: Request, feed_id: uuid.UUID) -> Response:
        """What was counted on one feed, in bins of site time; null where nobody watched."""
        return self.answer(request, feed_id=feed_id)


class CameraCountsView(_OfCamera, _SeriesView):
    @extend_schema(operation_id="camera_counts", parameters=[*ASKED, MEASURED], responses=s.CountsSerializer)
    def get(self, request: Request, camera_id: uuid.UUID) -> Response:
        """The same over all feeds of a camera that one may see."""
        return self.answer(request, camera_id=camera_id)


class SiteCountsView(_OfSite, _SeriesView):
    @extend_schema(operation_id="site_counts", parameters=[*ASKED, MEASURED], responses=s.CountsSerializer)
    def get(self, request: Request, site_id: uuid.UUID) -> Response:
        """The same over all feeds of a site's cameras that one may see."""
        return self.answer(request, site_id=site_id)


class _ExportView(APIView):
    throttle_scope = "export"
    throttle_classes = [ScopedRateThrottle]

    def door(self, request: Request, **ids: uuid.UUID) -> Door:
        raise NotImplementedError

    def answer(self, request: Request, **ids: uuid.UUID) -> StreamingHttpResponse:
        door = self.door(request, **ids)
        question, given = _question(request, door.place, count_export.BINS_MAX)
        is_parquet = given["format"] == "parquet"
        stream = count_export.counts_export(
            actor=request.user,
            place=door.place,
            question=question,
            is_parquet=is_parquet,
            organisation_id=door.organisation_id,
            of=door.id,
        )
        headers = {
            "Content-Disposition": f'attachment; filename="counts-{door.id}.{given["format"]}"',
            "X-Content-Type-Options": "nosniff",
        }
        kind = "application/vnd.apache.parquet" if is_parquet else "text/csv; charset=utf-8"
        return StreamingHttpResponse(stream, content_type=kind, headers=headers)


EXPORT = {
    "parameters": [*ASKED, OpenApiParameter("format", str, enum=["csv", "parquet"])],
    "responses": {(200, "text/csv"): OpenApiTypes.BINARY},
}


class FeedCountsExportView(_OfFeed, _ExportView):
    @extend_schema(operation_id="feed_counts_export", **EXPORT)
    def get(self, request: Request, feed_id: uuid.UUID) -> StreamingHttpResponse:
        """A feed's counts as CSV or Parquet, streamed."""
        return self.answer(request, feed_id=feed_id)


class CameraCountsExportView(_OfCamera, _ExportView):
    @extend_schema(operation_id="camera_counts_export", **EXPORT)
    def get(self, request: Request, camera_id: uuid.UUID) -> StreamingHttpResponse:
        """A camera's counts as CSV or Parquet, streamed."""
        return self.answer(request, camera_id=camera_id)


class SiteCountsExportView(_OfSite, _ExportView):
    @extend_schema(operation_id="site_counts_export", **EXPORT)
    def get(self, request: Request, site_id: uuid.UUID) -> StreamingHttpResponse:
        """A site's counts as CSV or Parquet, streamed."""
        return self.answer(request, site_id=site_id)


class FeedHistoryView(APIView):
    @extend_schema(
        operation_id="feed_history", parameters=ASKED[:2], responses=s.SegmentSerializer(many=True)
    )
    def get(self, request: Request, feed_id: uuid.UUID) -> Response:
        """When a feed was online, and what it was else, without a hole until now; 31 days at most."""
        feed = selectors.feed_get(actor=request.user, feed_id=feed_id)
        given = validated(s.QuestionSerializer(data=request.query_params))
        edges = counted.edges_between(
            counted.place_of([feed]), given["start"], given["end"], BinSize.QUARTER, 3_100
        )
        return Response(s.SegmentSerializer(counted.feed_history(feed, edges[0], edges[-1]), many=True).data)


class SiteFeedListView(APIView):
    @extend_schema(operation_id="site_feed_list", responses=s.SiteFeedSerializer(many=True))
    def get(self, request: Request, site_id: uuid.UUID) -> Response:
        """Feeds of a site's cameras that one may see, for links to their pages."""
        site = sites.site_get(actor=request.user, site_id=site_id)
        return Response(
            s.SiteFeedSerializer(counted.feeds_at(actor=request.user, site_id=site.pk), many=True).data
        )
