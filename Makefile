# The two commands are `make demo` and `make test`; `make help` lists the rest.
# Needs: python3 (3.11 or later) with venv, and make. Everything else is set up in .venv and .demo.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
PYTHON ?= python3
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin
CHROMIUM ?= $(shell command -v chromium || command -v chromium-browser || command -v google-chrome)
export CHROMIUM
# Each of the tests' processes would compile and rewrite all of them again.
unexport PYTHONDONTWRITEBYTECODE

# A development machine: settings.py asks for nothing more.
DEV := DJANGO_DEBUG=1
# The demonstration: as in production, on this machine's loopback address, without HTTPS.
# Whoever tries it out can do nothing about what Python has to say of other people's packages.
DEMO = PYTHONWARNINGS=ignore DJANGO_DEBUG=0 DJANGO_HTTPS=0 DJANGO_ALLOWED_HOSTS=127.0.0.1,localhost \
       DJANGO_SECRET_KEY="$$(cat .demo/secret-key)" DJANGO_STATIC_ROOT=.demo/static TRACKER_DATA_LICENCE=CC-BY-4.0

.PHONY: help
help: ## list the commands
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sort | awk -F ':.*## ' '{printf "  make %-16s %s\n", $$1, $$2}'

# Only what goes wrong is said: pip has warnings about other people's packages too.
PIP_INSTALL := -m pip install --quiet --quiet --disable-pip-version-check --require-hashes

$(VENV)/.run: requirements.lock
	@$(PYTHON) -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
	  { echo "This needs Python 3.11 or later, with venv (Debian: apt-get install python3-venv). It found none as $(PYTHON): name another, such as PYTHON=python3.12, or read in README.md how to do without venv." >&2; exit 1; }
	@echo "Downloading and installing, into $(VENV), what the tracker needs: some 55 MB, one to three minutes; once."
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python $(PIP_INSTALL) -r requirements.lock
	@touch $@

$(VENV)/.dev: requirements-dev.lock $(VENV)/.run
	@echo "Downloading and installing what development needs: some 130 MB more; once."
	@$(BIN)/python $(PIP_INSTALL) -r requirements-dev.lock
	@touch $@

.PHONY: install
install: $(VENV)/.dev ## make the virtual environment with all that development needs

.demo/secret-key:
	@mkdir -p .demo
	@umask 077 && $(PYTHON) -c 'import secrets; print(secrets.token_urlsafe(64))' > $@

.PHONY: demo-data
demo-data: $(VENV)/.run .demo/secret-key ## make the database and the static files of the demonstration, without serving it
	@$(DEMO) $(BIN)/python manage.py prepare_demo --migrate
	@$(DEMO) $(BIN)/python manage.py collectstatic --no-input --verbosity 0

# The port first: nobody waits for a download, or is shown passwords, to be told then that it is taken.
.PHONY: demo
demo: ## set everything up and serve the tracker with its seed articles on http://127.0.0.1:8000/
	@command -v $(PYTHON) >/dev/null || { echo "There is no $(PYTHON): install it (Debian: apt-get install python3-venv)." >&2; exit 1; }
	@$(PYTHON) -c 'import socket; socket.create_server(("127.0.0.1", $(PORT)))' 2>/dev/null || \
	  { echo "Port $(PORT) cannot be used: stop what listens there, or choose another: make demo PORT=8001" >&2; exit 1; }
	@$(MAKE) --no-print-directory demo-data
	@echo "The dashboard is at http://127.0.0.1:$(PORT)/ and the desk at http://127.0.0.1:$(PORT)/admin/ (Ctrl-C stops)."
	@$(DEMO) exec $(BIN)/granian --interface wsgi --host 127.0.0.1 --port $(PORT) --workers 1 --log-level error tracker.wsgi:application

.PHONY: run
run: install ## serve with Django's development server, reloading on change
	$(DEV) $(BIN)/python manage.py runserver 127.0.0.1:$(PORT)

# One run of pytest for all that it is asked to run, by one process more than there are cores: those that drive a browser,
# or ask a database server, wait more than they compute. A process that is done takes from the others.
WORKERS ?= $(shell echo $$(( $$(getconf _NPROCESSORS_ONLN) + 1 )))
PYTEST := $(DEV) $(BIN)/python -m pytest -n $(WORKERS) --dist worksteal
WITH_BROWSER := $(if $(filter no,$(BROWSER)),,$(CHROMIUM))

.PHONY: test
test: install ## run the whole test suite (on SQLite, or on the database that DATABASE_URL names)
	@if [ -z "$(CHROMIUM)" ] && [ "$(BROWSER)" != no ] && [ -n "$$CI" ]; then \
	  echo "No Chromium here: the browser tests cannot run." >&2; exit 1; \
	fi
	$(PYTEST) $(if $(WITH_BROWSER),,-m "not browser") $(PYTEST_OPTIONS)
	@if [ "$(BROWSER)" = no ]; then \
	  echo "NOT RUN: the browser tests, as asked (BROWSER=no)."; \
	elif [ -z "$(CHROMIUM)" ]; then \
	  echo "NOT RUN: the browser tests, for want of Chromium (Debian: apt-get install chromium; then make test-browser)."; \
	fi

.PHONY: test-fast
test-fast: install ## run what takes no browser and under two seconds a test, on one database: for whoever is editing a room
	$(PYTEST) -m "not browser and not slow" --quiet

.PHONY: test-browser
test-browser: install ## run only the tests that drive Chromium
	@test -n "$(CHROMIUM)" || { echo "No Chromium found: install it (Debian: apt-get install chromium), or set CHROMIUM to its path." >&2; exit 1; }
	$(PYTEST) -m browser

.PHONY: test-postgres
test-postgres: install ## run what depends on the database on a throw-away PostgreSQL cluster (Debian: postgresql-common)
	LC_ALL=C.UTF-8 pg_virtualenv -t sh -c 'DATABASE_URL="postgres://$$PGUSER:$$PGPASSWORD@$$PGHOST:$$PGPORT/postgres" $(MAKE) test PYTEST_OPTIONS=--second-database'

.PHONY: coverage
coverage: install ## measure which lines and branches the tests pass through, but for the browser's; fails below pyproject.toml's floor
	$(PYTEST) -m "not browser" --cov --cov-report=term:skip-covered

.PHONY: lint
lint: install ## check style, templates, types and migrations
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	git ls-files -z 'templates/*.html' | xargs -0 $(BIN)/djade --check
	$(BIN)/djlint --quiet --lint templates
	$(DEV) $(BIN)/mypy --cache-dir=/dev/null  # the Django plugin misreads its own cache after an edit
	$(DEV) $(BIN)/python manage.py makemigrations --check --dry-run

.PHONY: format
format: install ## format Python and templates
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	git ls-files -z 'templates/*.html' | xargs -0 $(BIN)/djade

PAGES := tests/pages
$(PAGES)/node_modules/.run: $(PAGES)/package-lock.json
	cd $(PAGES) && npm ci --ignore-scripts --no-audit --no-fund
	@touch $@

CLIENT := tests/client
$(CLIENT)/.venv/.run: $(CLIENT)/requirements.lock
	$(PYTHON) -m venv $(CLIENT)/.venv
	$(CLIENT)/.venv/bin/python $(PIP_INSTALL) -r $(CLIENT)/requirements.lock
	@touch $@

.PHONY: check-pages
check-pages: install $(PAGES)/node_modules/.run $(CLIENT)/.venv/.run ## check the site as served: every page with the Nu HTML checker, three with Lighthouse, the API by a generated client (needs java, npm, Chromium)
	$(BIN)/python -m tests.pages.check

.PHONY: check-client
check-client: install $(CLIENT)/.venv/.run ## of these, only that a client made from the API's description works
	$(BIN)/python -m tests.client.check

CATALOGUES := commitments/locale/en/LC_MESSAGES/django commitments/locale/fr/LC_MESSAGES/django
.PHONY: messages
messages: install ## gather the strings to translate and compile the catalogues (needs gettext)
	@mkdir -p commitments/locale
	$(DEV) $(BIN)/python manage.py makemessages --locale en --no-location --no-wrap --no-obsolete --ignore tests --ignore docs
	sed -i '/^"POT-Creation-Date/d' commitments/locale/en/LC_MESSAGES/django.po
	for name in $(CATALOGUES); do msgfmt --check-format --output-file $$name.mo $$name.po || exit 1; done

.PHONY: api-examples
api-examples: install ## take the examples of the API's description, and the data dictionary of docs/, anew
	$(DEV) TRACKER_WRITE_EXAMPLES=1 $(BIN)/python -m pytest -q -k "examples_are or dictionary" tests/data/test_api.py tests/data/test_documentation.py

.PHONY: screenshots
screenshots: install ## take the pictures of docs/ anew (needs Chromium)
	$(DEV) $(BIN)/python -m docs.screenshots
	$(DEV) $(BIN)/python -m docs.guide_screenshots

.PHONY: lock
lock: ## pin the dependencies of pyproject.toml anew, with hashes (needs uv)
	uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-header -o requirements.lock pyproject.toml
	uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-header --group dev -c requirements.lock -o requirements-dev.lock pyproject.toml
	uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-header -c requirements.lock -o $(CLIENT)/requirements.lock $(CLIENT)/requirements.in

.PHONY: lock-pages
lock-pages: ## pin anew what check-pages needs, naming no host (needs npm)
	cd $(PAGES) && npm install --package-lock-only --ignore-scripts --omit-lockfile-registry-resolved
	cd $(PAGES) && $(PYTHON) -c 'import json, pathlib; file = pathlib.Path("package-lock.json"); lock = json.loads(file.read_text()); [package.pop("funding", None) for package in lock["packages"].values()]; file.write_text(json.dumps(lock, indent=2) + "\n")'

.PHONY: clean
clean: ## remove what the commands made, but for the databases
	rm -rf $(VENV) $(PAGES)/node_modules $(CLIENT)/.venv .demo .pytest_cache .mypy_cache .ruff_cache .hypothesis staticfiles
