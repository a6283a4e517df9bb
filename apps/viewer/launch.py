"""How the viewer is started: one command line, used by `zonelab serve` and by the browser tests.

Belongs here: the arguments. Does not: settings that never vary, which are in `.streamlit/config.toml` next to the script;
starting and stopping the process (apps.cli).
"""

from __future__ import annotations

import sys
from pathlib import Path

SCRIPT = Path(__file__).resolve().parent / "streamlit_app.py"
SERVED = SCRIPT.with_name("served.py")
"""The pages and the upload endpoint in one server."""


def command(port: int) -> list[str]:
    """Return the argument list that serves the viewer on `port` of the loopback address.

    Run it from the repository root (or an installed environment) with the environment of
    `data.settings.child_environment`, `ZONELAB_HOME` set to the workspace to show.

    Parameters
    ----------
    port
        TCP port, 1 to 65535.

    Returns
    -------
    list of str
        Arguments for `subprocess.Popen`; the interpreter is the running one.

    Examples
    --------
    >>> command(8501)[1:4]
    ['-m', 'streamlit', 'run']
    """
    return [sys.executable, "-m", "streamlit", "run", str(SERVED), "--server.port", str(port)]
