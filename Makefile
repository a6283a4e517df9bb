# Two commands for everyone: `make demo` and `make test`. Each makes .venv if it is missing and installs from the lock.
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' 2>/dev/null && echo $$p && break; done)
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
# dbt parse and dg need a home of their own: a check leaves the workspace alone
CHECK_HOME := $(VENV)/check-home

CORE := tests/unit/data tests/unit/registry tests/unit/design/test_sealing.py tests/unit/quality/test_ethics_gate.py \
	tests/property/test_protocol_diff.py \
	$(addprefix tests/unit/experiments/test_,amendment_classes.py deviations.py against_record.py protocol_migrations.py)

export DO_NOT_TRACK := 1
export DBT_SEND_ANONYMOUS_USAGE_STATS := false
export PYTHONDONTWRITEBYTECODE :=

.DEFAULT_GOAL := help
.PHONY: help demo test coverage coverage-core test-unit test-integration test-slow check check-types check-house fix serve bench bench-estimation demo-coverage bench-intake bench-quality bench-panel bench-viewer screenshots attack-corpus lock clean

help: ## list the targets
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 20

$(READY): requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "zonelab needs Python 3.11, 3.12 or 3.13 on the PATH (set PYTHON=/path/to/python)"; exit 2; }
	@echo "Installing into $(VENV) with $(PYTHON): once, about two minutes"
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps --only-binary :all: -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-index --no-build-isolation --editable .
	@touch $@

demo: $(READY) ## run the demo programme end to end and say where to look
	$(BIN)/zonelab demo

test: $(READY) ## the tests of every room, its doctests and the house: under five minutes
	$(BIN)/python -m pytest -n 2 -m "not slow and not integration and not browser" -q

coverage: $(READY) ## branch coverage of the quick tests, by module
	$(BIN)/python -m pytest -n 2 -m "not slow and not integration and not browser" --cov --cov-report=term:skip-covered -q

coverage-core: $(READY) ## every branch of life cycles, permissions, amendments and ledger, or it fails
	$(BIN)/python -m pytest -n 2 --cov --cov-config=tests/coverage_core.ini -q $(CORE)

test-unit: $(READY) ## the quick rung, under a minute: what needs no whole archive
	$(BIN)/python -m pytest -n 2 -m "not slow and not integration and not browser and not archive" -q tests/unit data quality experiments

test-integration: $(READY) ## several rooms together, and the browser: minutes, in CI
	$(BIN)/python -m pytest -n 2 --dist loadfile -m "(integration or browser) and not slow" -q tests

test-slow: $(READY) ## Monte Carlo coverage, long fault injection, the real files, the demo twice
	$(BIN)/python -m pytest -n 2 --dist loadfile -m "slow and not served" -q --timeout=3600
	$(BIN)/python -m pytest -m served -q

check: $(READY) ## format, lint, types, rooms, SQL, dbt parse, contract drift, Dagster definitions; changes nothing
	@$(MAKE) --no-print-directory -j 2 check-types check-house

check-types: $(READY)
	$(BIN)/mypy

check-house: $(READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports
	$(BIN)/sqlfluff lint --disable-progress-bar dbt_project/models dbt_project/tests
	ZONELAB_BUILD_DB=$(CHECK_HOME)/panel.duckdb $(BIN)/dbt --quiet parse --project-dir dbt_project --profiles-dir dbt_project \
		--target-path ../$(CHECK_HOME)/target --log-path $(CHECK_HOME)/logs
	$(BIN)/python -m pytest -q tests/architecture
	ZONELAB_HOME=$(CHECK_HOME) $(BIN)/zonelab init > /dev/null
	ZONELAB_HOME=$(CHECK_HOME) DAGSTER_HOME=$(CURDIR)/$(CHECK_HOME)/dagster VIRTUAL_ENV=$(CURDIR)/$(VENV) $(BIN)/dg check defs

fix: $(READY) ## format and mend what can be mended by a machine
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	$(BIN)/sqlfluff fix --disable-progress-bar dbt_project/models dbt_project/tests

serve: $(READY) ## viewer, Dagster web server and daemon, until Ctrl-C
	$(BIN)/zonelab serve

bench: $(READY) ## measure against a peer in one run; writes tests/benchmarks/results/
	$(BIN)/python -m tests.benchmarks.bench_estimation

bench-intake: $(READY) ## measure taking files in beside raw pyarrow in one run, memory and concurrency too; minutes
	$(BIN)/python -m tests.benchmarks.bench_intake

bench-estimation: $(READY) ## one scan beside pyfixest and diff-diff, 1 to 50 million rows, and what comes after it; plot; minutes
	$(BIN)/python -m tests.benchmarks.bench_one_scan

demo-coverage: $(READY) ## how often the demo's intervals cover the truth, over 200 seeds; prints a table; minutes
	$(BIN)/python -m tests.statistical.demo_coverage

bench-quality: $(READY) ## measure the checks of a 10M-row table beside one aggregate scan of it
	$(BIN)/python -m tests.benchmarks.bench_quality

bench-panel: $(READY) ## measure a new month on one and on ten years, and ten million person-waves beside bare DuckDB; half an hour
	$(BIN)/python -m tests.benchmarks.bench_panel

bench-viewer: $(READY) ## measure first loads and page switches of the viewer on a release of ten million rows; minutes
	$(BIN)/python -m tests.benchmarks.bench_viewer

screenshots: $(READY) ## the pictures of the viewer, of the workspace that make demo has left
	$(BIN)/python -m tests.browser.screenshots

attack-corpus: $(READY) ## a thousand tables, a hundred models, files, a thousand pairs of releases against disclosure control; minutes
	$(BIN)/python -m tests.disclosure.attack_corpus

lock: ## renew requirements.lock (developers; needs uv)
	uv pip compile pyproject.toml --all-extras --universal --python-version 3.11 --only-binary :all: --generate-hashes \
		--no-annotate --no-header --no-emit-index-url --no-emit-find-links -o requirements.lock

clean: ## remove .venv and caches; the workspace stays
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage
