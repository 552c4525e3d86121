# Everything runs from .venv, which each goal brings up to date first.

PYTHON = python3
VENV = .venv
RUN = $(VENV)/bin/python
PIP = $(RUN) -m pip --disable-pip-version-check --quiet --quiet
LOCK = $(RUN) -m uv --quiet pip compile pyproject.toml --universal --python-version 3.11 \
	--generate-hashes --no-emit-index-url --no-header
CLIENTS = tests/clients
DASHBOARD = $(wildcard dashboard/*.* dashboard/.npmrc dashboard/src/*.* dashboard/src/*/*)

# On every core, and one more since many tests wait; what is named by ARGS alone runs in one process.
AT_ONCE = $(shell $(PYTHON) -c 'import os; print(1 + (os.cpu_count() or 1))')
PYTEST = $(RUN) -m pytest $(or $(ARGS),--numprocesses $(AT_ONCE) --dist worksteal)

# The stamps: what was installed, and when.
RUNTIME = $(VENV)/installed-runtime
DEV = $(VENV)/installed-dev
NODE = $(CLIENTS)/node_modules/installed
PAGES = dashboard/dist/built

.PHONY: run pages test check bench torture screenshots format lock

# exec, so that make passes signals on to the server itself. The API needs no pages: a build that
# fails has said so, and is tried again at the next start.
run: $(RUNTIME)
	-@$(MAKE) --silent --no-print-directory pages
	@exec $(RUN) server.py

pages: $(PAGES)

test: $(DEV) $(NODE) $(PAGES)
	@$(PYTEST)

check: $(DEV) $(NODE) $(PAGES)
	$(RUN) -m ruff format --check .
	$(RUN) -m ruff check .
	$(RUN) -m mypy
	$(VENV)/bin/lint-imports
	$(RUN) pages.py check
	$(PYTEST)

bench: $(DEV)
	@$(RUN) -m benchmarks $(ARGS)

torture: $(DEV) $(NODE)
	@$(RUN) -m tests.torture $(ARGS)

# The pictures of the README, and the figures beside them.
screenshots: $(DEV) $(PAGES)
	@$(RUN) -m tests.browser.screenshots

format: $(DEV)
	$(RUN) -m ruff check --fix .
	$(RUN) -m ruff format .

lock: $(DEV)
	$(LOCK) --upgrade --output-file requirements.lock
	$(LOCK) --upgrade --extra dev --constraint requirements.lock --output-file requirements-dev.lock

$(RUN):
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("Dealcast needs Python 3.11 or newer; $(PYTHON) is " + sys.version.split()[0] + ": try make PYTHON=python3.11")'
	@$(PYTHON) -m venv $(VENV)

$(RUNTIME): requirements.lock | $(RUN)
	@echo "Installing $< into $(VENV)"
	@$(PIP) install --require-hashes --requirement $<
	@touch $@

$(DEV): requirements-dev.lock | $(RUN)
	@echo "Installing $< into $(VENV)"
	@$(PIP) install --require-hashes --requirement $<
	@touch $@

$(NODE): $(CLIENTS)/package-lock.json $(CLIENTS)/package.json | $(DEV)
	@echo "Installing the JavaScript clients"
	@$(RUN) -m tests.node
	@touch $@

$(PAGES): $(DASHBOARD) examples/javascript/live.mjs schema/schema.graphql | $(RUNTIME)
	@echo "Building the pages of dashboard/"
	@$(RUN) pages.py build
	@touch $@
