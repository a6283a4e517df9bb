"""The compiled SQL against a plain reading of the rows: every transform, every status, whatever the source holds."""

import duckdb
import pytest

from data.concordance.model import Concordance
from data.concordance.sql import columns_of, model_sql
from data.concordance.transforms import Bands, Linear, Recode
from tests.unit.concordance.conftest import NOTE, PLAIN, YES_NO

BANDS = {"kind": "bands", "bands": [{"code": "0", "at_least": 0, "below": 15}, {"code": "1", "at_least": 15}]}
RECODE = {"kind": "recode", "map": {"1": "1", "2": "0", "3": None, "4": "0", "5": "1"}}
SOURCE = [  # wave, wait_min, wait_min__st, satisfaction_score, satisfaction_score__st, birth_year, gender_code
    ("W1", 0.0, 0, 3, 0, 1960, 1),
    ("W1", None, 2, None, 9, None, 2),
    ("W1", 14.5, 0, 5, 0, 1970, None),
    ("W2", 15.0, 0, 2, 0, 1980, 1),
    ("W3", None, 12, None, 12, 1990, 2),
    ("W3", -1.0, 0, 1, 0, None, None),
]
NAMES = (
    "wave",
    "wait_min",
    "wait_min__st",
    "satisfaction_score",
    "satisfaction_score__st",
    "birth_year",
    "gender_code",
)


def row(sources, transform=None, comparability="approximate", **more):
    told = {"instance": "visits", "sources": sources, "comparability": comparability, "note": NOTE, **more}
    return told | ({"transform": transform} if transform else {})


VARIABLES = {
    "linear": ("number", None, [row(["wait_min"], {"kind": "linear", "factor": 0.5, "offset": 1.0})]),
    "bands": ("integer", YES_NO, [row(["wait_min"], BANDS)]),
    "recode": ("integer", YES_NO, [row(["satisfaction_score"], RECODE)]),
    "plain": ("integer", None, [row(["birth_year"], absent="refused")]),
    "first": ("integer", None, [row(["gender_code", "birth_year"], {"kind": "first_present"})]),
    "waved": (
        "number",
        None,
        [
            row(["wait_min"], waves=["W1"], comparability="identical"),
            row([], waves=["W2"], comparability="not_available", absent="not_asked_this_wave"),
            row(["wait_min"], {"kind": "linear", "factor": 60.0}),
        ],
    ),
}


@pytest.fixture(scope="module")
def made():
    variables = [
        {"name": f"v_{name}", "label": {"en": name, "zh": name}, "type": kind, "codes": codes, "rows": rows}
        for name, (kind, codes, rows) in VARIABLES.items()
    ]
    concept = {"id": "all", "label": {"en": "All", "zh": "全"}, "variables": variables}
    found = Concordance.model_validate({**PLAIN, "key": ["wave"], "concepts": [concept]})
    connection = duckdb.connect()
    connection.execute(
        "create table visits_source (wave varchar, wait_min double, wait_min__st bigint, satisfaction_score bigint, "
        "satisfaction_score__st bigint, birth_year bigint, gender_code bigint)"
    )
    connection.executemany(f"insert into visits_source values ({', '.join('?' * len(NAMES))})", SOURCE)
    sql = model_sql(found).replace("{{ ref('stg_clinic__visits') }}", "visits_source")
    table = connection.execute(sql).to_arrow_table()
    return found, table.column_names, table.to_pylist()


def expected(variable, source):
    """Return value, status and comparability by reading the rows as a person would."""
    named = [each for each in variable.rows if source["wave"] in each.waves]
    told = (named or [each for each in variable.rows if not each.waves])[0]
    if not told.sources:
        return None, told.absent_status, told.comparability
    why = source.get(f"{told.sources[0]}__st", told.absent_status)
    value, transform = source[told.sources[0]], told.transform
    if transform.kind == "first_present":
        value = next((source[name] for name in told.sources if source[name] is not None), None)
    if value is None:
        return None, why, told.comparability
    if isinstance(transform, Linear):
        return value * transform.factor + transform.offset, 0, told.comparability
    if isinstance(transform, Recode):
        code = transform.map[str(value)]
        return (None, 17, told.comparability) if code is None else (int(code), 0, told.comparability)
    if isinstance(transform, Bands):
        codes = [
            band.code
            for band in transform.bands
            if (band.at_least is None or value >= band.at_least) and (band.below is None or value < band.below)
        ]
        return (int(codes[0]), 0, told.comparability) if codes else (None, 3, told.comparability)
    return value, 0, told.comparability


@pytest.mark.parametrize("name", VARIABLES)
def test_the_sql_says_what_the_rows_say(made, name):
    concordance, _, rows = made
    (variable,) = [each for each in concordance.variables if each.name == f"v_{name}"]
    assert len(rows) == len(SOURCE)
    for values, out in zip(SOURCE, rows, strict=True):
        source = dict(zip(NAMES, values, strict=True))
        told = (out[variable.name], out[f"{variable.name}__st"], out[f"{variable.name}__cmp"])
        assert told == expected(variable, source), source


def test_the_columns_are_those_declared(made):
    concordance, names, _ = made
    assert names == columns_of(concordance)


def test_no_function_of_one_engine_only_is_used(made):
    sql = model_sql(made[0]).lower()
    assert not any(word in sql for word in ("::", "list_", "qualify", "filter (", " exclude "))
