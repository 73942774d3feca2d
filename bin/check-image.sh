#!/bin/sh
# Unpacks the image that ./mvnw -Pdist package made and runs it as on a machine without Java, where the folder that it was packed from
# does not exist either: the devices, and a training of 20 iterations.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd -P)
work=$(mktemp -d)
away() { # FROM TO: renames the folders that the images were packed from
  for folder in "$root"/teenygrad-dist/target/teenygrad-*"$1"; do
    if [ -d "$folder" ]; then mv "$folder" "${folder%"$1"}$2"; fi
  done
}
trap 'away .away ""; rm -rf "$work"' EXIT
trap 'exit 130' INT TERM HUP
away "" .away

mkdir "$work/image" "$work/bin"
for archive in "$root"/teenygrad-dist/target/teenygrad-*.tar.xz; do
  bytes=$(wc -c <"$archive")
  echo "$archive: $bytes bytes"
  tar -xJf "$archive" -C "$work/image"
done
for tool in sh dirname readlink; do
  ln -s "$(command -v $tool)" "$work/bin/$tool"
done
run() {
  env -i PATH="$work/bin" HOME="$work" TEENYGRAD_CACHE="$work/cache" TEENYGRAD_JAVA_OPTS="${TEENYGRAD_JAVA_OPTS-}" "$work"/image/*/teenygrad "$@"
}
TEENYGRAD_JAVA_OPTS=-XX:AOTMode=on run --version # fails where what was rehearsed does not fit
run devices >"$work/devices"
cat "$work/devices"
if ! grep -q '^[* ] cpu .*processor' "$work/devices" || grep -q '^[* ] cpu .*absent' "$work/devices"; then
  echo "the image has no device cpu" >&2
  exit 1
fi
run train nanogpt --device cpu --max-iters 20 --out "$work/out"
test -s "$work/out/model.safetensors"
if [ -e "$work/cache/native" ]; then
  echo "LLVM was unpacked to the cache; it must be loaded from the image" >&2
  exit 1
fi
