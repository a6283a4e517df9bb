"""What the viewer's own configuration promises: loopback only, no telemetry, no traceback, legible colours."""

from __future__ import annotations

import re
import tomllib

from streamlit import config

from apps.viewer.launch import SCRIPT, SERVED, command

CONFIG = SCRIPT.parent / ".streamlit" / "config.toml"
SETTINGS = tomllib.loads(CONFIG.read_text(encoding="utf-8"))


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(a: str, b: str) -> float:
    high, low = sorted((luminance(a), luminance(b)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_switches():
    assert SETTINGS["server"]["address"] == "127.0.0.1"
    assert SETTINGS["server"]["fileWatcherType"] == "none"
    assert SETTINGS["server"]["maxUploadSize"] == 50
    assert SETTINGS["server"]["enableXsrfProtection"] is True
    assert SETTINGS["server"]["enableStaticServing"] is False
    assert SETTINGS["browser"]["gatherUsageStats"] is False
    assert SETTINGS["client"]["showErrorDetails"] == "none"
    assert SETTINGS["client"]["toolbarMode"] == "minimal"


def test_every_option_exists_in_this_streamlit():
    known = config._config_options_template.keys()
    asked = {f"{section}.{name}" for section, values in SETTINGS.items() for name in values}
    assert asked - known == set()


def test_launch_runs_the_router_and_the_endpoint_on_the_given_port():
    assert SCRIPT.is_file()
    assert SERVED.parent == SCRIPT.parent  # Streamlit reads the settings beside the script that it is given
    assert command(8599)[-3:] == [str(SERVED), "--server.port", "8599"]


def test_text_colours_hold_wcag_aa_on_their_background():
    css = (SCRIPT.parent / "static" / "style.css").read_text(encoding="utf-8")
    named = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6})", css))
    theme = SETTINGS["theme"]
    pairs = [
        (theme["textColor"], theme["backgroundColor"]),
        (theme["textColor"], theme["secondaryBackgroundColor"]),
        (theme["linkColor"], theme["secondaryBackgroundColor"]),
        (named["muted"], theme["backgroundColor"]),
        (named["muted"], named["tint"]),
        (named["good"], named["good-bg"]),
        (named["bad"], named["bad-bg"]),
        (named["unsure"], named["unsure-bg"]),
        (named["sim"], named["sim-bg"]),
        (named["sim"], "#ffe7ae"),
    ]
    assert [pair for pair in pairs if contrast(*pair) < 4.5] == []


def test_style_asks_nothing_from_outside():
    css = (SCRIPT.parent / "static" / "style.css").read_text(encoding="utf-8")
    assert re.findall(r"""@import|url\(["']?(?!["']?data:)""", css) == []
