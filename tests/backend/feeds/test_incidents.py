"""Rules through the API, incidents as a worker writes them, and what people do about them."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import timedelta
from typing import Any

import av
import pytest
from django.db.models.functions import Now
from django.utils import timezone

from backend.core import jobs, storage
from backend.core.enums import JobState, Role
from backend.core.models import AuditEvent, JobRun
from backend.feeds.domain.scene import SceneFrame
from backend.feeds.jobs.evidence import encode, pack
from backend.feeds.jobs.ring import Ring, RingFrame
from backend.feeds.jobs.rules import Rules
from backend.feeds.models import Capture, Feed, Incident, IncidentNote, Marking, Rule
from backend.feeds.services import incidents, leases
from backend.feeds.services import rules as rule_services
from backend.notify import services as notify
from backend.notify.models import AlertChannel, Delivery
from ml.contracts import Box, TrackPoint
from tests.support import factories
from tests.support.feeds import feed_root, grey_jpeg, make_feed, run_leased
from tests.support.http_server import Answer, serve

API = "/api/v1"
SIZE_PX = (400, 200)


@pytest.fixture
def feed(project: Any, manager: Any) -> Feed:
    folder = feed_root() / "rules-grey"
    folder.mkdir(exist_ok=True)
    for n in range(20):
        (folder / f"{n:02d}.jpg").write_bytes(grey_jpeg(150 + n % 2))
    return make_feed(project, manager, "rules-grey", target_fps=10.0)


@pytest.fixture
def condition(project: Any) -> dict[str, Any]:
    return {"labels": [str(factories.label_id(project, "person"))]}


@pytest.fixture
def rule(feed: Feed, manager: Any, condition: dict[str, Any]) -> Rule:
    given = {"name": "Nobody here", "condition": condition, "severity": "high", "cooldown_s": 0.0}
    return rule_services.rule_create(actor=manager, feed=feed, given=given)


class Worker:
    """A worker's rule stage, fed with made-up people a tenth of a second apart."""

    def __init__(self, feed: Feed, owner: str = "w") -> None:
        Feed.objects.filter(pk=feed.pk).update(
            lease_owner=owner, lease_expires_at=Now() + timedelta(seconds=60)
        )
        self.feed = Feed.objects.select_related("project", "camera").get(pk=feed.pk)
        self.names = {str(factories.label_id(feed.project, "person")): "person"}
        self.rules = Rules(self.feed, owner)
        self.ring = Ring()
        self.clock_s = 0.0
        self.rules.follow(None, self.names, 0.0)

    def frames(self, count: int, *people: int) -> None:
        points = tuple(TrackPoint(i, 0.0, Box(10, 10, 40, 90), "person", 0.9, True) for i in people)
        for _ in range(count):
            self.clock_s += 0.1
            self.ring.add(RingFrame(self.clock_s, timezone.now(), grey_jpeg(90)))
            self.rules.frame(SceneFrame(self.clock_s, self.clock_s, SIZE_PX, points, None), self.ring)


def run_jobs(kind: str) -> list[JobRun]:
    rows = list(JobRun.objects.filter(kind=kind).order_by("id"))
    for job in rows:
        jobs.run(str(job.pk))
        job.refresh_from_db()
    return rows


# --- rules


def test_a_rule_is_made_changed_muted_and_removed_and_each_is_in_the_audit(feed, project, manager, condition):
    client = factories.client_for(manager)
    body = {
        "name": "Dock",
        "condition": {**condition, "lasts_s": 2},
        "schedule": [{"days": [0, 1], "start": "22:00", "end": "06:00"}],
    }
    made = client.post(f"{API}/feeds/{feed.pk}/rules", body, format="json")
    assert made.status_code == 201, made.content
    one = f"{API}/rules/{made.json()['id']}"
    assert client.patch(one, {"name": "Gate"}, format="json").status_code == 428
    assert client.patch(one, {"enabled": False}, format="json").json()["enabled"] is False
    assert client.patch(one, {"name": "Gate"}, format="json", HTTP_IF_MATCH='"1"').status_code == 412
    changed = client.patch(one, {"severity": "low"}, format="json", HTTP_IF_MATCH='"2"').json()
    assert (changed["severity"], changed["condition"]["lasts_s"], changed["schedule"]) == (
        "low",
        2.0,
        body["schedule"],
    )
    assert client.post(f"{one}/mute", {"minutes": 30}, format="json").json()["muted_until"]
    assert [row["name"] for row in client.get(f"{API}/projects/{project.pk}/rules").json()] == ["Dock"]
    assert client.delete(one).status_code == 204
    actions = AuditEvent.objects.filter(object_type="rule").order_by("id").values_list("action", flat=True)
    assert list(actions) == ["rule.create", "rule.update", "rule.update", "rule.mute", "rule.delete"]


def test_a_rule_that_cannot_be_is_refused_with_its_field(feed, project, manager, condition):
    client = factories.client_for(manager)
    url = f"{API}/feeds/{feed.pk}/rules"
    line = Marking.objects.create(feed=feed, kind="line", name="l", points=[[0, 0], [1, 1]])
    for changes, field in (
        ({"zones": [str(line.pk)]}, "zones"),
        ({"dwell_s": 3}, "dwell_s"),
        ({"near_m": 2}, "near_labels"),
        ({"labels": []}, "condition.labels"),
    ):
        answer = client.post(url, {"name": "x", "condition": {**condition, **changes}}, format="json")
        assert (answer.status_code, field in answer.json()["fields"]) == (400, True), answer.content
    assert client.post(url, {"name": "x", "condition": condition}, format="json").status_code == 201
    assert client.post(url, {"name": "x", "condition": condition}, format="json").status_code == 409
    viewer = factories.client_for(factories.make_project_member(project, Role.REVIEWER))
    assert viewer.post(url, {"name": "y", "condition": condition}, format="json").status_code == 403


# --- the life of an incident


def test_one_incident_is_written_from_its_opening_to_its_end_with_snapshot_and_clip(feed, rule):
    worker = Worker(feed)
    worker.frames(20)
    worker.frames(60, 1)
    [incident] = Incident.objects.all()
    assert (incident.closed_at, incident.severity, incident.muted) == (None, "high", False)
    assert [row["track_id"] for row in incident.involved] == [1]
    assert storage.read_bytes(incident.snapshot_key)[:2] == b"\xff\xd8"
    worker.frames(120)
    incident.refresh_from_db()
    assert incident.closed_at is not None
    assert incident.opened_at < incident.closed_at
    assert list(IncidentNote.objects.order_by("id").values_list("kind", flat=True)) == ["opened", "closed"]
    [job] = run_jobs("feeds.clip")
    assert job.state == JobState.SUCCEEDED, job.error
    incident.refresh_from_db()
    with storage.local_path(incident.clip_key) as path, av.open(str(path)) as clip:
        times = [frame.time for frame in clip.decode(video=0)]
    assert len(times) > 100
    # Pictures from before it opened to twelve seconds after.
    assert times[-1] == pytest.approx(14.0, abs=0.5)
    assert not storage.default_storage.exists(job.payload["key"])


def test_a_worker_killed_between_open_and_close_leaves_one_incident_which_the_next_one_closes(feed, rule):
    killed = Worker(feed, "first")
    killed.frames(20, 1)
    [incident] = Incident.objects.all()
    follower = Worker(feed, "second")
    follower.frames(10, 1)
    # The killed one was only slow: it writes nothing any more.
    killed.frames(60)
    incident.refresh_from_db()
    assert incident.closed_at is None
    follower.frames(60)
    [incident] = Incident.objects.all()
    assert incident.closed_at is not None
    assert IncidentNote.objects.filter(kind="opened").count() == 1


def test_two_workers_that_open_at_once_make_one_incident(feed, rule):
    first = Worker(feed, "first")
    second = Worker(feed, "second")
    first.frames(5, 1)
    assert Incident.objects.count() == 0
    second.frames(5, 1)
    assert Incident.objects.count() == 1


def test_a_rule_switched_off_or_removed_ends_its_incident(feed, rule, manager):
    worker = Worker(feed)
    worker.frames(10, 1)
    rule_services.rule_update(actor=manager, rule=rule, changes={"enabled": False}, base_version=None)
    worker.rules.follow(None, worker.names, worker.clock_s)
    assert Incident.objects.get().closed_at is not None


def test_what_no_worker_follows_any_more_ends_when_it_was_last_seen(feed, rule):
    worker = Worker(feed)
    worker.frames(10, 1)
    leases.lease_end(feed_id=feed.pk, owner="w")
    assert incidents.incidents_due() == 0
    Incident.objects.update(updated_at=Now() - timedelta(seconds=incidents.LEFT_ALONE_S + 1))
    assert incidents.incidents_due() == 1
    incident = Incident.objects.get()
    assert incident.closed_at == incident.seen_at


# --- alerts


@pytest.fixture
def channel(project: Any, manager: Any, settings: Any) -> AlertChannel:
    settings.EMAIL_HOST = "mail.test"
    return notify.channel_create(
        actor=manager,
        organisation_id=project.organisation_id,
        project_id=project.pk,
        given={"kind": "email", "name": "Lead", "target": "lead@example.com"},
    )


def test_an_incident_is_mailed_once_however_long_it_lasts_and_not_while_muted(
    feed, rule, manager, channel, mailoutbox
):
    worker = Worker(feed)
    worker.frames(80, 1)
    worker.frames(60)
    rule_services.rule_mute(actor=manager, rule=rule, minutes=5)
    worker.frames(40, 2)
    assert Incident.objects.count() == 2
    run_jobs("notify.deliver")
    [mail] = mailoutbox
    assert (mail.to, "Nobody here" in mail.subject) == (["lead@example.com"], True)
    assert Delivery.objects.get().state == "sent"
    assert Incident.objects.latest("id").muted


def test_a_webhook_is_signed_and_tried_again_while_its_receiver_is_away(
    feed, rule, project, manager, settings
):
    settings.OUTGOING_ALLOWED_HOSTS = ["127.0.0.1"]
    answers = [Answer(503), Answer(204)]
    with serve(lambda _: answers.pop(0)) as server:
        channel = notify.channel_create(
            actor=manager,
            organisation_id=project.organisation_id,
            project_id=project.pk,
            given={"kind": "webhook", "name": "Hook", "target": f"http://127.0.0.1:{server.port}/"},
        )
        Worker(feed).frames(10, 1)
        [job] = run_jobs("notify.deliver")
        assert (job.state, Delivery.objects.get().problem != "") == (JobState.QUEUED, True)
        JobRun.objects.filter(pk=job.pk).update(not_before=None)
        [job] = run_jobs("notify.deliver")
    assert (job.state, Delivery.objects.get().attempts) == (JobState.SUCCEEDED, 2)
    first, second = ({name.lower(): value for name, value in seen.headers.items()} for seen in server.seen)
    # The same id twice: its receiver can tell that it is one alert.
    assert first["webhook-id"] == second["webhook-id"] == str(Delivery.objects.get().pk)
    key = base64.b64decode(notify.channel_secret(channel).removeprefix("whsec_"))
    body = server.seen[-1].body
    signed = f"{second['webhook-id']}.{second['webhook-timestamp']}.".encode() + body
    expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert second["webhook-signature"] == f"v1,{expected}"
    assert json.loads(body)["incident"]["name"] == "Nobody here"


def test_what_looks_after_incidents_waits_behind_no_long_job(settings):
    options = settings.CELERY_BEAT_SCHEDULE["incidents-due"]["options"]
    at_most_s = {kind.time_limit_s for kind in jobs._KINDS.values() if kind.queue == options["queue"]}
    assert at_most_s and max(at_most_s) <= 120


def test_what_nobody_acknowledges_in_time_is_escalated_once(feed, rule, manager, channel, mailoutbox):
    rule_services.rule_update(actor=manager, rule=rule, changes={"escalate_after_s": 60}, base_version=None)
    Worker(feed).frames(10, 1)
    assert incidents.incidents_due() == 0
    Incident.objects.update(opened_at=Now() - timedelta(seconds=61))
    assert (incidents.incidents_due(), incidents.incidents_due()) == (1, 0)
    run_jobs("notify.deliver")
    assert len(mailoutbox) == 2
    assert list(Delivery.objects.order_by("id").values_list("event", flat=True)) == [
        "incident.opened",
        "incident.escalated",
    ]


def test_channels_need_a_public_address_a_mail_server_and_a_manager(project, manager):
    client = factories.client_for(manager)
    url = f"{API}/projects/{project.pk}/alert-channels"
    inside = client.post(url, {"kind": "webhook", "name": "x", "target": "http://127.0.0.1/"}, format="json")
    assert inside.status_code == 400
    unset = client.post(url, {"kind": "email", "name": "x", "target": "a@b.example"}, format="json")
    assert (unset.status_code, unset.json()["code"]) == (400, "channel_refused")
    made = client.post(url, {"kind": "webhook", "name": "x", "target": "http://8.8.8.8/"}, format="json")
    assert made.status_code == 201, made.content
    one = f"{API}/alert-channels/{made.json()['id']}"
    assert client.get(f"{one}/secret").json()["secret"].startswith("whsec_")
    reviewer = factories.client_for(factories.make_project_member(project, Role.REVIEWER))
    assert reviewer.get(f"{one}/secret").status_code == 403
    assert client.delete(one).status_code == 204


# --- people


@pytest.fixture
def incident(feed: Feed, rule: Rule) -> Incident:
    Worker(feed).frames(10, 1)
    return Incident.objects.get()


def test_an_incident_is_found_looked_at_acknowledged_and_commented(incident, project, manager):
    client = factories.client_for(manager)
    listed = f"{API}/projects/{project.pk}/incidents"
    for query, found in (
        ("", 1),
        ("?state=open&severity=high", 1),
        ("?state=unacknowledged", 1),
        ("?state=closed", 0),
        ("?severity=low", 0),
        (f"?rule={incident.rule_id}&feed={incident.feed_id}", 1),
        (f"?camera={incident.feed_id}", 0),
    ):
        assert len(client.get(listed + query).json()["results"]) == found, query
    assert client.get(f"{listed}?state=lost").status_code == 400
    one = f"{API}/incidents/{incident.pk}"
    assert client.get(f"{one}/snapshot.jpg")["Content-Type"] == "image/jpeg"
    assert client.get(f"{one}/clip.webm").status_code == 404
    for _ in range(2):
        assert client.post(f"{one}/acknowledge").json()["acknowledged_by_name"]
    assert client.post(f"{one}/notes", {"text": "On my way"}, format="json").status_code == 201
    kinds = [row["kind"] for row in client.get(f"{one}/notes").json()]
    assert kinds == ["opened", "acknowledged", "comment"]
    viewer = factories.client_for(factories.make_project_member(project, Role.VIEWER))
    assert viewer.get(one).status_code == 200
    assert viewer.post(f"{one}/acknowledge").status_code == 403


def test_a_wrong_alert_becomes_one_task_with_its_picture(incident, manager):
    client = factories.client_for(manager)
    first, second = (client.post(f"{API}/incidents/{incident.pk}/wrong").json() for _ in range(2))
    assert first["task_id"] == second["task_id"]
    [capture] = Capture.objects.all()
    assert (capture.reason, str(capture.task_id)) == ("wrong_alert", first["task_id"])


def test_a_clip_answers_the_ranges_a_player_asks_for(incident, manager):
    frames = [RingFrame(n / 10, timezone.now(), grey_jpeg(60 + n)) for n in range(5)]
    clip = encode(pack(frames))
    incidents.evidence_store(incident_id=incident.pk, clip=clip)
    client = factories.client_for(manager)
    url = f"{API}/incidents/{incident.pk}/clip.webm"
    assert client.get(url).content == clip
    part = client.get(url, HTTP_RANGE="bytes=4-9")
    assert (part.status_code, part.content, part["Content-Range"]) == (
        206,
        clip[4:10],
        f"bytes 4-9/{len(clip)}",
    )
    assert client.get(url, HTTP_RANGE=f"bytes={len(clip)}-").status_code == 416


def test_a_trial_says_what_a_rule_would_have_opened_and_writes_no_incident(feed, model, manager, condition):
    client = factories.client_for(manager)
    started = client.post(f"{API}/feeds/{feed.pk}/rule-trials", {"condition": condition}, format="json")
    assert started.status_code == 202, started.content
    [job] = run_jobs("feeds.try_rule")
    assert job.state == JobState.SUCCEEDED, job.error
    [found] = job.result["incidents"]
    assert (found["objects"], found["picture"]) == (1, True)
    picture = f"{API}/feeds/{feed.pk}/rule-trials/{job.pk}/0.jpg"
    assert client.get(picture).content[:2] == b"\xff\xd8"
    assert not Incident.objects.exists()
    refused = {"condition": {**condition, "dwell_s": 2}}
    assert client.post(f"{API}/feeds/{feed.pk}/rule-trials", refused, format="json").status_code == 400


def test_a_rule_is_judged_by_the_worker_itself(feed, model, rule):
    run_leased()
    incident = Incident.objects.get()
    assert incident.closed_at is not None
    assert incident.model_version_id == model.pk
    assert incident.snapshot_key
