"""Loading the golden lake: CSV → typed rows → appended to the lake of a workspace, as an accepted submission would be.

Belongs here: only that. Does not: the expected tables, the comparison (tests/integration).
"""

from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pa_csv

from data.contracts import business_schema, load_contract
from data.contracts.record_key import record_keys
from data.lake import Lake

FOLDER = Path(__file__).parent
LAKE = FOLDER / "lake"
EXPECTED = FOLDER / "expected"


def typed_rows(contract, path):
    """Return the CSV's rows in the contract's business schema; a column the file lacks is null."""
    schema = business_schema(contract)
    options = pa_csv.ConvertOptions(column_types=schema, strings_can_be_null=True, null_values=[""])
    found = pa_csv.read_csv(path, convert_options=options)
    columns = [
        found[field.name].cast(field.type).combine_chunks()
        if field.name in found.column_names
        else pa.nulls(found.num_rows, field.type)
        for field in schema
    ]
    return pa.Table.from_arrays(columns, schema=schema)


def with_system_columns(contract, rows, *, op="I"):
    """Return the rows with rec_key, _row and _op, as `Lake.append` takes them."""
    keys = record_keys([(contract.column(name), rows[name]) for name in contract.key])
    return (
        rows.append_column("rec_key", keys)
        .append_column("_row", pa.array(range(2, rows.num_rows + 2), pa.int64()))
        .append_column("_op", pa.array([op] * rows.num_rows, pa.string()))
    )


def append(workspace, ledger, name, rows, *, submission_id, op="I"):
    """Append typed rows to the lake table of contract `name`."""
    contract = load_contract(name)
    return Lake(workspace, ledger).append(
        contract, with_system_columns(contract, rows, op=op), submission_id=submission_id, run_id="golden"
    )


def fill(workspace, ledger):
    """Append every golden CSV to the lake."""
    for place, path in enumerate(sorted(LAKE.glob("*.csv")), start=1):
        contract = load_contract(path.stem)
        append(workspace, ledger, path.stem, typed_rows(contract, path), submission_id=f"SUB-2026-{place:04d}")
