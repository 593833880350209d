# `make help` lists the tasks. Each sets up what it needs by itself, and at once when nothing changed.

PY    := .venv/bin/python
PIP   := -m pip install -qq --disable-pip-version-check
CODE  := core desktop installers tests benchmarks
# what Qt needs of the system, and what the tests of the window look at it with
SCREEN  := libEGL.so.1=libegl1 libGL.so.1=libgl1 libglib-2.0.so.0=libglib2.0-0 libfontconfig.so.1=libfontconfig1 \
	libdbus-1.so.3=libdbus-1-3 libxkbcommon.so.0=libxkbcommon0 libxkbcommon-x11.so.0=libxkbcommon-x11-0 \
	libxcb-cursor.so.0=libxcb-cursor0 libxcb-icccm.so.4=libxcb-icccm4 libxcb-keysyms.so.1=libxcb-keysyms1 \
	libxcb-shape.so.0=libxcb-shape0 libxcb-xkb.so.1=libxcb-xkb1
DESKTOP := Xvfb=xvfb xauth=xauth xdotool=xdotool dunst=dunst tint2=tint2 openbox=openbox import=imagemagick \
	/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf=fonts-dejavu-core
OTHER   = COGZY_SESSION_BUDDY_DIR='$(VAULT).around/session-buddy' CLAUDE_CONFIG_DIR='$(VAULT).around/claude' \
	COGZY_STATE_DIR='$(VAULT).around/state' XDG_CONFIG_HOME='$(VAULT).around/config'
RUNNABLE = $(basename $(notdir $(shell grep -l __main__ benchmarks/*.py)))

# thousands of small databases with all their fsyncs: in memory where there is room, as on most Linux
ROOMY := $(shell [ "$$(df -Pk /dev/shm 2>/dev/null | awk 'NR == 2 {print $$4}')" -gt 6000000 ] 2>/dev/null && echo /dev/shm)

# where it is set, each of thousands of processes would compile everything anew
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help demo run test lint bench soak model translations

help:  ## list the tasks
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' $(firstword $(MAKEFILE_LIST)) | expand -t 16

demo: .venv/.ready  ## show everything on this computer alone, with no account
	@.venv/bin/cogzy demo

run: .venv/.ready  ## start Cogzy; VAULT=folder: on another vault, with other sources and settings; ARGS="..." for it
	@.ci/system-packages $(if $(DISPLAY)$(WAYLAND_DISPLAY),$(SCREEN))
	@$(if $(VAULT),$(OTHER)) .venv/bin/cogzy $(if $(VAULT),--vault '$(VAULT)') $(ARGS)

test: lint model .venv-swift/.ready .node/.ready  ## lint, then every test (what .ci/run runs)
	@.ci/system-packages dbus-daemon=dbus gnome-keyring-daemon=gnome-keyring $(SCREEN) $(DESKTOP)
	@$(if $(ROOMY),PYTEST_DEBUG_TEMPROOT=$(ROOMY)) $(PY) -m pytest -q $(ARGS)

lint: .venv/.ready  ## style, types, and who may import whom
	@.venv/bin/ruff check --quiet $(CODE)
	@.venv/bin/ruff format --check --quiet $(CODE) || { echo "format them with: .venv/bin/ruff format $(CODE)"; exit 1; }
	@.venv/bin/mypy -p core -p desktop --no-error-summary
	@.venv/bin/lint-imports --no-logo > .venv/lint-imports.log || { cat .venv/lint-imports.log; exit 1; }

bench: .venv/.ready  ## measure against restic and rclone, one JSON line each; takes minutes
	@.ci/system-packages restic=restic tc=iproute2
	@for name in $(filter-out %soak,$(RUNNABLE)); do echo "== $$name"; $(PY) -m benchmarks.$$name $(ARGS) || exit 1; done

soak: .venv/.ready  ## kill and disturb it at random, for a long while, and try a thousand made-up cases for each few of `test`
	@HYPOTHESIS_PROFILE=soak $(PY) -m pytest -q --timeout 3600 tests/format tests/memory tests/database tests/sync
	@for name in $(filter %soak,$(RUNNABLE)); do echo "== $$name"; $(PY) -m benchmarks.$$name $(ARGS) || exit 1; done

model: .venv/.ready  ## build the embedding model that search by meaning needs, once, in seconds
	@$(PY) -m installers.model

translations: .venv/.ready  ## bring the texts of every language in step with the sources
	@$(PY) -m installers.translations

.venv/.ready: pyproject.toml constraints.txt
	@echo "setting up .venv ..."
	@[ -x $(PY) ] || .ci/new-venv .venv
	@$(PY) $(PIP) --constraint constraints.txt --editable '.[desktop,embedding,dev]'
	@touch $@

.node/.ready: tests/inspector/package.json tests/inspector/package-lock.json
	@command -v npm >/dev/null || { echo "Node.js 20 or newer is needed. Run: sudo apt-get install -y nodejs npm" >&2; exit 1; }
	@echo "setting up .node (the MCP Inspector, a client for the tests) ..."
	@mkdir -p .node && cp tests/inspector/package.json tests/inspector/package-lock.json .node/
	@npm ci --prefix .node --ignore-scripts --silent --no-audit --no-fund
	@touch $@

.venv-swift/.ready: tests/swift-requirements.txt
	@echo "setting up .venv-swift (an S3 server for the tests) ..."
	@[ -x .venv-swift/bin/python ] || .ci/new-venv .venv-swift
	@.venv-swift/bin/python $(PIP) --requirement tests/swift-requirements.txt
	@touch $@
