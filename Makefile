# `make serve` and `make test` need Python 3.11 or newer and a package index, nothing else.
PYTHON ?= python3
HOST ?= 127.0.0.1
PORT ?= 8000
DATABASE ?= cameo-events.sqlite
export HOST PORT DATABASE

BIN := .venv/bin
HASHES := .venv/hashes
PYTEST := $(BIN)/python -m pytest
LEFT_OUT := soak or browser or clients

# $(call install,PYTHON,WHAT): pip's own words go to a file; what they come to is one sentence.
define install
$(1) -m pip install --quiet --disable-pip-version-check $(2) >.venv/pip.log 2>&1 || { \
	if grep -qE 'from versions: none|connection broken|Max retries' .venv/pip.log; \
	then echo "No package index can be reached: connect to the internet," \
		"or name an index that you can reach with PIP_INDEX_URL (pip's own words: .venv/pip.log)."; \
	else cat .venv/pip.log; fi; exit 1; }
endef
CONSTRAINED := --constraint constraints.txt

# $(call missing,PROGRAMS): tests that need one are skipped, or fail with CI=true.
define missing
PATH="$$PATH:$$(echo /usr/lib/postgresql/*/bin | tr ' ' ':')"; for program in $(1); do \
	command -v $$program >/dev/null || echo "  $$program is not installed: tests that need it are skipped."; done
endef

.PHONY: help serve test test-quick test-all lint format openapi hashes bench million charts clean
.PHONY: say-test say-test-quick say-test-all

help:  ## Show what `make` can do
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo 'Defaults: HOST=127.0.0.1 PORT=8000 DATABASE=cameo-events.sqlite; for example: make serve PORT=8001'

serve: .venv/.installed  ## Serve on http://$HOST:$PORT (8000), with the seed dataset if DATABASE is new
	@exec $(BIN)/cameo-events serve

test: say-test .venv/.installed-tests  ## Run the tests, in about 11 minutes, but for those of test-all
	$(PYTEST) --numprocesses 2 --dist loadfile -m 'not ($(LEFT_OUT))'

test-quick: say-test-quick .venv/.installed-tests  ## Run the tests that start no process, in under a minute
	$(PYTEST) --numprocesses 2 --dist loadfile -m quick -q -r f

test-all: say-test-all .venv/.installed-tests .venv/httpfs/.installed .venv/typescript/.installed  ## Run only what `make test` leaves out: soak tests, a browser, foreign clients
	$(PYTEST) --numprocesses 2 --dist loadfile -m '$(LEFT_OUT)'

say-test:
	@echo "Running the tests in two processes: about 11 minutes on two cores."
	@$(call missing,initdb memcached curl)
	@echo "  Soak tests, browser and foreign clients are left out: \`make test-all\` runs them."

say-test-quick:
	@echo "Running the tests that start no server, no browser and no other process: under a minute."

say-test-all:
	@echo "Running what \`make test\` leaves out (soak tests, browser, foreign clients): about 6 minutes."
	@$(call missing,chromium initdb wrk curl npm Rscript)

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
	@$(call install,$(BIN)/python,$(CONSTRAINED) --editable '.[charts]')

clean:  ## Remove the virtual environment
	rm -rf .venv

.bench/.peers: constraints.txt | .venv/.installed-tests
	$(PYTHON) -m venv .bench/peers
	@$(call install,.bench/peers/bin/python,datasette duckdb)
	@$(call install,$(BIN)/python,$(CONSTRAINED) granian)
	@touch $@

# Its own mark, as `.venv/bin/python` is there before pip is: an interrupted start is begun anew.
.venv/.made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed.")'
	@[ -e .venv/.installed ] || rm -rf .venv
	@$(PYTHON) -m venv .venv || { rm -rf .venv; exit 1; }
	@touch $@

.venv/.installed: pyproject.toml constraints.txt | .venv/.made
	@echo "Installing the service and its packages into .venv: about a minute, and about 400 MB."
	@$(call install,$(BIN)/python,$(CONSTRAINED) --editable .)
	@# Who serves may not be allowed to write beside the code, and would compile it at each start.
	@$(BIN)/python -m compileall -q api dataset openapi schemas
	@touch $@

$(HASHES)/.installed: constraints.txt | .venv/.made
	$(PYTHON) -m venv $(HASHES)
	@$(call install,$(HASHES)/bin/python,$(CONSTRAINED) pip-tools)
	@touch $@

.venv/.installed-tests: .venv/.installed
	@echo "Installing what the tests need into .venv: about two minutes, and about 900 MB."
	@$(call install,$(BIN)/python,$(CONSTRAINED) --editable '.[tests]')
	@touch $@

# DuckDB's extension for HTTP is packaged for one version of DuckDB only.
.venv/httpfs/.installed: | .venv/.installed-tests
	@$(PYTHON) -m venv .venv/httpfs
	@$(call install,.venv/httpfs/bin/python,duckdb==1.5.5 duckdb-extension-httpfs==1.5.5)
	@touch $@

# The generators of clients in TypeScript, in the versions that the lock file fixes.
.venv/typescript/.installed: tests/support/typescript/package-lock.json | .venv/.made
	@mkdir -p .venv/typescript
	@cp tests/support/typescript/package*.json .venv/typescript
	@if command -v npm >/dev/null; then \
		npm ci --prefix .venv/typescript --no-audit --no-fund --loglevel error && touch $@; fi
