# Cutscore. `make help` lists the targets; each does its own set-up from a fresh clone.

PYTHON := .venv/bin/python
MANAGE := $(PYTHON) manage.py
PYTEST := $(PYTHON) -m pytest -q
TEST_WORKERS ?= 2
BUILD := $(CURDIR)/build

# Tests and checks never touch the data of `make run`, nor the database it was told to use.
TESTING := env -u DATABASE_URL -u CUTSCORE_DEMO CUTSCORE_TESTING=1 DATA_DIR=$(BUILD)/test

# The environment that docs/hosting.md documents for production.
PRODUCTION := env -u CUTSCORE_TESTING -u CUTSCORE_DEMO \
	SECRET_KEY=$$($(PYTHON) -c 'import secrets; print(secrets.token_urlsafe(50))') \
	ALLOWED_HOSTS=exams.example.org CSRF_TRUSTED_ORIGINS=https://exams.example.org \
	DATABASE_URL=sqlite:///$(BUILD)/deploy.sqlite3 DATA_DIR=$(BUILD) BEHIND_PROXY=1 \
	SMTP_HOST=mail.example.org DEFAULT_FROM_EMAIL=exams@example.org

export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DEFAULT_GOAL := help
.PHONY: help run test check bench drills screenshots

help: ## list the targets
	@sed -n 's/^\([a-z]*\):.*## /  make \1|/p' Makefile | column -t -s '|'

run: .venv/run.stamp ## the demo on http://127.0.0.1:8000 (PORT, HOST, DATABASE_URL, DATA_DIR)
	@scripts/run-demo

test: .venv/dev.stamp ## every test, the database ones on SQLite and on PostgreSQL
	@scripts/test-programs
	@mkdir -p $(BUILD)/test
	@echo "Tests on SQLite"
	@$(TESTING) $(PYTEST) -n $(TEST_WORKERS)
	@echo "Database tests on PostgreSQL"
	@$(TESTING) $(PYTHON) -m tests.postgres $(PYTEST) -n $(TEST_WORKERS) -m database

check: .venv/dev.stamp ## style, types, imports, migrations, templates, translations, deployment
	@mkdir -p $(BUILD)/test
	@echo "Style" && $(PYTHON) -m ruff check -q . && $(PYTHON) -m ruff format -q --check .
	@echo "Types" && $(TESTING) $(PYTHON) -m mypy
	@echo "Imports" && $(TESTING) .venv/bin/lint-imports
	@echo "Migrations" && $(TESTING) $(MANAGE) makemigrations --check --dry-run -v 0
	@echo "Settings, templates, translations, length of functions and files" && \
		$(TESTING) $(PYTEST) tests/house
	@echo "Deployment" && $(PRODUCTION) $(MANAGE) check --deploy --fail-level WARNING

bench: .venv/dev.stamp ## measure, print a table and write benchmarks/latest.json
	@scripts/test-programs
	@env -u DATABASE_URL $(PYTHON) -m benchmarks

drills: .venv/dev.stamp ## kill, flood and starve the real server; count what is lost (minutes)
	@scripts/test-programs
	@env -u DATABASE_URL $(PYTHON) -m drills

screenshots: .venv/dev.stamp ## take the screenshots of the READMEs from the running demo
	@scripts/test-programs
	@$(PYTHON) scripts/screenshots.py

.venv/run.stamp: requirements.txt | .venv/bin/python
	@echo "Installing packages"
	@$(PYTHON) -m pip install -qq --require-hashes -r $<
	@touch $@

.venv/dev.stamp: requirements-dev.txt | .venv/bin/python
	@echo "Installing packages for development"
	@$(PYTHON) -m pip install -qq --require-hashes -r $<
	@touch $@

.venv/bin/python:
	@python=$$(scripts/find-python) && echo "Making .venv with $$python" && \
		"$$python" -m venv --clear .venv
