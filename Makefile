# Everything below works on a machine that has Python 3.11 or newer and make, and nothing else.
PYTHON ?= python3
SITE ?= demo
UPGRADE ?= --upgrade
BIN := .venv/bin
RUN := PYTHONPATH=.:benchmarks $(BIN)/python benchmarks
# A Python that was asked for replaces an environment of another one.
WHICH := $(if $(filter file,$(origin PYTHON)),,--this-python)

# What runs once more (tests, crawls that they start) finds its modules compiled, whatever the shell says.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help install setup installed-run installed-dev installed-all crawl test test-fast mutants lint format docs torture bench lock release clean

help: ## Show what can be made
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 20

install: installed-run ## Install into .venv what crawling, searching and browsing need

setup: installed-all ## Install everything into .venv

installed-run installed-dev installed-all: installed-%:
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "newsarchive needs Python 3.11 or newer; name one with: make PYTHON=/path/to/python3.11 ..." >&2; exit 1; }
	@"$(PYTHON)" tools/install.py $(WHICH) $*

crawl: installed-run ## Crawl a site into data/archive.db (SITE=demo; any name that newsarchive sites lists)
	@$(BIN)/newsarchive $(if $(DB),--db "$(DB)") crawl "$(SITE)"

test: installed-dev ## Run all tests (TESTS=tests/extract: some)
	@$(BIN)/python -m pytest -q -n 2 --dist worksteal $(TESTS)

test-fast: installed-dev ## Run the tests that take less than a minute together (no crawls, no browser)
	@$(BIN)/python -m pytest -q -n 2 --dist worksteal -m "not slow" $(TESTS)

mutants: installed-dev ## Change the core modules in small ways and see that tests notice (long; ONLY=merge JOBS=1)
	@$(BIN)/python tools/mutants.py --jobs $(or $(JOBS),2) $(ONLY)

lint: installed-dev ## Check style, types and who imports whom
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo

format: installed-dev ## Put all code into one style
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

docs: installed-dev ## Regenerate the generated pages of docs/
	@$(BIN)/python -m tools.docs write

torture: installed-dev ## Kill crawls at random moments and see that nothing is lost (long)
	@$(RUN)/torture.py

bench: installed-dev ## Measure reading, crawling, stories, search and browsing (long)
	@for name in known_site reading throughput recrawl faults stories watch; do \
	  echo "== $$name"; $(RUN)/$$name.py || exit 1; done
	@for name in search browse; do echo "== $$name"; $(RUN)/$$name.py --folder build/$$name || exit 1; done

lock: ## Rewrite constraints.txt from the newest releases (UPGRADE= keeps the pins that still serve)
	@"$(PYTHON)" -m venv --clear build/lock
	@build/lock/bin/python -m pip install --quiet --disable-pip-version-check uv
	@build/lock/bin/uv pip compile --quiet $(UPGRADE) --universal --python-version 3.11 --all-extras --no-annotate \
	  --custom-compile-command 'make lock' --output-file constraints.txt pyproject.toml
	@rm -rf build/lock

release: installed-dev ## Build sdist and wheel into dist/, and try the wheel in an empty environment
	@$(BIN)/python tools/release.py

clean: ## Remove what was built (never data/)
	@rm -rf .venv build dist .mypy_cache .import_linter_cache .pytest_cache .ruff_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
