"""A bundle is proved by thirty lines of Python with nothing installed, and any fault planted in it is named."""

import json
import re
import subprocess
import sys

import pytest

from data import bundle, documents
from data.ledger import Head
from data.messages import NotFound, Refused

pytestmark = pytest.mark.archive

ZERO = "SE-2026-0001"
SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
"""For tests of the folder alone: where it was exported from makes no difference to it."""


def act(ledger, kind, texts=(), **detail):
    """Record an event together with the documents that it refers to, as the registry does."""
    with ledger.transaction() as connection:
        names = {key: documents.put(connection, kind_of, text) for key, (kind_of, text) in dict(texts).items()}
        ledger.record(
            connection, kind=kind, object_id=ZERO, detail={**names, **detail}, actor="李", role="investigator"
        )
    return names


@pytest.fixture
def registry(ledger):
    """Record what a small study leaves: a plan, its diagnosis, a frame, a draw, a vote."""
    act(ledger, "protocol_drafted", {"document": ("protocol", '{"title":"社区\u2028门诊","n":0.5}')}, version="0.1")
    act(ledger, "protocol_submitted", {"diagnosis": ("diagnosis", '{"power":"0.8"}')}, version="0.1", document=None)
    act(ledger, "assignment_committed", {"frame_sha256": ("frame", '["u1","u2"]')}, share=0.1, n=[1, 2.5, -3e-7])
    act(ledger, "assignment_drawn", {"assignment_sha256": ("assignment", '{"u1":"a"}')})
    act(ledger, "review_voted", vote="approve", comments=[])
    return ledger


@pytest.fixture
def folder(registry, tmp_path):
    bundle.export_bundle(registry, tmp_path / "bundle")
    return tmp_path / "bundle"


def verify(folder, *options):
    script = folder / "verify_bundle.py"
    done = subprocess.run(  # noqa: S603 - our own script
        [sys.executable, "-I", "-S", *options, str(script), str(folder)],
        capture_output=True,
        text=True,
        check=False,
        env={},
    )
    assert "Traceback" not in done.stderr
    return done.returncode, done.stdout + done.stderr


def edit(path, old, new):
    content = path.read_bytes()
    assert old in content
    path.write_bytes(content.replace(old, new, 1))


def test_an_untouched_bundle_holds_and_names_its_head(registry, folder):
    assert verify(folder) == (0, f"holds to entry 5, 4 documents (0 withheld), head {registry.head().hash}\n")


def test_the_script_is_short_and_needs_nothing_installed():
    source = bundle.SCRIPT.read_text(encoding="utf-8")
    assert source.count("\n") <= 30
    imported = set(re.findall(r"^(?:import|from) (\w+)", source, flags=re.MULTILINE))
    assert imported <= {"json", "sys", "hashlib", "pathlib"} <= sys.stdlib_module_names


def test_the_script_knows_the_same_references_as_the_platform():
    (keys,) = re.findall(r"^KEYS = \((.*?)\)", bundle.SCRIPT.read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert tuple(re.findall(r'"(\w+)"', keys)) == documents.REFERENCES


def lines_of(folder):
    return (folder / "events.jsonl").read_bytes().splitlines(keepends=True)


@SQLITE
@pytest.mark.parametrize(
    ("change", "place"),
    [
        (lambda lines: [*lines[:2], *lines[3:]], "events.jsonl line 3"),
        (lambda lines: [*lines[:2], lines[1], *lines[2:]], "events.jsonl line 3"),
        (lambda lines: [lines[0], lines[2], lines[1], *lines[3:]], "events.jsonl line 2"),
        (lambda lines: lines[:4], "head.json"),
        (lambda lines: lines[1:], "events.jsonl line 1"),
        (lambda lines: [*lines, b"[]\n"], "events.jsonl line 6"),
        (lambda _lines: [], "events.jsonl line 1"),
        (lambda lines: [lines[0].replace("李".encode(), "王".encode()), *lines[1:]], "events.jsonl line 1"),
    ],
    ids=["deleted", "inserted", "reordered", "cut tail", "cut head", "added", "emptied", "edited"],
)
def test_a_changed_ledger_is_named(folder, change, place):
    (folder / "events.jsonl").write_bytes(b"".join(change(lines_of(folder))))
    code, told = verify(folder)
    assert code == 1
    assert told.startswith(f"{place} ")


@SQLITE
def test_a_rewritten_chain_does_not_have_the_published_head(registry, folder):
    published = registry.head()
    (folder / "events.jsonl").write_bytes(b"".join(lines_of(folder)[:4]))
    last = json.loads(lines_of(folder)[-1])
    edit(folder / "head.json", published.hash.encode(), last["hash"].encode())
    edit(folder / "head.json", b'"seq":5', b'"seq":4')
    code, told = verify(folder)
    assert code == 0, "a whole chain of four is a chain"
    assert published.hash not in told


@SQLITE
@pytest.mark.parametrize("name", ["events.jsonl", "documents.jsonl", "head.json"])
def test_a_missing_file_is_named(folder, name):
    (folder / name).unlink()
    code, told = verify(folder)
    assert code == 1
    assert name in told


@SQLITE
def test_a_missing_document_is_named(folder):
    path = min((folder / "documents").iterdir())
    path.unlink()
    code, told = verify(folder)
    assert (code, told.split()[0]) == (1, f"documents/{path.name}")


@SQLITE
def test_a_document_that_is_not_even_listed_is_named(folder):
    index = folder / "documents.jsonl"
    first, *others = index.read_bytes().splitlines(keepends=True)
    before = documents.hashlib.sha256(index.read_bytes()).hexdigest()
    index.write_bytes(b"".join(others))
    edit(folder / "head.json", before.encode(), documents.hashlib.sha256(index.read_bytes()).hexdigest().encode())
    code, told = verify(folder)
    assert (code, told.split()[0]) == (1, f"documents/{json.loads(first)['sha256']}.json")


def sampled(size, steps=6):
    return sorted({0, size - 1, *range(0, size, max(1, size // steps))})


@SQLITE
@pytest.mark.slow
@pytest.mark.parametrize("bit", [0, 5, 7])
def test_any_flipped_byte_is_named(folder, bit):
    for path in (path for path in sorted(folder.rglob("*.json*")) if path.is_file()):
        content = path.read_bytes()
        for position in sampled(len(content)):
            changed = bytearray(content)
            changed[position] ^= 1 << bit
            path.write_bytes(changed)
            code, told = verify(folder)
            assert code == 1, (path.name, position)
            place = path.name if path.name != "documents.jsonl" else "head.json"
            line = content[:position].count(b"\n") + 1
            assert told.startswith(
                (f"{place} ", f"{place} line {line} ", f"documents/{place} ", f"{place} line {line + 1} ")
            )
        path.write_bytes(content)
    assert verify(folder)[0] == 0


def test_withheld_documents_stay_at_home_and_the_rest_still_holds(registry, tmp_path):
    folder = tmp_path / "public"
    made = bundle.export_bundle(registry, folder)
    assert (made.documents, made.withheld, made.head) == (4, 0, Head(5, registry.head().hash))
    made = bundle.export_bundle(registry, folder, withhold=("frame", "assignment"))
    assert (made.documents, made.withheld) == (4, 2)
    assert "u1" not in "".join(path.read_text() for path in folder.rglob("*.json*") if path.is_file())
    code, told = verify(folder)
    assert code == 0
    assert "4 documents (2 withheld)" in told


def test_a_bundle_can_be_brought_up_to_date(registry, folder):
    act(registry, "protocol_registered", {"document": ("protocol", '{"version":"1.0"}')})
    assert bundle.export_bundle(registry, folder).documents == 5
    assert verify(folder)[0] == 0


def test_a_document_of_a_later_event_waits_for_the_next_bundle(registry, tmp_path, monkeypatch):
    events = registry.events()
    act(registry, "protocol_registered", {"document": ("protocol", '{"version":"1.0"}')})
    monkeypatch.setattr(bundle, "_require_sound", lambda _ledger: None)
    monkeypatch.setattr(type(registry), "events", lambda _self: events)
    assert bundle.export_bundle(registry, tmp_path / "b").documents == 4
    assert verify(tmp_path / "b")[0] == 0


@SQLITE
def test_the_same_registry_gives_the_same_bytes(registry, tmp_path):
    for name in "ab":
        bundle.export_bundle(registry, tmp_path / name)
    first, second = ({p.relative_to(tmp_path / n): p.read_bytes() for p in (tmp_path / n).rglob("*.*")} for n in "ab")
    assert first == second


def test_nothing_recorded_is_nothing_to_export(ledger, tmp_path):
    with pytest.raises(NotFound, match="E-BUNDLE-01"):
        bundle.export_bundle(ledger, tmp_path / "bundle")
    assert not (tmp_path / "bundle").exists()


def test_a_registry_that_does_not_hold_is_not_exported(registry, untied, tmp_path):
    untied("update documents set content = 'x' where kind = 'frame'")
    with pytest.raises(Refused, match=r"E-BUNDLE-02.*document/"):
        bundle.export_bundle(registry, tmp_path / "bundle")
    untied("update events set actor = 'x' where seq = 2")
    with pytest.raises(Refused, match=r"E-BUNDLE-02.*ledger/2"):
        bundle.export_bundle(registry, tmp_path / "bundle")
    assert not (tmp_path / "bundle").exists()


@SQLITE
def test_other_peoples_folders_are_left_alone(registry, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.docx").touch()
    (tmp_path / "file").touch()
    for name in ("mine", "file"):
        with pytest.raises(Refused, match=f"E-BUNDLE-03.*{name}"):
            bundle.export_bundle(registry, tmp_path / name)
    (tmp_path / "empty").mkdir()
    assert bundle.export_bundle(registry, tmp_path / "empty").head.seq == 5
