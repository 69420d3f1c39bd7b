.DEFAULT_GOAL := help
.PHONY: help run test check faults fleet format bench bench-poll capacity evaluate clean tools

# The interpreter that .venv is made with, if it is not to be the first python3 that is new enough.
PYTHON ?=
export PYTHON
python := .venv/bin/python
# Without bytecode each of a dozen processes would compile every file at every start.
unexport PYTHONDONTWRITEBYTECODE
# Tests wait for processes and browsers much of their time, so more of them at once than there are processors.
processes = $(shell echo $$(($$(getconf _NPROCESSORS_ONLN) + 1)))

help: ## Say what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## Set up what is missing, start everything and print the address; Ctrl-C stops it
	@sh scripts/install.sh run
	@exec $(python) -m scripts.run

test: tools ## Set up what is missing and run every test; BACKEND=postgres: on PostgreSQL, Sentinel and S3
	@$(python) -m scripts.dependencies test
	@$(python) -m pytest -n $(processes) --dist loadfile --no-loadscope-reorder
	@npm test

check: tools ## Format, lint and strict types, then every test: what CI runs
	@$(python) -m ruff format --check .
	@$(python) -m ruff check .
	@$(python) -m mypy .
	@npm run --silent types
	@$(MAKE) --no-print-directory test

faults: tools ## Kill, cut off and starve what can be; prints what was lost, doubled or late
	@$(python) -m scripts.dependencies test
	@$(python) -m tests.faults
	@$(python) -m tests.faults.mutations

fleet: tools ## Run it on many hosts (namespaces; as root), break off one after another; prints what was lost or late
	@$(python) -m scripts.dependencies fleet
	@$(python) -m tests.machines

format: tools ## Format the Python files and mend what the linter can mend
	@$(python) -m ruff format .
	@$(python) -m ruff check --fix .

bench: tools ## Measure everything beside the peers; writes docs/benchmarks.md (20 minutes or so)
	@$(python) -m scripts.dependencies bench
	@$(python) -m bench

bench-poll: tools ## Measure polls beside the peers' alone; ends in the ratios
	@$(python) -m scripts.dependencies bench
	@$(python) -m bench.poll

capacity: tools ## Write docs/capacity.md anew from what make bench measured
	@$(python) -m bench.capacity

evaluate: ## Measure the lyrics analysis on its labelled passages
	@sh scripts/install.sh run
	@$(python) -m scripts.evaluate

clean: ## Remove what was installed and cached here; never the data
	@rm -rf .venv .make node_modules static/vendor .mypy_cache .ruff_cache .pytest_cache .hypothesis

tools:
	@sh scripts/install.sh dev
	@sh scripts/install.sh node
