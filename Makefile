SHELL := /bin/bash
.DEFAULT_GOAL := help

PYTHON ?= python3
export VADLIT_DATA ?= $(abspath ../shared/data)
BIN := .venv/bin
INSTALLED := .venv/.installed

$(INSTALLED): pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet -c constraints.txt -e '.[dev]'
	touch $@

.PHONY: help demo test lint smoke ui clean

help: ## show what can be made
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-6s  %s\n", $$1, $$2}' Makefile

demo: $(INSTALLED) ## train two small models on Ped2 and compare them
	@if [ -d "$(VADLIT_DATA)/ped2" ]; then \
	  $(BIN)/vadlit train -m experiment=ped2_smoke model=base,skiptwice; \
	else \
	  echo "make demo needs the Ped2 footage in $(VADLIT_DATA)/ped2: set VADLIT_DATA to the folder that holds ped2."; \
	fi

test: lint ## check format, lint and types, then run all tests
	$(BIN)/pytest -rs

lint: $(INSTALLED) ## check format, lint and types
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

smoke: $(INSTALLED) ## run only the Ped2 smoke sweeps
	$(BIN)/pytest -rs -m smoke

ui: $(INSTALLED) ## browse the tracked runs at http://127.0.0.1:5000
	mkdir -p runs
	$(BIN)/mlflow ui --host 127.0.0.1 --backend-store-uri "sqlite:///$(CURDIR)/runs/mlflow.db"

clean: ## remove the environment and the caches, keep runs and data
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache build dist
	find vadlit tests \( -name __pycache__ -o -name .ruff_cache \) -prune -exec rm -rf {} +
