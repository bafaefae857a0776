# The only door. `make serve` and `make test` set up what they need; the second time there is nothing left to do.

PYTHON ?= python3
CLIPS ?= sample_videos
CLIP ?= sample_videos/a_left.mp4
MEASURE_OPTIONS ?= --side auto
VARIANTS ?= out/variants
ROBUST_OPTIONS ?= --jobs 1
SCENES ?= 100
SEED ?= 1
JOBS ?= 2
ATHLETES ?= 1000
DRAWN_OPTIONS ?=
API_OPTIONS ?=
BENCH_OPTIONS ?=
PAGES ?=
COUNT ?= 10000
FUZZ_OPTIONS ?=
LOAD_OPTIONS ?= --clips 60 --clients 20
CHAOS_OPTIONS ?= --clips 200 --kills 50
SCALING_OPTIONS ?=
PYTEST_OPTIONS ?= -n 2 --dist loadfile

VENV := .venv
BIN := $(VENV)/bin
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help setup serve test measure check accuracy robust drawn bench bench-trend bench-api bench-web load chaos scaling fuzz screenshots memory real messages sbom lock clean

help: ## Say what can be made
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1|\2/p' $(MAKEFILE_LIST) | awk -F'|' '{printf "%-18s %s\n", $$1, $$2}'

setup: $(VENV)/.ready app/web/static/vendor/.coach ## Install everything into this checkout

serve: setup ## Serve on http://127.0.0.1:8000
	@exec $(BIN)/kneewall serve

test: setup chromium ## Run the tests
	$(BIN)/python -m pytest $(PYTEST_OPTIONS)

measure: setup ## Measure one clip: make measure CLIP=FILE MEASURE_OPTIONS="--side left"
	$(BIN)/kneewall measure $(CLIP) $(MEASURE_OPTIONS)

messages: $(VENV)/.installed ## Bring the catalogues up to date with the sentences of the sources; fails while one lacks its translation
	$(BIN)/python scripts/messages.py

check: $(VENV)/.installed ## Lint, formatting, types, import contracts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

accuracy: setup ## Errors against truth: make accuracy CLIPS=FOLDER; without a folder it writes docs/accuracy.md
	$(BIN)/python -m tests.accuracy $(CLIPS) $(if $(filter sample_videos,$(CLIPS)),--write)

robust: setup ## Does the answer move when only the file changes: make robust CLIPS=FOLDER
	$(BIN)/python -m tests.accuracy.variants $(CLIPS) $(VARIANTS) $(ROBUST_OPTIONS)

drawn: $(VENV)/.installed ## Hold the plus-minus against drawn scenes: make drawn SCENES=N SEED=S JOBS=2
	$(BIN)/python -m tests.drawn --scenes $(SCENES) --seed $(SEED) --jobs $(JOBS) $(DRAWN_OPTIONS)

bench: setup ## What a clip costs beside decoding it and beside the obvious way, its memory, and one worker against two
	$(BIN)/python -m tests.bench $(BENCH_OPTIONS)

bench-trend: $(VENV)/.installed ## What the trend says of simulated athletes: make bench-trend ATHLETES=N
	$(BIN)/python -m tests.trend --athletes $(ATHLETES)

bench-api: $(VENV)/.installed ## How long pages and answers take with a year of 200 athletes in the database, SQLite and PostgreSQL
	$(BIN)/python -m tests.bench_api $(API_OPTIONS)

bench-web: setup chromium ## How soon the report is painted, what script pages load, and how soon and often the filming page looks
	$(BIN)/python -m tests.bench_web.report
	$(BIN)/python -m tests.bench_web

fuzz: setup ## Mutated clips through the child that decodes, then made-up requests to every route: make fuzz COUNT=N SEED=S
	$(BIN)/python -m tests.fuzz files --count $(COUNT) --seed $(SEED)
	$(BIN)/python -m tests.fuzz api $(FUZZ_OPTIONS)

load: setup ## Clips of 3 s sent at once, and how quick pages stay meanwhile: make load LOAD_OPTIONS="--clips 60 --clients 20"
	$(BIN)/python -m tests.machines.load $(LOAD_OPTIONS)

chaos: setup ## Everything is killed while clips are sent; each ends once: make chaos CHAOS_OPTIONS="--clips 200 --kills 50"
	$(BIN)/python -m tests.machines.chaos $(CHAOS_OPTIONS)

scaling: $(VENV)/.installed ## What breaks first at ten, a hundred, a thousand times the load: make scaling SCALING_OPTIONS="--clip-s 7.3"
	$(BIN)/python -m tests.machines.scaling $(SCALING_OPTIONS)

screenshots: setup chromium ## Every page at three sizes, light and dark, into out/screenshots: make screenshots PAGES="report board"
	$(BIN)/python -m tests.browser.screenshots $(PAGES)

memory: $(VENV)/.installed ## Peak memory of reading 60 s of 4K
	$(BIN)/python scripts/decode_memory.py

real: $(VENV)/.installed ## Read every file of a folder: make real CLIPS=FOLDER
	$(BIN)/python scripts/read_clips.py $(CLIPS)

sbom: setup ## List everything that an installation is made of, with licences, into out/sbom (CycloneDX)
	$(BIN)/python scripts/sbom.py

lock: $(VENV)/.installed ## Pin the dependencies anew (needs pip-tools in the environment)
	PIP_CONFIG_FILE=/dev/null $(BIN)/pip-compile --quiet --upgrade --generate-hashes --extra dev --allow-unsafe --strip-extras \
		--no-emit-index-url --no-emit-trusted-host --no-emit-find-links --output-file requirements.lock pyproject.toml

clean: ## Remove what make has made here
	rm -rf $(VENV) node_modules $(VENDOR) build dist out *.egg-info .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis

# --- what the targets share -------------------------------------------------------------------------------------------------------------------

$(VENV)/.made:
	@command -v $(PYTHON) >/dev/null || { echo "$(PYTHON) is missing. Install it: apt-get install python3 python3-venv"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "$$($(PYTHON) --version) is too old, 3.11 or newer is needed. Install it: apt-get install python3.11 python3.11-venv; then: make PYTHON=python3.11"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "Python's venv module is missing. Install it: apt-get install python3-venv"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.locked: requirements.lock $(VENV)/.made
	$(BIN)/python -m pip install --quiet --require-hashes --requirement requirements.lock
	@touch $@

$(VENV)/.installed: pyproject.toml $(VENV)/.locked
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

node_modules/.made: package.json package-lock.json
	@command -v npm >/dev/null || { echo "npm is missing. Install it: apt-get install npm"; exit 1; }
	npm ci --ignore-scripts --no-audit --no-fund
	@touch $@

# What pages load comes from our own origin: named files, copied as they are.
VENDOR := app/web/static/vendor
$(VENDOR)/.made: node_modules/.made Makefile
	@mkdir -p $(VENDOR)/uplot $(VENDOR)/tus
	@cp node_modules/uplot/dist/uPlot.iife.min.js node_modules/uplot/dist/uPlot.min.css node_modules/uplot/LICENSE $(VENDOR)/uplot/
	@cp node_modules/tus-js-client/dist/tus.min.js node_modules/tus-js-client/LICENSE $(VENDOR)/tus/
	@touch $@

$(VENV)/.ready: vision/weights.py $(VENV)/.installed node_modules/.made $(VENDOR)/.made
	@$(BIN)/python -m app.doctor
	@$(BIN)/python scripts/build_weights.py
	@touch $@

app/web/static/vendor/.coach: scripts/build_coach.py vision/weights.py node_modules/.made $(VENV)/.ready
	@PYTHONPATH=. $(BIN)/python scripts/build_coach.py
	@touch $@

.PHONY: chromium
chromium:
	@command -v chromium >/dev/null || { echo "Chromium is missing, the browser tests need it. Install it: apt-get install chromium"; exit 1; }
