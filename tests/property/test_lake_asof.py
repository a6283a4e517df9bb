"""Any history of inserts, corrections and retractions reads, at every number, as a plain dictionary would."""

import tempfile
from pathlib import Path

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from data.admission import expected_schema
from data.contracts.model import Contract
from data.lake import Lake
from data.ledger import Ledger
from data.paths import Workspace
from data.settings import Settings

TEXT = {"en": "x", "zh": "x"}
CONTRACT = Contract.model_validate(
    {
        "name": "history",
        "version": "1.0",
        "title": TEXT,
        "description": TEXT,
        "unit": "person",
        "grain": "one row a person",
        "source_kind": "survey",
        "key": ["person_id"],
        "columns": [
            {"name": "person_id", "type": "string", "label": TEXT, "required": True},
            {"name": "wait_min", "type": "integer", "label": TEXT},
        ],
    }
)
BATCH = st.dictionaries(st.sampled_from("abcde"), st.tuples(st.sampled_from("CR"), st.integers(0, 9)), min_size=1)


def play(lake, history):
    """Append the batches; return what a dictionary holds after each. A key's first appearance is an insert."""
    state, known, states = {}, set(), [{}]
    for number, batch in enumerate(history, 1):
        ops = {key: ("I" if key not in known else op) for key, (op, _) in batch.items()}
        known |= set(batch)
        for key, (_, value) in batch.items():
            state = {k: v for k, v in state.items() if k != key} | ({} if ops[key] == "R" else {key: value})
        keys = list(batch)
        values = [[keys, [batch[key][1] for key in keys], keys, list(range(2, len(keys) + 2)), list(ops.values())]]
        schema = expected_schema(CONTRACT)
        rows = pa.Table.from_arrays(
            [pa.array(v, f.type) for v, f in zip(values[0], schema, strict=True)], schema=schema
        )
        lake.append(CONTRACT, rows, submission_id=f"S{number}", run_id="run")
        states.append(state)
    return states


@settings(max_examples=5, deadline=None)
@given(st.lists(BATCH, min_size=2, max_size=5))
def test_every_past_state_is_that_of_a_dictionary(history):
    with tempfile.TemporaryDirectory() as folder:
        home = Workspace(Path(folder)).create()
        lake = Lake(home, Ledger.open(home, Settings(home=home.home)))
        states = play(lake, history)
        for n, expected in enumerate(states):
            found = lake.read(CONTRACT, n).to_pydict()
            assert dict(zip(found["person_id"], found["wait_min"], strict=True)) == expected
            assert len(found["person_id"]) == len(expected), "a key never comes twice"
