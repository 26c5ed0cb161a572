# One command each: `make demo` shows the alarm, `make test` passes everything, `make check` is what CI runs.
# uv is used where it is installed, venv and pip where it is not. On Windows: see README.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install -q --disable-pip-version-check
HAS_UV := command -v uv >/dev/null 2>&1

.DEFAULT_GOAL := help
.PHONY: help kernel demo test check format lint types imports train-check fixtures bench bench-importers bench-large faults load model-card evaluation constraints clean

help:
	@printf '%s\n' \
	  'make demo         scan the bundled agency archives and show the alarm' \
	  'make test         run every test' \
	  'make check        format, lint, types, imports, tests and doctests, as CI does' \
	  'make kernel       compile the loops over every byte, after a change of theirs or once there is a compiler' \
	  'make bench        write docs/benchmarks.md: each figure beside its peer' \
	  'make bench-large  the memory of a 2 GB archive: needs 6 GB of disk and some minutes' \
	  'make faults       kill monitors at random moments, 500 lives of two: no alarm may be lost; some twenty minutes' \
  'make load         10,000 accounts read every five minutes, from a post to its alarm, and beside a peer; some twenty minutes' \
  'make fixtures     write fixtures/accounts/ anew from fixtures/texts/' \
	  'make train-check  remake the model and compare it with the shipped one' \
	  'make model-card   write docs/model-card.md from a run beside the baselines: some minutes' \
	  'make evaluation   write docs/evaluation.md: strangers spliced into streams, and false alarms; some minutes' \
	  'make constraints  write constraints.txt from what is installed' \
	  'make clean        remove the virtual environment and all caches'

# What the program needs, and nothing else: enough for the demo. Where uv cannot reach a registry that only pip
# was told of, pip does it.
$(VENV)/.base: pyproject.toml constraints.txt hatch_build.py
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or later is needed: make PYTHON=python3.12 ..." if sys.version_info < (3, 11) else 0)'
	@if $(HAS_UV) && uv venv -q --allow-existing --python $(PYTHON) $(VENV) \
	    && uv pip install -q --python $(BIN)/python -c constraints.txt -e .; then :; \
	else $(PYTHON) -m venv --clear $(VENV) && $(PIP) -c constraints.txt -e .; fi
	@touch $@

# The tools of the workshop on top of it.
$(VENV)/.dev: $(VENV)/.base requirements-dev.txt
	@if $(HAS_UV) && uv pip install -q --python $(BIN)/python -c constraints.txt -r requirements-dev.txt; then :; \
	else $(BIN)/python -m ensurepip -q >/dev/null 2>&1; $(PIP) -c constraints.txt -r requirements-dev.txt; fi
	@touch $@

# The loops over every byte, compiled where there is a compiler; nothing to do where that was done.
kernel: $(VENV)/.base
	@$(BIN)/python detector/kernel/building.py >/dev/null || true

demo: kernel
	@$(BIN)/kentongan demo

test: $(VENV)/.dev kernel
	$(BIN)/python -m pytest -n 2 -q

format: $(VENV)/.dev
	$(BIN)/ruff format --check .

lint: $(VENV)/.dev
	$(BIN)/ruff check .

types: $(VENV)/.dev
	$(BIN)/mypy

imports: $(VENV)/.dev
	$(BIN)/lint-imports

check: format lint types imports test

train-check: $(VENV)/.dev
	$(BIN)/kentongan train --check

model-card: $(VENV)/.dev
	$(BIN)/kentongan evaluate --baselines --card docs/model-card.md

# The second part of the page is measured on whatever exports are named here.
STREAMS ?= $(wildcard ../shared/data/id_gov_twitter.jsonl ../shared/data/en_congress_tweets.jsonl ../shared/data/pt_state_gov_instagram.jsonl)

evaluation: $(VENV)/.dev
	$(BIN)/python tests/write_evaluation.py docs/evaluation.md $(STREAMS)

fixtures: $(VENV)/.dev
	$(BIN)/python tests/build_fixtures.py

bench: $(VENV)/.dev
	$(BIN)/python tests/benchmarks/run.py docs/benchmarks.md

bench-importers: $(VENV)/.dev
	$(BIN)/python tests/benchmarks/run.py docs/benchmarks.md --importers

bench-large: $(VENV)/.dev
	$(BIN)/python tests/benchmarks/run.py docs/benchmarks.md --large

faults: $(VENV)/.dev
	PYTHONPATH=tests:. $(BIN)/python tests/faults/kills.py --cycles 500 --accounts 4 --monitors 2

load: $(VENV)/.dev
	PYTHONPATH=tests:. $(BIN)/python tests/load/run.py --accounts 10000 --seconds 300

constraints: $(VENV)/.dev
	$(BIN)/python -m pip list --format=freeze --exclude kentongan --exclude pip --exclude setuptools --exclude uv | sort -f > constraints.txt

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache dist build
