# Siteloop. `make run` starts it, `make test` proves it; both install what they need into .venv and frontend/node_modules.
#   make run ARGS="--port 8010 --data-dir ~/site --no-demo"
#   make run TORCH_INDEX=https://download.pytorch.org/whl/cpu     smaller torch, no GPU

PYTHON ?= $(shell command -v python3.11 || command -v python3.12 || command -v python3)
ARGS ?=
TORCH_INDEX ?=
PYTEST_ARGS ?=
export TORCH_INDEX

PY := .venv/bin/python
INSTALL := @test -n "$(PYTHON)" || { echo "No Python found: install python3.11 or python3.12"; exit 1; }; $(PYTHON) -m backend.core.installer
SCHEMA := frontend/src/types/generated/openapi.json
BENCHES := $(sort $(wildcard bench/*.py))

.PHONY: run setup test lint types format schema bench clean

run:
	$(INSTALL) run
	@exec $(PY) manage.py up $(ARGS)

setup:
	$(INSTALL) browser

# The slowest part first, so that a failure shows early; each stops the rest.
test:
	$(INSTALL) browser
	$(PY) -m pytest -n 2 $(PYTEST_ARGS)
	$(INSTALL) npm test
	@if [ -d tests/e2e ]; then set -x; $(PY) -m pytest -o addopts= -q -p no:cacheprovider --import-mode=importlib tests/e2e; fi

lint:
	$(INSTALL) check
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	@if [ -f .importlinter ] || grep -q '^\[tool.importlinter' pyproject.toml; then set -x; .venv/bin/lint-imports; fi
	$(INSTALL) npm run lint

types:
	$(INSTALL) check
	$(PY) -m mypy
	$(INSTALL) npm run types
	$(PY) manage.py schema_check

format:
	$(INSTALL) check
	$(PY) -m ruff check --fix .
	$(PY) -m ruff format .
	$(INSTALL) npm run format

# The API's schema, and the front end's types made from it. Commit both.
schema:
	$(INSTALL) check
	$(PY) manage.py spectacular --format openapi-json --file $(SCHEMA)
	$(INSTALL) npm run schema

bench:
	$(INSTALL) check
	@for script in $(BENCHES); do echo "== $$script"; PYTHONPATH=. $(PY) $$script || exit 1; done

clean:
	rm -rf frontend/dist frontend/node_modules .venv
