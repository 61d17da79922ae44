# make report   the reports of the studies that config.yaml names
# make test     the whole test suite
# make help     the rest

SHELL := /bin/sh
.DEFAULT_GOAL := report

PYTHON ?= python3
CONFIG ?= config.yaml
CORES ?= 2
TESTS ?=
SECTIONS ?=

bin := .venv/bin
# What was installed is known by the content of the lock, so a fresh checkout or a touched file
# installs nothing anew.
digest = $(shell cat $(1) 2>/dev/null | cksum | cut -d' ' -f1)
runtime := .venv/.runtime-$(call digest,requirements.txt)
project := .venv/.project-$(call digest,pyproject.toml)
development := .venv/.development-$(call digest,requirements-dev.txt)
cluster := .venv/cluster/.installed-$(call digest,requirements-cluster.txt)

# One thread a process: the workflow runs CORES processes. Some environments forbid Python to write
# its compiled files; without them every start takes seconds.
export OPENBLAS_NUM_THREADS := 1
export OMP_NUM_THREADS := 1
export MKL_NUM_THREADS := 1
export MPLCONFIGDIR := $(CURDIR)/.cache/matplotlib
export PYTHONDONTWRITEBYTECODE :=

# With -qq only errors are shown.
install := $(bin)/python -m pip install -qq --disable-pip-version-check --no-compile

# The whole suite runs on every core, a file of tests on one of them: its fixtures are made once.
side_by_side := $(if $(TESTS),,-n auto --dist loadfile)

.PHONY: report test lint format docs coverage benchmarks lock clean help

report: $(runtime) $(project)
	@status=0; $(bin)/lmm run --configfile "$(CONFIG)" --cores $(CORES) || status=$$?; \
	if [ -f reports/index.html ]; then \
	  echo; echo "The reports: file://$(CURDIR)/reports/index.html"; \
	fi; \
	exit $$status

test: $(development) $(cluster) $(project)
	@$(bin)/python -m pytest -rs $(side_by_side) $(TESTS)

lint: $(development) $(project)
	$(bin)/ruff check
	$(bin)/ruff format --check
	$(bin)/pyright
	$(bin)/lint-imports
	$(bin)/snakefmt --check Snakefile workflow
	$(bin)/snakemake --lint

format: $(development)
	$(bin)/ruff check --fix
	$(bin)/ruff format
	$(bin)/snakefmt Snakefile workflow

# What it warns of is an error; -n asks every reference for its target.
docs: $(development) $(project)
	@$(bin)/python -m sphinx -W --keep-going -n -q -b html docs dist/docs
	@echo "The documentation: file://$(CURDIR)/dist/docs/index.html"

coverage: $(development) $(cluster) $(project)
	@$(bin)/python -m pytest -rs $(side_by_side) --cov --cov-report=term-missing $(TESTS)

# Fetches the packages that we are compared with into .cache/benchmarks; lme4 from Debian, if root.
benchmarks: $(runtime) $(project)
	@$(bin)/python -m benchmarks $(SECTIONS)

# Newest versions that pyproject.toml allows, with the hashes of every platform's files. Needs uv.
lock_options := --universal --fork-strategy fewest --python-version 3.11 --generate-hashes \
  --no-header --no-annotate --no-strip-extras --no-emit-index-url --quiet --upgrade
lock:
	@uv pip compile pyproject.toml --group build $(lock_options) --output-file requirements.txt
	@uv pip compile pyproject.toml --group build --group dev --constraints requirements.txt \
	  $(lock_options) --output-file requirements-dev.txt
	@uv pip compile --group cluster --no-deps --constraints requirements.txt \
	  $(lock_options) --output-file requirements-cluster.txt

# The environment and the published reports with their history stay: remove .venv and reports
# yourself where you mean it.
clean:
	rm -rf .snakemake .cache .hypothesis .pytest_cache .ruff_cache .import_linter_cache .coverage* \
	  htmlcov dist results
	find . -name __pycache__ -type d -not -path './.venv/*' -prune -exec rm -rf {} +

help:
	@echo "make report [CONFIG=config.yaml] [CORES=2]   the reports of the studies in CONFIG"
	@echo "make test [TESTS=tests/unit]                 the test suite, or a part of it"
	@echo "make lint                                    style, types, architecture, workflow"
	@echo "make format                                  mends what a formatter can"
	@echo "make docs                                    the documentation, as pages to open in a browser"
	@echo "make coverage                                the tests, and the lines that they missed"
	@echo "make benchmarks [SECTIONS=small]             ours beside other packages: benchmarks/RESULTS.md"
	@echo "make lock                                    refreshes the pinned versions (needs uv)"
	@echo "make clean                                   removes what can be made again"
	@echo "A Python other than python3: make report PYTHON=python3.12"

# ------------------------------------------------------------------------------- environment

.venv/bin/pip:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo "Python 3.11 or newer is needed; $(PYTHON): $$($(PYTHON) --version 2>/dev/null || echo not found)." >&2; \
	  echo "Name another one: make report PYTHON=python3.12" >&2; exit 1; }
	@echo "Making .venv with $$($(PYTHON) --version 2>&1)"
	@$(PYTHON) -m venv .venv || { rm -rf .venv; \
	  echo "The environment could not be made. On Debian and Ubuntu: apt-get install python3-venv" >&2; \
	  exit 1; }

# --no-compile and then importing what the project uses compiles those files only: half the time.
warm := import formulaic, jinja2, jsonschema, matplotlib.backends.backend_svg, matplotlib.figure, \
  pandas, pooch, pyarrow.parquet, scipy.optimize, scipy.special, snakemake.cli, yaml

$(runtime): | .venv/bin/pip
	@echo "Installing the pinned packages of requirements.txt (once; a minute or two)"
	@$(install) --require-hashes -r requirements.txt
	@$(bin)/python -c "$(warm)"
	@rm -f .venv/.runtime-*; touch $@

$(development): $(runtime)
	@echo "Installing the pinned test tools of requirements-dev.txt (once; half a minute)"
	@$(install) --require-hashes -r requirements-dev.txt
	@rm -f .venv/.development-*; touch $@

# Beside the environment: Snakemake imports every plugin that it finds, at each start.
$(cluster): $(development)
	@rm -rf .venv/cluster
	@$(install) --require-hashes --no-deps --target .venv/cluster -r requirements-cluster.txt
	@touch $@

$(project): $(runtime)
	@$(install) --no-build-isolation --no-deps --editable .
	@rm -f .venv/.project-*; touch $@
