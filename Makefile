# `make serve` and `make test` need Python 3.11 or newer and a package index, nothing else.
PYTHON ?= python3
HOST ?= 127.0.0.1
PORT ?= 8000
DATABASE ?= cameo-events.sqlite
export HOST PORT DATABASE

BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt

HASHES := .venv/hashes

.PHONY: help serve test lint format openapi hashes bench million charts clean

help:  ## Show the targets
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/'
	@echo 'Defaults: HOST=127.0.0.1 PORT=8000 DATABASE=cameo-events.sqlite; for example: make serve PORT=8001'

serve: .venv/.installed  ## Serve on http://$HOST:$PORT, with the seed dataset if the database is new
	@exec $(BIN)/cameo-events serve

test: .venv/.installed-tests .venv/httpfs/.installed  ## Run the tests
	$(BIN)/python -m pytest --numprocesses 2 --dist loadfile

lint: .venv/.installed-tests  ## Check style, types and the committed OpenAPI document
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/cameo-events openapi | diff openapi/openapi.json -

format: .venv/.installed-tests  ## Format the code
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

openapi: .venv/.installed  ## Write the OpenAPI document
	$(BIN)/cameo-events openapi --output openapi/openapi.json

bench: .venv/.installed-tests .bench/.peers  ## Measure against peers (BENCH_ROWS=10000000, GROUPS="pages http")
	PYTHONPATH=tests $(BIN)/python -m benchmarks --write docs/performance.md $(GROUPS)

hashes: $(HASHES)/.installed  ## Write constraints-hashes.txt: what the service needs, each file with its hash
	$(HASHES)/bin/pip-compile --quiet --generate-hashes --allow-unsafe --strip-extras --all-build-deps \
		--no-header --no-annotate --no-emit-options --no-emit-index-url --no-emit-trusted-host \
		--no-emit-find-links --constraint constraints.txt --output-file constraints-hashes.txt pyproject.toml

million: .venv/.installed-tests  ## Add 1,000,000 synthetic events like GDELT's to DATABASE (or ROWS)
	$(BIN)/python tests/benchmarks/gdelt_like.py --rows $(or $(ROWS),1000000) --output synthetic.tsv
	$(BIN)/cameo-events load gdelt synthetic.tsv --dataset synthetic
	rm synthetic.tsv

charts: .venv/.installed  ## Install what draws charts (/v1/aggregates.svg)
	$(PIP) --editable '.[charts]'

clean:  ## Remove the virtual environment
	rm -rf .venv

.bench/.peers: constraints.txt | .venv/.installed-tests
	$(PYTHON) -m venv .bench/peers
	.bench/peers/bin/python -m pip install --quiet --disable-pip-version-check datasette duckdb
	$(PIP) granian
	@touch $@

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed.")'
	$(PYTHON) -m venv .venv || { rm -rf .venv; exit 1; }

.venv/.installed: pyproject.toml constraints.txt | .venv/bin/python
	$(PIP) --editable .
	@# Who serves may not be allowed to write beside the code, and would compile it at each start.
	@$(BIN)/python -m compileall -q api dataset openapi schemas
	@touch $@

$(HASHES)/.installed: constraints.txt | .venv/bin/python
	$(PYTHON) -m venv $(HASHES)
	$(HASHES)/bin/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt pip-tools
	@touch $@

.venv/.installed-tests: .venv/.installed
	$(PIP) --editable '.[tests]'
	@touch $@

# DuckDB's extension for HTTP is packaged for one version of DuckDB only.
.venv/httpfs/.installed: | .venv/bin/python
	$(PYTHON) -m venv .venv/httpfs
	.venv/httpfs/bin/python -m pip install --quiet --disable-pip-version-check \
		duckdb==1.5.5 duckdb-extension-httpfs==1.5.5
	@touch $@
