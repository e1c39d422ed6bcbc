SHELL := /bin/bash
.DEFAULT_GOAL := help

PYTHON ?= python3
export VADLIT_DATA ?= $(abspath ../shared/data)
BIN := .venv/bin
INSTALLED := .venv/.installed
DEMO := runs/demo
CORES := $(shell getconf _NPROCESSORS_ONLN)

$(INSTALLED): pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet -c constraints.txt -e '.[dev]'
	# It asks for an older cloudpickle than it needs.
	$(BIN)/python -m pip install --quiet -c constraints.txt --no-deps hydra-ray-launcher
	touch $@

.PHONY: help demo test lint smoke ui clean

help: ## show what can be made
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-6s  %s\n", $$1, $$2}' Makefile

demo: $(INSTALLED) ## simulate a line, prepare it, train two decoders and the default preset
	$(BIN)/vadlit simulate line=can_short out=$(DEMO)/footage size=[288,288] rate=10
	$(BIN)/vadlit prepare source=$(DEMO)/footage/train test=$(DEMO)/footage/test out=$(DEMO)/can
	$(BIN)/vadlit train -m experiment=demo data.root=$(DEMO)/can model=base,skiptwice
	$(BIN)/vadlit train data=can data.root=$(DEMO)/can study=demo
	@echo
	@echo "Curves, pictures and the comparison: make ui, then http://127.0.0.1:5000, study demo."

test: lint ## check format, lint and types, then run all tests
	# Most of them wait for commands of one thread: each core has tests of its own.
	OMP_NUM_THREADS=1 $(BIN)/pytest -rs -n $(CORES) --dist loadfile --no-loadscope-reorder

lint: $(INSTALLED) ## check format, lint and types
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

smoke: $(INSTALLED) ## run only the Ped2 smoke sweeps
	OMP_NUM_THREADS=$(CORES) $(BIN)/pytest -rs -m smoke

ui: $(INSTALLED) ## browse the tracked runs at http://127.0.0.1:5000
	mkdir -p runs
	$(BIN)/mlflow ui --host 127.0.0.1 --backend-store-uri "sqlite:///$(CURDIR)/runs/mlflow.db"

clean: ## remove the environment and the caches, keep runs and data
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache build dist
	find vadlit tests \( -name __pycache__ -o -name .ruff_cache \) -prune -exec rm -rf {} +
