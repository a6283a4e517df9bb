"""scipy lives in experiments; of quality only the proof that a table gives nothing away may solve (quality/disclosure)."""

import ast

from data.settings import REPOSITORY

PROOF = {f"quality/disclosure/{name}.py" for name in ("system", "interval", "complementary")}
ALLOWED = {"scipy", "scipy.optimize"}


def imported(source):
    """Return the scipy modules that a source imports."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names if alias.name.split(".")[0] == "scipy"}
        elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "scipy":
            found.add(str(node.module))
    return found


def test_the_search_finds_what_it_looks_for():
    assert imported("from scipy import sparse\nimport scipy.stats") == {"scipy", "scipy.stats"}


def test_in_quality_only_the_proof_solves():
    paths = sorted((REPOSITORY / "quality").rglob("*.py"))
    found = {path.relative_to(REPOSITORY).as_posix(): imported(path.read_text(encoding="utf-8")) for path in paths}
    assert {name for name, modules in found.items() if modules} <= PROOF
    assert set().union(*found.values()) <= ALLOWED
