#!/bin/sh
# Prints the lines of main code in each package: what a reader has to hold in mind, and where it grows.
# Blank lines and lines that are only a comment do not count.
set -eu
cd "$(dirname "$0")/.."

find . -path ./.git -prune -o -path '*/src/main/java/*' -name '*.java' ! -name '*-info.java' -print | sort | xargs awk '
  FNR == 1 { package = FILENAME; sub(/.*\/src\/main\/java\//, "", package); sub(/\/?[^\/]*$/, "", package)
             gsub(/\//, ".", package) }
  /^[[:space:]]*$/ || /^[[:space:]]*(\/\/|\*|\/\*)/ { next }
  package != "" { lines[package]++; total++ }
  END { for (p in lines) printf "%7d  %s\n", lines[p], p | "sort -k2"
        close("sort -k2")
        printf "%7d  lines of code\n", total }'
