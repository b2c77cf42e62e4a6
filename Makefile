# `make help` lists the targets. Every target installs what it needs and does nothing twice.

# The interpreter of the virtual environments. By default the newest supported one on this machine (tools/find-python).
PYTHON ?=
# Where torch's CPU build comes from, if pip's own index has another one: https://download.pytorch.org/whl/cpu
TORCH_INDEX ?=
# The folder of MNIST and pen strokes. Training downloads what it lacks; tests that need real digits skip without it.
DIGITS_DATA ?= $(shell cd ../shared/data 2>/dev/null && pwd)
export PYTHON DIGITS_DATA
# Debian has servers in /usr/sbin, which an ordinary user's PATH lacks.
export PATH := $(PATH):/usr/sbin:/sbin
# pip refuses to install for the user in a virtual environment.
export PIP_USER := no
# They are for another Python than the virtual environment's.
unexport PYTHONHOME PYTHONPATH

VENV := .venv
BIN := $(VENV)/bin
PIP_INSTALL := -m pip install --quiet --disable-pip-version-check
UV := uv==0.13.9
# `make lock` keeps the locked versions that still fit; ARGS=--upgrade moves all of them, ARGS="--upgrade-package NAME" one.
# No hashes: torch's CPU and CUDA builds have different ones, and the address that pip is given decides between the builds.
COMPILE := .venv-lock/bin/uv --config-file requirements/uv.toml pip compile --quiet --universal --python-version 3.11 \
    --annotation-style line --custom-compile-command "make lock" $(ARGS)
ARCHIVE := model_store/digits.mar

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: run page test unit train archive evaluate load-test benchmark capacity figures images sbom manifests test-containers attack check format lock release help

run: $(ARCHIVE) $(VENV)/.patches $(VENV)/.run ## Serve the page and the API on http://localhost:8000 until Ctrl-C (PORT=, HOST=, WORKERS=)
	@tools/install java nginx $(if $(API_KEYS),njs)
	@$(BIN)/python -m tools.run

page: ## Build the page again, for a `make run` that goes on (RUN_DIR=)
	@web/build-page "$${RUN_DIR:-.run}"

test: $(ARCHIVE) $(VENV)/.patches $(VENV)/.run $(VENV)/.test $(VENV)/.train $(VENV)/.load-test $(VENV)/.sbom node_modules/.installed .venv-clients/.installed .venv-mlserver/.installed ## Run every test: units, the real servers, the page in a real browser, the containers if there is a Docker engine
	@tools/install java javac nginx njs curl chromium firefox webkit
	@$(BIN)/pytest $(ARGS)

train: $(VENV)/.serving $(VENV)/.archive $(VENV)/.train ## Train the model anew and write model_store/digits.{pt,json}
	@$(BIN)/python -m train $(ARGS)

archive: $(ARCHIVE) ## Pack model_store/digits.mar from the committed weights

evaluate: $(VENV)/.train $(ARCHIVE) ## Measure the committed model
	@$(BIN)/python -m train.evaluate $(ARGS)

load-test: $(ARCHIVE) $(VENV)/.patches $(VENV)/.run $(VENV)/.test $(VENV)/.load-test ## Load the service with people and programs (HOST= SHAPE= USERS= DURATION_S=)
	@tools/install java nginx
	@$(BIN)/python -m benchmarks.load_test $(ARGS)

images: ## Build the images digits-torchserve and digits-web (DEBIAN=, NGINX=, TORCH_INDEX=)
	@tools/docker-engine tools/build-images

sbom: $(VENV)/.sbom ## Write what the environment and both images are made of into sbom/, as CycloneDX
	@tools/docker-engine bash -c 'tools/build-images && $(BIN)/python -m tools.sbom'

manifests: $(VENV)/.run $(VENV)/.test $(VENV)/.serving $(VENV)/.archive $(VENV)/.train .venv-manifests/.installed ## Render every overlay and combination of components, and check all there is to check
	@tools/install promtool
	@$(BIN)/pytest tests/manifests $(ARGS)

test-containers: $(ARCHIVE) $(VENV)/.test $(VENV)/.archive $(VENV)/.sbom ## Build the images, run them with a Docker engine and break them, under load
	@tools/install chromium
	@tools/docker-engine $(BIN)/pytest tests/containers $(ARGS)

attack: $(ARCHIVE) $(VENV)/.patches $(VENV)/.run $(VENV)/.test $(VENV)/.train ## Attack the service at full size, beside correct traffic that must not notice (some 25 minutes)
	@tools/install java nginx
	@ATTACK_SCALE=full $(BIN)/pytest tests/attack --capture=no $(ARGS)

benchmark: $(ARCHIVE) $(VENV)/.patches $(VENV)/.run $(VENV)/.test $(VENV)/.train .venv-benchmark/.installed ## Compare with other servers, on this machine (some 20 minutes)
	@tools/install java nginx wrk
	@$(BIN)/python -m benchmarks $(ARGS)

capacity: $(ARCHIVE) $(VENV)/.patches $(VENV)/.run $(VENV)/.test $(VENV)/.train ## Find what one replica does and costs (some 40 minutes; a Docker engine, or root)
	@tools/install java nginx wrk
	@tools/docker-engine $(BIN)/python -m benchmarks.capacity $(ARGS)

figures: $(BIN)/python ## Write the measured figures into README and docs from the JSON of the measurements
	@$(BIN)/python -m tools.figures $(ARGS)

CHECKS := check-style check-types check-page check-scripts check-dockerfile check-workflows
CHECK_TOOLS := $(VENV)/.serving $(VENV)/.run $(VENV)/.archive $(VENV)/.train $(VENV)/.test $(VENV)/.load-test $(VENV)/.sbom $(VENV)/.check node_modules/.installed
SCRIPTS = $(shell grep -rlIE '^#!(/usr/bin/env bash|/bin/sh)$$' .ci tools torchserve web)

check: $(CHECK_TOOLS) ## Check everything that can be checked without running it: style, types, scripts, configuration
	@$(MAKE) --no-print-directory --jobs=2 --keep-going --output-sync=target $(CHECKS)

.PHONY: $(CHECKS)
check-style: $(VENV)/.check
	$(BIN)/ruff check --quiet
	$(BIN)/ruff format --check --quiet

check-types: $(CHECK_TOOLS)
	$(BIN)/mypy

check-page: node_modules/.installed
	node_modules/.bin/tsc --project web/jsconfig.json

check-scripts: $(VENV)/.check
	$(BIN)/shellcheck $(SCRIPTS)

check-dockerfile: $(VENV)/.check
	$(BIN)/hadolint Dockerfile

check-workflows: $(VENV)/.check
	PATH="$(BIN):$$PATH" $(BIN)/actionlint

format: $(VENV)/.check ## Format all Python, and fix what ruff can fix
	@$(BIN)/ruff check --fix
	@$(BIN)/ruff format

unit: $(ARCHIVE) $(VENV)/.run $(VENV)/.test $(VENV)/.train $(VENV)/.load-test $(VENV)/.sbom ## Run the unit tests that need no real digits: no servers, no browser, no data
	@$(BIN)/pytest tests/unit -m "not data" $(ARGS)

release: $(BIN)/python ## Set the version in every file (VERSION=1.2.3)
	@$(BIN)/python -m tools.release $(VERSION)

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-15s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(ARCHIVE): $(shell find handler -name "*.py" -o -name "*.yaml") model_store/digits.pt model_store/digits.json train/archive.py \
    train/export.py train/model.py train/model_store.py $(VENV)/.serving $(VENV)/.archive
	@$(BIN)/python -m train.archive

# A stamp says that the packages of requirements/NAME.in are in the virtual environment.
$(VENV)/.%: requirements/%.in requirements/constraints.txt | $(BIN)/python
	@echo "Installing the packages of $<"
	@$(BIN)/python $(PIP_INSTALL) $(if $(TORCH_INDEX),--extra-index-url $(TORCH_INDEX)) \
	    --constraint requirements/constraints.txt --requirement $<
	@touch $@

# TorchServe, patched where it is installed.
$(VENV)/.patches: $(wildcard torchserve/patches/*.py) $(VENV)/.serving
	@$(BIN)/python -m torchserve.patches.apply
	@touch $@

$(BIN)/python:
	@tools/install python
	@rm -rf $(VENV)
	@"$$(tools/find-python)" -m venv $(VENV)

# A virtual environment of its own for what need not agree with the rest.
.venv-%/.installed: requirements/%.txt
	@tools/install python
	@echo "Installing the packages of $<"
	@"$$(tools/find-python)" -m venv --clear $(@D)
	@$(@D)/bin/python $(PIP_INSTALL) --requirement $<
	@touch $@

lock: ## Compile the lock files in requirements/ from the requirements (ARGS=--upgrade)
	@tools/install python
	@"$$(tools/find-python)" -m venv .venv-lock
	@.venv-lock/bin/python $(PIP_INSTALL) $(UV)
	@$(COMPILE) $(filter-out %/benchmark.in %/clients.in %/manifests.in %/mlserver.in,$(sort $(wildcard requirements/*.in))) --output-file requirements/constraints.txt
	@$(COMPILE) requirements/benchmark.in --constraint requirements/constraints.txt --output-file requirements/benchmark.txt
	@$(COMPILE) requirements/clients.in --output-file requirements/clients.txt
	@$(COMPILE) requirements/manifests.in --output-file requirements/manifests.txt
	@$(COMPILE) requirements/mlserver.in --output-file requirements/mlserver.txt

node_modules/.installed: package.json
	@tools/install node
	@npm install --silent --no-audit --no-fund --no-package-lock
	@touch $@
