# Any python3 ≥ 3.8 starts these; Python 3.12 for the product is found by ops/interpreters.py.
PYTHON ?= python3
BIN := .venv/bin
PYTEST := $(BIN)/pytest
RASA_PYTEST := .venv-rasa/bin/pytest
# Public sets to measure the understanding on: FOLDER/<set>/{train,test}.csv.
NLU ?= $(wildcard ../shared/nlu)
# The browser last: Playwright leaves an event loop running, under which asyncio.run() refuses to work.
TESTS = $(filter-out tests/e2e/,$(sort $(dir $(wildcard tests/*/test_*.py tests/unit/)))) $(wildcard tests/test_*.py) tests/e2e
.DEFAULT_GOAL := help
.PHONY: help run setup setup-dev train talk new-skill stories graph nlu-report check conversations unit attacks e2e test bench widget lock clean
MAKEFLAGS += --no-print-directory

help: ## List these commands
	@awk 'BEGIN {FS = ":.*## "} /^[a-z0-9-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: ## Set up what is missing, train if needed, start everything (STORE=FILE loads that shop, STORE=demo ours)
	@exec $(PYTHON) -m ops.run $(if $(STORE),--store "$(STORE)")

setup: ## Make or update the environments (STOCK=1: also Rasa as its makers pin it, with TensorFlow)
	@exec $(PYTHON) -m ops.setup $(if $(STOCK),--stock)

setup-dev: # also what checks and tests need
	@exec $(PYTHON) -m ops.setup --dev

train: setup ## Train, if anything that training reads has changed
	@exec $(PYTHON) -m ops.training

talk: ## Chat in the terminal, with what is running or with a fresh instance (URL=… for another)
	@exec $(PYTHON) -m ops.talk $(if $(URL),--url "$(URL)")

new-skill: ## Make data/NAME/ and its conversation test, which train and pass at once (NAME=engraving)
	@exec $(PYTHON) -m ops.new_skill "$(NAME)"

stories: setup ## Name each fault in rules, stories and words with file and line, in seconds
	@exec $(BIN)/python -m ops.stories

graph: setup ## Draw rules and stories into results/graph/ (opens in a browser, asks no other site)
	@exec $(PYTHON) -m ops.graph

nlu-report: setup ## Cross-validate the understanding and say what is confused with what, into results/nlu/
	@exec $(PYTHON) -m ops.nlu_report

check: setup-dev ## The house rules: style, types, layers, sizes
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(PYTEST) -q tests/test_house_rules.py tests/test_house_words.py

conversations: stories ## Validate the training data, play the conversation tests, say what they reach
	@exec $(PYTHON) -m ops.conversations

unit: setup-dev ## Unit and contract tests, in both environments
	$(RASA_PYTEST) tests/unit/rasa_ext
	$(RASA_PYTEST) tests/unit/rasa_ext_nlu
	$(PYTEST) tests/unit tests/contract

attacks: train setup-dev ## One test file a threat, against a running instance
	$(PYTEST) tests/attacks

e2e: train setup-dev ## The widget in a real browser, against a running instance
	$(PYTEST) tests/e2e

test: check conversations ## Everything CI runs
	$(RASA_PYTEST) tests/unit/rasa_ext
	$(RASA_PYTEST) tests/unit/rasa_ext_nlu
	$(PYTEST) $(TESTS)

bench: train ## Measure: road, our Rasa against Rasa's pins, understanding (NLU=FOLDER PEER=diet; TAU2=FOLDER: τ²)
	$(BIN)/python bench/road.py --shoppers 50
	$(BIN)/python bench/rasa_stack.py
	$(if $(NLU),set -e; for set in "$(NLU)"/*/; do echo "$$set"; $(BIN)/python bench/nlu.py --hold-out 8 \
		--train "$$set/train.csv" --test "$$set/test.csv" $(if $(PEER),--peer $(PEER)); done)
	$(if $(TAU2),set -e; for more in "--trials 4" --red-team; do $(BIN)/python bench/tau2.py \
		--store "$(TAU2)/store.json" --tasks "$(TAU2)/train.json" --level all $$more; done)

widget: ## Build the web chat from its sources into the checked-in bundle
	cd widget && npm ci && npm run build

lock: ## Resolve requirements/*.in anew into hashed *.txt (UPGRADE=1: to the newest)
	@exec $(PYTHON) -m ops.lock_requirements $(if $(UPGRADE),--upgrade)

clean: ## Remove environments, models and caches; COUNTERSIGN_HOME (./var) stays
	rm -rf .venv .venv-rasa .venv-stock .rasa results .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
	rm -f models/*.tar.gz models/manifest.json
