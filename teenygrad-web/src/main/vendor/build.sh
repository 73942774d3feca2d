#!/bin/sh
# Makes the page's vendor folder of what package-lock.json names, the same bytes each time. Its result is committed: a build needs no npm.
#
#   build.sh [FOLDER]     where the bundles go; by default where the page has them
set -eu
here=$(cd "$(dirname "$0")" && pwd -P)
out=${1:-$here/../resources/org/teenygrad/web/page/vendor}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp "$here"/package.json "$here"/package-lock.json "$here"/*.js "$work"
cd "$work"
npm ci --no-audit --no-fund --ignore-scripts >&2
for name in codemirror dagre uplot; do
  node node_modules/esbuild/bin/esbuild "$name.js" --bundle --format=esm --minify --legal-comments=none --log-level=warning --outfile="$out/$name.js"
done
cp node_modules/uplot/dist/uPlot.min.css "$out/uplot.css"
