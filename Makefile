# Every task of the project; `make help` lists them. Needs Python >= 3.11 and make.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.DEFAULT_GOAL := help
.PHONY: reference help setup setup-test run demo test check lint types imports docs notebooks bench faults lock

help: ## list the tasks
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

$(VENV)/.runtime: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; set PYTHON=python3.12, say")'
	@if command -v uv >/dev/null; then \
	  test -x $(BIN)/python || uv venv -q --python $(PYTHON) $(VENV); \
	  VIRTUAL_ENV=$(VENV) uv pip install -q --require-hashes -r requirements.lock; \
	else \
	  test -x $(BIN)/pip || $(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
	    echo "This Python cannot make a virtual environment: apt install python3-venv, or install uv."; exit 1; }; \
	  $(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements.lock; \
	fi
	@$(BIN)/python -c 'import sysconfig, pathlib; \
	  pathlib.Path(sysconfig.get_path("purelib"), "paperless_kernel.pth").write_text(str(pathlib.Path.cwd()) + "\n")'
	@printf '#!%s\nfrom paperless_kernel.cli import main\nmain()\n' "$(CURDIR)/$(BIN)/python" > $(BIN)/paperless && chmod +x $(BIN)/paperless
	@touch $@

$(VENV)/.tests: requirements-test.lock $(VENV)/.runtime
	@if command -v uv >/dev/null; then \
	  VIRTUAL_ENV=$(VENV) uv pip install -q --require-hashes -r requirements-test.lock; \
	else \
	  $(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements-test.lock; \
	fi
	@touch $@

setup: $(VENV)/.runtime ## make .venv from the hash-pinned lock
setup-test: $(VENV)/.tests ## the same with what the tests need

run: setup ## the demo, then the workbench on 127.0.0.1
	@$(BIN)/paperless demo
	@$(BIN)/paperless serve

demo: setup ## a box of paper becomes sealed documents, a certificate, a notice, an invoice
	@$(BIN)/paperless demo

test: setup-test ## run every test this machine can run
	@$(BIN)/python -m pytest -n 2 --dist loadfile

check: lint types imports docs test ## everything CI checks

lint: setup-test ## ruff: rules and formatting
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types: setup-test ## mypy --strict
	@$(BIN)/mypy

imports: setup-test ## import-linter: layers point down
	@$(BIN)/lint-imports --no-cache

docs: setup-test ## build the documentation; a warning is an error
	@$(BIN)/sphinx-build -q -W --keep-going -b html docs docs/_build

reference: setup ## write the reference pages of commands, settings and errors
	@$(BIN)/python docs/reference/make.py

notebooks: setup-test ## execute every notebook and dashboard
	@$(BIN)/python -m pytest -q tests/notebooks

bench: setup-test ## side-by-side measurements
	@for each in benchmarks/*.py; do $(BIN)/python $$each || exit 1; done

faults: setup-test ## kill, fill and break things on purpose
	@$(BIN)/python -m pytest -q tests/faults

lock: ## compile both lock files anew (needs uv)
	uv pip compile pyproject.toml --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11 -q -o requirements.lock
	uv pip compile pyproject.toml --extra test --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11 -c requirements.lock -q -o requirements-test.lock
