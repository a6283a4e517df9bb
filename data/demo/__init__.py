"""The demo programme: simulated experiments over the real pilot zones, with known truth.

Belongs here: drawing the tables from a seed, writing them as staff would send them, putting them into the inbox. Does not:
reading or judging those files (data.readers, quality), estimating (experiments). Everything that leaves is marked SIMULATED.
"""

from data.demo.delivery import deliver, load_manifest, write_files
from data.demo.frames import frames
from data.demo.programme import DEFAULT_SEED, DemoTables, ExperimentTables, simulate, simulate_experiments
from data.demo.sending import DemoFile, DemoManifest
from data.demo.truth import TruthEntry, true_effects

__all__ = [
    "DEFAULT_SEED",
    "DemoFile",
    "DemoManifest",
    "DemoTables",
    "ExperimentTables",
    "TruthEntry",
    "deliver",
    "frames",
    "load_manifest",
    "simulate",
    "simulate_experiments",
    "true_effects",
    "write_files",
]
