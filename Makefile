# The two commands: `make run` tries the portal out, `make test` tests it.

PYTHON ?= python3
HOST ?= 127.0.0.1
PORT ?= 8000
VAR_DIR ?= $(CURDIR)/var
VENV := .venv
BIN := $(VENV)/bin
NPM := tests/proof/node_modules

export VAR_DIR
export SECRET_KEY_FILE ?= $(VAR_DIR)/secret_key

.PHONY: run manage test lint weight bench check-html lighthouse observatory lock audit sbom clean
.DELETE_ON_ERROR:

run: $(VENV)/run.stamp $(VAR_DIR)/secret_key
	@$(BIN)/python manage.py migrate --verbosity 0
	@$(BIN)/python manage.py load_content
	@$(BIN)/python manage.py collectstatic --noinput --verbosity 0
	@$(BIN)/python manage.py make_moderator moderator
	@echo "Serving at http://$(HOST):$(PORT), log-in for moderators at http://$(HOST):$(PORT)/admin/"
	@exec env SITE_URL=$${SITE_URL:-http://$(HOST):$(PORT)} $(BIN)/gunicorn resourcecenter.wsgi \
		--config python:resourcecenter.serving --bind $(HOST):$(PORT)

# Any command of Django's: make manage ARGS="createsuperuser"
manage: $(VENV)/run.stamp $(VAR_DIR)/secret_key
	@$(BIN)/python manage.py $(ARGS)

test: $(VENV)/test.stamp $(VAR_DIR)/secret_key
	$(BIN)/python -m pytest $(PYTEST_ARGS)

lint: $(VENV)/test.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports

# What each kind of page weighs over the wire, in a browser; fails above the limits.
weight: $(VENV)/test.stamp
	$(BIN)/python -m tests.benchmarks.weight

# Requests a second and milliseconds of each kind of page, with 10,000 and 100,000 resources, on SQLite and PostgreSQL.
# On Debian: apt install wrk postgresql. A shorter run: make bench ARGS="--resources 10000 --engines sqlite"
bench: $(VENV)/test.stamp
	$(BIN)/python -m tests.benchmarks.speed $(ARGS)

# What the Nu HTML Checker says about each kind of page and state. On Debian: apt install npm default-jre-headless
check-html: $(VENV)/test.stamp $(NPM)
	$(BIN)/python -m tests.proof.html

# The scores of Lighthouse on a mobile phone. On Debian: apt install npm chromium
lighthouse: $(VENV)/test.stamp $(NPM)
	$(BIN)/python -m tests.proof.lighthouse

# The grade of the headers by the rules of the MDN HTTP Observatory. On Debian: apt install npm openssl
observatory: $(VENV)/test.stamp $(NPM)
	$(BIN)/python -m tests.proof.observatory

# Programs of tests/proof/package.json; they run nothing while they are installed.
$(NPM): tests/proof/package-lock.json
	npm ci --prefix tests/proof --ignore-scripts --no-audit --no-fund
	@touch $@

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or later is needed: make PYTHON=python3.12 ..."; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { echo "On Debian: apt install python3-venv"; rm -rf $(VENV); exit 1; }

$(VENV)/run.stamp: pyproject.toml requirements.lock | $(VENV)/bin/python
	$(BIN)/pip install --quiet --disable-pip-version-check --constraint requirements.lock --editable .
	@touch $@

$(VENV)/test.stamp: pyproject.toml requirements.lock | $(VENV)/bin/python
	$(BIN)/pip install --quiet --disable-pip-version-check --constraint requirements.lock --editable ".[test]"
	@touch $@ $(VENV)/run.stamp

$(VAR_DIR)/secret_key: | $(VENV)/bin/python
	@umask 077 && mkdir -p $(VAR_DIR) && $(BIN)/python -c 'import secrets; print(secrets.token_urlsafe(50))' > $@

# The versions that are installed, for every extra; run it to take in new releases.
lock:
	$(BIN)/pip install --quiet pip-tools
	$(BIN)/pip-compile --quiet --strip-extras --all-extras --no-header --no-emit-index-url --no-emit-find-links \
		--no-emit-trusted-host --upgrade --output-file requirements.lock pyproject.toml

# Known weaknesses of the locked packages, by the advisories of PyPI; fails too if a package cannot be looked up.
audit: $(VENV)/tools.stamp
	$(VENV)/tools/bin/pip-audit --strict --no-deps --disable-pip --requirement requirements.lock

# What the portal is made of, as CycloneDX, for programs that watch it.
sbom: $(VENV)/tools.stamp
	$(VENV)/tools/bin/cyclonedx-py requirements --pyproject pyproject.toml --output-reproducible \
		--output-file $(VAR_DIR)/sbom.json requirements.lock
	@echo "Written to $(VAR_DIR)/sbom.json"

# Apart from the portal, so that what the tools need is not taken for a part of it.
$(VENV)/tools.stamp: | $(VENV)/bin/python
	@mkdir -p $(VAR_DIR) && $(VENV)/bin/python -m venv $(VENV)/tools
	$(VENV)/tools/bin/pip install --quiet --disable-pip-version-check "pip-audit>=2.9" "cyclonedx-bom>=7.0"
	@touch $@

clean:
	rm -rf $(VENV) .pytest_cache .ruff_cache .import_linter_cache *.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
