#!/bin/sh
# Fetches the libraries that VERSIONS names and prepares them for the browser.
# To update: edit VERSIONS, run this, run the browser tests, commit the result.
#
# The page's Content-Security-Policy forbids inline scripts, and with them import
# maps; so bare imports ("preact") are rewritten to relative paths here. npm checks
# every package against the digest its registry published.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

# fetch <package>: unpacks the version that VERSIONS names into $tmp/<package>.
fetch() {
  version=$(awk -v name="$1" '$1 == name { print $2 }' "$here/VERSIONS")
  mkdir -p "$tmp/$1"
  tarball=$(cd "$tmp" && npm pack --silent "$1@$version")
  tar -xzf "$tmp/$tarball" -C "$tmp/$1" --strip-components=1
}

# place <package> <file in it> <target>: copies a module, its imports made relative
# and its source map, which is not shipped, forgotten.
place() {
  mkdir -p "$here/$(dirname "$3")"
  sed -e 's|from"preact/hooks"|from"../preact/hooks.js"|g' \
    -e 's|from"preact"|from"../preact/preact.js"|g' \
    -e 's|from"@preact/signals-core"|from"./signals-core.js"|g' \
    -e 's|//# sourceMappingURL=.*||' \
    "$tmp/$1/$2" >"$here/$3"
  cp "$tmp/$1/LICENSE" "$here/$(dirname "$3")/LICENSE"
  if grep -Eo 'from ?"[^."][^"]*"' "$here/$3"; then
    echo "$3 still imports by a bare name" >&2
    exit 1
  fi
}

# place_script <package> <file in it> <target> <name>: a script that only comes with a global
# of that name, made a module that exports it.
place_script() {
  place "$1" "$2" "$3"
  printf '\nexport default %s;\n' "$4" >>"$here/$3"
}

for package in $(awk '{ print $1 }' "$here/VERSIONS"); do fetch "$package"; done
place preact dist/preact.mjs preact/preact.js
place preact hooks/dist/hooks.mjs preact/hooks.js
place htm dist/htm.mjs htm/htm.js
place @preact/signals-core dist/signals-core.mjs signals/signals-core.js
place @preact/signals dist/signals.mjs signals/signals.js
# Its own module is not minified, and three times as large.
place_script uplot dist/uPlot.iife.min.js uplot/uplot.js uPlot
place uplot dist/uPlot.min.css uplot/uplot.css

# For tests only: it is not embedded in the hub.
mkdir -p "$here/../webtest/axe"
cp "$tmp/axe-core/axe.min.js" "$tmp/axe-core/LICENSE" "$here/../webtest/axe/"
