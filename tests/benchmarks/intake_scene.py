"""What the intake benchmark measures on: a sensor table and its contract, made from a fixed seed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq

from data.contracts import Contract

SENSORS = 500
TEXT = {"en": "x", "zh": "x"}


def _column(name: str, kind: str, **more: object) -> dict[str, object]:
    return {"name": name, "type": kind, "label": {"en": name, "zh": name}, **more}


CONTRACT = Contract.model_validate(
    {
        "name": "bench_sensor",
        "version": "1.0",
        "title": TEXT,
        "description": TEXT,
        "unit": "zone",
        "grain": "one row a sensor and minute",
        "source_kind": "sensor",
        "key": ["zone_id", "sensor_id", "observed_at"],
        "columns": [
            _column("zone_id", "string", required=True, source="zone"),
            _column("sensor_id", "string", required=True, pattern="S[0-9]{4}"),
            _column("observed_at", "timestamp", required=True),
            _column("pm25_ugm3", "number", minimum=0, maximum=1000),
            _column("temperature_c", "number", minimum=-50, maximum=60),
            _column("humidity_pct", "number", minimum=0, maximum=100),
            _column("battery_mv", "integer", minimum=0, maximum=6000),
            _column("state_code", "string", codes={"ok": TEXT, "low": TEXT, "off": TEXT}),
        ],
    }
)


def readings(rows: int, *, first_minute: int = 0) -> pa.Table:
    """Draw `rows` readings: every sensor once a minute, values with one or two decimals as devices send them."""
    rng, minutes = np.random.default_rng(20260401 + first_minute), -(-rows // SENSORS)
    names, states = pa.array([f"S{n:04d}" for n in range(SENSORS)]), pa.array(["ok", "low", "off"])
    at = 1767225600 + 60 * (first_minute + np.repeat(np.arange(minutes), SENSORS)[:rows])
    return pa.table(
        {
            "sensor_id": names.take(pa.array(np.tile(np.arange(SENSORS), minutes)[:rows])),
            "observed_at": pa.array(at * 1_000_000, pa.timestamp("us", "UTC")),
            "pm25_ugm3": rng.gamma(4, 12, rows).round(1).clip(0, 900),
            "temperature_c": rng.normal(16, 9, rows).round(2).clip(-40, 50),
            "humidity_pct": rng.uniform(10, 100, rows).round(1),
            "battery_mv": rng.integers(2900, 4200, rows),
            "state_code": states.take(pa.array(rng.integers(0, 3, rows))),
        }
    )


def write_parquet(path: Path, rows: int) -> Path:
    """Write readings as a device gateway would."""
    pq.write_table(readings(rows), path, compression="zstd")
    return path


def write_csv(path: Path, rows: int, *, first_minute: int = 0) -> Path:
    """Write readings as CSV without quotation marks around cells."""
    table = readings(rows, first_minute=first_minute)
    pyarrow.csv.write_csv(table, path, pyarrow.csv.WriteOptions(quoting_style="none"))
    return path
