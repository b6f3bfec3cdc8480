# make run    set up and start the playground        make test    everything that CI checks
# make bench  measure it                             make demo-family  train the demo models again
# PYTHON=python3.12 make run  uses another Python.

PYTHON ?= python3
BIN := .venv/bin
CHROMIUM := /usr/bin/chromium

.DEFAULT_GOAL := run
.PHONY: run test check programs bench demo-family format clean

run: .venv/run.stamp
	@echo "Starting the playground; its address follows. Ctrl-C ends it."
	@$(BIN)/streamlit run app.py

test: .venv/dev.stamp programs check
	@echo "Running the tests."
	@$(BIN)/python -m pytest

check: .venv/dev.stamp
	@echo "Checking style and types."
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

bench: .venv/dev.stamp programs
	@$(BIN)/python -m bench

demo-family: .venv/dev.stamp
	@$(BIN)/python -m demo_family.train

format: .venv/dev.stamp
	@$(BIN)/ruff check --fix-only .
	@$(BIN)/ruff format .

clean:
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache

programs:
	@sh .ci/programs $(CHROMIUM)

.venv/run.stamp: requirements.txt | .venv/made.stamp
	@echo "Installing what the playground needs (some minutes the first time)."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

.venv/dev.stamp: requirements-dev.txt requirements.txt | .venv/made.stamp
	@echo "Installing what the playground and its tests need (some minutes the first time)."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@ .venv/run.stamp

.venv/made.stamp:
	@command -v $(PYTHON) >/dev/null || { echo "There is no $(PYTHON); install Python 3.11 or newer." >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "$$($(PYTHON) --version) is too old; the playground needs Python 3.11 or newer (PYTHON=... make run)." >&2; exit 1; }
	@echo "Making the environment in .venv."
	@$(PYTHON) -m venv .venv || { echo "$(PYTHON) can't make an environment; install its venv module (Debian: python3-venv)." >&2; exit 1; }
	@touch $@
