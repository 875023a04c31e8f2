# make demo   everything on a simulated fleet, end to end
# make test   formatting, build without warnings, all tests
# make build  the release binary: .build/release/tapedeck
# make format writes the formatting that make test checks

SWIFT_SOURCES = Package.swift Sources Tests schema

.PHONY: help demo test build lint format dependencies clean

help:
	@sed -n 's/^# //p' Makefile | head -n 4

demo: build
	@scripts/demo.sh .build/release/tapedeck

build: dependencies
	@echo "build: release"
	@swift build -c release --product tapedeck

test: dependencies lint
	@echo "test: building, warnings are errors"
	@swift build --build-tests --explicit-target-dependency-import-check error
	@echo "test: unit tests and integration tests with private brokers"
	@timeout --signal=TERM 1500 swift test --skip-build --disable-xctest
	@echo "make test: everything passed"

lint: dependencies
	@echo "test: formatting"
	@swift format lint --strict --recursive --parallel $(SWIFT_SOURCES)

format:
	@swift format format --in-place --recursive --parallel $(SWIFT_SOURCES)

dependencies:
	@scripts/check-swift.sh
	@scripts/install-dependencies.sh

clean:
	swift package clean
