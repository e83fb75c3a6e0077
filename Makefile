# Everything runs in .venv, which `make install` makes from constraints.txt with pip alone.
# Python 3.11 or newer and make are all that has to be there; PYTHON=... chooses one.

.DEFAULT_GOAL := help
SHELL := /bin/sh

PYTHON ?=
PIP_ARGS ?=
PYTEST_ARGS ?=
KILLS ?= 2000
NAIVE_KILLS ?= 20
INTERRUPTS ?= 200
BATCH_KILLS ?= 100
BATCH_FILES ?= 40
SEED ?= 1

BIN := .venv/bin
PIP := $(BIN)/python -m pip
PIP_INSTALL := $(PIP) install --quiet --disable-pip-version-check --constraint constraints.txt $(PIP_ARGS)

# Stamps carry the folder's name: a checkout that was moved or copied installs itself again.
HERE := $(firstword $(shell printf '%s' '$(CURDIR)' | cksum))
RUNS := .venv/.runs-$(HERE)
READY := .venv/.ready-$(HERE)

.PHONY: help install demo test pythons torture footage fuzz lint format bench sheets docs constraints clean

help:
	@echo "make install      .venv with everything, pinned"
	@echo "make demo         register a character from a real clip, on this machine, no account"
	@echo "make test         the whole test suite"
	@echo "make pythons      the unit tests and the demo on every Python that is supported"
	@echo "make torture      kill and interrupt at random, then compare the books (KILLS=2000 INTERRUPTS=200 BATCH_KILLS=100)"
	@echo "make footage      every file of a footage folder: SCREENTEST_FOOTAGE=DIR"
	@echo "make fuzz         damage clips at random (CASES=5000, EACH=20, SEED=1)"
	@echo "make lint         style, types, generated docs"
	@echo "make format       rewrite the code in the house style"
	@echo "make bench        measure speed; a quarter of an hour, renews docs/speed.md"
	@echo "make sheets       draw the picks of a folder: FOOTAGE=DIR [OUT=sheets.html]"
	@echo "make docs         regenerate docs/cli.md, docs/man and the map in CONTRIBUTING.md"
	@echo "make constraints  pin the newest versions that fit pyproject.toml"
	@echo "make clean        remove what was made, .venv included"

install: $(READY)

# What the command itself needs, the sandbox included: enough for the demo.
$(RUNS): constraints.txt pyproject.toml
	@set -e; \
	if ! $(PIP) --version >/dev/null 2>&1; then \
	  rm -rf .venv; \
	  for python in $(or $(PYTHON),python3 python3.13 python3.12 python3.11 python); do \
	    if $$python -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; \
	    then found=$$python; break; fi; \
	  done; \
	  if [ -z "$$found" ]; then \
	    echo "Python 3.11 or newer with its venv module is needed: install it" >&2; \
	    echo "(Debian and Ubuntu: apt-get install python3-venv) or name it with PYTHON=..." >&2; \
	    exit 1; \
	  fi; \
	  echo "== .venv with $$($$found --version)"; \
	  $$found -m venv .venv; \
	fi
	@echo "== Packages, pinned by constraints.txt"
	@$(PIP_INSTALL) hatchling editables
	@$(PIP_INSTALL) --no-build-isolation --editable '.[sandbox,cluster,studio]'
	@$(BIN)/python -m compileall -q screentest prep client
	@rm -f .venv/.runs-* .venv/.ready-*
	@touch $@

# And what working on it needs. constraints.txt names every package, so nothing is left to resolve.
$(READY): $(RUNS)
	@echo "== Tools for tests, style and types"
	@$(PIP_INSTALL) --no-deps --requirement constraints.txt
	@touch $@

demo: $(RUNS)
	@SCREENTEST_HOME=.demo $(BIN)/screentest register fixtures/cap13_edit2.mp4 --name Joe --sandbox

test: $(READY)
	$(BIN)/python -m pytest -n 2 --ignore=tests/footage $(PYTEST_ARGS)

# Each Python that is here gets its own packages, in a folder that is gone afterwards.
PYTHONS ?= python3.11 python3.12 python3.13

pythons:
	@set -e; ran=0; \
	for python in $(PYTHONS); do \
	  if ! $$python -c 'import venv, ensurepip' 2>/dev/null; then \
	    echo "== $$python: not here, skipped"; continue; \
	  fi; \
	  folder=$$(mktemp -d); trap 'rm -rf "$$folder"' EXIT; \
	  echo "== $$($$python --version)"; \
	  $$python -m venv "$$folder/venv"; \
	  "$$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check $(PIP_ARGS) \
	    --no-deps --requirement constraints.txt; \
	  "$$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check $(PIP_ARGS) \
	    --no-deps --no-build-isolation --editable .; \
	  "$$folder/venv/bin/python" -m pytest -n 2 -q -p no:cacheprovider tests/unit $(PYTEST_ARGS); \
	  for run in first second; do \
	    SCREENTEST_HOME="$$folder/home" "$$folder/venv/bin/screentest" \
	      register fixtures/cap13_edit2.mp4 --name Joe --sandbox --quiet; \
	  done; \
	  rm -rf "$$folder"; ran=1; \
	done; \
	test $$ran = 1 || { echo "none of them is here: name some with PYTHONS=..." >&2; exit 1; }

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/python -m mypy
	$(BIN)/python docs/generate.py --check

format: $(READY)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# Clients killed at random in the middle of everything; then one that deserves to be caught; then
# commands interrupted at random; then batches whose driver is killed.
torture: $(READY)
	$(BIN)/python -m tests.torture --kills $(KILLS) --seed $(SEED)
	$(BIN)/python -m tests.torture --kills $(NAIVE_KILLS) --seed $(SEED) --naive
	$(BIN)/python -m tests.torture.interrupts --times $(INTERRUPTS) --seed $(SEED)
	$(BIN)/python -m tests.torture.batches --kills $(BATCH_KILLS) --files $(BATCH_FILES) --seed $(SEED)

# In their own target, as they decode a few minutes of film: picks, and each clip against an
# independent render.
footage: $(READY)
	$(BIN)/python -m pytest -n 2 tests/footage $(PYTEST_ARGS)

CASES ?= 5000
EACH ?= 20

fuzz: $(READY)
	$(BIN)/python fixtures/fuzz.py --cases $(CASES) --seed $(SEED)
	$(BIN)/python fixtures/hostile.py --each $(EACH) --seed $(SEED)

bench: $(READY)
	$(BIN)/python fixtures/bench.py
	$(BIN)/python fixtures/bench_batch.py
	$(BIN)/python fixtures/bench_picking.py --write

sheets: $(RUNS)
	@test -n "$(FOOTAGE)" || { echo "name a folder: make sheets FOOTAGE=DIR" >&2; exit 2; }
	$(BIN)/python fixtures/sheets.py "$(FOOTAGE)" --out "$(or $(OUT),sheets.html)"

docs: $(READY)
	$(BIN)/python docs/generate.py

constraints: $(READY)
	$(BIN)/uv pip compile --universal --python-version 3.11 --all-extras pyproject.toml \
	  -o constraints.txt --no-header --no-annotate --upgrade

clean:
	rm -rf .venv .demo .bench dist build .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
