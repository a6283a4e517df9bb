"""Feeds: what a configuration may say, what a message is, and what is on the disk whenever a process ends."""

import json

import pytest
import yaml

from data.feeds.broker import _client
from data.feeds.config import Batch, MqttFeed, load_feed
from data.feeds.drop import Drop
from data.feeds.payload import lines_of
from data.feeds.spool import Spool
from data.feeds.texts import CATALOGUE
from data.messages import NotFound, Refused
from quality.inbox import wave_label

BASE = {"kind": "mqtt", "name": "lab", "zone": "deqing", "contract": "sensor_node_reading", "host": "broker.test",
        "topics": ["room/#"]}  # fmt: skip
SQL = {"kind": "sql", "name": "town", "zone": "deqing", "contract": "sensor_node_reading", "table": "public.readings",
       "watermark": "changed_at", "key": ["id"]}  # fmt: skip


def written(folder, document):
    path = folder / "feed.yml"
    path.write_text(yaml.safe_dump(document))
    return path


@pytest.mark.parametrize(
    ("document", "words"),
    [
        (BASE | {"zone": "atlantis"}, "no zone atlantis"),
        (BASE | {"contract": "nothing"}, "no contract nothing"),
        (BASE | {"password": "secret-horse"}, "password: Extra inputs"),
        (BASE | {"topics": ["a/#/b"]}, "topic filters"),
        (BASE | {"topics": ["a/b+"]}, "topic filters"),
        (BASE | {"topics": []}, "topics"),
        (BASE | {"kind": "sql"}, "kind is not mqtt"),
        (BASE | {"name": "../x"}, "name"),
        (BASE | {"name": "W2"}, "name"),
        (["a"], "no mapping"),
    ],
)
def test_a_configuration_that_is_wrong_is_refused_by_field_and_never_quoted(tmp_path, document, words):
    with pytest.raises(Refused, match=words) as caught:
        load_feed(written(tmp_path, document), "mqtt")
    assert "secret-horse" not in str(caught.value) + caught.value.text.zh


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"query": "select 1"}, "a table or a query"),
        ({"table": None}, "a table or a query"),
        ({"table": None, "query": "delete from readings"}, "only a SELECT"),
        ({"table": "readings; drop table x"}, "table"),
        ({"key": ["changed_at"]}, "without the watermark"),
        ({"key": ["a b"]}, "names of columns"),
        ({"url": "postgresql://u:secret-horse@db/x"}, "url: Extra inputs"),
    ],
)
def test_a_database_is_asked_only_what_can_be_ordered(tmp_path, changes, words):
    with pytest.raises(Refused, match=words) as caught:
        load_feed(written(tmp_path, {k: v for k, v in (SQL | changes).items() if v is not None}), "sql")
    assert "secret-horse" not in str(caught.value)


@pytest.mark.parametrize("topic", ["#", "+", "a", "a/b", "a/+/b", "a/#", "+/b/#", "/a"])
def test_topic_filters(topic):
    assert MqttFeed.model_validate(BASE | {"topics": [topic]}).topics == (topic,)


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(NotFound, match="no file"):
        load_feed(tmp_path / "none.yml", "mqtt")


def test_passwords_never_leave_unencrypted_and_certificates_are_read(tmp_path, monkeypatch):
    monkeypatch.setenv("ZONELAB_FEED_LAB_PASSWORD", "secret-horse")
    with pytest.raises(Refused, match="ZONELAB_FEED_LAB_USER"):
        _client(MqttFeed.model_validate(BASE))
    monkeypatch.setenv("ZONELAB_FEED_LAB_USER", "lab")
    with pytest.raises(Refused, match="without encryption"):
        _client(MqttFeed.model_validate(BASE | {"tls": False}))
    monkeypatch.setenv("ZONELAB_FEED_LAB_CA", str(tmp_path / "none.pem"))
    with pytest.raises(Refused, match="ZONELAB_FEED_LAB_CA"):
        _client(MqttFeed.model_validate(BASE))


@pytest.mark.parametrize(
    ("payload", "found"),
    [
        (b'{"a": 1.50, "b": "\xe6\xb9\x96"}', ['{"a": 1.50, "b": "湖", "t": "x"}']),
        (b'[{"a": 1}, {"a": 2}]', ['{"a": 1, "t": "x"}', '{"a": 2, "t": "x"}']),
        (b'{"a": {"b": [1e400, null]}}', ['{"a": {"b": [1e400, null]}, "t": "x"}']),
        (b'{\n "a": "line\\nend"\n}', ['{"a": "line\\nend", "t": "x"}']),
        (b" ", "empty"),
        (b"21.5", "no object"),
        (b"{}", "no object"),
        (b"[]", "no object"),
        (b'{"a": NaN}', "not JSON"),
        (b'{"a": 1, "a": 2}', "not JSON"),
        (b'{"a": "\\ud800"}', "not UTF-8"),
        (b"\xff", "not UTF-8"),
        (b'{"t": 1}', "a name twice"),
    ],
)
def test_a_message_is_lines_or_a_reason(payload, found):
    assert lines_of(payload, {"t": "x"}) == found


@pytest.fixture
def drop(workspace):
    return Drop(workspace, MqttFeed.model_validate(BASE))


def files(drop):
    return sorted(drop.target.glob("[!.]*"))


def test_groups_outlive_the_process_and_become_one_delivery(drop):
    batch = Batch(messages=3, seconds=1000)
    first = Spool(drop, batch)
    first.add(['{"a": 1}'])
    first.add(['{"a": 2}'])
    assert not first.is_due
    del first  # killed
    with drop.held():
        second = Spool(drop, batch)
        second.add(['{"a": 1}'])
        assert second.is_due
        path, rows = second.deliver()
    assert (files(drop), rows, second.repeated) == ([path], 2, 1)
    assert path.read_text() == '{"a": 1}\n{"a": 2}\n'
    assert second.deliver() is None
    assert wave_label(path.name) == "U"


def test_killed_between_delivery_and_letting_go_it_delivers_again(drop, monkeypatch):
    spool = Spool(drop, Batch())
    spool.add(['{"a": 1}'])
    with monkeypatch.context() as patched:
        patched.setattr("pathlib.Path.unlink", lambda *_, **__: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            spool.deliver()
    Spool(drop, Batch()).deliver()
    assert [path.read_text() for path in files(drop)] == ['{"a": 1}\n'] * 2


def test_what_a_dead_process_left_half_written_is_removed_by_the_next(drop):
    for folder, name in ((drop.folder / "arrived", ".000.ndjson.x.tmp"), (drop.target, ".lab-2026.ndjson.x.tmp")):
        folder.mkdir(parents=True)
        (folder / name).write_text('{"a"')
    with drop.held():
        assert Spool(drop, Batch()).deliver() is None
    assert not list(drop.workspace.home.rglob("*.tmp"))


def test_a_batch_is_due_by_bytes_and_by_age(drop):
    spool = Spool(drop, Batch(megabytes=0.00001))
    spool.add(['{"a": "0123456789"}'])
    assert spool.is_due
    late = Spool(drop, Batch(seconds=0.000001))
    assert late.is_due


def test_what_is_kept_aside_can_be_found_by_its_text(drop):
    spool = Spool(drop, Batch())
    spool.keep_aside([("room", "not JSON", "王小明 \x00".encode() + b"\xff")])
    (path,) = spool.aside_folder.iterdir()
    assert json.loads(path.read_text()) == {"topic": "room", "reason": "not JSON", "payload": "王小明 \x00\\xff"}
    assert "王小明" in path.read_text()


def test_every_text_is_in_both_languages_with_the_same_places():
    import string

    for text in CATALOGUE.values():
        places = [{name for _, name, _, _ in string.Formatter().parse(each) if name} for each in (text.en, text.zh)]
        assert {name.removesuffix("_zh") for name in places[0]} == {name.removesuffix("_zh") for name in places[1]}
