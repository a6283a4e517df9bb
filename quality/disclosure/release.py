"""Releasing a table beside the ledger: judged with what was released before, kept before anybody sees it.

Belongs here: the two steps in order. Does not: judging (gate), keeping (ledger).
"""

from __future__ import annotations

from quality.disclosure.differencing import compared
from quality.disclosure.gate import decide
from quality.disclosure.ledger import ReleaseLedger, own_cells
from quality.disclosure.outputs import CountTable, MagnitudeTable, Model
from quality.disclosure.policy import Policy, load_policy
from quality.disclosure.verdict import Decision, refused


def release(
    output: CountTable | MagnitudeTable | Model, ledger: ReleaseLedger, policy: Policy | None = None
) -> Decision:
    """Judge a table with all earlier ones and keep it; what cannot be kept is not released.

    Parameters
    ----------
    output
        Counted with the ledger's `unit_key`, so that its units can be compared.
    ledger
        Of the study.
    policy
        The platform's unless it was raised for this release.
    """
    try:
        chosen = policy or load_policy()
        earlier = ledger.earlier()
        decision = decide(output, chosen, earlier=earlier)
        if decision.released is not None:
            noise = {} if isinstance(output, Model) else compared(output, own_cells(output), chosen, earlier).noise
            ledger.keep(output, decision.released, noise)
    except Exception as error:  # noqa: BLE001 - R17: whatever fails, nothing leaves
        return refused("R17", "E-SDC-17", what=output.about.measure, kind=type(error).__name__)
    return decision
