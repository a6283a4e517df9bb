"""Notices: what there is to tell, to whom, by a mail server and a webhook on this machine, once, and without a person's value."""

from __future__ import annotations

import email
import email.policy
import json
import socket
import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from data.ethics_gate import LOCAL
from data.messages import PlatformFailed
from data.submissions import receive, settle
from experiments.notices.occasions import occasions
from experiments.notices.rules import load_rules
from experiments.notices.sending import FAILED, TOLD, fresh, send
from experiments.notices.waves import overdue_waves
from tests.unit.registry import registry_people as people
from tests.unit.registry.test_running import SOURCE, record_event, recruiting

pytestmark = pytest.mark.archive

NOW = datetime.now(UTC)
TODAY = NOW.astimezone(LOCAL).date()


@pytest.fixture
def registry(workspace):
    return people.open_registry(workspace)


@pytest.fixture
def mail_server():
    """Return the port and the letters of a mail server of this process."""
    from aiosmtpd.controller import Controller

    class Keeps:
        async def handle_DATA(self, _server, _session, envelope):  # noqa: N802 -- the name that the server calls
            letters.append((envelope.rcpt_tos, email.message_from_bytes(envelope.content, policy=email.policy.default)))
            return "250 kept"

    letters = []
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(Keeps(), hostname="127.0.0.1", port=port)
    controller.start()
    yield port, letters
    controller.stop()


@pytest.fixture
def hook():
    """Return the address, the documents and the answers of a web server of this process."""

    class Takes(BaseHTTPRequestHandler):
        def do_POST(self):
            came.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(answers[0])
            self.end_headers()

        def log_message(self, *_):
            pass

    came, answers = [], [204]
    server = HTTPServer(("127.0.0.1", 0), Takes)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/hook", came, answers
    server.shutdown()
    thread.join(10)
    server.server_close()


def configure(workspace, rules, port=25):
    mail = f"{{host: 127.0.0.1, port: {port}, security: none, sender: zonelab@zone.example}}"
    (workspace.home / "notices.yml").write_text(f"mail: {mail}\nrules:\n{rules}", encoding="utf-8")


def failed_run(workspace, name="RUN-1", *, ago=timedelta(0), job="ingest"):
    folder = workspace.home / "failures"
    folder.mkdir(exist_ok=True)
    step = {
        "step": "raw_clinic_visit",
        "code": "E-FILE-02",
        "message": {"en": "a value of 11010519491231002X"},
        "exit_code": 1,
    }
    said = {"run_id": name, "job": job, "seen_at": (NOW - ago).isoformat(), "failures": [step]}
    (folder / f"{name}.json").write_text(json.dumps(said), encoding="utf-8")


def wave(name, days_ago, **more):
    return {
        "wave_id": name,
        "label": {"en": name},
        "order": 1,
        "target_date": (TODAY - timedelta(days=days_ago)).isoformat(),
        **more,
    }


def sent(registry, wave_id, contract="clinic_visit", zone="deqing", status="accepted"):
    made, _ = receive(
        registry.ledger,
        sha256=f"{wave_id}{contract}{zone}".encode().hex().ljust(64, "0")[:64],
        file_name="a.csv",
        zone=zone,
        contract=contract,
        wave=wave_id,
        actor="pi",
    )
    settle(
        registry.ledger,
        made.submission_id,
        status=status,
        rows_read=1,
        rows_accepted=1,
        rows_quarantined=0,
        problems=[],
    )


def test_a_wave_is_overdue_the_day_after_its_window_until_something_comes(registry):
    schedule = [
        wave("W1", 31, window_after=30),
        wave("W2", 30, window_after=30),
        wave("W3", 90, mandatory=False),
        {"wave_id": "W4", "label": {"en": "no date"}, "order": 4, "target_offset_days": 3},
    ]
    name = recruiting(registry, people, schedule=schedule, data_sources=[SOURCE])
    (late,) = overdue_waves(registry, TODAY)
    assert (late.experiment_id, late.zone, late.wave, late.last_day) == (
        name,
        "deqing",
        "W1",
        TODAY - timedelta(days=1),
    )
    assert [late.wave for late in overdue_waves(registry, TODAY + timedelta(days=1))] == ["W1", "W2"]
    sent(registry, "W1", zone="xian")
    sent(registry, "W1", contract="organisation_quarter")
    assert len(overdue_waves(registry, TODAY)) == 1
    sent(registry, "W1")
    assert overdue_waves(registry, TODAY) == []
    assert [late.wave for late in overdue_waves(registry, TODAY + timedelta(days=1))] == ["W2"]
    sent(registry, None)  # a file that names no wave, in the window of W2
    assert overdue_waves(registry, TODAY + timedelta(days=1)) == []


def test_a_plan_that_is_not_at_work_owes_nothing(registry):
    people.registered(registry, schedule=[wave("W1", 400)], data_sources=[SOURCE])
    assert overdue_waves(registry, TODAY) == []


def test_what_there_is_to_tell(registry, workspace):
    ethics = {
        "id": "e1",
        "board": "B",
        "number": "1",
        "decision": "approved",
        "date": "2020-01-01",
        "zones": ["deqing"],
    }
    name = recruiting(registry, people, ethics=[{**ethics, "expires_on": (TODAY + timedelta(days=1)).isoformat()}])
    failed_run(workspace)
    failed_run(workspace, "OLD", ago=timedelta(days=15))
    failed_run(workspace, "OURS", job="notify")
    detail = {
        "rule_id": "h1",
        "zone_id": "deqing",
        "release_id": "R",
        "value": 0.123,
        "threshold": 0.1,
        "n": 12,
        "who_acts": "eva",
    }
    record_event(registry, name, "harm_crossed", detail)
    found = {item.kind: item for item in occasions(registry, NOW)}
    assert found.keys() == {"failure", "harm"}
    assert found["failure"].text.en.startswith("Run RUN-1 of ingest failed: raw_clinic_visit E-FILE-02.")
    later = occasions(registry, NOW + timedelta(days=2))
    assert {item.kind for item in later} == {"failure", "harm", "ethics_expired"}
    said = json.dumps([item.text.model_dump() for item in later], ensure_ascii=False)
    assert "11010519491231002X" not in said
    assert "0.123" not in said
    assert all(item.zone == "deqing" for item in later if item.kind != "failure")


def test_mail_and_webhook_say_it_once_in_both_languages(registry, workspace, mail_server, hook):
    port, letters = mail_server
    address, came, _ = hook
    configure(workspace, f"  - {{name: all, mail: [a@zone.example, b@zone.example], webhook: '{address}'}}\n", port)
    failed_run(workspace)
    assert [item.occasions for item in send(registry, NOW, by="ops.one")] == [1, 1, 1]
    assert [to for to, _ in letters] == [["a@zone.example"], ["b@zone.example"]]
    body = letters[0][1].get_content()
    assert "Run RUN-1 of ingest failed" in body
    assert "作业 ingest 的运行 RUN-1 失败" in body
    assert letters[0][1]["Subject"] == "zonelab：1 项待处理 · zonelab: 1 to look at"
    assert came[0]["occasions"][0]["key"] == "failure:RUN-1"
    assert send(registry, NOW, by="ops.one") == []
    failed_run(workspace, "RUN-2")
    send(registry, NOW, by="ops.one")
    assert "RUN-1" not in letters[-1][1].get_content()
    told = registry.ledger.events(TOLD)
    assert len(told) == 6
    assert "zone.example" not in json.dumps([event.detail for event in told])


def test_a_way_that_fails_is_tried_again_and_the_others_are_not(registry, workspace, mail_server, hook):
    port, letters = mail_server
    address, came, answers = hook
    configure(workspace, f"  - {{name: all, mail: [a@zone.example], webhook: '{address}'}}\n", port)
    failed_run(workspace)
    answers[0] = 500
    found = send(registry, NOW, by="ops.one")
    assert [(item.way.split(":")[0], item.error) for item in found] == [("mail", None), ("webhook", "HTTPStatusError")]
    assert len(registry.ledger.events(FAILED)) == 1
    assert [news.target.way for news in fresh(registry, NOW)] == ["webhook"]
    answers[0] = 204
    send(registry, NOW, by="ops.one")
    assert (len(letters), len(came)) == (1, 2)
    assert fresh(registry, NOW) == []


def test_nobody_there_is_an_error_that_is_told(registry, workspace):
    configure(workspace, "  - {name: all, mail: [a@zone.example]}\n", port=1)
    failed_run(workspace)
    assert [item.error for item in send(registry, NOW, by="ops.one")] == ["ConnectionRefusedError"]


def test_two_who_send_at_once_tell_it_once(registry, workspace, hook):
    from concurrent.futures import ThreadPoolExecutor

    address, came, _ = hook
    configure(workspace, f"  - {{name: all, webhook: '{address}'}}\n")
    failed_run(workspace)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: send(registry, NOW, by="ops.one"), range(4)))
    assert len(came) == 1


def test_rules_choose_kinds_and_zones(registry, workspace):
    name = recruiting(registry, people)
    record_event(registry, name, "harm_crossed", {"rule_id": "h", "zone_id": "deqing", "who_acts": "eva"})
    failed_run(workspace)
    hook = "webhook: 'http://127.0.0.1:9/x'"
    configure(
        workspace,
        f"  - {{name: here, zones: [deqing], {hook}}}\n  - {{name: there, zones: [xian], {hook}}}\n"
        f"  - {{name: runs, about: [failure], {hook}}}\n",
    )
    assert {news.target.rule: [item.kind for item in news.items] for news in fresh(registry, NOW)} == {
        "here": ["harm"],
        "runs": ["failure"],
    }


@pytest.mark.parametrize(
    "content",
    [
        "rules: [{name: a}]",
        "rules: [{name: a, mail: [x@y.z]}]",
        "rules: [{name: a, webhook: 'http://elsewhere.example/'}]",
        "rules: [{name: a, webhook: 'ftp://127.0.0.1/'}]",
        "rules: [{name: a, zones: [atlantis], webhook: 'https://a.example'}]",
        "rules: [{name: a, about: [gossip], webhook: 'https://a.example'}]",
        "rules: [{name: a, webhook: 'https://a.example'}, {name: a, webhook: 'https://b.example'}]",
        "mail: {host: mail.example, security: none, sender: a@b.example}",
        "mail: {host: mail.example, sender: a@b.example, password: secret}",
        "rules: [",
        "",
    ],
)
def test_rules_in_doubt_tell_nobody(workspace, content):
    (workspace.home / "notices.yml").write_text(content, encoding="utf-8")
    with pytest.raises(PlatformFailed, match="E-NOTICE-01") as error:
        load_rules(workspace)
    assert "secret" not in error.value.text.en


def test_without_rules_nobody_is_told(registry, workspace):
    failed_run(workspace)
    assert (load_rules(workspace), fresh(registry, NOW), send(registry, NOW, by="ops.one")) == (None, [], [])


@pytest.mark.integration  # Dagster starts
def test_the_clock_runs_only_when_there_is_something_new(workspace, hook):
    import dagster as dg

    from orchestration.defs.notices import notice_schedule, notify_job
    from orchestration.resources import House

    address, came, answers = hook
    house = House(home=str(workspace.home))

    def tick():
        with dg.DagsterInstance.ephemeral() as instance:
            return notice_schedule()(dg.build_schedule_context(instance=instance, resources={"house": house}))

    assert isinstance(tick(), dg.SkipReason)
    configure(workspace, f"  - {{name: all, webhook: '{address}'}}\n")
    assert isinstance(tick(), dg.SkipReason)
    failed_run(workspace)
    assert isinstance(tick(), dg.RunRequest)
    answers[0] = 500
    assert not notify_job().execute_in_process(resources={"house": house}, raise_on_error=False).success
    answers[0] = 204
    assert notify_job().execute_in_process(resources={"house": house}).success
    assert len(came) == 2
    assert isinstance(tick(), dg.SkipReason)
    (workspace.home / "notices.yml").write_text("rules: [", encoding="utf-8")
    assert isinstance(tick(), dg.RunRequest)  # the run fails and says why
