# make demo   everything on a simulated fleet, end to end
# make test   formatting, build without warnings, all tests
# make build  the release binary: .build/release/tapedeck
# make extension  the same tables for the sqlite3 shell, Python and others: .build/release/tapedeck.so
# make format writes the formatting that make test checks
# make bench  size, speed and queries beside other engines; CORPUS=FILE takes messages of your own (Benchmarks/README.md)
# make install  program, manual pages, completions, systemd unit below PREFIX=/usr/local; make uninstall takes them away
# make deb    a Debian package in .build/packages; make test-deb tries it under a systemd of its own (as root)
# make docs   types what README.md and docs/*.md say and compares what comes of it with what they show
# make faults  kills, full disks, crashed brokers …, FAULT=kill,disk chooses (docs/operating.md, the loss ledger)
# make sanitize  the tests with SANITIZER=address, thread or undefined
# make coverage  the lines that no test executes: a figure a module, and those of MODULES="Tape Recorder"
# make mutants  makes the mistakes of Tests/Mutants/mutants.py one by one: does a test notice?
# make fuzz   every decoder on damaged and random bytes, SECONDS=60 each (Fuzz/README.md)

SWIFT_SOURCES = Package.swift Sources Tests schema

.PHONY: help demo test build extension lint format bench install uninstall deb test-deb docs faults sanitize coverage mutants fuzz dependencies clean

help:
	@sed -n 's/^# //p' Makefile | head -n 14

demo: build
	@scripts/demo.sh .build/release/tapedeck

build: dependencies
	@echo "build: release"
	@swift build -c release --product tapedeck --static-swift-stdlib

# `.load .build/release/tapedeck` in sqlite3, load_extension(".build/release/tapedeck") elsewhere; needs no Swift where it runs.
extension: dependencies
	@echo "extension: release"
	@swift build -c release --product TapeExtension -Xswiftc -static-stdlib --scratch-path .build/extension \
		-Xlinker --version-script=$(CURDIR)/Sources/TapeExtension/exports.map -Xlinker --gc-sections -Xlinker -s
	@mkdir -p .build/release
	@cp .build/extension/release/libTapeExtension.so .build/release/tapedeck.so
	@echo "extension: .build/release/tapedeck.so"

test: dependencies lint
	@echo "test: building, warnings are errors"
	@swift build --build-tests --explicit-target-dependency-import-check error
	@echo "test: unit tests and integration tests with private brokers"
	@timeout --signal=TERM 1500 swift test --skip-build --disable-xctest --skip RegressionRunTests
	@echo "test: a regression run, alone: what it compares depends on time"
	@swift test --skip-build --disable-xctest --filter RegressionRunTests
	@echo "test: the same answers from an independent reference"
	@Tests/Reference/compare.py .build/debug/tapedeck
	@echo "test: what the documents tell readers to type"
	@Tests/Docs/run.py .build/debug/tapedeck
	@echo "test: the demo"
	@scripts/demo.sh .build/debug/tapedeck >.build/demo.log 2>&1 || { tail -n 20 .build/demo.log; exit 1; }
	@echo "test: faults, a short version of each"
	@Tests/Faults/run.py .build/debug/tapedeck --short --jobs 3
	@echo "test: the mistakes of make mutants can still be made"
	@Tests/Mutants/run.py --check
	@echo "test: manual pages and the systemd unit"
	@packaging/check.sh .build/debug/tapedeck
	@echo "make test: everything passed"

lint: dependencies
	@echo "test: formatting"
	@swift format lint --strict --recursive --parallel $(SWIFT_SOURCES)

format:
	@swift format format --in-place --recursive --parallel $(SWIFT_SOURCES)

bench: build
	@Benchmarks/run.py --tapedeck .build/release/tapedeck $(if $(CORPUS),--corpus $(CORPUS))

PREFIX = /usr/local
DESTDIR =
SYSCONFDIR = /etc
export PREFIX DESTDIR SYSCONFDIR

# Installs what `make build` has made: root need not build.
install:
	@packaging/install.sh install .build/release/tapedeck

uninstall:
	@packaging/install.sh uninstall .build/release/tapedeck

deb: build
	@env -u DESTDIR packaging/deb.sh .build/release/tapedeck .build/packages

test-deb: build
	@env -u DESTDIR packaging/test-deb.sh .build/release/tapedeck

docs: build
	@Tests/Docs/run.py .build/release/tapedeck

faults: build
	@Tests/Faults/run.py .build/release/tapedeck $(if $(FAULT),--only $(FAULT))

SANITIZER = address
SANITIZE_address = --sanitize address
SANITIZE_thread = --sanitize thread
# Swift looks after its own arithmetic in every build, and on Linux has no such sanitizer: this one is for the C targets, and
# needs no library because it ends the program.
SANITIZE_undefined = -Xcc -fsanitize=undefined -Xcc -fsanitize-trap=undefined
# Left out: what loads the built extension into a program that has no sanitizer.
UNSANITIZED = SQLTests.*(shell asks|Python asks|tapes are named)

sanitize: dependencies
	@echo "sanitize: building with the $(SANITIZER) sanitizer"
	@swift build --build-tests $(SANITIZE_$(SANITIZER)) --scratch-path .build/$(SANITIZER)
	@ASAN_OPTIONS=detect_leaks=0 TSAN_OPTIONS="halt_on_error=1 suppressions=$(CURDIR)/Tests/thread-sanitizer.suppressions" \
		swift test --skip-build --disable-xctest $(SANITIZE_$(SANITIZER)) --scratch-path .build/$(SANITIZER) \
		--skip '$(UNSANITIZED)'

coverage: dependencies
	@scripts/coverage.py $(MODULES)

mutants: dependencies
	@Tests/Mutants/run.py

SECONDS = 60

fuzz: dependencies
	@Fuzz/run.sh $(SECONDS)

dependencies:
	@scripts/check-swift.sh
	@scripts/install-dependencies.sh

clean:
	swift package clean
