# `make help` lists the targets. Every target installs what it needs and does nothing twice.

PYTHON ?= python3.11
# Where torch's CPU build comes from, if pip's own index has another one: https://download.pytorch.org/whl/cpu
TORCH_INDEX ?=
# Where training and tests find MNIST and pen strokes; without it training downloads what is public, and the tests
# that need real digits say so.
DIGITS_DATA ?= $(abspath $(wildcard ../shared/data))
export PYTHON DIGITS_DATA

VENV := .venv
BIN := $(VENV)/bin
PIP_INSTALL := $(BIN)/pip install --quiet --disable-pip-version-check \
    $(if $(TORCH_INDEX),--extra-index-url $(TORCH_INDEX)) --constraint requirements/constraints.txt
ARCHIVE := model_store/digits.mar

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: run test train archive evaluate load-test benchmark capacity figures images manifests test-containers check help

run: $(ARCHIVE) ## Serve the page and the API on http://localhost:8000 until Ctrl-C (PORT=, HOST=, WORKERS=)
	@tools/install java nginx
	@$(BIN)/python tools/run

test: $(ARCHIVE) $(VENV)/.test $(VENV)/.train $(VENV)/.load-test node_modules/axe-core ## Run every test: units, the real servers, the page in a real browser, the containers if there is a Docker engine
	@tools/install java nginx curl chromium
	@$(BIN)/pytest $(ARGS)

train: $(VENV)/.serving $(VENV)/.archive $(VENV)/.train ## Train the model anew and write model_store/digits.{pt,json}
	@$(BIN)/python -m train $(ARGS)

archive: $(ARCHIVE) ## Pack model_store/digits.mar from the committed weights

evaluate: $(VENV)/.train $(ARCHIVE) ## Measure the committed model
	@$(BIN)/python -m train.evaluate $(ARGS)

load-test: $(ARCHIVE) $(VENV)/.test $(VENV)/.load-test ## Load the service with people and programs (HOST= SHAPE= USERS= DURATION_S=)
	@tools/install java nginx
	@$(BIN)/python -m benchmarks.load_test $(ARGS)

images: ## Build the images digits-torchserve and digits-web (DEBIAN=, TORCH_INDEX=)
	@tools/engine tools/build-images

manifests: $(VENV)/.test $(VENV)/.serving .venv-manifests/.done ## Render every overlay and combination of components, and check all there is to check
	@tools/install nginx lua promtool
	@$(BIN)/pytest tests/manifests $(ARGS)

test-containers: $(ARCHIVE) $(VENV)/.test $(VENV)/.archive ## Build the images, run them with a Docker engine and break them, under load
	@tools/install chromium
	@tools/engine $(BIN)/pytest tests/containers $(ARGS)

benchmark: $(ARCHIVE) $(VENV)/.test $(VENV)/.train .venv-benchmark/.installed ## Compare with other servers, on this machine (some 20 minutes)
	@tools/install java nginx wrk
	@$(BIN)/python -m benchmarks $(ARGS)

capacity: $(ARCHIVE) $(VENV)/.test $(VENV)/.train ## Find what one replica does and costs (some 40 minutes; a Docker engine, or root)
	@tools/install java nginx wrk
	@tools/engine $(BIN)/python -m benchmarks.capacity $(ARGS)

figures: ## Write the measured figures into README and docs from the JSON of the measurements
	@python3 -m tools.figures $(ARGS)

check: $(VENV)/.serving $(VENV)/.archive $(VENV)/.train $(VENV)/.test ## Check style (ruff) and types (mypy)
	@$(BIN)/ruff check . tools/run
	@$(BIN)/ruff format --check . tools/run
	@$(BIN)/mypy handler train

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-15s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(ARCHIVE): $(shell find handler -name "*.py" -o -name "*.yaml") model_store/digits.pt model_store/digits.json train/archive.py \
    train/export.py train/model.py $(VENV)/.serving $(VENV)/.archive
	@$(BIN)/python -m train.archive

# A stamp says that the packages of requirements/NAME.txt are in the virtual environment.
$(VENV)/.%: requirements/%.txt requirements/constraints.txt | $(BIN)/python
	@echo "Installing the packages of $<"
	@$(PIP_INSTALL) --requirement $<
	@touch $@

.venv-manifests/.done: requirements/manifests.txt | $(BIN)/python
	@echo "Installing the packages of $<"
	@$(PYTHON) -m venv .venv-manifests
	@.venv-manifests/bin/pip install --quiet --disable-pip-version-check --requirement $<
	@touch $@

$(BIN)/python:
	@tools/install python
	@$(PYTHON) -m venv $(VENV)

.venv-benchmark/.installed: requirements/benchmark.txt | $(BIN)/python
	@echo "Installing the packages of $<"
	@$(PYTHON) -m venv $(@D)
	@$(@D)/bin/pip install --quiet --disable-pip-version-check --requirement $<
	@touch $@

node_modules/axe-core: package.json
	@tools/install node
	@npm install --silent --no-audit --no-fund --no-package-lock
	@touch $@
