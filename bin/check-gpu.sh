#!/bin/sh
# Checks teenygrad on the GPUs of this machine, from a folder of pack-gpu-checks.sh and an image:
#
#   check-gpu.sh IMAGE [STEP...]
#
# | step     | what must hold                                                                                                        |
# | -------- | --------------------------------------------------------------------------------------------------------------------- |
# | devices  | the GPU is seen, and computes what it should                                                                          |
# | runtime  | CudaTest: the runtime piece by piece; with two GPUs, copies between them                                              |
# | golden   | PyTorch's answers: those of the tests and those that were packed                                                      |
# | graphs   | 1,000 random graphs against the Interpreter                                                                           |
# | ranks    | PyTorch's answers from inputs that are cut over two GPUs in every legal way                                           |
# | failures | with two GPUs, trainings of which a rank is killed or stopped, 20 times: named, ended, gone on with to the same bytes |
# | losses   | 50 iterations in float32: losses within 1e-3 of the CPU's, two runs on the GPU the same byte for byte                 |
#
# Without steps, all. Each prints what it found; the last lines say which hold. For figures there is `teenygrad bench cuda`.
set -u
here=$(cd "$(dirname "$0")" && pwd -P)
if [ ! -d "$here/tests" ]; then
  echo "there are no tests beside check-gpu.sh: bin/pack-gpu-checks.sh FOLDER packs both" >&2
  exit 2
fi
if [ $# -eq 0 ] || [ ! -x "$1/runtime/bin/java" ]; then
  echo "usage: check-gpu.sh IMAGE [STEP...], where IMAGE is an unpacked image of teenygrad" >&2
  exit 2
fi
image=$(cd "$1" && pwd -P)
shift
[ $# -gt 0 ] || set -- devices runtime golden graphs ranks failures losses
for step; do
  case $step in
    devices | runtime | golden | graphs | ranks | failures | losses) ;;
    *)
      echo "no step '$step': devices, runtime, golden, graphs, ranks, failures or losses" >&2
      exit 2
      ;;
  esac
done
if "$image/teenygrad" devices | grep -q 'cuda:0 .*absent'; then
  "$image/teenygrad" devices >&2
  exit 1
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export TEENYGRAD_CACHE="$work/cache"

classpath=$here/tests
for jar in "$image"/lib/*.jar "$here"/lib/*.jar; do
  classpath=$classpath:$jar
done
for library in "$image"/lib/native/*/libLLVM.*; do
  llvm=$library
done

java() {
  (cd "$work" && "$image/runtime/bin/java" -ea --enable-native-access=ALL-UNNAMED -Xmx8g -Dteenygrad.llvm="$llvm" -cp "$classpath" "$@")
}
junit="org.junit.platform.console.ConsoleLauncher execute --disable-banner --disable-ansi-colors"

devices() { "$image/teenygrad" devices --check; }

# shellcheck disable=SC2086 # words, to be split
runtime() { java $junit -c org.teenygrad.engine.runtime.cuda.CudaTest; }

golden() {
  holds=0
  for answers in "$here"/tests/golden/golden-1.json "$here"/tests/golden/*/ "$here"/golden/*/; do
    if [ -e "$answers" ]; then
      # shellcheck disable=SC2086
      java -Dgolden="${answers%/}" -Dgolden.device=cuda:0 $junit -c org.teenygrad.golden.GoldenTest || holds=1
    fi
  done
  return $holds
}

graphs() {
  # shellcheck disable=SC2086
  java -Dteenygrad.fuzz.device=cuda:0 -Dteenygrad.fuzz.times=2 \
    $junit -m org.teenygrad.testing.CompiledAgainstInterpreterTest#largerGraphsAgree
}

ranks() {
  if "$image/teenygrad" devices | grep 'cuda:1 ' >/dev/null; then
    java org.teenygrad.golden.RanksGolden "$here/tests/golden/golden-1"
  else
    echo "there is one GPU: nothing to cut over two"
  fi
}

train() {
  "$image/teenygrad" train nanogpt --preset shakespeare-char-cpu --max-iters 50 --device "$1" --out "$work/$2"
}

pair() { # OUT START
  "$image/teenygrad" train nanogpt --preset shakespeare-char-cpu --devices 2 --device cuda --max-iters 1000 --eval-interval 200 --out "$work/$1" --init-from "$2"
}

# What the ranks of the training that writes to $1 are, as lines of "pid rank".
ranks_of() {
  for process in $(pgrep -f "/java .*--out $work/$1 "); do
    echo "$process $(tr '\0' '\n' <"/proc/$process/environ" 2>/dev/null | sed -n 's/^\(OMPI_COMM_WORLD_\)\{0,1\}RANK=//p')"
  done | grep ' [01]$'
}

failures() {
  if ! "$image/teenygrad" devices | grep 'cuda:1 ' >/dev/null; then
    echo "there is one GPU: no second rank to go on without"
    return 0
  fi
  pair whole scratch >"$work/whole.txt" 2>&1 || { cat "$work/whole.txt"; return 1; }
  wrong=0
  for i in $(seq 1 20); do
    rank=$((i % 2)) signal=KILL
    [ $((i % 4)) -ge 2 ] && signal=STOP
    pair "failing$i" scratch >"$work/failing$i.txt" 2>&1 &
    training=$!
    until [ -e "$work/failing$i/model.safetensors" ] || ! kill -0 $training 2>/dev/null; do sleep 0.1; done
    sleep "0.$(od -An -N1 -tu1 /dev/urandom | awk '{ print $1 * 3 }')"
    victim=$(ranks_of "failing$i" | sed -n "s/ $rank$//p")
    struck=$(date +%s.%N)
    kill -$signal "$victim" || wrong=1
    wait $training
    status=$?
    took=$(awk "BEGIN { print $(date +%s.%N) - $struck }")
    [ $signal = KILL ] || kill -KILL "$victim" 2>/dev/null
    named=$(grep -m 1 "rank $rank" "$work/failing$i.txt") || wrong=1
    echo "$i rank $rank $signal: status $status after $took s: $named"
    [ $status -ne 0 ] || wrong=1
    pair "failing$i" resume >"$work/failing$i.txt" 2>&1 || { cat "$work/failing$i.txt"; wrong=1; }
    cmp "$work/whole/checkpoint.safetensors" "$work/failing$i/checkpoint.safetensors" || wrong=1
    rm -r "$work/failing$i"
  done
  return $wrong
}

losses() {
  train cpu host && train cuda:0 first && train cuda:0 second || return 1
  awk -F, 'NR == FNR { loss[$1] = $2; next }
    FNR > 1 { d = $2 - loss[$1]; if (d < 0) d = -d; if (d > most) most = d; n++ }
    END { print n " losses, at most " most " from those of the CPU"; exit !(n > 50 && most <= 1e-3) }' \
    "$work/host/log.csv" "$work/first/log.csv" || return 1
  cmp "$work/first/model.safetensors" "$work/second/model.safetensors" && echo "two runs on the GPU: the same bytes"
}

failed=0
for step; do
  start=$(date +%s)
  if $step; then result=holds; else result=FAILED failed=1; fi
  echo "$step: $result, $(($(date +%s) - start)) s" >>"$work/results"
done
cat "$work/results"
exit $failed
