"""Reading a file from outside without trusting it: pre-flight, then a process of its own with limits and no network.

Belongs here: that process, what it may use, how its table comes back. Does not: the formats (data.readers).
"""

from data.readers.sandbox.client import ask_safely, read_safely, run_apart, stop_server
from data.readers.sandbox.limits import Limits

__all__ = ["Limits", "ask_safely", "read_safely", "run_apart", "stop_server"]
