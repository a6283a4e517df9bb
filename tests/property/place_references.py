"""Panels of places a second time, in plain Python: district and zone by month, zone by census, respondents of the study.

Belongs here: an independent statement of each rule, row by row from what arrived. Does not: SQL, the platform's own code, tests.
Rows are dictionaries in business columns, missing is None, moments are in UTC; seeds are read as the CSV files that they are.
"""

import csv
from calendar import monthrange
from collections import defaultdict
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

SEEDS = Path(__file__).parents[2] / "dbt_project" / "seeds"
STATIONS = ("dongsi", "dongsihuan", "nongzhanguan", "jingan", "xuhui", "caotangsi", "shahepu")
AIR = ("pm25_us_post_ugm3", "pm25_station_ugm3", "temperature_c", "humidity_pct", "pressure_hpa")
MEASURED = ("speed_kmh", "pm25_ugm3")


def seed(name):
    """Return the rows of a seed."""
    with (SEEDS / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


CLOCKS = {row["zone_id"]: ZoneInfo(row["timezone"]) for row in seed("zones")}
SHARES = {row["variable"]: float(row["min_month_share"]) for row in seed("sensor_rules")}


def month_of(row):
    """Return the first local day of a record's month."""
    return local(row).date().replace(day=1)


def local(row):
    """Return the moment on the zone's clocks."""
    return row["observed_at"].astimezone(CLOCKS[row["zone_id"]])


def days_in(month):
    """Return the number of days of a month."""
    return monthrange(month.year, month.month)[1]


def exact(value):
    """Return a measurement with six decimals."""
    return Decimal(repr(float(value))).quantize(Decimal("0.000001"), ROUND_HALF_UP)


def mean(values):
    """Return the mean of what is there; None of nothing."""
    there = [exact(value) for value in values if value is not None]
    return float(sum(there)) / len(there) if there else None


def status(valid, out, empty, expected, variable):
    """Return why a month has no mean: most of what is lacking was outside detection, was empty, or did not come at all."""
    if valid >= SHARES.get(variable, SHARES["*"]) * expected:
        return 0
    return next((code for code, count in ((16, out), (9, empty)) if 2 * count > expected - valid), 14)


class Register:
    """The devices of the roadside: which installation holds on a day."""

    def __init__(self, devices):
        self.known = defaultdict(list)
        for row in sorted(devices, key=lambda row: row["installed_date"]):
            if row["source_table"] == "traffic_hour":
                self.known[row["zone_id"], row["device_id"], row["variable"]].append(row)

    def on(self, record, variable):
        """Return the installation of a record's device on its local day, None without one."""
        day, found = local(record).date(), None
        for row in self.known[record["zone_id"], record["device_id"], variable]:
            if row["installed_date"] <= day:
                found = row if row["removed_date"] is None or day <= row["removed_date"] else None
        return found


def judged(hours, devices):
    """Return the hours with readings outside detection set aside, and the cadence by the register."""
    register, rows = Register(devices), []
    for hour in hours:
        row = {
            **hour,
            "month": month_of(hour),
            "cadence": (register.on(hour, "speed_kmh") or {}).get("cadence_min") or 60,
        }
        for name in MEASURED:
            value, device = hour[name], register.on(hour, name) or {}
            low, high = device.get("detection_min"), device.get("detection_max")
            is_out = value is not None and ((low is not None and value < low) or (high is not None and value > high))
            row |= {name: None if is_out else value, f"{name}.out": is_out or hour[f"{name}__st"] == 16}
        rows.append(row)
    return rows


def districts(lake):
    """Return (zone, district, month) → what its hours add up to."""
    signals = {(row["zone_id"], row["district_id"]): row for row in lake["district_signal"]}
    groups = defaultdict(list)
    for row in judged(lake["traffic_hour"], lake["sensor_device"]):
        groups[row["zone_id"], row["district_id"], row["month"]].append(row)
    return {key: _district(rows, signals.get(key[:2])) for key, rows in groups.items()}


def _district(rows, signal):
    read = [row for row in rows if any(row[name] is not None for name in MEASURED)]
    since = signal["switched_on_date"] if signal else None
    on = [row for row in read if since and local(row).date() >= since]
    found = {
        "rows": rows, "signal": signal, "since": since, "cadence": min(row["cadence"] for row in rows),
        "observed": len({row["observed_at"] for row in read}), "on": len({row["observed_at"] for row in on}),
        "is_simulated": any(row["is_simulated"] for row in rows) or bool(signal and signal["is_simulated"]),
    }  # fmt: skip
    for name in MEASURED:
        found[f"{name}.hours"] = len({row["observed_at"] for row in rows if row[name] is not None})
        found[f"{name}.out"] = sum(row[f"{name}.out"] for row in rows)
    return found


def _measured(rows, hours, out, expected):
    said = {}
    for name in MEASURED:
        why = status(hours[name], out[name], 0, expected, name)
        value = mean(row[name] for row in rows)
        said |= {name: value if why == 0 else None, f"{name}__st": why}
        said[f"{name}_coverage_share"] = hours[name] / expected
    return said


def panel_district_month(lake):
    """Return the mart."""
    made = []
    for (zone, district, month), found in districts(lake).items():
        expected = days_in(month) * 1440 / found["cadence"]
        hours, out = ({name: found[f"{name}.{part}"] for name in MEASURED} for part in ("hours", "out"))
        share = found["on"] / found["observed"] if found["signal"] and found["observed"] else None
        made.append(
            {
                "zone_id": zone, "district_id": district, "month": month, "month_index": month.year * 12 + month.month - 1,
                "switched_on_date": found["since"], "signal_share": share, "hours_expected": days_in(month) * 24,
                "hours_observed": found["observed"], "device_hours_reported": len(found["rows"]),
                "is_simulated": found["is_simulated"], **_measured(found["rows"], hours, out, expected),
            }
        )  # fmt: skip
    return made


def panel_zone_month(lake):
    """Return the mart: both kinds of records side by side, in every month with either."""
    traffic, air = _zone_traffic(lake), _zone_air(lake)
    made = []
    for zone, month in traffic.keys() | air.keys():
        row = {"zone_id": zone, "month": month, "month_index": month.year * 12 + month.month - 1}
        made.append({**row, **traffic.get((zone, month), NO_TRAFFIC), **air.get((zone, month), NO_AIR)})
    return made


NO_TRAFFIC = {"hours_observed": 0, "device_hours_reported": 0, "is_simulated": False}
NO_AIR = {"air_hours_observed": 0, "air_hours_reported": 0}
for _name in MEASURED:
    NO_TRAFFIC |= {_name: None, f"{_name}__st": 8, f"{_name}_coverage_share": None}
for _name in AIR:
    NO_AIR |= {f"air_{_name}": None, f"air_{_name}__st": 8, f"air_{_name}_coverage_share": None}


def _zone_traffic(lake):
    groups = defaultdict(list)
    for (zone, _, month), found in districts(lake).items():
        groups[zone, month].append(found)
    made = {}
    for (zone, month), found in groups.items():
        rows = [row for each in found for row in each["rows"]]
        hours, out = (
            {name: sum(each[f"{name}.{part}"] for each in found) for name in MEASURED} for part in ("hours", "out")
        )
        expected = sum(days_in(month) * 1440 / each["cadence"] for each in found)
        made[zone, month] = {
            "hours_observed": sum(each["observed"] for each in found), "device_hours_reported": len(rows),
            "is_simulated": any(each["is_simulated"] for each in found), **_measured(rows, hours, out, expected),
        }  # fmt: skip
    return made


def _zone_air(lake):
    groups = defaultdict(list)
    for row in lake["air_weather_hour"]:
        station = mean(row[f"pm25_{name}_ugm3"] for name in STATIONS)
        groups[row["zone_id"], month_of(row)].append({**row, "pm25_station_ugm3": station})
    return {key: _air_month(key[1], rows) for key, rows in groups.items()}


def _air_month(month, rows):
    expected = days_in(month) * 24
    observed = sum(any(row[name] is not None for name in AIR) for row in rows)
    said = {"air_hours_observed": observed, "air_hours_reported": len(rows)}
    for name in AIR:
        hours = sum(row[name] is not None for row in rows)
        why = status(hours, 0, len(rows) - hours, expected, "pm25_ugm3" if name.startswith("pm25") else name)
        said |= {f"air_{name}": mean(row[name] for row in rows) if why == 0 else None, f"air_{name}__st": why}
        said[f"air_{name}_coverage_share"] = hours / expected
    return said


COUNTED = (
    "population_total", "population_male", "population_female", "population_urban", "population_rural", "household_count",
    "household_size",
)  # fmt: skip


def panel_zone_year(lake):
    """Return the mart: a zone's own row of each census, and the counties that make it up."""
    made = []
    for zone in seed("zones"):
        code = zone["adcode"]
        width = 2 if code.endswith("0000") else 4 if code.endswith("00") else 6
        for year in (2010, 2020):
            areas = lake[f"census_county_{year}"]
            parts = [
                row for row in areas if row["region_code"][:width] == code[:width] and _is_county(row["region_code"])
            ]
            totals = [row["population_total"] for row in parts if row["population_total"] is not None]
            made += [
                {
                    "zone_id": zone["zone_id"], "year": year, "adcode": code, **{name: row[name] for name in COUNTED},
                    "county_count": len(parts), "county_population_total": sum(totals) if totals else None,
                }
                for row in areas
                if row["region_code"] == code
            ]  # fmt: skip
    return made


def _is_county(code):
    return not code.endswith("00")


def panel_social_insure(lake):
    """Return the mart: the respondents as they were published."""
    return [dict(row) for row in lake["social_insure"]]
