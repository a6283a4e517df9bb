"""The panels a second time, in plain pandas and Python, row by row from what arrived: the oracle for the SQL models.

Belongs here: an independent statement of each rule about units, waves, dispositions, lineage and exposure. Does not: SQL, the
platform's own code, tests. Tables are data frames in business columns; missing is None, NaN or NaT.
"""

from collections import defaultdict
from datetime import date, timedelta

import pandas as pd

CLASSES = {
    "I": ("1.1",),
    "P": ("1.2",),
    "R": ("2.11", "2.12", "P2", "P3", "P4"),
    "NC": ("2.20",),
    "O": ("2.31", "2.32", "2.33", "2.35"),
    "UH": ("3.1",),
    "UO": ("3.2", "3.9", "P5"),
    "NE": ("4.1", "4.5", "4.7", "4.9", "P1", "P6", "P7", "P8", "P9", "P10"),
}
CLASS_OF = {code: name for name, codes in CLASSES.items() for code in codes}


def records(table):
    """Return the rows as dictionaries with None for what is missing and plain dates."""
    return [{name: _plain(value) for name, value in row.items()} for row in table.to_dict("records")]


def _plain(value):
    if pd.isna(value):
        return None
    return value.date() if isinstance(value, pd.Timestamp) else value


def unseen_status(code, kind):
    """Return why everything about a unit that was not seen is absent."""
    if code in ("P1", "P4"):
        return {"P1": 10, "P4": 12}[code]
    return {"I": 9, "P": 9, "NE": 8}.get(kind, 11)


class World:
    """The lake's tables as lists of rows, and what several panels ask of them."""

    def __init__(self, tables):
        for name, table in tables.items():
            setattr(self, name, records(table))
        self.visit = {(row["zone_id"], row["person_id"], row["wave"]): row for row in self.clinic_visit}
        self.file = {(row["zone_id"], row["unit_type"], row["unit_id"], row["wave"]): row for row in self.sample_file}

    def waves(self):
        """Return (zone, wave) → year, first and last day of the field; interviews date it, without one the first attempt."""
        found = {}
        for zone, wave in {(row["zone_id"], row["wave"]) for row in [*self.clinic_visit, *self.sample_file]}:
            talks = [row["interview_date"] for (z, _, w), row in self.visit.items() if (z, w) == (zone, wave)]
            filed = [row for row in self.sample_file if (row["zone_id"], row["wave"]) == (zone, wave)]
            begun = [*talks, *(row["first_contact_date"] for row in filed)]
            ended = [*talks, *(row["last_contact_date"] for row in filed)]
            start = min(filter(None, begun), default=None)
            year = min(talks).year if talks else (start.year if start else None)
            found[zone, wave] = (year, start, max(filter(None, ended), default=None))
        return found

    def units(self):
        """Return the persons and households of each zone: interviewed at any time, or on a file."""
        people = {(row["zone_id"], "person", row["person_id"]) for row in self.clinic_visit}
        return people | {(row["zone_id"], row["unit_type"], row["unit_id"]) for row in self.sample_file}

    def is_simulated(self, zone, kind, unit):
        """Return whether any visit or file row of the unit was generated."""
        talks = kind == "person" and any(
            row["is_simulated"] for (z, person, _), row in self.visit.items() if (z, person) == (zone, unit)
        )
        return bool(talks) or any(
            row["is_simulated"] for (z, k, u, _), row in self.file.items() if (z, k, u) == (zone, kind, unit)
        )

    def ended(self, zone, kind, unit):
        """Return the first day on which the unit died or dissolved, None if none is known."""
        days = [
            row["event_date"]
            for row in self.unit_event
            if (row["zone_id"], row["unit_type"], row["unit_id"], row["event_code"]) == (zone, kind, unit, "ended")
        ]
        return min(days, default=None)

    def arrived(self, zone, kind, unit):
        """Return the first day of a declared move into the zone."""
        days = [
            row["start_date"]
            for row in self.unit_link
            if row["relation_code"] == "moved_zone"
            and (row["other_id"], row["unit_type"], row["unit_id"]) == (zone, kind, unit)
        ]
        return min(days, default=None)


def dispositions(world):
    """Return one row per person or household and wave."""
    waves, rows = world.waves(), []
    lists = {(row["zone_id"], row["wave"], row["unit_type"]) for row in world.sample_file}
    for zone, kind, unit in world.units():
        for (place, wave), (_, start, end) in waves.items():
            key = (zone, kind, unit, wave)
            talked = kind == "person" and (zone, unit, wave) in world.visit
            listed = (zone, wave, kind) in lists
            if place != zone or (kind == "household" and not listed):
                continue
            arrived = world.arrived(zone, kind, unit)
            if not talked and key not in world.file and arrived and not (end and end >= arrived):
                continue
            rows.append(_disposition(world, key, talked=talked, listed=listed, start=start))
    return pd.DataFrame(rows)


def _disposition(world, key, *, talked, listed, start):
    zone, kind, unit, wave = key
    ended = world.ended(zone, kind, unit)
    filed = world.file.get(key)
    if filed:
        source, code = "sample_file", filed["disposition_code"]
    elif talked:
        source, code = "interview", "1.1"
    elif listed:
        source, code = "absent_from_file", "P1"
    elif ended and start and ended < start:
        source, code = "event", "P8"
    else:
        source, code = "none", "3.9"
    in_field = code == "P8" and bool(ended and start and ended >= start)
    return {
        "zone_id": zone,
        "unit_type": kind,
        "unit_id": unit,
        "wave": wave,
        "wave_order": int(wave[1:]),
        "is_issued": filed["is_issued"] if filed else code not in ("P1", "P8"),
        "disposition_code": code,
        "disposition_class": "O" if in_field else CLASS_OF[code],
        "disposition_source": source,
        "is_observed": talked,
        "mode": filed["mode_code"] if filed else None,
        "is_simulated": world.is_simulated(zone, kind, unit),
    }


def organisation_quarters(world):
    """Return one row per organisation and quarter of its zone from the beginning of its life on."""
    rows = []
    report = {(row["zone_id"], row["org_id"], row["quarter"]): row for row in world.organisation_quarter}
    event = defaultdict(list)
    for row in world.organisation_event:
        event[row["zone_id"], row["org_id"]].append(row)
    for zone, org in {(z, o) for z, o, _ in report} | set(event):
        mine = sorted(quarter for z, o, quarter in report if (z, o) == (zone, org))
        facts = event.get((zone, org), [])
        begins = [_quarter(r["event_date"]) for r in facts if r["event_code"] in ("founded", "split_from")]
        ends = {
            c: [_quarter(r["event_date"]) for r in facts if r["event_code"] == c]
            for c in ("merged_into", "moved_zone", "closed")
        }
        last = min((q for quarters in ends.values() for q in quarters), default=None)
        ways = zip(("P10", "P6", "P9"), ("merged_into", "moved_zone", "closed"), strict=True)
        after = next((code for code, name in ways if last in ends[name]), None)
        known = [*([min(begins)] if begins else []), *mine[:1]] or [last]
        for quarter in sorted({q for z, _, q in report if z == zone and q >= min(known)}):
            told = report.get((zone, org, quarter))
            alive = last is None or quarter <= last
            code = "1.1" if told else after if not alive else "2.35" if facts else "3.9"
            rows.append(
                {
                    "zone_id": zone, "org_id": org, "quarter": quarter, "is_observed": bool(told), "is_alive": alive,
                    "disposition_code": code, "is_reporting": bool(mine), "report": told,
                    "is_simulated": any(r["is_simulated"] for r in [*facts, *(report[zone, org, q] for q in mine)]),
                    "adopted_quarter": min(filter(None, (report[zone, org, q]["adopted_quarter"] for q in mine)), default=None),
                    "sector_code": (told or (report[zone, org, mine[0]] if mine else {})).get("sector_code"),
                }
            )  # fmt: skip
    return rows


def _quarter(day):
    return f"{day.year}Q{(day.month + 2) // 3}"


def _index(quarter):
    return int(quarter[:4]) * 4 + int(quarter[5]) - 1


def fct_disposition(world):
    """Return the mart: persons and households by wave, organisations by quarter."""
    companies = [
        {
            "zone_id": row["zone_id"],
            "unit_type": "organisation",
            "unit_id": row["org_id"],
            "wave": row["quarter"],
            "wave_order": _index(row["quarter"]),
            "is_issued": row["is_alive"] or row["is_observed"],
            "disposition_code": row["disposition_code"],
            "disposition_class": CLASS_OF[row["disposition_code"]],
            "disposition_source": "interview"
            if row["is_observed"]
            else {"2.35": "register", "3.9": "none"}.get(row["disposition_code"], "event"),
            "is_observed": row["is_observed"],
            "mode": "register" if row["is_observed"] else None,
            "is_simulated": row["is_simulated"],
        }
        for row in organisation_quarters(world)
    ]
    return pd.concat([dispositions(world), pd.DataFrame(companies)], ignore_index=True)


def panel_organisation_quarter(world):
    """Return the mart: organisations that ever reported, over the quarters of their life, reports after its end kept."""
    rows = []
    for row in organisation_quarters(world):
        if not row["is_reporting"] or not (row["is_alive"] or row["is_observed"]):
            continue
        told, adopted = row["report"] or {}, row["adopted_quarter"]
        since = _index(row["quarter"]) - _index(adopted) if adopted else None
        why = unseen_status(row["disposition_code"], "O")
        made = {
            name: row[name] for name in ("zone_id", "org_id", "quarter", "is_observed", "is_alive", "disposition_code")
        }
        made |= {"sector_code": row["sector_code"], "adopted_quarter": adopted, "quarters_since_adoption": since}
        made |= {
            "adopted_quarter_index": _index(adopted) if adopted else 0,
            "is_adopted": int(since is not None and since >= 0),
        }
        for name in ("productivity_krmb", "headcount_total", "ai_industry_code"):
            made[name] = told.get(name)
            made[f"{name}__st"] = 0 if made[name] is not None else 9 if told else why
        made["ai_industry_catalogue"] = told.get("ai_industry_catalogue")
        made["headcount_routine"] = told.get("headcount_routine")
        made["headcount_routine__st"] = told["headcount_routine__st"] if told else why
        rows.append(made)
    return pd.DataFrame(rows)


def panel_individual_wave(world):
    """Return the mart: persons by wave with the axes of time."""
    waves, rows = world.waves(), []
    baseline = {
        z: min((int(w[1:]), year) for (place, w), (year, *_) in waves.items() if place == z)[1] for z, _ in waves
    }
    arms = {(row["zone_id"], row["clinic_id"]): row for row in world.clinic_assignment}
    for row in records(dispositions(world)):
        if row["unit_type"] != "person":
            continue
        zone, person, wave = row["zone_id"], row["unit_id"], row["wave"]
        mine = sorted(
            (r for (z, p, _), r in world.visit.items() if (z, p) == (zone, person)), key=lambda r: int(r["wave"][1:])
        )
        first = mine[0] if mine else {}
        arm = arms.get((zone, first.get("clinic_id")), {})
        talk = world.visit.get((zone, person, wave), {})
        year, start, _ = waves[zone, wave]
        day = talk.get("interview_date") or start
        born = first.get("birth_year")
        why = unseen_status(row["disposition_code"], row["disposition_class"])
        rows.append(
            {
                "zone_id": zone, "person_id": person, "wave": wave, "wave_order": row["wave_order"],
                "clinic_id": first.get("clinic_id"), "block_id": arm.get("block_id"), "treat": arm.get("arm_code"),
                "is_post": row["wave_order"] > 1, "is_observed": bool(talk), "reference_date": day,
                "disposition_code": row["disposition_code"], "disposition_class": row["disposition_class"],
                "days_since_assignment": _days(arm.get("assigned_date"), day), "birth_year": born,
                "age_years": year - born if born and year else None,
                "is_elderly": baseline[zone] - born >= 60 if born and baseline[zone] else None,
                "gender_code": next((r["gender_code"] for r in mine if r["gender_code"] is not None), None),
                "wait_min": talk.get("wait_min"), "wait_min__st": talk["wait_min__st"] if talk else why,
                "household_id": _group(world, zone, person, "household", day),
                "employer_id": _group(world, zone, person, "organisation", day),
                "is_simulated": row["is_simulated"] or bool(arm.get("is_simulated")),
                **_exposed(world, zone, person, day),
            }
        )  # fmt: skip
    return pd.DataFrame(rows)


def _days(since, day):
    return (day - since).days if since and day else None


def _group(world, zone, person, kind, day):
    """Return the household or employer of a day: the later begun of two, then the one that comes first by id."""
    held = [
        row
        for row in world.unit_link
        if (row["zone_id"], row["unit_type"], row["unit_id"], row["other_type"]) == (zone, "person", person, kind)
        and row["relation_code"] in ("member_of", "employed_by")
        and day is not None
        and row["start_date"] <= day <= (row["end_date"] or date.max)
    ]
    latest = max((row["start_date"] for row in held), default=None)
    return min((row["other_id"] for row in held if row["start_date"] == latest), default=None)


def _exposed(world, zone, person, day):
    log = [r for r in world.ai_exposure if (r["zone_id"], r["unit_type"], r["unit_id"]) == (zone, "person", person)]
    if not log:
        return {"ai_epoch": None, "days_since_offer": None, "days_since_exposure": None}
    offered = [r for r in log if r["is_offered"]]
    versions = {(r["system_id"], r["system_version"]) for r in offered if day and r["period_start"] <= day}
    used = [r["period_start"] for r in log if r["is_used"]]
    return {
        "ai_epoch": len(versions),
        "days_since_offer": _days(min((r["period_start"] for r in offered), default=None), day),
        "days_since_exposure": _days(min(used, default=None), day),
    }


def fct_exposure(world):
    """Return the mart: each period with the number of its version among those that the unit was offered."""
    met = defaultdict(dict)
    for row in sorted(world.ai_exposure, key=lambda r: (r["period_start"], r["system_id"], r["system_version"] or "")):
        if row["is_offered"]:
            known = met[row["zone_id"], row["unit_type"], row["unit_id"]]
            known.setdefault((row["system_id"], row["system_version"]), len(known) + 1)
    rows = []
    for row in world.ai_exposure:
        unit = (row["zone_id"], row["unit_type"], row["unit_id"])
        number = met[unit].get((row["system_id"], row["system_version"]), 0) if row["is_offered"] else 0
        covered = (row["period_end"] - row["period_start"] + timedelta(days=1)).days
        rows.append({**row, "ai_epoch": number, "days_covered": covered})
    return pd.DataFrame(rows)


def dim_wave(world):
    """Return the mart: the waves of each zone with how many units were listed, issued, seen."""
    listed = records(dispositions(world))
    rows = []
    for (zone, wave), (year, start, end) in world.waves().items():
        mine = [row for row in listed if (row["zone_id"], row["wave"]) == (zone, wave)]
        rows.append(
            {
                "zone_id": zone, "wave": wave, "wave_year": year, "field_start_date": start, "field_end_date": end,
                "has_sample_file": any(row["disposition_source"] == "sample_file" for row in mine),
                "units_listed": len(mine), "units_issued": sum(row["is_issued"] for row in mine),
                "units_observed": sum(row["is_observed"] for row in mine),
            }
        )  # fmt: skip
    return pd.DataFrame(rows)


def dim_unit(world):
    """Return the mart without devices, clinics and zones: when each unit was seen, its life, who came before and after."""
    seen, life, links = _seen(world), _lives(world), _links(world)
    before, after, moved = (defaultdict(set) for _ in range(3))
    for link in links:
        one = (link["zone_id"], link["unit_type"], link["unit_id"])
        other = (link["zone_id"], link["other_type"], link["other_id"])
        old, new = (other, one) if link["relation_code"] == "split_from" else (one, other)
        if link["relation_code"] in ("split_from", "merged_into"):
            before[new].add(old[2])
            after[old].add(new[2])
        if link["relation_code"] == "moved_zone":
            moved[one[1:]].add((-link["start_date"].toordinal(), link["other_id"]))
        for key in (one, other) if link["other_type"] != "zone" else (one,):
            seen[key] += []
    for key in life:
        seen[key] += []
    rows = []
    for key in seen:
        days = [day for day in seen[key] if day]
        rows.append(
            {
                "zone_id": key[0], "unit_type": key[1], "unit_id": key[2],
                "first_seen_date": min(days, default=None), "last_seen_date": max(days, default=None),
                "start_date": min((day for end, day in life[key] if end == 0), default=None),
                "end_date": min((day for end, day in life[key] if end == 1), default=None),
                "predecessor_count": len(before[key]), "predecessor_id": min(before[key]) if len(before[key]) == 1 else None,
                "successor_count": len(after[key]), "successor_id": min(after[key]) if len(after[key]) == 1 else None,
                "zone_count": len({other[0] for other in seen if other[1:] == key[1:]}),
                "moved_to_zone_id": min(moved[key[1:]], default=(None, None))[1],
            }
        )  # fmt: skip
    return pd.DataFrame(rows)


def _seen(world):
    """Return unit → the days on which it gave data; of a reported quarter the first day."""
    seen = defaultdict(list)
    for row in world.clinic_visit:
        seen[row["zone_id"], "person", row["person_id"]].append(row["interview_date"])
    for row in world.sample_file:
        done = row["disposition_code"] in ("1.1", "1.2")
        seen[row["zone_id"], row["unit_type"], row["unit_id"]].append(row["last_contact_date"] if done else None)
    for row in world.organisation_quarter:
        first_day = date(int(row["quarter"][:4]), 3 * int(row["quarter"][5]) - 2, 1)
        seen[row["zone_id"], "organisation", row["org_id"]].append(first_day)
    return seen


def _lives(world):
    """Return unit → its events as (0 begins, 1 ends, None neither) and day."""
    life = defaultdict(list)
    for row in world.unit_event:
        way = {"began": 0, "ended": 1}.get(row["event_code"])
        life[row["zone_id"], row["unit_type"], row["unit_id"]].append((way, row["event_date"]))
    for row in world.organisation_event:
        way = {"founded": 0, "split_from": 0, "closed": 1, "merged_into": 1}.get(row["event_code"])
        life[row["zone_id"], "organisation", row["org_id"]].append((way, row["event_date"]))
    return life


def _links(world):
    """Return the links of persons, households and organisations under one set of names."""
    links = list(world.unit_link)
    for row in world.organisation_event:
        if row["event_code"] in ("split_from", "merged_into", "moved_zone") and row["other_id"]:
            other = "zone" if row["event_code"] == "moved_zone" else "organisation"
            link = {"unit_type": "organisation", "unit_id": row["org_id"], "relation_code": row["event_code"]}
            there = {"other_type": other, "other_id": row["other_id"], "start_date": row["event_date"]}
            links.append({"zone_id": row["zone_id"], **link, **there})
    return links
