# Everything below works on a machine that has Python 3.11 or newer and make, and nothing else.
PYTHON ?= python3
SITE ?= demo
BIN := .venv/bin
INSTALLED := .venv/.installed
RUN := PYTHONPATH=.:benchmarks $(BIN)/python benchmarks

.DEFAULT_GOAL := help
.PHONY: help setup crawl test test-fast lint format docs torture bench lock clean

help: ## Show what can be made
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 20

setup: $(INSTALLED) ## Install everything into .venv

$(INSTALLED): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "newsarchive needs Python 3.11 or newer; name one with: make PYTHON=/path/to/python3.11 ..." >&2; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv || \
	  { echo "Python's venv module is missing; on Debian: apt install python3-venv" >&2; exit 1; }
	@echo "Installing newsarchive into .venv (once) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $@

crawl: $(INSTALLED) ## Crawl a site into data/archive.db (SITE=demo; SITE=finews for the real mirror)
	@$(BIN)/newsarchive $(if $(DB),--db $(DB)) crawl $(SITE)

test: $(INSTALLED) ## Run all tests
	@$(BIN)/python -m pytest -q -n 2

test-fast: $(INSTALLED) ## Run the tests that take no crawl, browser or other long work (under a minute)
	@$(BIN)/python -m pytest -q -n 2 -m 'not slow'

lint: $(INSTALLED) ## Check style and types
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

format: $(INSTALLED) ## Put all code into one style
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

docs: $(INSTALLED) ## Write the generated pages of docs/ anew
	@$(BIN)/python -m tools.docs write

torture: $(INSTALLED) ## Kill crawls at random moments and see that nothing is lost (long)
	@$(RUN)/torture.py

bench: $(INSTALLED) ## Measure reading, crawling, stories, search and browsing (long)
	@for name in known_site reading throughput recrawl faults stories; do \
	  echo "== $$name"; $(RUN)/$$name.py || exit 1; done
	@for name in search browse; do echo "== $$name"; $(RUN)/$$name.py --folder build/$$name || exit 1; done

lock: ## Write constraints.txt anew from the newest releases
	@rm -rf build/lock && $(PYTHON) -m venv build/lock
	@build/lock/bin/python -m pip install --quiet --disable-pip-version-check -e '.[dev]'
	@{ echo "# The versions that are tested together; written by 'make lock'."; \
	   build/lock/bin/python -m pip freeze --exclude-editable | grep -v -i '^newsarchive'; } > constraints.txt
	@rm -rf build/lock

clean: ## Remove what was built (never data/)
	@rm -rf .venv build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
