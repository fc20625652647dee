# make run        the studio in the browser: environment, dependencies, weights, then the service
#                 (make run ARGS=--lan lets phones in)
# make test       lint, types, layers, tests (no torch)
# make test-torch what needs torch, in an environment of its own
# make clean      environments and caches; weights and data stay

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := run
.DELETE_ON_ERROR:
.PHONY: run test test-torch weights clean python npm browser

VENV ?= .venv
TORCH_VENV ?= .venv-torch
TORCH ?= torch==2.13.0
BIN := $(VENV)/bin
PIP := -m pip install --quiet --disable-pip-version-check --prefer-binary

# The first Python of the two that are tested.
PYTHON ?= $(shell for p in python3.11 python3.12 python3 python; do \
	command -v $$p >/dev/null && \
	$$p -c 'import sys, venv, ensurepip; sys.exit(sys.version_info[:2] not in ((3, 11), (3, 12)))' 2>/dev/null && \
	{ command -v $$p; break; }; done)

WEIGHTS := $${XIANGYIN_WEIGHTS__FOLDER:-$${XDG_CACHE_HOME:-$$HOME/.cache}/xiangyin/weights}

run: npm $(VENV)/.installed weights
	@$(BIN)/xiangyin shop list | grep -w demo >/dev/null || { \
	$(BIN)/xiangyin shop import examples/demo_shop.xlsx --shop demo >/dev/null && \
	echo "放好了示范店铺 demo。它的货单 examples/demo_shop.xlsx 里故意留了几处错，可以拿来试“货单”那一页。"; }
	@exec $(BIN)/xiangyin serve $(ARGS)

test: npm browser $(VENV)/.tested weights
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -m "not torch"

# Exit code 5 of pytest: nothing is marked torch.
test-torch: npm $(TORCH_VENV)/.tested weights
	$(TORCH_VENV)/bin/python -m pytest -m torch || [ $$? -eq 5 ]

weights: $(VENV)/.installed
	@$(BIN)/xiangyin weights fetch

clean:
	rm -rf $(VENV) $(TORCH_VENV) build dist *.egg-info
	rm -rf .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/.installed: requirements.lock pyproject.toml | python
	@echo "正在准备运行环境 $(VENV)（第一次要几分钟）……"
	@[ -x $(BIN)/python ] || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python $(PIP) -r requirements.lock
	@$(BIN)/python $(PIP) --no-deps -e .
	@touch $@

$(VENV)/.tested: requirements-dev.lock $(VENV)/.installed
	@$(BIN)/python $(PIP) -r requirements-dev.lock
	@touch $@

$(TORCH_VENV)/.tested: requirements.lock requirements-dev.lock pyproject.toml | python
	@echo "正在准备带 torch 的环境 $(TORCH_VENV)……"
	@[ -x $(TORCH_VENV)/bin/python ] || $(PYTHON) -m venv $(TORCH_VENV)
	@$(TORCH_VENV)/bin/python $(PIP) -r requirements.lock -r requirements-dev.lock
	@$(TORCH_VENV)/bin/python $(PIP) "$(TORCH)"
	@$(TORCH_VENV)/bin/python $(PIP) -e ".[gpu,sherpa]" onnx==1.23.2
	@# Fun-ASR-Nano wants torchaudio for features that are plain Python; its libraries want a torch with CUDA.
	@$(TORCH_VENV)/bin/python $(PIP) --no-deps torchaudio==2.11.0
	@rm -f $(TORCH_VENV)/lib/python3*/site-packages/torchaudio/lib/*.so
	@touch $@

python:
	@[ -n "$(PYTHON)" ] || { echo "没有找到 Python 3.11 或 3.12（含 venv）。请先安装，例如：sudo apt install python3.11 python3.11-venv"; exit 1; }

npm:
	@[ -e "$(WEIGHTS)/kokoro-voices/zf_xiaobei.bin" ] || command -v npm >/dev/null || \
	{ echo "没有找到 npm，下载主播音色要用它。请先安装，例如：sudo apt install npm"; exit 1; }

browser:
	@command -v chromium chromium-browser google-chrome >/dev/null || \
	{ echo "没有找到 Chromium，浏览器测试要用它。请先安装：sudo apt install chromium"; exit 1; }
	@command -v fc-list >/dev/null && fc-list :lang=zh | grep -q . || \
	{ echo "没有找到中文字体，截图测试要用它。请先安装：sudo apt install fontconfig fonts-noto-cjk"; exit 1; }
