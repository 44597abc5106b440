# `make` alone prints what there is. Every target first makes the clone ready (scripts/bootstrap), which on a machine
# that is ready takes a few hundredths of a second.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory
PATH := $(CURDIR)/.venv/bin:$(PATH)
export PATH

.PHONY: help bootstrap demo up down status logs verify-database test lint bench load chaos replay openapi client errors sentences metrics schemas manifests new-service lock migrate-check images images-check alerts-check observe observe-check traces dashboards rollback-drill rolling-restart k8s-check restore-drill clean

help: ## print this
	@echo 'Cartwheel: make TARGET'
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

bootstrap:
	@scripts/bootstrap

demo: bootstrap ## start everything, let simulated shoppers shop, and reconcile what they saw with analytics
	@cartwheel-local demo

up: bootstrap ## start the whole stack on this machine and print its addresses
	@cartwheel-local up

down: bootstrap ## stop the stack; its data stays
	@cartwheel-local down

status: bootstrap ## list the stack's processes
	@cartwheel-local status

logs: bootstrap ## print the logs; NAME=cart-api for one, FOLLOW=1 to go on
	@cartwheel-local logs $(if $(FOLLOW),--follow) $(NAME)

verify-database: bootstrap ## ask every service's database whether it is as the code expects: tables, indexes, constraints, row-level security
	@cartwheel-local run all verify-database

test: bootstrap ## lint, and unit, integration, contract and e2e tests on real servers (what CI runs); QUICK=1: what needs no server
	@scripts/test $(if $(QUICK),--quick)

lint: bootstrap ## style, types, import rules and generated files
	@scripts/lint

bench: bootstrap ## measure speed beside the machine's own limits; QUICK=1 takes a tenth of the time; SCALE=0.01: only what more carts cost, 1 is 5,000,000
	@command -v wrk >/dev/null || scripts/install-debian-packages wrk >>.local/logs/apt.log 2>&1 || true
	@python -m bench $(if $(QUICK),--quick) $(if $(SCALE),--only growth --scale $(SCALE))

load: bootstrap ## measure a shop's baselines under a hundred shoppers, and its loads of an hour; QUICK=1 takes a fifth of the time
	@command -v wrk >/dev/null || scripts/install-debian-packages wrk >>.local/logs/apt.log 2>&1 || true
	@python -m bench.baselines $(if $(QUICK),--quick)

chaos: bootstrap ## break a stack of its own while shoppers shop, and show that nothing is lost or doubled; QUICK=1, SEED=7; MAILS=100 kills recovery's worker around sends
	@python -m chaos $(if $(QUICK),--quick) $(if $(SEED),--seed $(SEED)) $(if $(MAILS),--mails $(MAILS))

replay: bootstrap ## shop again what a file of real invoices says; FILE=online-retail.csv
	@cartwheel-local replay "$(or $(FILE),$(error FILE=… names the file))"

openapi: bootstrap ## write each service's API descriptions (services/*/openapi.json; openapi.internal.json for routes between services), and docs/openapi.json: all in one
	@python -m servicekit.cli.openapi_document services $$(python -m manifests names)
	@cartwheel-local openapi docs/openapi.json

client: bootstrap ## generate the Python client's models from the API descriptions
	@python libs/client/generate.py

manifests: bootstrap ## bring what follows from the services' manifests up to date (compose, import rules, uv)
	@python -m manifests write

new-service: bootstrap ## make an empty service that starts, is tested and is guarded; NAME=loyalty
	@python -m new_service "$(or $(NAME),$(error NAME=… names the service))"
	@scripts/bootstrap

errors: bootstrap ## write every error code with its status, sentence and remedy to docs/errors.md
	@python -m servicekit.cli.errors_document docs/errors.md $$(python -m manifests names)

sentences: bootstrap ## write every sentence that a person reads, in all languages, to docs/sentences.md
	@python -m servicekit.cli.sentences_document docs/sentences.md $$(python -m manifests names)

metrics: bootstrap ## write every metric with its type, labels and meaning to docs/metrics.md
	@python -m servicekit.cli.metrics_document docs/metrics.md $$(python -m manifests names)

schemas: bootstrap ## generate the events' JSON Schemas and the AsyncAPI document
	@python -m contracts.schemas write

lock: bootstrap ## resolve the Python packages again; UPGRADE=1 takes the newest
	@scripts/lock $(if $(UPGRADE),--upgrade)

migrate-check: bootstrap ## show that every service's migrations make the tables that its code expects
	@scripts/test $$(grep -rl assert_no_drift services/*/tests)

images: bootstrap ## build every image with docker, podman or buildah; TAG=1.4.0, NAMES="cart gateway"
	@python -m images build $(if $(TAG),--tag $(TAG)) $(NAMES)

images-check: bootstrap ## build every image without a registry and run the stack from them (as root, on Debian; minutes)
	@python -m images check

k8s-check: bootstrap ## render the overlays of deploy/k8s and judge them by schemas and by our rules; OVERLAY=production
	@scripts/k8s-check $(OVERLAY)

alerts-check: bootstrap ## judge alert rules by promtool's tests, and where alerts go by amtool
	@scripts/alerts-check

dashboards: bootstrap ## write Grafana's dashboards (deploy/observability/grafana)
	@python -m observability.dashboards write

observe: bootstrap ## start the stack with Prometheus and Alertmanager beside it, and print their addresses
	@scripts/install-monitoring
	@python -m observability up

traces: bootstrap ## start the stack with its traces on pages of its own, and print their address
	@python -m observability traces

observe-check: bootstrap ## show on a stack of its own that all is scraped, every query has data and an alert arrives (minutes)
	@scripts/install-monitoring
	@python -m observability check

# SERVICES="cart pricing", RATE=50, HARD=1 (kill in place of taking out: has to fail), QUICK=1 (cart alone, 20 a second).
drill_options = $(if $(RATE),--rate $(RATE),$(if $(QUICK),--rate 20)) $(if $(HARD),--hard) $(or $(SERVICES),$(if $(QUICK),cart))

rollback-drill: bootstrap ## upgrade every service under load, roll each back alone, and count what was lost; FROM=<ref>, QUICK=1
	@python -m rollout drill $(if $(FROM),--from $(FROM)) $(drill_options)

rolling-restart: bootstrap ## replace every process under 200 requests a second, and count what was lost; QUICK=1
	@python -m rollout rolling-restart $(drill_options)

restore-drill: bootstrap ## lose a stack's PostgreSQL under load, restore it, and judge what came back; QUICK=1, TO_MOMENT=1, ONLY=analytics (docs/operations/backup.md)
	@python -m restore_drill $(if $(QUICK),--quick) $(if $(TO_MOMENT),--to-moment) $(if $(ONLY),--only $(ONLY))

clean: ## stop everything and delete the stack's data, the virtual environment and caches
	@scripts/clean
