# Everything happens in .venv; a stamp file remembers what is installed, so that repeated calls do not install again.

SHELL := /bin/bash
.DEFAULT_GOAL := help

# The first Python of at least 3.11 wins; `make run PYTHON=/path/to/python` overrides.
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	"$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$p" && break; done)
WORKERS ?= 2
BIN := .venv/bin
PIP_INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt

.PHONY: help run test test-long lint types format bench bench-peers shipped screenshots hostile paper clean

help:  ## Show this list.
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: .venv/.installed  ## Install what the app needs and start it on this machine.
	$(BIN)/streamlit run app.py $(ARGS)

test: lint types  ## Lint, types and every test but the long ones (about 14 minutes on 2 cores).
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile $(ARGS)

test-long: .venv/.installed-dev  ## The tests that take minutes each.
	$(BIN)/python -m pytest -m long --timeout 1800 $(ARGS)

lint: .venv/.installed-dev  ## Check format and style.
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: .venv/.installed-dev  ## Check the types of cae_core.
	$(BIN)/mypy

format: .venv/.installed-dev  ## Format the code.
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: .venv/.installed-dev  ## Measure speed, as ratios and as a visitor meets it.
	$(BIN)/python -m benchmarks $(ARGS)

bench-peers: .venv-peers/.installed  ## The same model in Keras and in plain PyTorch beside ours, in an environment of its own (25 minutes).
	.venv-peers/bin/python -m benchmarks.peers $(ARGS)

shipped: .venv/.installed  ## Make anew what comes with the package: a run and four lambda paths (2 minutes).
	$(BIN)/python -m cae_core.shipped $(ARGS)

screenshots: .venv/.installed-dev  ## Make anew the pictures of the lambda path in docs/ (3 minutes).
	$(BIN)/python docs/screenshots.py $(ARGS)

hostile: .venv/.installed-dev  ## Make anew the table in docs/ of what wrong and hostile files get (2 minutes).
	$(BIN)/python docs/hostile.py $(ARGS)

paper: .venv/.installed-dev  ## Make anew the report on the paper in docs/; MNIST is trained where cells are missing (hours).
	$(BIN)/python -m cae_core paper all --cells cae_core/shipped/paper --out docs/paper $(ARGS)

clean:  ## Remove the environment and all caches.
	rm -rf .venv .venv-peers .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/bin/python .venv-peers/bin/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed, and none was found. \
	Install one, or name it: make run PYTHON=/path/to/python" >&2; exit 1; }
	$(PYTHON) -m venv $(@:/bin/python=)

.venv/.installed: requirements.txt constraints.txt | .venv/bin/python
	$(PIP_INSTALL) -r requirements.txt
	@touch $@

.venv/.installed-dev: requirements-dev.txt .venv/.installed
	$(PIP_INSTALL) -r requirements-dev.txt
	@touch $@

.venv-peers/.installed: benchmarks/peers/requirements.txt requirements.txt constraints.txt | .venv-peers/bin/python
	.venv-peers/bin/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -r $<
	@touch $@
