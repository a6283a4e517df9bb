"""The days of sensors a second time, in plain Python, reading by reading: the oracle for `panel_sensor_day`.

Belongs here: an independent statement of the rules about cadence, coverage, clocks, detection limits and outliers. Does not: SQL,
the platform's own code, tests. Tables are lists of dictionaries as the lake holds them; moments are aware and in UTC.
"""

import math
from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from statistics import median
from zoneinfo import ZoneInfo

ZONE = "Asia/Shanghai"
EMPTY, ANSWERED, STAMP_ONLY, OFFLINE, NO_CADENCE, OUT = 9, 0, 5, 14, 15, 16
RULES = {
    "*": {"hour": 0.75, "day": 0.75, "score": 5, "judged": 10, "flat": 12, "tolerance": 300},
    "pm25_ugm3": {"hour": 0.75, "day": 0.833333, "score": 5, "judged": 10, "flat": 12, "tolerance": 300},
}
HOURLY = {"speed_kmh": "km/h", "pm25_ugm3": "µg/m3"}
"""What traffic_hour measures each hour, and its unit: devices of other tables are known from the register alone."""


def panel_sensor_day(lake):
    """Return the panel's rows."""
    devices = _installations(lake["sensor_device"])
    readings = _placed(_readings(lake), devices)
    _judge(readings)
    days = {}
    for key, found in _by(readings, "key").items():
        days |= _days(key, found)
    return [_row(key, day, days.get((key, day)), devices) for key, day in _service(days, devices)]


def _readings(lake):
    rows = [
        {**row, "table": "sensor_reading", "value": row["reading"], "status": row["reading__st"], "district_id": None}
        for row in lake["sensor_reading"]
    ]
    for row in lake["traffic_hour"]:
        for name in HOURLY:
            told = {"variable": name, "value": row[name], "status": row[f"{name}__st"], "received_at": None}
            rows.append({**row, **told, "table": "traffic_hour"})
    return rows


def _installations(register):
    """Return (zone, table, device, variable) → installations in order, each with its last day of service."""
    found = defaultdict(list)
    for row in sorted(register, key=lambda row: row["installed_date"]):
        found[row["zone_id"], row["source_table"], row["device_id"], row["variable"]].append(dict(row))
    for rows in found.values():
        for row, following in zip(rows, [*rows[1:], None], strict=True):
            ends = [row["removed_date"], following["installed_date"] - timedelta(days=1) if following else None]
            row["last"] = min((day for day in ends if day), default=None)
    return found


def _in_service(devices, key, day):
    return next((one for one in devices.get(key, ()) if one["installed_date"] <= day <= (one["last"] or day)), None)


def _cadence(key, device):
    if device:
        return device["cadence_min"]
    return 60 if key[1] == "traffic_hour" and key[3] in HOURLY else None


def _rule(key):
    return RULES.get(key[3], RULES["*"])


def _placed(readings, devices):
    """Return the readings with their day, what they are held to, and what a limit of detection leaves of them."""
    made = []
    for row in readings:
        key = (row["zone_id"], row["table"], row["device_id"], row["variable"])
        local = row["observed_at"].astimezone(ZoneInfo(ZONE))
        device = _in_service(devices, key, local.date())
        value, status = row["value"], row["status"]
        status = (EMPTY if value is None else ANSWERED) if status is None else status
        if value is not None and device and _is_outside(value, device):
            value, status = None, OUT
        cadence, seconds = _cadence(key, device), row["observed_at"].timestamp()
        received = row["received_at"].timestamp() if row["received_at"] else None
        come = received if received is not None else row["_ingested_at"] and row["_ingested_at"].timestamp()
        made.append(
            {
                "key": key, "day": local.date(), "month": (local.year, local.month), "hour": local.hour, "value": value,
                "status": status, "cadence": cadence, "seconds": seconds, "installed": device and device["installed_date"],
                "district": row["district_id"], "simulated": row["is_simulated"] is True,
                "slot": cadence and math.floor(seconds / (cadence * 60)),
                "hour_slot": math.floor(seconds / (max(cadence or 60, 60) * 60)),
                "lag": None if received is None else received - seconds,
                "ahead": come is not None and come + _rule(key)["tolerance"] < seconds,
            }
        )  # fmt: skip
    return made


def _is_outside(value, device):
    low, high = device["detection_min"], device["detection_max"]
    return (low is not None and value < low) or (high is not None and value > high)


def _by(rows, *names):
    found = defaultdict(list)
    for row in rows:
        found[tuple(row[name] for name in names) if len(names) > 1 else row[names[0]]].append(row)
    return found


def _judge(readings):
    """Tell of each reading how long the gap before it is, how far its stamp is off the grid, and whether it lies far out."""
    for rows in _by(readings, "key", "month").values():
        rows.sort(key=lambda row: row["seconds"])
        for before, row in zip([None, *rows], rows, strict=False):
            row["gap"] = before and (row["seconds"] - before["seconds"]) / 60
    for rows in _by(readings, "key", "month", "installed").values():
        first = min(row["seconds"] for row in rows)
        for row in rows:
            row["phase"] = row["cadence"] and first + _off(row["seconds"] - first, row["cadence"] * 60)
    for (key, *_), rows in _by(readings, "key", "month", "hour").items():
        values = [row["value"] for row in rows if row["value"] is not None]
        centre = median(values) if values else None
        spread = median(abs(value - centre) for value in values) if values else 0
        able, limit = len(values) >= _rule(key)["judged"] and spread > 0, _rule(key)["score"] * 1.4826 * spread
        for row in rows:
            row["judged"] = able and row["value"] is not None
            row["outlier"] = row["judged"] and abs(row["value"] - centre) > limit


def _off(seconds, step):
    return seconds - step * math.floor(seconds / step + 0.5)


def _days(key, readings):
    """Return (key, day) → what the day's records say of it."""
    made, last, first_phase = {}, None, {}
    for day, rows in sorted(_by(readings, "day").items()):
        hours = [_hour(key, found) for found in _by(rows, "hour_slot").values()]
        gaps = [row["gap"] for row in rows if row["gap"] is not None]
        begun = min(row["seconds"] for row in rows)
        gaps += [] if last is None else [(begun - last) / 60]
        last = max(row["seconds"] for row in rows)
        phases = [hour["phase"] for hour in hours if hour["phase"] is not None]
        values = [row["value"] for row in rows if row["value"] is not None]
        installed = max((row["installed"] for row in rows if row["installed"]), default=None)
        phase = median(phases) if phases else None
        made[key, day] = {
            "rows": rows, "values": values, "hours": sum(hour["counts"] for hour in hours),
            "mean": _mean([hour["mean"] for hour in hours if hour["counts"] and hour["mean"] is not None]),
            "slots": sum(hour["slots"] for hour in hours), "gap": max(gaps, default=None),
            "phase": phase, "first_phase": first_phase.setdefault(installed, phase),
            "cadence": max((row["cadence"] for row in rows if row["cadence"]), default=None),
        }  # fmt: skip
    return made


def _hour(key, rows):
    """Return one hour, or one slot where the cadence is longer: whether enough of its readings are there, and their mean."""
    cadence, filled = rows[0]["cadence"], {row["slot"] for row in rows if row["value"] is not None}
    return {
        "slots": len({row["slot"] for row in rows if row["slot"] is not None}),
        "counts": cadence is not None and len(filled) >= _rule(key)["hour"] * 60 / min(cadence, 60),
        "mean": _mean([row["value"] for row in rows if row["value"] is not None]),
        "phase": min((row["phase"] for row in rows if row["phase"] is not None), default=None),
    }


def _mean(values):
    """Return the mean of values to six decimals, summed exactly."""
    if not values:
        return None
    return float(sum(Decimal(math.floor(value * 10**6 + 0.5)).scaleb(-6) for value in values)) / len(values)


def _service(days, devices):
    """Return each device and day of its service, silent ones too, and every day with records."""
    delivered, found = {}, set(days)
    for (zone, table, *_), day in days:
        delivered[zone, table] = max(day, delivered.get((zone, table), day))
    for key, installations in devices.items():
        if (until := delivered.get(key[:2])) is not None:
            for one in installations:
                found |= {(key, day) for day in _every(one["installed_date"], min(until, one["last"] or until))}
    for key in {key for key, _ in days} - set(devices):
        own = [day for other, day in days if other == key]
        found |= {(key, day) for day in _every(min(own), max(own))}
    return found


def _every(first: date, last: date):
    return [first + timedelta(days=step) for step in range((last - first).days + 1)]


def _row(key, day, told, devices):
    device = _in_service(devices, key, day)
    cadence, rule = _cadence(key, device), _rule(key)
    rows = told["rows"] if told else []
    received, slots = len(rows), told["slots"] if told else 0
    count = {name: sum(row["status"] == code for row in rows) for name, code in (("offline", OFFLINE), ("out", OUT))}
    stamps, valid = sum(row["status"] == STAMP_ONLY for row in rows), len(told["values"]) if told else 0
    empty = received - valid - count["offline"] - count["out"] - stamps
    expected, missing = None, None
    if cadence:
        expected = 1440 // cadence
        missing = max(expected - slots, 0)
    wanted = 1440 // max(cadence, 60) if cadence else None
    hours = told["hours"] if told else 0
    covered = wanted is not None and hours >= rule["day"] * wanted
    ahead = sum(row["ahead"] for row in rows)
    lag = min((row["lag"] for row in rows if row["lag"] is not None), default=None)
    drift = (
        _off(told["phase"] - told["first_phase"], told["cadence"] * 60) if told and told["phase"] is not None else None
    )
    other = device is not None and device["clock_timezone"] != ZONE
    late = any(seconds is not None and seconds > rule["tolerance"] for seconds in (drift and abs(drift), lag))
    districts = {row["district"] for row in rows if row["district"]}
    return {
        "zone_id": key[0], "source_table": key[1], "device_id": key[2], "variable": key[3], "day": day,
        "district_id": (device and device["district_id"]) or max(districts, default=None),
        "site_id": device and device["site_id"],
        "unit": device["unit"] if device else HOURLY.get(key[3]) if key[1] == "traffic_hour" else None,
        "is_registered": device is not None, "cadence_min": cadence, "readings_expected": expected,
        "readings_received": received, "readings_duplicate": received - slots if cadence else None,
        "readings_missing": missing, "readings_offline": count["offline"], "readings_empty": empty,
        "readings_out_of_detection": count["out"], "readings_valid": valid, "gap_max_min": told and told["gap"],
        "hours_expected": wanted, "hours_valid": hours, "coverage_share": hours / wanted if wanted else None,
        "min_hour_share": rule["hour"], "min_day_share": rule["day"],
        "value_mean": told["mean"] if told and covered else None,
        "value_mean__st": _why(covered, cadence, stamps, count, missing, empty),
        "outliers_judged": sum(row["judged"] for row in rows), "outlier_count": sum(row["outlier"] for row in rows),
        "is_flat": valid >= rule["flat"] and min(told["values"]) == max(told["values"]),
        "clock_drift_s": drift, "clock_lag_s": lag, "clock_ahead_count": ahead, "is_clock_zone_other": other,
        "is_clock_suspect": other or ahead > 0 or late,
        "is_simulated": any(row["simulated"] for row in rows) if told else bool(device and device["is_simulated"]),
    }  # fmt: skip


def _why(covered, cadence, stamps, count, missing, empty):
    """Return why the day has no mean: what took most of its readings; 0 where it has one."""
    if covered or not cadence:
        return ANSWERED if covered else NO_CADENCE
    if stamps:
        return STAMP_ONLY
    silent = missing + count["offline"]
    if count["out"] > silent and count["out"] >= empty:
        return OUT
    return EMPTY if empty > silent else OFFLINE
