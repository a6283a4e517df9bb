"""Everything beside the estimates of one experiment on one release, in order.

Belongs here: the list of accounts; each entry's certainty. Does not: any account (the modules beside). An account that the
release cannot give is empty; nothing here stops a run.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from data.ledger import Ledger
from data.releases import Release
from experiments.accounts.baseline import baseline_of
from experiments.accounts.certainty import Evidence, certainty_of
from experiments.accounts.curved import curves
from experiments.accounts.declared import declared_of
from experiments.accounts.delivery import delivery_of
from experiments.accounts.elsewhere import elsewhere_of
from experiments.accounts.flow import flow_of
from experiments.accounts.harmed import harms_of
from experiments.accounts.lost import attrition_rows, bounds_of
from experiments.accounts.moved import over_time, robust
from experiments.accounts.panel import panels
from experiments.accounts.powered import diagnosis_of, power_of
from experiments.accounts.shapes_judged import Accounts, Certainty, Earlier
from experiments.plans import Plan
from experiments.results import Attempt
from experiments.source import Source

RUN = "analysis_run"


def with_accounts(
    document: dict[str, Any], plan: Plan, source: Source, tried: Sequence[Attempt] = ()
) -> dict[str, Any]:
    """Return the results document with `accounts`, and the certainty of each analysis in its entry.

    Parameters
    ----------
    document
        As `against_record` made it: labels and statuses are on record.
    plan, source
        What was run, and on which rows.
    tried
        The registered robustness analyses with their results or refusals.
    """
    protocol, entries = plan.protocol, document["analyses"]
    found = panels(source, protocol)
    covariates = protocol.assignment_spec.balance_covariates if protocol.assignment_spec else ()
    baselines = [baseline_of(panel, source, covariates) for panel in found]
    flow = tuple(flow_of(panel, protocol) for panel in found)
    attrition = attrition_rows(source, protocol, found)
    elsewhere = elsewhere_of(source, protocol, entries)
    baseline = tuple(item for item in baselines if item is not None)
    evidence = Evidence(
        protocol, flow, baseline, attrition, {item.id: item for item in elsewhere}, _unreported(document),
        document["registration"] is not None,
    )  # fmt: skip
    rated = tuple(certainty_of(entry, evidence) for entry in entries)
    accounts = Accounts(
        flow=flow,
        baseline=baseline,
        delivery=delivery_of(source, protocol, found),
        power=power_of(entries, diagnosis_of(plan.ledger, plan.version)),
        over_time=tuple(item for panel in found for item in over_time(panel, protocol)),
        robust=robust(protocol, tried),
        curves=curves(source, protocol, frozenset(entry["analysis_id"] for entry in entries)),
        attrition=attrition,
        bounds=bounds_of(entries),
        harms=harms_of(source, protocol, found),
        certainty=rated,
        elsewhere=elsewhere,
        declared=declared_of(protocol, drawn=bool(source.units)),
        history=_history(plan.ledger, protocol.experiment_id, source.release),
    )
    return {**document, "analyses": _with_certainty(entries, rated), "accounts": accounts.model_dump(mode="json")}


def _with_certainty(entries: list[dict[str, Any]], rated: tuple[Certainty, ...]) -> list[dict[str, Any]]:
    """Return the entries with the level that their sentences speak at: the reviewer's where there is one."""
    levels = {item.id: item.rated.level if item.rated else item.proposed for item in rated}
    return [{**entry, "certainty": levels[entry["analysis_id"]]} for entry in entries]


def _unreported(document: dict[str, Any]) -> int:
    return sum(row["status"] == "not_reported" for row in document["registered_vs_done"])


def _history(ledger: Ledger | None, experiment_id: str, release: Release) -> tuple[Earlier, ...]:
    """Return the releases on which the experiment was analysed before this one; the ledger's times, never the clock's."""
    if ledger is None:
        return ()
    first: dict[str, tuple[str, int]] = {}
    for event in ledger.events(RUN, experiment_id):
        name = event.detail["release_id"]
        if name == release.release_id:
            break
        at, number = first.get(name, (event.at_utc, 0))
        first[name] = (at, number + 1)
    return tuple(Earlier(id=name, at=at, analyses=number) for name, (at, number) in first.items())
