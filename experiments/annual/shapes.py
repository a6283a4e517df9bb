"""The shape of an annual report's document: of one zone or of the programme, as of the last day of a year.

Belongs here: frozen models, from which the published schema is made. Does not: computing (the modules beside), words (sections).
"""

from __future__ import annotations

from typing import Literal

from experiments.accounts.shapes import Label, Shape

SCHEMA_VERSION = 1
Worry = Literal["overdue", "documents", "harm", "conditions", "retention", "quarantine", "none"]


class Pin(Shape):
    """The release that everything was read from."""

    release_id: str
    generation_id: str
    as_of_seq: int
    simulated: bool


class ReportDue(Shape):
    """One annual report of a zone (`id` is its year)."""

    id: str
    due: str
    submitted: str | None
    status: str


class ZoneStanding(Shape):
    """One zone's standing as of the day; conditions are those of `condition_year`."""

    id: str
    state: str | None
    since: str | None
    missing_documents: tuple[str, ...]
    condition_year: int
    met: tuple[str, ...]
    not_met: tuple[str, ...]
    no_data: tuple[str, ...]
    reports: tuple[ReportDue, ...]
    overdue: tuple[int, ...]


class Practice(Shape):
    """A practice proposed for replication; a candidate has documents behind it."""

    id: str
    zone_id: str
    title: str
    proposed: str
    experiment_id: str | None
    is_candidate: bool
    adopted: int | None


class Indicator(Shape):
    """An indicator reported by a zone: the report's year, and the year before."""

    id: str
    zone_id: str
    indicator: str
    price_basis: str
    value: float | None
    before: float | None


class Target(Shape):
    """Progress against one national target in the last reported year."""

    id: str
    year: int
    by_year: int
    threshold_bn_rmb: float
    zones_bn_rmb: float | None
    zones_share: float | None
    zones_reporting: int
    zones_expected: int


class Platform(Shape):
    """An open innovation platform; one that was shut down says why."""

    id: str
    name: str
    zone_id: str | None
    running: bool
    shut_down: str | None
    reason: str | None
    harm_experiment_id: str | None


class WaveShare(Shape):
    """Units issued and the share seen at a wave (`id`) of a zone."""

    id: str
    zone_id: str
    year: int
    issued: int | None
    seen_share: float | None


class Quality(Shape):
    """Files and rows of a zone in this release (`id` is the zone)."""

    id: str
    files: int
    rows_read: int
    rows_accepted: int
    rows_quarantined: int
    corrections: int
    reasons: dict[str, int]


class TrendPoint(Shape):
    """Mean of an outcome at a period (`id`): here with an interval over clusters, and in all other zones."""

    id: str
    mean: float | None
    low: float | None
    high: float | None
    others: float | None


class Trend(Shape):
    """An outcome over time, described and nothing more."""

    id: str
    experiment_id: str
    level: str
    name: Label
    unit: Label
    points: tuple[TrendPoint, ...]


class Claim(Shape):
    """One number of an impact report with its sentence, word for word; `id` is the number's."""

    id: str
    experiment_id: str
    outcome: Label
    unit: Label
    level: str
    is_harm: bool
    verdict: str
    certainty: str | None
    estimate: float | None
    conf_low: float | None
    conf_high: float | None
    zones: int | None
    pooled: float | None
    prediction_low: float | None
    prediction_high: float | None
    i2: float | None
    sentence: Label


class Study(Shape):
    """An experiment with results on this release."""

    id: str
    title: Label
    zones: tuple[str, ...]
    version: str
    systems: tuple[Label, ...]
    dates: dict[str, str]
    published: bool
    stale: bool
    rules_crossed: int
    rules_quiet: int
    rules_silent: int
    deviations: int


class Due(Shape):
    """Something due in the year after: a wave of an experiment, an annual report."""

    id: str
    date: str
    what: Literal["wave", "report"]
    experiment_id: str | None
    zone_id: str | None


class Use(Shape):
    """How the data of this release were used: exports on record, analyses with a result."""

    exports: int
    analyses: int


class Annual(Shape):
    """The document of one annual report."""

    schema_version: Literal[1]
    scope: Literal["zone", "programme"]
    zone_id: str | None
    year: int
    as_of: str
    release: Pin
    worry: Worry
    zones: tuple[ZoneStanding, ...]
    practices: tuple[Practice, ...]
    indicators: tuple[Indicator, ...]
    targets: tuple[Target, ...]
    platforms: tuple[Platform, ...]
    waves: tuple[WaveShare, ...]
    quality: tuple[Quality, ...]
    trends: tuple[Trend, ...]
    studies: tuple[Study, ...]
    claims: tuple[Claim, ...]
    due: tuple[Due, ...]
    use: Use
