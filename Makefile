.PHONY: setup run test lint fuzz bench benchmarks

# Installs what the tests need beside Go: Chromium, Node, promtool, a C compiler.
setup:
	@.ci/setup.sh

run:
	go run ./cmd/battlehub

# Everything: format, vet, staticcheck, modules, all tests under the race detector (the
# browser's and the image's too), the JavaScript client's tests, and a moment of fuzzing.
test: setup
	@.ci/test.sh

lint:
	@.ci/test.sh format vet staticcheck modules

# FUZZTIME=10m make fuzz
fuzz:
	@.ci/test.sh fuzz

# What battlehub promises, measured on this machine; some ten minutes. RUNS=1 make bench
bench:
	go run ./cmd/battlehub bench table --runs=$${RUNS:-5}

# The parts by themselves, with what they allocate.
benchmarks:
	go test -run '^$$' -bench . -benchmem ./...
