"""A specification curve as a picture: every estimate with its interval in order, below it which choices it made.

Belongs here: the drawing (SVG) and its text for those who do not see it, in both languages. Does not: numbers (making). The
registered specification is marked by shape and by a line, not by colour alone.
"""

from __future__ import annotations

from html import escape
from typing import Any

from data.messages import Language, Text
from experiments.curve.result import Point, SpecificationCurve

WIDTH, LEFT, TOP, HEIGHT, LINE = 900, 210, 50, 260, 14
MOST_ROWS = 40
"""Choices that are listed below the curve; the others stand in the table of the result."""
NAMES = {
    "outcome": Text(en="outcome", zh="结果"),
    "covariates": Text(en="covariates", zh="协变量"),
    "fixed_effects": Text(en="fixed effects", zh="固定效应"),
    "filter": Text(en="sample", zh="样本"),
    "cluster": Text(en="cluster", zh="聚类"),
    "weights": Text(en="weights", zh="权重"),
}


def alt_text(curve: SpecificationCurve) -> Text:
    """Return the curve in words: how many, from where to where, what is registered, the joint tests."""
    points, joint, place = curve.points, curve.joint, curve.registered
    if not points or joint is None:
        return Text(en="No specification could be estimated.", zh="没有可估计的设定。")
    low, high = points[0].estimate, points[-1].estimate
    own = "" if place is None else f"{points[place].estimate:.4g} ({place + 1}/{len(points)})"
    share, sign = joint.significant, joint.same_sign
    return Text(
        en=f"{len(points)} specifications of the effect of {curve.term}: estimates from {low:.4g} to {high:.4g}; the registered "
        f"one {own}. Median {joint.median.value:.4g} (joint p {joint.median.p_value:.3f}); {sign.value:.0%} of one sign "
        f"(p {sign.p_value:.3f}); {share.value:.0%} significant (p {share.p_value:.3f}).",
        zh=f"{curve.term} 效应的 {len(points)} 个设定：估计值从 {low:.4g} 到 {high:.4g}；已登记设定为 {own}。"
        f"中位数 {joint.median.value:.4g}（联合 p {joint.median.p_value:.3f}）；同号占 {sign.value:.0%}（p {sign.p_value:.3f}）；"
        f"显著占 {share.value:.0%}（p {share.p_value:.3f}）。",
    )


def plot(curve: SpecificationCurve, language: Language = "en") -> str:
    """Return the plot as SVG."""
    rows = _rows(curve)
    height = TOP + HEIGHT + 30 + LINE * len(rows)
    told = escape(alt_text(curve).get(language))
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" font-family="sans-serif" '
        f'font-size="11"><title>{told}</title><rect width="100%" height="100%" fill="#fff"/>'
    )
    return "\n".join([head, *_curve(curve, language, height), *_choices(curve, rows, language), "</svg>"]) + "\n"


def _across(curve: SpecificationCurve, place: int) -> float:
    return LEFT + (WIDTH - LEFT - 20) * (place + 0.5) / len(curve.points)


def _curve(curve: SpecificationCurve, language: Language, height: int) -> list[str]:
    points = curve.points
    low = min([0.0, *(point.conf_low for point in points)])
    high = max([0.0, *(point.conf_high for point in points)])

    def up(value: float) -> float:
        return TOP + HEIGHT * (high - value) / (high - low or 1.0)

    parts = []
    for value in (low, 0.0, high):
        label = f'<text x="{LEFT - 6}" y="{up(value) + 4:.1f}" text-anchor="end">{value:.4g}</text>'
        parts.append(f'<path d="M{LEFT} {up(value):.1f}H{WIDTH - 20}" stroke="#999"/>{label}')
    for place, point in enumerate(points):
        x = _across(curve, place)
        ends = f"M{x:.1f} {up(point.conf_low):.1f}V{up(point.conf_high):.1f}"
        parts.append(f'<path d="{ends}" stroke="#9ab" stroke-width="1"/>')
        parts.append(f'<circle cx="{x:.1f}" cy="{up(point.estimate):.1f}" r="1.6" fill="#1b4f72"/>')
    if curve.registered is not None:
        x, y = _across(curve, curve.registered), up(points[curve.registered].estimate)
        said = Text(en="registered", zh="已登记").get(language)
        parts.append(f'<path d="M{x:.1f} {TOP - 8}V{height - 6}" stroke="#b03a2e" stroke-dasharray="3 3"/>')
        parts.append(f'<path d="M{x - 5:.1f} {y:.1f}l5 -6l5 6l-5 6z" fill="#b03a2e"/>')
        parts.append(f'<text x="{x:.1f}" y="{TOP - 14}" text-anchor="middle" fill="#b03a2e">{said}</text>')
    return parts


def _rows(curve: SpecificationCurve) -> list[tuple[str, Any]]:
    """Return the choices that are made differently, field by field."""
    found: list[tuple[str, Any]] = []
    for name in curve.varied:
        values = sorted({_said(point, name) for point in curve.points})
        found += [(name, value) for value in values] if len(values) > 1 else []
    return found[:MOST_ROWS]


def _said(point: Point, name: str) -> str:
    value = point.choice.get(name)
    return ", ".join(value) if isinstance(value, list) else str(value or "–")


def _choices(curve: SpecificationCurve, rows: list[tuple[str, Any]], language: Language) -> list[str]:
    parts = []
    for number, (name, value) in enumerate(rows):
        y = TOP + HEIGHT + 30 + LINE * number
        label = escape(f"{NAMES[name].get(language)}: {value}"[:36])
        parts.append(f'<text x="{LEFT - 6}" y="{y + 4}" text-anchor="end">{label}</text>')
        made = [place for place, point in enumerate(curve.points) if _said(point, name) == value]
        ticks = "".join(f"M{_across(curve, place):.1f} {y - 4}v8" for place in made)
        parts.append(f'<path d="{ticks}" stroke="#1b4f72" stroke-width="1.2"/>')
    return parts
