"""What the scripts beside this one share: tensors by name, and the two files that hold cases for GoldenTest."""

import json
import struct
from pathlib import Path

import torch

RESOURCES = Path(__file__).parent.parent / "resources" / "golden"
tensors, cases = {}, []


def keep(key, tensor):
    tensors[key] = tensor.detach().clone().contiguous()
    return key


def lines(entries):
    return json.dumps(entries, separators=(",", ":")).replace('{"name"', '\n{"name"') + "\n"


def write(name):
    header, offset = {}, 0
    types = {torch.float32: "F32", torch.int64: "I64"}
    for key, t in tensors.items():
        size = t.numel() * t.element_size()
        header[key] = {"dtype": types[t.dtype], "shape": list(t.shape), "data_offsets": [offset, offset + size]}
        offset += size
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with open(RESOURCES / f"{name}.safetensors", "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for t in tensors.values():
            file.write(t.numpy().tobytes())
    (RESOURCES / f"{name}.json").write_text(lines({"torch": torch.__version__, "cases": cases}))
