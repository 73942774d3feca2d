#!/bin/sh
# Opens what export writes by the programs that it is written for, which have to continue a text as teenygrad does:
#
#   check-exports.sh MODEL [LIBLLAMA]
#
# MODEL is what export takes by --from, such as the --out folder of a training of nanoGPT's. transformers is that of TEENYGRAD_PYTHON (python3); LIBLLAMA is
# libllama.so, or the jar de.kherud:llama. nanochat's models are not checked: neither program has them.
set -eu
if [ $# -lt 1 ] || [ $# -gt 2 ]; then
  echo "usage: check-exports.sh MODEL [LIBLLAMA]" >&2
  exit 2
fi
teenygrad=$(cd "$(dirname "$0")/.." && pwd -P)/teenygrad
model=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
prompt='The '
failed=0

"$teenygrad" export --from "$model" --to hf --out "$work/hf" >&2
"$teenygrad" sample --from "$work/hf" --prompt "$prompt" --temperature 0 --max-new-tokens 32 >"$work/ours"
"${TEENYGRAD_PYTHON-python3}" - "$work/hf" "$prompt" >"$work/theirs" <<'PYTHON'
import sys
import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

folder, prompt = sys.argv[1:]
tokenizer = AutoTokenizer.from_pretrained(folder)
model = AutoModelForCausalLM.from_pretrained(folder).eval()
ids = tokenizer(prompt, return_tensors="pt").input_ids
with torch.no_grad():
    for _ in range(32):  # by hand: what ends a text is not asked
        scores = model(ids).logits[0, -1]
        ids = torch.cat([ids, scores.argmax().view(1, 1)], dim=1)
print(tokenizer.decode(ids[0]))
PYTHON
if [ "$(cat "$work/ours")" = "$(cat "$work/theirs")" ]; then
  echo "transformers: the same 32 tokens"
else
  failed=1
  echo "transformers: other tokens"
  cat "$work/ours" "$work/theirs"
fi

if [ $# -eq 2 ]; then
  for type in F32 F16; do
    "$teenygrad" export --from "$model" --to gguf --type $type --out "$work/model.gguf" >&2
    "$teenygrad" bench gguf --file "$work/model.gguf" --llama-cpp "$2" >"$work/both" || true
    if grep -q 'first \([0-9]*\) of \1 tokens the same' "$work/both"; then
      echo "llama.cpp, $type: $(grep -o 'first [0-9]* of [0-9]* tokens the same' "$work/both")"
    else
      failed=1
      echo "llama.cpp, $type:"
      cat "$work/both"
    fi
  done
fi
exit $failed
