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

# Debian ships some programs in packages whose installation would start a server. Only
# the program is taken out of the package.
install_program() {
  local file=$2 package dir
  if ! package=$(known_package $1); then
    echo "no package $1, for $file, in the archives this machine knows" >>"$log"
    return 1
  fi
  dir=$log.d/$package
  mkdir -p "$dir" &&
    (cd "$dir" && apt-get -q download "$package" && dpkg-deb -x ./*.deb .) >>"$log" 2>&1 &&
    if [ -L "$dir/$file" ]; then
      install_link "$dir" "$file"
    else
      install_libraries "$package" "$dir/$file" &&
        as_root install "$dir/$file" /usr/local/bin/
    fi
}

# The first of the packages that there is, as they are named by one release or another.
known_package() {
  local package
  for package; do
    apt-cache show "$package" >/dev/null 2>&1 && echo "$package" && return
  done
  return 1
}

# redis-server is a link to a program of the package redis-tools, which does what the
# name it is called by says.
install_link() {
  local target
  target=$(readlink "$1/$2")
  [[ $target = /* ]] || target=/${2%/*}/$target
  if ! [ -x "$target" ]; then
    echo "/$2 is a link to $target, which is missing" >>"$log"
    return 1
  fi
  as_root ln -sf "$target" "/usr/local/bin/${2##*/}"
}

# Of what a package depends on, its programs need the libraries; the rest is the server's.
install_libraries() {
  local libraries
  LC_ALL=C ldd "$2" 2>&1 | grep "not found" >>"$log" || return 0
  mapfile -t libraries < <(LC_ALL=C apt-cache depends "$1" | sed -n 's/^  Depends: \(lib\)/\1/p')
  apt install --no-install-recommends "${libraries[@]}"
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
has redis-server || need redis-check-rdb redis-tools

programs=()
take() { has "${2##*/}" || programs+=("$1:$2"); }
take "promtool prometheus" usr/bin/promtool # Debian 13, Debian 12
take redis-server usr/bin/redis-server
take haproxy usr/sbin/haproxy

missing=("${packages[@]}" "${programs[@]##*/}")
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
for program in "${programs[@]}"; do
  install_program "${program%%:*}" "${program#*:}" || fail
done
hash -r
node_has_websocket || install_node || fail
