"""Handing a draft in: on record, diagnosed, submitted; an amendment by its own act, a minor one registered at once.

Belongs here: the order of the acts and their progress on the page. Does not: their rules (experiments.registry), the dialog.
"""

from __future__ import annotations

import streamlit as st

from apps.viewer import drafting
from apps.viewer.drafting import Draft
from apps.viewer.language import t
from experiments.registry import acts, amending
from experiments.registry.protocol import Protocol
from experiments.registry.store import Registry


def hand_in(registry: Registry, draft: Draft, protocol: Protocol | None, user: str) -> str:
    """Do every act that submission takes and return the experiment's id.

    Raises
    ------
    ZonelabError
        An act was refused; those before it stand, and the next try goes on from there.
    """
    if protocol is None:
        raise ValueError("a draft without a protocol cannot be handed in")
    with st.status(t("Submitting"), expanded=True) as status:
        experiment_id = _on_record(registry, draft, protocol, user)
        st.write(t("{id} is on record.", id=experiment_id))
        opened = registry.record(experiment_id).open
        if opened is not None:
            _diagnose(registry, experiment_id, opened.protocol, user)
            acts.submit(registry, experiment_id, actor=user)
        status.update(label=t("Submitted"), state="complete")
    return experiment_id


def _on_record(registry: Registry, draft: Draft, protocol: Protocol, user: str) -> str:
    known = draft.about.get("of")
    named = protocol.model_copy(update={"experiment_id": known}) if known else protocol
    if draft.about.get("kind") == "amendment":
        return _amended(registry, draft, named, user)
    experiment_id = acts.draft(registry, named, actor=user)
    if known != experiment_id:
        drafting.note("of", experiment_id)
    return experiment_id


def _amended(registry: Registry, draft: Draft, protocol: Protocol, user: str) -> str:
    """Propose the amendment; a minor one is registered by the same act."""
    amending.amend(
        registry,
        protocol.experiment_id,
        protocol,
        reason_code=str(draft.about.get("reason_code") or ""),
        justification=str(draft.about.get("justification") or ""),
        knowledge_of_results=draft.about.get("knowledge_of_results") or "none",
        actor=user,
    )
    return protocol.experiment_id


def _diagnose(registry: Registry, experiment_id: str, protocol: Protocol, user: str) -> None:
    from experiments.design.diagnose import diagnose
    from experiments.design.diagnosis import design_hash

    wanted = design_hash(protocol)
    known = [e for e in registry.record(experiment_id).events if e.kind == "diagnosis_recorded"]
    if any(event.detail.get("design_hash") == wanted for event in known):
        return
    bar = st.progress(0.0, text=t("Simulating the design"))

    def told(done: int, of: int) -> None:
        bar.progress(done / of, text=t("Simulating the design"))

    # one process: a fresh one would start from the page's script, which stands in the place of __main__ here
    found = diagnose(protocol, processes=1, progress=told)
    acts.record_diagnosis(registry, experiment_id, diagnosis=found.to_dict(), design_hash=wanted, actor=user)
