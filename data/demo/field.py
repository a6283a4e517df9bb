"""The field of the triage survey: what came of every person in every wave, drawn to fit who was interviewed.

Belongs here: the sample file, the deaths and the moves that it implies. Does not: who is interviewed (clinics), households and
employers (lineage). Streams are its own: no draw of an experiment changes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt
import pandas as pd

from data.demo.clinics import WORLD
from data.demo.streams import Flags, Integers, or_none, stream
from data.reference import zones

STREAM = "field"
ELDERLY_FROM = 60
LEAVES = ("P3", "P5", "P6", "P4", "P8", "P7", "2.20")
LEAVES_YOUNG = (0.34, 0.25, 0.24, 0.08, 0.01, 0.04, 0.04)
LEAVES_ELDERLY = (0.30, 0.16, 0.10, 0.08, 0.22, 0.10, 0.04)
STAYS_AWAY = ("2.20", "P2", "2.32")
STAYS_AWAY_SHARES = (0.55, 0.35, 0.10)
MODES = ("face_to_face", "telephone", "web")
MODE_SHARES = (0.6, 0.3, 0.1)
PARTIAL = 0.02
PROXY = 0.03
FIELD_DAYS = 19
OUT_OF_FIELD = ("P3", "P4", "P6", "P7", "P8")
"""Whoever has left for one of these is not issued again."""


@dataclass(frozen=True)
class Fates:
    """Everybody enrolled in a zone: interviewed or not by wave, why they left for good, when (rows: waves)."""

    zone_id: str
    person: npt.NDArray[np.object_]
    elderly: Flags
    seen: Flags
    last: Integers
    leaves: npt.NDArray[np.object_]
    left_on: npt.NDArray[np.object_]
    interviews: pd.DataFrame


def fates(seed: int, zone_id: str, visits: pd.DataFrame) -> Fates:
    """Return what becomes of the people of one zone; everybody is interviewed in the first wave."""
    rng = stream(seed, STREAM, zone_id)
    first = visits.loc[visits["wave"] == "W1"].reset_index(drop=True)
    person = first["person_id"].to_numpy()
    waves = [f"W{number + 1}" for number in range(len(WORLD.wave_starts))]
    seen = np.array([np.isin(person, visits.loc[visits["wave"] == wave, "person_id"].to_numpy()) for wave in waves])
    last = len(waves) - 1 - np.argmax(seen[::-1], axis=0)
    elderly = WORLD.wave_starts[0].year - first["birth_year"].to_numpy() >= ELDERLY_FROM
    young, old = (rng.choice(LEAVES, len(person), p=shares) for shares in (LEAVES_YOUNG, LEAVES_ELDERLY))
    leaves = np.where(elderly, old, young).astype(object)
    return Fates(zone_id, person, elderly, seen, last, leaves, _left_on(rng, last), visits)


def _left_on(rng: np.random.Generator, last: Integers) -> npt.NDArray[np.object_]:
    """Return the day on which somebody left: between the field of the last interview and the next one."""
    days = rng.integers(FIELD_DAYS + 6, FIELD_DAYS + 80, len(last))
    starts = WORLD.wave_starts
    return np.array([starts[wave] + timedelta(days=int(day)) for wave, day in zip(last, days, strict=True)])


def sample_file(seed: int, found: Fates) -> pd.DataFrame:
    """Return the sample file of one zone: every person in every wave, in contract columns."""
    rng = stream(seed, f"{STREAM} attempts", found.zone_id)
    parts = [_wave(rng, found, wave) for wave in range(len(found.seen))]
    return pd.concat(parts, ignore_index=True)


def _wave(rng: np.random.Generator, found: Fates, wave: int) -> pd.DataFrame:
    count = len(found.person)
    seen, code = found.seen[wave], _codes(rng, found, wave)
    out = np.isin(code, OUT_OF_FIELD) & (wave > found.last + 1)
    attempts = np.where(out, 0, np.where(seen, rng.geometric(0.6, count), rng.integers(3, 7, count))).clip(0, 8)
    first, ended = _days(rng, found, wave, attempts)
    proxy = seen & found.elderly & (rng.random(count) < PROXY / 0.3)
    return pd.DataFrame(
        {
            "zone_id": found.zone_id,
            "unit_type": "person",
            "unit_id": found.person,
            "wave": f"W{wave + 1}",
            "is_issued": ~out,
            "disposition_code": code,
            "mode_code": or_none(rng.choice(MODES, count, p=MODE_SHARES), ~out),
            "language_code": or_none("zh", seen),
            "is_proxy": or_none(proxy, seen),
            "attempt_count": attempts,
            "first_contact_date": or_none(first, ~out),
            "last_contact_date": or_none(ended, ~out),
            "is_simulated": True,
        }
    )


def _codes(rng: np.random.Generator, found: Fates, wave: int) -> npt.NDArray[np.object_]:
    count = len(found.person)
    complete = np.where(rng.random(count) < PARTIAL, "1.2", "1.1")
    away = rng.choice(STAYS_AWAY, count, p=STAYS_AWAY_SHARES)
    refusing = (found.leaves == "P3") & (wave == found.last + 1)  # the first refusal is not yet known to be for good
    gone = np.where(refusing, "2.11", found.leaves)
    codes: npt.NDArray[np.object_] = np.where(found.seen[wave], complete, np.where(wave < found.last, away, gone))
    return codes.astype(object)


def _days(
    rng: np.random.Generator, found: Fates, wave: int, attempts: Integers
) -> tuple[npt.NDArray[np.object_], npt.NDArray[np.object_]]:
    """Return first and last day of the attempts: of the interviewed the last is the day of the interview."""
    start = WORLD.wave_starts[wave]
    drawn = rng.integers(2, FIELD_DAYS, len(found.person))
    told = found.interviews.loc[found.interviews["wave"] == f"W{wave + 1}"].set_index("person_id")["interview_date"]
    on = told.reindex(found.person)
    last = [
        day if isinstance(day, date) else start + timedelta(days=int(late)) for day, late in zip(on, drawn, strict=True)
    ]
    first = [max(start, day - timedelta(days=2 * (int(n) - 1))) for day, n in zip(last, attempts, strict=True)]
    return np.array(first, dtype=object), np.array(last, dtype=object)


def unit_event(found: Fates) -> pd.DataFrame:
    """Return the events of one zone's people: enrolment of all, deaths, moves, institutions; in contract columns."""
    kinds = {"P8": "ended", "P6": "moved_out", "P7": "institution"}
    left = found.last < len(found.seen) - 1
    rows = [("enrolled", person, WORLD.wave_starts[0]) for person in found.person]
    for code, event in kinds.items():
        who = left & (found.leaves == code)
        rows += [(event, person, day) for person, day in zip(found.person[who], found.left_on[who], strict=True)]
    return pd.DataFrame(
        {
            "zone_id": found.zone_id,
            "unit_type": "person",
            "unit_id": [person for _, person, _ in rows],
            "event_code": [event for event, _, _ in rows],
            "event_date": [day for _, _, day in rows],
            "is_simulated": True,
        }
    )


def moves(seed: int, found: Fates) -> pd.DataFrame:
    """Return the links of those who moved out and are known to have gone to another pilot zone (about half)."""
    rng = stream(seed, f"{STREAM} moves", found.zone_id)
    others = [zone for zone in zones() if zone != found.zone_id]
    known = rng.random(len(found.person)) < 0.5  # noqa: PLR2004
    target = rng.choice(others, len(found.person))
    who = (found.last < len(found.seen) - 1) & (found.leaves == "P6") & known
    return pd.DataFrame(
        {
            "unit_type": "person",
            "unit_id": found.person[who],
            "relation_code": "moved_zone",
            "other_type": "zone",
            "other_id": target[who],
            "start_date": found.left_on[who],
            "end_date": None,
        }
    )
