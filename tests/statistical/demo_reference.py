"""The demo's panels a second time, in pandas, straight from the simulated tables: the oracle for the dbt marts.

Belongs here: an independent statement of what each panel holds. Does not: tests, SQL, the platform's own code paths.
"""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from data.demo import DemoTables, ExperimentTables

WAIT_STATUS = {-1: 1, -2: 2, -8: 8, -9: 9}
SENSOR_STATUS = {-9: 14}
NOT_SEEN = 11
WHY_UNSEEN = {"P4": 12, "P6": 8, "P7": 8, "P8": 8, "1.1": 9, "1.2": 9}
"""Disposition of who was not seen → status; every other one is a non-response. Nobody dies within a field here."""
WAVES = 4
ELDERLY_FROM = 60


def lost_keys(truth: Mapping) -> dict[str, list[dict[str, str]]]:
    """Return, per contract, the keys of the rows that planted faults keep out of the archive."""
    lost: dict[str, list[dict[str, str]]] = {}
    for fault in truth["planted"]:
        lost.setdefault(fault["contract"], []).extend(fault["keys"])
    return lost


def without(table: pd.DataFrame, keys: list[dict[str, str]]) -> pd.DataFrame:
    """Return the table without the rows that have one of the keys."""
    if not keys:
        return table
    gone = pd.MultiIndex.from_frame(pd.DataFrame(keys).astype(str))
    here = pd.MultiIndex.from_frame(table[list(keys[0])].astype(str))
    return table.loc[~here.isin(gone)].reset_index(drop=True)


def split_codes(values: pd.Series, statuses: Mapping[int, int]) -> tuple[pd.Series, pd.Series]:
    """Return values with missing codes blanked, and the status (0 where valid)."""
    status = values.map(statuses).fillna(0).astype("int64")
    return values.astype(float).where(status == 0), status


def individual_wave(tables: DemoTables | ExperimentTables, lost: Mapping[str, list] | None = None) -> pd.DataFrame:
    """Return one row per person and wave of the zone, seen or not."""
    visits = without(tables.clinic_visit, (lost or {}).get("clinic_visit", []))
    first = visits.sort_values("wave").drop_duplicates("person_id")
    people = first[["zone_id", "person_id", "clinic_id", "gender_code", "birth_year"]]
    people = people.merge(tables.clinic_assignment[["clinic_id", "block_id", "arm_code"]], on="clinic_id", how="left")
    starts = first["interview_date"].map(lambda day: day.year).to_numpy()
    people = people.assign(is_elderly=starts - people["birth_year"].to_numpy() >= ELDERLY_FROM)
    grid = people.merge(pd.DataFrame({"wave": [f"W{number}" for number in range(1, WAVES + 1)]}), how="cross")
    answers = visits[["person_id", "wave", "interview_date", "wait_min", "satisfaction_score"]]
    panel = grid.merge(answers, on=["person_id", "wave"], how="left", indicator="found")
    seen = panel["found"] == "both"
    if isinstance(tables, DemoTables):  # of the experiments alone nobody knows why a person was not seen
        field = tables.sample_file.rename(columns={"unit_id": "person_id"})[["person_id", "wave", "disposition_code"]]
        panel = panel.merge(field, on=["person_id", "wave"], how="left", validate="1:1")
    else:
        panel["disposition_code"] = None
    unseen = panel["disposition_code"].map(WHY_UNSEEN).fillna(NOT_SEEN).astype("int64")
    for name in ("wait_min", "satisfaction_score"):
        value, status = split_codes(panel[name], WAIT_STATUS)
        panel[name], panel[f"{name}__st"] = value, status.where(seen, unseen)
    panel["wave_order"] = panel["wave"].str[1:].astype("int64")
    panel["is_post"] = panel["wave_order"] > 1
    panel["is_observed"] = seen
    panel = panel.rename(columns={"arm_code": "treat"}).drop(columns="found")
    return panel.sort_values(["zone_id", "person_id", "wave"], ignore_index=True)


def organisation_quarter(tables: DemoTables | ExperimentTables, lost: Mapping[str, list] | None = None) -> pd.DataFrame:
    """Return one row per organisation and quarter, lost reports included: all organisations live through all quarters here."""
    every = tables.organisation_quarter
    reported = without(every, (lost or {}).get("organisation_quarter", []))
    keys = ["zone_id", "org_id", "quarter"]
    traits = every.drop_duplicates("org_id")[["org_id", "sector_code", "adopted_quarter"]]
    panel = every[keys].merge(traits, on="org_id")
    figures = [*keys, "productivity_krmb", "headcount_total", "headcount_routine"]
    panel = panel.merge(reported[figures], on=keys, how="left", indicator="found")
    panel["is_observed"] = panel.pop("found") == "both"
    panel["quarter_index"] = _quarter_index(panel["quarter"])
    adopted = panel["adopted_quarter"].replace("", None)
    panel["adopted_quarter"] = adopted
    panel["adopted_quarter_index"] = _quarter_index(adopted).fillna(0).astype("int64")
    ever = panel["adopted_quarter_index"] > 0
    panel["is_adopted"] = (ever & (panel["quarter_index"] >= panel["adopted_quarter_index"])).astype("int64")
    value, status = split_codes(panel["headcount_routine"], {-8: 8, -9: 9})
    panel["headcount_routine"], panel["headcount_routine__st"] = value, status.where(panel["is_observed"], NOT_SEEN)
    return panel.sort_values(["zone_id", "org_id", "quarter"], ignore_index=True)


def _quarter_index(labels: pd.Series) -> pd.Series:
    return labels.str[:4].astype("Int64") * 4 + labels.str[5:].astype("Int64") - 1


def district_month(tables: DemoTables | ExperimentTables, lost: Mapping[str, list] | None = None) -> pd.DataFrame:
    """Return one row per district and local month: means over valid hours, and the share of hours with signals on."""
    hours = without(tables.traffic_hour, (lost or {}).get("traffic_hour", [])).copy()
    hours = hours.merge(tables.district_signal[["district_id", "switched_on_date"]], on="district_id", how="left")
    switched = pd.to_datetime(hours["switched_on_date"])
    hours["signal_on"] = (hours["observed_at"] >= switched).astype(float)
    hours["month"] = hours["observed_at"].dt.to_period("M").dt.to_timestamp()
    for name in ("speed_kmh", "pm25_ugm3"):
        hours[name] = split_codes(hours[name], SENSOR_STATUS)[0]
    hours = hours.loc[
        hours["speed_kmh"].notna() | hours["pm25_ugm3"].notna()
    ]  # an hour without any reading is not observed
    grouped = hours.groupby(["zone_id", "district_id", "month"], sort=True)
    panel = grouped.agg(
        signal_share=("signal_on", "mean"),
        hours_observed=("signal_on", "size"),
        speed_kmh=("speed_kmh", "mean"),
        pm25_ugm3=("pm25_ugm3", "mean"),
    ).reset_index()
    panel["month_index"] = panel["month"].dt.year * 12 + panel["month"].dt.month - 1
    return panel


def panels(tables: DemoTables | ExperimentTables, lost: Mapping[str, list] | None = None) -> dict[str, pd.DataFrame]:
    """Return the three panels that the demo's experiments analyse, by mart name."""
    return {
        "panel_individual_wave": individual_wave(tables, lost),
        "panel_organisation_quarter": organisation_quarter(tables, lost),
        "panel_district_month": district_month(tables, lost),
    }


KEYS = {
    "panel_individual_wave": ["zone_id", "person_id", "wave"],
    "panel_organisation_quarter": ["zone_id", "org_id", "quarter"],
    "panel_district_month": ["zone_id", "district_id", "month"],
}


def assert_same_panel(name: str, mart: pd.DataFrame, reference: pd.DataFrame) -> None:
    """Fail unless the mart has the reference's rows and, in every column of the reference, its values (to 1e-9)."""
    columns = [column for column in reference.columns if column in mart.columns]
    left, right = (
        frame[columns].sort_values(KEYS[name], ignore_index=True).pipe(_plain) for frame in (mart, reference)
    )
    pd.testing.assert_frame_equal(left, right, check_dtype=False, rtol=1e-9, atol=1e-9)


def _plain(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the frame with days as text, numbers as floats and no distinction between None and NaN."""
    plain = {}
    for name, values in frame.items():
        if pd.api.types.is_numeric_dtype(values) or pd.api.types.is_bool_dtype(values):
            plain[name] = values.astype("Float64").astype(float)
        elif pd.api.types.is_datetime64_any_dtype(values) or name.endswith(("_date", "month")):
            plain[name] = pd.to_datetime(values)
        else:
            plain[name] = values.astype(object).where(values.notna(), "")
    return pd.DataFrame(plain)
