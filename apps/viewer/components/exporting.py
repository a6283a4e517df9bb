"""Export of one version: the canonical document, readable pages, and other registries' forms.

Belongs here: the buttons. Does not: the mappings (experiments.registry.exchange), who may see what.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import streamlit as st

from apps.viewer import registry_reads
from apps.viewer.components import markup
from apps.viewer.desk import Desk
from apps.viewer.language import t
from experiments.registry.exchange.cover import Cover
from experiments.registry.exchange.export import SUFFIX, Format, exported
from experiments.registry.machines import PROTOCOL_VERSION
from experiments.registry.protocol import Protocol
from experiments.registry.records import Record, VersionRecord

_MIME = {"html": "text/html", "markdown": "text/markdown"}
NAMES: dict[Format, str] = {
    "html": "HTML",
    "markdown": "Markdown",
    "json": "JSON",
    "aea": "AEA",
    "osf": "OSF",
    "ctgov": "ClinicalTrials.gov",
}


def show(desk: Desk, record: Record, version: VersionRecord) -> None:
    """Show one download button for each format."""
    markup.heading(t("Export"), t("Files hold what you may see, in both languages."))
    hidden = registry_reads.hidden_from(record, version, desk.who)
    visible = frozenset(Protocol.model_fields) - hidden
    cover = Cover(
        record.experiment_id,
        version.version,
        version.document_sha256,
        "public" if hidden else "full",
        PROTOCOL_VERSION.states[version.state],
        version.pid,
        version.registered_at,
    )
    with st.container(horizontal=True):
        for form, name in NAMES.items():
            st.download_button(
                name,
                _made(version, form, visible, cover),
                f"{record.experiment_id}-{version.version}{SUFFIX[form]}",
                _MIME.get(form, "application/json"),
                key=f"export_{form}",
                on_click="ignore",
                help=t("Export as {name}", name=name),
            )


def _made(version: VersionRecord, form: Format, visible: frozenset[str], cover: Cover) -> Callable[[], str]:
    """Return the file's maker: it runs when the button is pressed."""
    return partial(exported, version.protocol, form, visible=visible, cover=cover)
