# Everything runs from .venv, which each goal brings up to date first.

PYTHON = python3
VENV = .venv
RUN = $(VENV)/bin/python
PIP = $(RUN) -m pip --disable-pip-version-check --quiet --quiet
LOCK = $(RUN) -m uv --quiet pip compile pyproject.toml --universal --python-version 3.11 \
	--generate-hashes --no-emit-index-url --no-header
CLIENTS = tests/clients

# On every core; what is named by ARGS alone runs in one process.
PYTEST = $(RUN) -m pytest $(or $(ARGS),--numprocesses auto --dist worksteal)

# The stamps: what was installed, and when.
RUNTIME = $(VENV)/installed-runtime
DEV = $(VENV)/installed-dev
NODE = $(CLIENTS)/node_modules/installed

.PHONY: run test check bench torture format lock

# exec, so that make passes signals on to the server itself.
run: $(RUNTIME)
	@exec $(RUN) server.py

test: $(DEV) $(NODE)
	@$(PYTEST)

check: $(DEV) $(NODE)
	$(RUN) -m ruff format --check .
	$(RUN) -m ruff check .
	$(RUN) -m mypy
	$(VENV)/bin/lint-imports
	$(PYTEST)

bench: $(DEV)
	@$(RUN) -m benchmarks $(ARGS)

torture: $(DEV) $(NODE)
	@$(RUN) -m tests.torture $(ARGS)

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
