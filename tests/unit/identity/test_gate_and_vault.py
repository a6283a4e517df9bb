"""Behind the gate nobody's id is found: not in the lake, quarantine, originals, ledger or report; only the vault tells."""

import hashlib
import sqlite3
import stat

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from data.contracts import Contract
from data.contracts.record_key import key_text
from data.identity import PSEUDONYM, Vault
from data.identity.sealing import unsealed
from data.lake import Lake
from data.messages import PlatformFailed
from data.originals import original_path
from data.settings import Settings
from data.verify import verify_workspace
from quality.check import check_file
from quality.quarantine import quarantine_path
from tests.unit.identity.conftest import register, resident

pytestmark = pytest.mark.archive

IDS = [resident(number) for number in range(40)]
ROWS = [(name, "W1", place, "") for place, name in enumerate(IDS)]


def texts(workspace):
    """Return every text that any file of the workspace decodes to, the vault left out."""
    found = []
    for path in workspace.home.rglob("*"):
        if not path.is_file() or "vault" in path.parts:
            continue
        if path.suffix == ".parquet" and "checkpoint" not in path.name:
            found += [str(cell) for row in pq.read_table(path).to_pylist() for cell in row.values()]
        elif path.suffix == ".db":
            with sqlite3.connect(path) as connection:
                tables = [row[0] for row in connection.execute("select name from sqlite_master where type = 'table'")]
                found += [str(cell) for t in tables for row in connection.execute(f"select * from {t}") for cell in row]
        else:
            found.append(path.read_bytes().decode("latin-1"))
    return found


def holding(workspace, names):
    return [name for name in names if any(name in text for text in texts(workspace))]


def test_the_lake_holds_pseudonyms_of_one_length(send, workspace, ledger, contract):
    result = send(ROWS)
    assert (result.status, result.rows_accepted) == ("accepted", 40)
    stored = Lake(workspace, ledger).read(contract)["resident_id"].to_pylist()
    assert len(set(stored)) == 40
    assert {len(name) for name in stored} == {35}
    assert all(PSEUDONYM.fullmatch(name) for name in stored)
    assert verify_workspace(workspace, ledger) == []


RECORDS = [f"MR{30_000_000 + 7919 * place}" for place in range(10)]
"""Medical record numbers: identifiers that no privacy stop knows by their looks."""


def records(**more):
    columns = [
        column.model_copy(update={"pattern": r"MR\d{8}"}) if column.name == "resident_id" else column
        for column in register().columns
    ]
    return register(name="records").model_copy(update={"columns": tuple(columns), **more})


def test_no_planted_id_is_found_behind_the_gate(send, workspace):
    """In a good row, a bad one, a ragged one, a second column, under an unknown header; resident ids as well."""
    send(ROWS[:3], name="a.csv")
    rows = [(RECORDS[0], "W1", 1, "", ""), (RECORDS[1], "W1", "many", RECORDS[1], ""), (RECORDS[2], "W1")]
    rows += [(RECORDS[3], "W1", "x", "", RECORDS[4]), ("1.10101E+17", "W1", 1, "", "")]
    result = send(rows, contract=records(), head="resident_id,wave,score,remark,told by")
    assert (result.rows_accepted, result.rows_quarantined) == (1, 4)
    assert holding(workspace, [*IDS, *RECORDS, "1.10101E+17"]) == []


def test_a_resident_id_in_another_column_still_stops_the_file(send, workspace):
    result = send([(IDS[6], "W1", 1, IDS[7])])
    assert (result.status, result.problems[0].code) == ("rejected", "E-PII-01")
    assert holding(workspace, IDS) == []


def test_the_search_finds_what_lies_there(send, workspace, contract):
    """The positive control: the same columns, not declared to identify anybody."""
    columns = [c.model_copy(update={"identifies": None}) for c in contract.columns]
    assert holding(workspace, IDS) == []
    send(ROWS, contract=contract.model_copy(update={"columns": tuple(columns), "name": "unprotected"}))
    assert holding(workspace, IDS) == IDS


def test_ten_thousand_known_ids_hashed_without_the_key_match_nobody(send, workspace, ledger, contract):
    send(ROWS)
    lake = Lake(workspace, ledger).read(contract)
    stored = set(lake["resident_id"].to_pylist()) | {key_text(key) for key in lake["rec_key"].to_pylist()}
    known = [resident(number) for number in range(10_000)]
    digests = {hashlib.sha256(name.encode()).hexdigest() for name in known}
    keys = {hashlib.sha256(f"deqing\x1f{name}\x1fW1".encode()).hexdigest()[:32] for name in known}
    assert not stored & (digests | keys)
    vault = Vault.open(workspace)
    assert set(vault.pseudonyms("programme", "person", known).values()) & stored == set(
        lake["resident_id"].to_pylist()
    ), "whoever has the key finds all: the control"


def test_rows_with_damaged_ids_wait_in_quarantine_under_their_codes(send, workspace):
    wrong = IDS[0][:-1] + ("1" if IDS[0][-1] != "1" else "2")
    cells = ["1.10101E+17", IDS[1][:5] + "\u202e" + IDS[1][5:], wrong, IDS[2][1:]]
    result = send([(cell, "W1", 1, "") for cell in cells] + [(IDS[9].lower(), "W1", 1, "")])
    kept = pq.read_table(quarantine_path(workspace, result.submission_id)).to_pylist()
    codes = ["E-ID-01", "E-ID-02", "E-ID-04", "E-PATT-01"]
    assert [row["codes"] for row in kept] == [[code] for code in codes]
    assert [row["resident_id"] for row in kept] == [f"[{code}]" for code in codes]
    assert result.rows_accepted == 1


def test_cells_that_may_hold_an_id_elsewhere_are_withheld(send, workspace):
    rows = [(RECORDS[0], "W1", "many", "", "aunt")]
    result = send(rows, contract=records(), head="resident_id,wave,score,remark,told by")
    (row,) = pq.read_table(quarantine_path(workspace, result.submission_id)).to_pylist()
    assert (row["told by"], row["score"]) == ("[…]", "many")


def test_the_original_is_sealed_and_verified(send, workspace, ledger):
    result = send(ROWS)
    path = original_path(workspace, result.sha256, "sealed")
    assert not original_path(workspace, result.sha256).exists()
    plain = b"".join(unsealed(Vault.open(workspace).sealing_secret, path))
    assert hashlib.sha256(plain).hexdigest() == result.sha256
    content = path.read_bytes()
    path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    assert [problem.where for problem in verify_workspace(workspace, ledger)] == [f"originals/{result.sha256}"]
    with pytest.raises(PlatformFailed, match="E-VAULT-02"):
        list(unsealed(Vault.open(workspace).sealing_secret, path))
    path.unlink()
    assert "missing" in verify_workspace(workspace, ledger)[0].what.en


@pytest.mark.parametrize("size", [0, 1, 100, (1 << 20) - 1, 1 << 20, (1 << 21) + 7])
def test_sealing_keeps_every_byte_and_repeats(tmp_path, size):
    import io

    from data.identity.sealing import seal

    plain = bytes(range(256)) * (size // 256) + bytes(size % 256)
    digest = hashlib.sha256(plain).hexdigest()
    for name in ("a", "b"):
        seal(b"s" * 32, io.BytesIO(plain), digest, tmp_path / name)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    assert b"".join(unsealed(b"s" * 32, tmp_path / "a")) == plain
    with (tmp_path / "a").open("ab") as stream:
        stream.write(bytes(20))
    with pytest.raises(PlatformFailed):
        list(unsealed(b"s" * 32, tmp_path / "a"))


def test_one_person_has_one_pseudonym_in_all_tables_of_a_project_and_another_in_the_next(send, workspace, ledger):
    tables = [register(name=name, project=project) for name, project in (("a", "p1"), ("b", "p1"), ("c", "p2"))]
    found = []
    for number, contract in enumerate(tables):
        send([(*row[:2], number, "") for row in ROWS], contract=contract)
        found.append(set(Lake(workspace, ledger).read(contract)["resident_id"].to_pylist()))
    assert found[0] == found[1]
    assert not found[0] & found[2]
    assert len(Vault.open(workspace).find(identifier=IDS[0])) == 2


def test_only_its_owner_may_read_the_vault(send, workspace):
    send(ROWS[:1])
    file = workspace.home / "vault" / "vault.db"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    file.chmod(0o640)
    with pytest.raises(PlatformFailed, match="E-VAULT-01"):
        Vault.open(workspace)


def test_the_vault_lies_where_the_settings_say(workspace, tmp_path):
    settings = Settings(home=workspace.home, vault=str(tmp_path / "elsewhere"))
    Vault.open(workspace, settings)
    assert (tmp_path / "elsewhere" / "vault.db").is_file()
    assert not (workspace.home / "vault").exists()


def test_a_check_opens_no_vault_and_a_contract_without_direct_ids_makes_none(workspace, contract, tmp_path):
    path = tmp_path / "file.csv"
    path.write_text(f"resident_id,wave\n{IDS[0]},W1\n{IDS[0]},W1\n", encoding="utf-8")
    report = check_file(path, contract)
    assert [problem.code for problem in report.problems] == ["E-KEY-01"]
    assert IDS[0] not in str(report.as_json())
    assert not (workspace.home / "vault").exists()


def test_the_same_people_next_time_are_the_same_records(send):
    send(ROWS)
    again = send([*ROWS[:5], (IDS[5], "W2", 1, "")], name="again.csv")
    assert (again.rows_unchanged, again.rows_accepted) == (5, 1)


def test_a_direct_identifier_needs_a_pattern(contract):
    given = contract.model_dump(mode="json")
    given["columns"][1]["pattern"] = None
    with pytest.raises(ValueError, match="leading zero"):
        Contract.model_validate(given)


def test_rows_are_pa_strings(send, workspace, ledger, contract):
    send(ROWS[:1])
    assert Lake(workspace, ledger).read(contract).schema.field("resident_id").type == pa.string()
