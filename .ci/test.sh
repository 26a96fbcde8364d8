#!/usr/bin/env bash
# Runs every check, or those that are named: format vet staticcheck modules test
# allocations fuzz. Quiet while all is well; what fails shows its output, and the rest still runs.
set -uo pipefail
cd "$(dirname "$0")/.."
exec </dev/null

log=$(mktemp)
trap 'rm -f "$log"' EXIT

format() {
  local files
  files=$(gofmt -l .) && [ -z "$files" ] && return
  echo "gofmt would change:"
  echo "$files"
  return 1
}

vet() { go vet ./...; }

staticcheck() { go tool staticcheck ./...; }

modules() { go mod verify && go mod tidy -diff; }

# Not quietly: go test says one line of a package that passes.
tests() { go test -race -shuffle=on -timeout 10m ./...; }

# What the race detector would falsify, since it allocates itself.
allocations() { go test -run Allocates ./hub; }

# Each target for a moment, beyond the seeds that go test runs.
fuzz() {
  local package targets target failed=0
  for package in $(grep -rl --include='*_test.go' '^func Fuzz' . | xargs -r -n1 dirname | sort -u); do
    if ! targets=$(go test -vet=off -list '^Fuzz' "$package"); then
      echo "$targets"
      failed=1
      continue
    fi
    for target in $(grep '^Fuzz' <<<"$targets"); do
      fuzz_target "$package" "$target" || failed=1
    done
  done
  return $failed
}

# The deadline of -fuzztime may end a target with no other fault than that deadline: a
# race in Go's fuzzing (golang/go#75804). A real failure writes its input down or says more.
fuzz_target() {
  local out
  out=$(go test -vet=off -run '^$' -fuzz "^$2\$" -fuzztime "${FUZZTIME:-5s}" "$1" 2>&1) && return
  if grep -q '^    context deadline exceeded$' <<<"$out" && ! grep -qE 'Failing input|panic|hung|^ +[a-z_]+\.go:' <<<"$out"; then
    return
  fi
  printf '%s\n' "$out"
  return 1
}

quietly() {
  "$@" >"$log" 2>&1 && return
  cat "$log"
  return 1
}

[ $# -gt 0 ] || set -- format vet staticcheck modules test allocations fuzz
failed=()
for step in "$@"; do
  begin=$SECONDS verdict=ok
  case $step in
    test) tests ;;
    *) quietly "$step" ;;
  esac || verdict=FAILED failed+=("$step")
  echo "$verdict $step ($((SECONDS - begin)) s)"
done
if [ ${#failed[@]} -gt 0 ]; then
  echo "FAILED: ${failed[*]}"
  exit 1
fi
echo "all passed in $SECONDS s"
