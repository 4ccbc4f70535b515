# One command from green: `make test`. Everything else: `make help`.

PYTHON ?= python3
WORKERS ?= 2
BIN := .venv/bin
READY := .venv/.ready
PYTEST := $(BIN)/pytest -n $(WORKERS)

.DEFAULT_GOAL := help
.PHONY: help demo serve test check lint types imports migrations services bench lock clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# Runs once, and again when the lock changes.
$(READY): requirements.lock
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

demo: $(READY) ## Start everything with a shop full of orders, nothing to configure
	$(BIN)/oms demo

serve: $(READY) ## Start everything, empty
	$(BIN)/oms serve

test: $(READY) ## Run the tests on the embedded PostgreSQL
	$(PYTEST)

check: $(READY) lint types imports migrations services ## Run everything CI runs

lint: $(READY) ## Check style and format
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(READY) ## Check types, strictly
	$(BIN)/mypy

imports: $(READY) ## Check the order of modules
	$(BIN)/lint-imports --no-cache

migrations: $(READY) ## Check that migrations build exactly the tables of the models
	$(BIN)/pytest -q tests/kernel/test_migrations.py

# The suite twice: on the embedded PostgreSQL, and on the machine's own if one answers.
services: $(READY) ## Run the tests with every service this machine has
	@set -eu; found=$$(.ci/services); \
	echo "== embedded PostgreSQL"; \
	env $$found env -u OMS_TEST_DATABASE_URL $(PYTEST); \
	case "$$found" in *OMS_TEST_DATABASE_URL=*) \
	    echo "== the machine's PostgreSQL"; \
	    env $$found $(PYTEST) --ignore=tests/architecture ;; \
	esac

bench: $(READY) ## Measure latency and throughput
	$(BIN)/python -m bench

# uv makes one lock for every platform; it does not read pip's settings, so they are handed over.
lock: ## Renew requirements.lock (UPGRADE=--upgrade for the newest releases)
	@set -eu; tools=$$(mktemp -d); trap 'rm -rf "$$tools"' EXIT; \
	$(PYTHON) -m venv "$$tools"; \
	"$$tools/bin/pip" install --quiet --disable-pip-version-check uv; \
	index=$$("$$tools/bin/pip" config get global.index-url 2>/dev/null || true); \
	env $${index:+UV_DEFAULT_INDEX="$$index"} $${PIP_CERT:+SSL_CERT_FILE="$$PIP_CERT"} \
	    "$$tools/bin/uv" pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	    --no-emit-index-url --no-emit-find-links --no-header $(UPGRADE) \
	    --extra dev --output-file requirements.lock pyproject.toml

clean: ## Remove the environment and what tools left behind
	rm -rf .venv build dist .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
