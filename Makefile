# `make help` says what there is. PYTHON=python3.12 make run  uses another Python, HOST=0.0.0.0 make run  lets other
# machines reach it.

PYTHON ?= python3
HOST ?= localhost
BIN := .venv/bin
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check
# librosa has numba compile its helpers when it is first imported: half a minute, which no visitor shall wait for.
COMPILE := $(BIN)/python -c "import librosa.effects, librosa.feature.spectral"
CHROMIUM ?= /usr/bin/chromium
PYTEST := $(BIN)/python -m pytest

.DEFAULT_GOAL := run
.PHONY: help run test test-quick coverage check format house settings bench demo-family space clean programs

help: ## say what there is
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-12s %s\n", $$1, $$2}' Makefile

run: .venv/run.stamp ## set up and start the playground (what `make` alone does)
	@echo "Starting the playground; its address follows. Ctrl-C ends it."
	@$(BIN)/streamlit run app.py --server.address $(HOST)

test: .venv/dev.stamp programs check ## everything that CI checks
	@echo "Running the tests: three at a time, then those with a browser one by one."
	@# Three on two cores: some of them wait, for a process that ends or a server that answers.
	@$(PYTEST) -n 3 --ignore tests/browser
	@$(PYTEST) tests/browser

test-quick: .venv/dev.stamp ## the tests of the inner loop: no browser, no servers, no whole pages
	@$(PYTEST) -n 2 -m "not slow" --hypothesis-profile quick

coverage: .venv/dev.stamp programs ## which lines of the core the tests without a browser run
	@$(BIN)/coverage erase
	-@$(BIN)/coverage run -m pytest -n 2 --ignore tests/browser
	@$(BIN)/coverage combine --quiet
	@$(BIN)/coverage report

check: .venv/dev.stamp ## style and types
	@echo "Checking style and types."
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

format: .venv/dev.stamp ## put style right
	@$(BIN)/ruff check --fix-only .
	@$(BIN)/ruff format .

house: .venv/dev.stamp ## draw the imports between the rooms anew (docs/house.svg)
	@$(BIN)/python -m tests.house

settings: .venv/dev.stamp ## write the table of settings anew (docs/operating.md)
	@$(BIN)/python -m tests.docs.settings_table

bench: .venv/dev.stamp programs ## measure (docs/measurements.md)
	@$(BIN)/python -m bench

demo-family: .venv/dev.stamp ## train the demo models again (hours; goes on where it was stopped)
	@$(BIN)/python -m demo_family.train

space: ## lay out the repository of a Hugging Face Space: make space DIR=../my-space
	@sh deploy/space/lay_out.sh "$(DIR)"

clean: ## remove the environment and every cache
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .coverage*

programs:
	@sh .ci/programs $(CHROMIUM)

.venv/run.stamp: requirements.txt pyproject.toml | .venv/made.stamp
	@echo "Installing what the playground needs (some minutes the first time)."
	@$(INSTALL) -r requirements.txt
	@$(INSTALL) --no-deps -e .
	@$(COMPILE)
	@touch $@

.venv/dev.stamp: requirements-dev.txt requirements.txt pyproject.toml | .venv/made.stamp
	@echo "Installing what the playground and its tests need (some minutes the first time)."
	@$(INSTALL) -r requirements-dev.txt
	@$(INSTALL) --no-deps -e .
	@$(COMPILE)
	@touch $@ .venv/run.stamp

.venv/made.stamp:
	@command -v $(PYTHON) >/dev/null || { echo "There is no $(PYTHON); install Python 3.11 to 3.14." >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 15))' || { echo "This is $$($(PYTHON) --version); the playground needs Python 3.11 to 3.14 (PYTHON=python3.12 make run)." >&2; exit 1; }
	@echo "Making the environment in .venv."
	@$(PYTHON) -m venv .venv || { echo "$(PYTHON) can't make an environment; install its venv module (Debian: python3-venv)." >&2; exit 1; }
	@touch $@
