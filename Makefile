# Everything a developer does here, one line each: `make help`.
PYTHON ?= python3
VENV   := .venv
LOWEST := .venv-lowest
BIN    := $(VENV)/bin
STAMP  := .make
SIZE   ?= full
# In the order of the folders: the long stories first, so that in the end no process has one left alone.
SPREAD := --numprocesses auto --dist loadfile --no-loadscope-reorder
# Long stories of kills, faults and people, and HTTP beside in process: what the versions of libraries decide is in the rest.
LONG   := fault_matrix wiki_faults lost_replies lives_cut_short found_by_faults found_by_machine found_by_torture \
          rebuilding importing where_links_stand where_issues_hang retired_and_back labels_one_by_one two_scorecards \
          guards deadline rules partial_creates request_budget cut_off_and_cloned damaged_stores
SHARED := $(or $(BSC_SYNC_SHARED),../shared)
SOURCES := $(shell find bsc_sync tests mappings \( -name node_modules -o -name __pycache__ \) -prune -o -type f -print)

.DEFAULT_GOAL := help
.PHONY: help demo test check bench contract torture format faults system clean

help: ## Explain every target
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: $(STAMP)/installed ## Set everything up and run the main job on the embedded Jira and Confluence
	@$(BIN)/bsc-sync demo --out bsc-demo

test: $(STAMP)/dev $(STAMP)/lowest system ## Set everything up and pass the tests, then unit and contract tests on the lowest versions
	@rm -f $(STAMP)/tests.jsonl
	@$(MAKE) --no-print-directory $(STAMP)/tests.jsonl
	$(LOWEST)/bin/python -m pytest $(SPREAD) tests/unit tests/contract -k "not HTTP" $(LONG:%=--ignore=tests/contract/test_%.py)

check: $(STAMP)/dev ## Read the code without running it: ruff, ruff format, mypy, import-linter, deptry
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/deptry .

format: $(STAMP)/dev ## Bring the code into the house's format
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(STAMP)/dev ## A table: bsc-sync beside two hand-written scripts, half an hour (SIZE=small: five minutes)
	@$(BIN)/python -m bench --size $(SIZE)

contract: $(STAMP)/dev system ## Every request and reply of the tests and the demo against Atlassian's own documents
	@test -d $(SHARED)/openapi || { echo "make contract: Atlassian's documents are not in $(SHARED)/openapi; say where: BSC_SYNC_SHARED=... make contract"; exit 1; }
	@$(MAKE) --no-print-directory $(STAMP)/tests.jsonl $(STAMP)/demo.jsonl
	@BSC_SYNC_SHARED=$(SHARED) $(BIN)/python -m tests.fidelity $(STAMP)/tests.jsonl $(STAMP)/demo.jsonl

faults: $(STAMP)/dev ## Every kind of fault at every request of a sync, on both flavors (hours)
	BSC_SYNC_FULL=1 $(BIN)/python -m pytest tests/contract/test_fault_matrix.py

torture: $(STAMP)/dev ## Kill a sync at every request and commit, 5,000 lives of a scorecard, two servers (hours)
	@status=0; \
	$(BIN)/python -m tests.torture || status=1; \
	BSC_SYNC_TORTURE=1 $(BIN)/python -m pytest -q tests/properties/test_sync_machine.py || status=1; \
	$(BIN)/python -m tests.torture.two_servers --minutes 10 || status=1; \
	exit $$status

system: ## A browser for the tests, where none is there and one may be installed
	@tests/system_packages.sh

clean: ## Remove what the targets above have made
	rm -rf $(VENV) $(LOWEST) $(STAMP) bsc-demo dist build .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache

$(STAMP)/venv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "bsc-sync needs Python 3.11 or newer; say which with: make PYTHON=python3.12 ..."; exit 1; }
	@mkdir -p $(STAMP)
	@echo "Setting up $(VENV) ..."
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade "pip>=25.1"
	@touch $@

$(STAMP)/installed: $(STAMP)/venv pyproject.toml
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(STAMP)/dev: $(STAMP)/installed pyproject.toml
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable . --group test --group lint --group contract --group bench --group clients
	@touch $@

$(STAMP)/lowest: $(STAMP)/dev pyproject.toml
	@echo "Setting up $(LOWEST) with the lowest versions that pyproject.toml allows ..."
	@$(PYTHON) -m venv $(LOWEST)
	@$(BIN)/uv pip install --quiet --python $(LOWEST)/bin/python --resolution lowest-direct --editable . --group test
	@touch $@

# What the sandbox was asked and has answered, for `make contract`: kept only where all has passed.
$(STAMP)/tests.jsonl: $(STAMP)/dev $(SOURCES)
	@rm -f $@.part
	BSC_SYNC_SANDBOX_RECORD=$(CURDIR)/$@.part $(BIN)/python -m pytest $(SPREAD)
	@mv $@.part $@

$(STAMP)/demo.jsonl: $(STAMP)/dev $(SOURCES)
	@rm -rf $@.part $(STAMP)/demo
	BSC_SYNC_SANDBOX_RECORD=$(CURDIR)/$@.part $(BIN)/bsc-sync demo --out $(STAMP)/demo
	@mv $@.part $@
