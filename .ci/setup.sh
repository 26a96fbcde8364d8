#!/usr/bin/env bash
# Installs what the tests need and this machine lacks, on Debian and its relatives, as
# root or by sudo. Prints nothing if nothing is missing. Go itself must be there.
set -euo pipefail

log=$(mktemp)
trap 'rm -rf "$log" "$log.d"' EXIT

has() { command -v "$1" >/dev/null; }

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

apt() {
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y "$@" >>"$log" 2>&1 </dev/null
}

# Mirrors fail now and then: once more, with a fresh index, before giving up.
install_packages() {
  apt update && apt install --no-install-recommends "$@" && return
  sleep 10
  apt update && apt install --no-install-recommends "$@"
}

# Debian ships promtool in the package prometheus, whose installation would start a
# server. Only the tool is taken out of it.
install_promtool() {
  mkdir "$log.d" && cd "$log.d" &&
    apt-get -q download prometheus >>"$log" 2>&1 &&
    dpkg-deb -x prometheus_*.deb . &&
    as_root install usr/bin/promtool /usr/local/bin/promtool
}

# The JavaScript client's tests need a Node that has WebSocket, be it behind a flag:
# 20.10 or newer. Debian 12 ships 18; npm knows newer ones.
node_has_websocket() {
  node -e WebSocket || node --experimental-websocket -e WebSocket
} 2>>"$log"

install_node() {
  { has npm || install_packages npm; } &&
    as_root npm install --global --prefix /usr/local node@22 >>"$log" 2>&1 </dev/null
}

packages=()
need() { has "$1" || packages+=("${@:2}"); }
need git git ca-certificates
need make make
need curl curl         # a first battle, pasted as the README's reader would
need gcc gcc libc6-dev # the race detector
need node nodejs
need chromium chromium fonts-liberation

missing=("${packages[@]}")
has promtool || missing+=(promtool)
has node && ! node_has_websocket && missing+=("a newer node")
[ ${#missing[@]} -gt 0 ] || exit 0

if ! has apt-get; then
  echo "The tests need what this machine lacks: ${missing[*]}. Install it by your system's own means." >&2
  exit 1
fi
echo "installing: ${missing[*]}"
fail() {
  tail -n 30 "$log" >&2
  echo "could not install: ${missing[*]}" >&2
  exit 1
}
install_packages "${packages[@]}" || fail
has promtool || install_promtool || fail
hash -r
node_has_websocket || install_node || fail
