# Dockmaster. `make run` builds and starts it; `make test` runs every test. `make help` lists the rest.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

SWIFT ?= swift
PRODUCTS := dockmaster dockmaster-auth dockmaster-registry dockmaster-proxy dockmaster-acme
RELEASE := .build/release
RELEASE_FLAGS := -c release --static-swift-stdlib
DEBUG_FLAGS := --build-tests --explicit-target-dependency-import-check error
# Arguments for the bundle: make run ARGS="--domain registry.example.test"
ARGS ?=
PREFIX ?= /usr
DESTDIR ?=
IMAGE ?= var/image/dockmaster.tar

# They start servers and wait for them: each room in a process of its own, or all tests wait for all others.
ROOMS_WITH_SERVERS := AuthWorkerTests|RegistryWorkerTests|ProxyWorkerTests|CertificateWorkerTests
# They block threads, which the event loops' tests need: in processes of their own.
DISK_TESTS := FullDiskTests|FaultyDiskTests|KillTests|PowerCutTests

say = printf 'dockmaster: %s\n' "$(1)" >&2

.PHONY: help run build test test-rooms test-bundle bench lint format docs debug image install clean
.PHONY: packages test-packages bench-packages
.NOTPARALLEL:

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/make \1\t\2/' | expand -t 20

packages:
	@etc/install-packages build run
test-packages bench-packages: %-packages:
	@etc/install-packages build run $*

# The environment beats these defaults, ARGS beats the environment.
run: export DOCKMASTER_DATA ?= ./var/data
run: export DOCKMASTER_LOGS ?= ./var/log
run: export DOCKMASTER_RUN ?= ./var/run
run: export DOCKMASTER_HTTPS_PORT ?= 8443
run: export DOCKMASTER_HTTP_PORT ?= 8080
run: build ## install what is missing, build, start the bundle below ./var (ARGS="…" is passed on)
	@exec $(RELEASE)/dockmaster run $(ARGS)

# SwiftPM needs a quarter of a minute to find that nothing is to be done; a second `make run` starts at once.
BUILT := .build/dockmaster.built
build: packages ## the five release binaries in .build/release, Swift standard library linked in
	@if [ -e $(BUILT) ] && [ -x $(RELEASE)/dockmaster ] && \
		[ -z "$$(find Package.swift Makefile Sources -newer $(BUILT) -print -quit)" ]; then exit 0; fi; \
	started=$$SECONDS; mkdir -p .build; touch .build/dockmaster.building; \
	$(call say,building the release binaries (about ten minutes the first time)); \
	etc/build-strictly .build/release.log $(SWIFT) build $(RELEASE_FLAGS); \
	mv .build/dockmaster.building $(BUILT); \
	$(call say,built in $$((SECONDS - started)) s: $(PRODUCTS:%=$(RELEASE)/%))

debug: packages
	@$(call say,building the tests); \
	etc/build-strictly .build/debug.log $(SWIFT) build $(DEBUG_FLAGS)

test: test-packages test-rooms test-bundle ## every test: the rooms', then the whole bundle with real clients

test-rooms: debug
	@$(call say,testing the rooms); \
	$(SWIFT) test --skip-build --skip 'BundleTests|SupervisorTests|$(ROOMS_WITH_SERVERS)|$(DISK_TESTS)'
	@for room in $(subst |, ,$(ROOMS_WITH_SERVERS)); do \
		$(call say,testing $$room); $(SWIFT) test --skip-build --filter "$$room" --skip '$(DISK_TESTS)'; done
	@$(call say,testing the disk); $(SWIFT) test --skip-build --no-parallel --filter '$(DISK_TESTS)'
	@$(call say,testing the supervisor); $(SWIFT) test --skip-build --filter 'SupervisorTests'

test-bundle: build debug
	@$(call say,testing the whole bundle with real clients); $(SWIFT) test --skip-build --filter 'BundleTests'

bench: bench-packages build ## figures beside nginx + docker-registry, and beside circus, supervisord, s6, runit
	@Benchmarks/bench

lint: debug ## format, warnings and undeclared imports
	@$(call say,checking the format); $(SWIFT) format lint --strict --parallel --recursive Package.swift Sources Tests

format: ## rewrite the sources in the house format
	@$(SWIFT) format format --in-place --parallel --recursive Package.swift Sources Tests

docs: debug ## the manual page and the shell completions, from the program's own help
	@etc/make-manual .build/debug/dockmaster

image: build ## a container image as a tar: docker import it as etc/container/README.md says
	@etc/container/make-image "$(IMAGE)"

install: build ## binaries, unit and example configuration below $(DESTDIR)$(PREFIX)
	@install -d "$(DESTDIR)$(PREFIX)/bin" "$(DESTDIR)/etc/dockmaster" "$(DESTDIR)/lib/systemd/system"
	@install -m 0755 $(PRODUCTS:%=$(RELEASE)/%) "$(DESTDIR)$(PREFIX)/bin/"
	@install -m 0644 etc/systemd/dockmaster.service "$(DESTDIR)/lib/systemd/system/"
	@install -D -m 0644 etc/systemd/dockmaster.sysusers "$(DESTDIR)/usr/lib/sysusers.d/dockmaster.conf"
	@install -D -m 0644 etc/systemd/dockmaster.tmpfiles "$(DESTDIR)/usr/lib/tmpfiles.d/dockmaster.conf"
	@install -D -m 0644 etc/systemd/supervise-as-root.conf \
		"$(DESTDIR)$(PREFIX)/share/doc/dockmaster/supervise-as-root.conf"
	@install -D -m 0644 etc/openapi.yaml "$(DESTDIR)$(PREFIX)/share/doc/dockmaster/openapi.yaml"
	@install -D -m 0644 etc/man/dockmaster.1 "$(DESTDIR)$(PREFIX)/share/man/man1/dockmaster.1"
	@install -D -m 0644 etc/completions/dockmaster.bash \
		"$(DESTDIR)$(PREFIX)/share/bash-completion/completions/dockmaster"
	@install -D -m 0644 etc/completions/_dockmaster "$(DESTDIR)$(PREFIX)/share/zsh/vendor-completions/_dockmaster"
	@install -D -m 0644 etc/completions/dockmaster.fish \
		"$(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/dockmaster.fish"
	@[ -e "$(DESTDIR)/etc/dockmaster/dockmaster.yaml" ] || \
		install -m 0600 etc/dockmaster.yaml "$(DESTDIR)/etc/dockmaster/dockmaster.yaml"
	@$(call say,installed below $(DESTDIR)$(PREFIX)/bin. Next: edit /etc/dockmaster/dockmaster.yaml; systemd-sysusers; systemd-tmpfiles --create dockmaster.conf; systemctl enable --now dockmaster)

clean: ## remove the build folder (never ./var)
	@rm -rf .build
