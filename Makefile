# The two commands of a checkout: `make demo` and `make test`. Everything else is a part of them.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help
MAKEFLAGS += --no-builtin-rules

# What is made once and used by every checkout: the tools' virtual environment, cargo-deny and checkov.
CACHE := $(or $(SAGESWEEP_CACHE),$(HOME)/.cache/sagesweep)
CARGO ?= cargo
PYTHON ?= python3
DENY_VERSION := 0.19.0
DENY_ROOT := $(CACHE)/cargo-deny-$(DENY_VERSION)
CHECKOV_VERSION := 3.3.30
CHECKOV := $(CACHE)/checkov-$(CHECKOV_VERSION)/bin/checkov
DENY := $(or $(shell command -v cargo-deny 2>/dev/null),$(DENY_ROOT)/bin/cargo-deny)

MOTO := tests/moto
SQL := tests/sql
EXPORT := tests/export
INFRA := tests/infra
REPORT := tests/report
# What the Python tests need; the second are installed without what they ask for.
REQUIREMENTS = $(MOTO)/requirements.txt $(SQL)/requirements.txt $(EXPORT)/requirements.txt $(REPORT)/requirements.txt $(wildcard $(INFRA)/*requirements.txt)
UNRESOLVED = $(SQL)/unresolved.txt
# One environment for each content of the requirements and each interpreter: a stale one is never used.
VENV = $(CACHE)/venv-$(shell { $(PYTHON) -VV; cat $(REQUIREMENTS) $(UNRESOLVED); } 2>/dev/null | cksum | cut -d' ' -f1)
# Where cargo puts the program: CARGO_TARGET_DIR, the user's configuration or target/, as cargo itself says.
TARGET = $(shell $(CARGO) metadata --format-version 1 --no-deps --locked | $(PYTHON) -c 'import json, sys; print(json.load(sys.stdin)["target_directory"])')

export PYTHONDONTWRITEBYTECODE := 1

# What `make test` is made of, the cheapest first.
PARTS := fmt-check clippy doc unit deny moto sql export report infra

.PHONY: help demo test fmt $(PARTS) nights test-spark soak venv bench-report look scanned clean need-rust need-python need-java need-chromium

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{ printf "  make %-10s %s\n", $$1, $$2 }'

demo: need-rust ## build, then audit the embedded simulated organization into ./sagesweep-out
	$(CARGO) run --locked -- demo $(ARGS)

test: ## everything that must hold: format, lints, docs, tests, licences, the run against moto, the views, the exports, the page, the stack
	@took=(); \
	for part in $(PARTS); do \
		began=$$SECONDS; \
		echo "--- $$part"; \
		$(MAKE) --no-print-directory "$$part"; \
		took+=("$$(printf '%6d s  %s' $$((SECONDS - began)) "$$part")"); \
	done; \
	printf '%s\n' "--- all of it holds" "$${took[@]}"

fmt: need-rust ## format the code
	$(CARGO) fmt

fmt-check: need-rust
	$(CARGO) fmt --check

clippy: need-rust ## lints, warnings are errors
	$(CARGO) clippy --all-targets --locked -- -D warnings

doc: need-rust ## the documentation, warnings are errors
	RUSTDOCFLAGS=-Dwarnings $(CARGO) doc --no-deps --document-private-items --locked

unit: need-rust ## unit, integration and documentation tests
	$(CARGO) test --locked

# The same tests as in `unit`, with ten times the seeds. SAGESWEEP_FIRST_SEED begins elsewhere.
soak: export SAGESWEEP_SEEDS ?= 1000
soak: need-rust ## 1,000 runs under drawn faults and 200 killed ones (SAGESWEEP_SEEDS=1000)
	$(CARGO) test --locked --test it -- soak:: resume::
	@cat "$(TARGET)/tmp/soak.txt"

deny: need-rust $(DENY) ## licences, sources and bans of the dependencies
	$(DENY) --locked check --hide-inclusion-graph bans licenses sources

# Minutes, so only where it is missing; in a target directory of its own, for its build must not mix with ours.
$(DENY_ROOT)/bin/cargo-deny:
	CARGO_TARGET_DIR=$(CACHE)/build-cargo-deny $(CARGO) install cargo-deny --version $(DENY_VERSION) --locked --debug --root $(DENY_ROOT)
	rm -rf $(CACHE)/build-cargo-deny

# The program that the integration tests were built with: a plain `cargo build` may unify features differently and
# compile the SDK once more.
moto: need-rust venv ## the whole run against moto, an AWS emulator
	$(CARGO) test --locked --test it --no-run
	SAGESWEEP_BIN="$${SAGESWEEP_BIN:-$(TARGET)/debug/sagesweep}" $(VENV)/bin/python -m pytest $(MOTO) $(ARGS)

# The nights that the views are asked about, written by a test in Rust.
nights: need-rust
	$(CARGO) test --locked --test it -- nights::

sql: nights venv ## the views on DuckDB and through the Athena of an AWS emulator, the DDL, the files
	$(call ask-views,--ignore=$(SQL)/test_spark.py $(or $(ARGS),$(SQL)))

infra: nights venv $(CHECKOV) ## the templates, deployed in emulators and used there by the program; the image and the release
	CHECKOV="$(CHECKOV)" $(call ask-views,$(or $(ARGS),$(INFRA)))

# An environment of its own, for it pins a boto3 that the others refuse.
$(CHECKOV): | need-python
	$(PYTHON) -m venv $(CACHE)/checkov-$(CHECKOV_VERSION)
	$(CACHE)/checkov-$(CHECKOV_VERSION)/bin/pip install --quiet --disable-pip-version-check checkov==$(CHECKOV_VERSION)

# Java and some 400 MB of packages, so not in `make test`.
test-spark: REQUIREMENTS += $(SQL)/spark.txt
test-spark: need-java nights venv ## the views on Spark: the same rows as on DuckDB
	$(call ask-views,$(or $(ARGS),$(SQL)/test_spark.py))

ask-views = SAGESWEEP_NIGHTS="$(TARGET)/tmp/nights" SAGESWEEP_BIN="$${SAGESWEEP_BIN:-$(TARGET)/debug/sagesweep}" \
	$(VENV)/bin/python -m pytest $(1)

export: nights venv ## exports against the schemas of OCSF and the model of Security Hub
	$(call ask-views,$(or $(ARGS),$(EXPORT)))

# The nights and the page of hostile names are written by tests in Rust.
report: nights venv need-chromium ## the page of a run in a browser: clicks, keyboard, accessibility, hostile names, 200,000 findings
	$(CARGO) test --locked --test it -- report::hostile
	SAGESWEEP_PAGES="$(TARGET)/tmp/pages" $(call ask-views,$(or $(ARGS),$(REPORT)))

bench-report: need-rust venv need-chromium ## how long a page with 200,000 failing findings takes to open (with the release build)
	$(CARGO) build --locked --release
	SAGESWEEP_BIN="$${SAGESWEEP_BIN:-$(TARGET)/release/sagesweep}" PYTHONPATH=$(REPORT) $(VENV)/bin/python $(REPORT)/bench.py $(ARGS)

LAKE ?= sagesweep-out
look: venv ## count what a directory of tables holds (LAKE=sagesweep-out)
	@$(VENV)/bin/python $(MOTO)/lake.py $(LAKE)

scanned: venv ## what Athena would scan for each view of a directory of tables (LAKE=sagesweep-out)
	@$(VENV)/bin/python $(SQL)/scanned.py $(LAKE)

venv: need-python
	@venv="$(VENV)"; \
	if [[ ! -e "$$venv/ready" ]]; then \
		echo "making $$venv"; \
		rm -rf "$$venv"; \
		$(PYTHON) -m venv "$$venv"; \
		"$$venv/bin/pip" install --quiet --disable-pip-version-check $(addprefix --requirement ,$(REQUIREMENTS)); \
		"$$venv/bin/pip" install --quiet --disable-pip-version-check --no-deps --requirement $(UNRESOLVED); \
		touch "$$venv/ready"; \
	fi

clean: need-rust ## remove what was built and what the demo wrote; the cache stays
	$(CARGO) clean
	rm -rf sagesweep-out

need-rust:
	@command -v $(CARGO) >/dev/null || { echo "make: cargo is missing: install Rust 1.95 or newer" >&2; exit 1; }
	@command -v cc >/dev/null || { echo "make: a C compiler (cc) is missing: install gcc or clang, for the TLS and zstd libraries" >&2; exit 1; }

need-python:
	@command -v $(PYTHON) >/dev/null || { echo "make: $(PYTHON) is missing: install Python 3.11 or newer, which the tests against emulators need" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "make: $(PYTHON) is older than 3.11: set PYTHON to a newer one" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "make: $(PYTHON) has no venv module: install python3-venv" >&2; exit 1; }

need-chromium:
	@[[ -n "$${SAGESWEEP_CHROMIUM:-}" ]] || command -v chromium chromium-browser google-chrome google-chrome-stable >/dev/null || ls "$${PLAYWRIGHT_BROWSERS_PATH:-$(HOME)/.cache/ms-playwright}"/chromium* >/dev/null 2>&1 || { echo "make: Chromium is missing, in which the page is tested: install chromium, or set SAGESWEEP_CHROMIUM to one" >&2; exit 1; }

need-java:
	@command -v java >/dev/null || { echo "make: java is missing: install Java 17 or newer (openjdk-17-jre-headless), which Spark needs" >&2; exit 1; }
