# Coreset Atlas: `make run` and `make test` need Python 3.11 and nothing else.
PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
WORKSPACE ?= workspace/demo
PORT ?= 8501

.PHONY: run test setup check bench demo clean

run: setup
	@$(PY) scripts/serve.py --workspace $(WORKSPACE) --port $(PORT)

test: $(VENV)/.dev-ready
	@$(PY) -m pytest

setup: $(VENV)/.ready

check: $(VENV)/.dev-ready
	@$(VENV)/bin/ruff format --check .
	@$(VENV)/bin/ruff check .
	@$(VENV)/bin/mypy
	@$(PY) -m pytest tests/test_layers.py

bench: $(VENV)/.dev-ready
	@$(PY) -m benchmarks

clean:
	rm -rf $(VENV) workspace .pytest_cache .mypy_cache .ruff_cache

$(VENV)/.ready: requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Python 3.11 or newer is needed; seen %d.%d. Try: make run PYTHON=python3.11" % sys.version_info[:2])'
	@test -x $(PY) || $(PYTHON) -m venv $(VENV)
	@echo "Installing what the app needs into $(VENV) (a few minutes the first time)"
	@$(PY) -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

$(VENV)/.dev-ready: $(VENV)/.ready requirements-dev.txt
	@$(PY) -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@
