"""Writes small tokenizers of several kinds, NAME.json each, and texts.json.

The answers in tokenizer-golden.jsonl are those of Hugging Face's tokenizers to these files, special tokens read, none added.
"""
import json
import random
from collections import Counter

TEXT = ("The river ran past the town and the town ran past the river. It's what they'll say: don't go there, we've been there! "
        "1234 people in 2025, 3.14 and 42 more. Ça va? Größe, naïve café. 日本語 日本 def f(x):\n    return x + 1\n\n\tIT'S HERE  and   there.\n") * 3


def characters():
    table, spare = [], 0x100
    for b in range(256):
        printable = 0x20 < b < 0x7F or b > 0xA0 and b != 0xAD
        table.append(chr(b if printable else spare))
        spare += not printable
    return table


BYTES = characters()
QWEN = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
LLAMA3 = QWEN.replace(r"\p{N}|", r"\p{N}{1,3}|", 1)


def learn(words, count):
    merges = []
    words = [list(w) for w in words]
    while len(merges) < count:
        pairs = Counter(p for w in words for p in zip(w, w[1:]))
        best = min(pairs, key=lambda p: (-pairs[p], p))
        merges.append(best)
        for w in words:
            i = 0
            while i + 1 < len(w):
                if (w[i], w[i + 1]) == best:
                    w[i:i + 2] = [w[i] + w[i + 1]]
                i += 1
    return merges


def added(content, **flags):
    return dict(content=content, single_word=False, lstrip=False, rstrip=False, normalized=False, special=True) | flags


def bpe(tokens, merges, old=False, **more):
    """Old files have merges as strings with a space."""
    vocab = {}
    for t in tokens + [a + b for a, b in merges]:
        vocab.setdefault(t, len(vocab))
    return dict(type="BPE", dropout=None, unk_token=None, continuing_subword_prefix=None, end_of_word_suffix=None, fuse_unk=False,
                byte_fallback=False, ignore_merges=False, vocab=vocab, merges=[" ".join(m) for m in merges] if old else merges) | more


def tokenizer(model, added_tokens, normalizer, pre_tokenizer, post_processor, decoder):
    for i, token in enumerate(added_tokens):
        token["id"] = model["vocab"].get(token["content"], len(set(model["vocab"]) | {t["content"] for t in added_tokens[:i]}))
    return dict(version="1.0", truncation=None, padding=None, added_tokens=added_tokens, normalizer=normalizer, pre_tokenizer=pre_tokenizer,
                post_processor=post_processor, decoder=decoder, model=model)


def byte_level(regex):
    return dict(type="Sequence", pretokenizers=[dict(type="Split", pattern=dict(Regex=regex), behavior="Isolated", invert=False),
                                                dict(type="ByteLevel", add_prefix_space=False, trim_offsets=False, use_regex=False)])


def template(token, id):
    return dict(type="TemplateProcessing", single=[dict(SpecialToken=dict(id=token, type_id=0)), dict(Sequence=dict(id="A", type_id=0))],
                pair=[dict(Sequence=dict(id="A", type_id=0)), dict(Sequence=dict(id="B", type_id=1))],
                special_tokens={token: dict(id=token, ids=[id], tokens=[token])})


def main():
    decoder = dict(type="ByteLevel", add_prefix_space=False, trim_offsets=False, use_regex=False)
    in_bytes = ["".join(BYTES[b] for b in (" " + w).encode()) for w in TEXT.split()]
    merges = learn(in_bytes, 90)
    write("qwen", tokenizer(
        bpe(BYTES, merges), [added("<|im_start|>"), added("<|im_end|>"), added("<think>", special=False), added("<|im_", special=False),
                             added("word", single_word=True, special=False), added("<left>", lstrip=True), added("<right>", rstrip=True),
                             added("Cafe\u0301", normalized=True, special=False)],
        dict(type="NFC"), byte_level(QWEN), decoder, decoder))
    whole = bpe(BYTES, merges, ignore_merges=True)
    for word in (" whole", "1234", "whole", "日"):
        whole["vocab"]["".join(BYTES[b] for b in word.encode())] = len(whole["vocab"])
    write("llama3", tokenizer(whole, [added("<|begin|>"), added("<|eot|>")], None, byte_level(LLAMA3),
                              dict(type="Sequence", processors=[decoder, template("<|begin|>", len(whole["vocab"]))]), decoder))
    write("gpt2", tokenizer(bpe(BYTES, merges, old=True), [added("<|endoftext|>")], None,
                            dict(type="ByteLevel", add_prefix_space=True, trim_offsets=True, use_regex=True), None, decoder))
    write("digits", tokenizer(bpe(BYTES, merges), [], None, dict(type="Sequence", pretokenizers=[
        dict(type="Punctuation", behavior="Contiguous"), dict(type="Digits", individual_digits=False),
        dict(type="Split", pattern=dict(Regex="[0-9][0-9][0-9]"), behavior="Isolated", invert=False),
        dict(type="Split", pattern=dict(Regex=r"\p{Han}+"), behavior="MergedWithPrevious", invert=False),
        dict(type="ByteLevel", add_prefix_space=False, trim_offsets=True, use_regex=True)]), None, decoder))
    in_words = ["\u2581" + w for w in TEXT.split()]
    base = ["<unk>", "<s>", "</s>"]
    letters = sorted(set("".join(in_words)) - set("日x"))
    hexes = [f"<0x{b:02X}>" for b in range(256)]
    spm = learn([w for w in in_words if not set(w) & set("日x")], 80)
    spaces = dict(type="Replace", pattern=dict(String=" "), content="\u2581")
    back = dict(type="Replace", pattern=dict(String="\u2581"), content=" ")
    write("llama2", tokenizer(
        bpe(base + hexes + letters, spm, old=True, unk_token="<unk>", fuse_unk=True, byte_fallback=True), [added(t) for t in base],
        dict(type="Sequence", normalizers=[dict(type="Prepend", prepend="\u2581"), spaces]), None, template("<s>", 1),
        dict(type="Sequence", decoders=[back, dict(type="ByteFallback"), dict(type="Fuse"), dict(type="Strip", content=" ", start=1, stop=0)])))
    runs = ["\u2581\u2581", "\u2581\u2581\u2581"]
    write("gemma", tokenizer(
        bpe(base + runs + hexes + letters, spm, unk_token="<unk>", fuse_unk=True, byte_fallback=True),
        [added(t) for t in base] + [added(t, special=False) for t in runs],
        spaces, dict(type="Split", pattern=dict(String=" "), behavior="MergedWithPrevious", invert=False), template("<s>", 1),
        dict(type="Sequence", decoders=[back, dict(type="ByteFallback"), dict(type="Fuse")])))
    for name, scheme in (("metaspace-first", "first"), ("metaspace-always", "always")):
        meta = dict(type="Metaspace", replacement="\u2581", prepend_scheme=scheme, split=True)
        write(name, tokenizer(bpe(base + letters, spm, unk_token="<unk>", fuse_unk=scheme == "first"), [added(t) for t in base],
                              dict(type="Sequence", normalizers=[dict(type="NFKC"), dict(type="Replace", pattern=dict(Regex=" {2,}"), content=" ")]), meta, None, meta))
    pieces = ["Hello", "The river", " there", "'s", "'LL", "don't", "word", " sword ", "1234567", "3.14", "é", "e\u0301", "Cafe\u0301", "Café", "日本", "😀", "\u00a0", "\u3000",
              "\u2581", "<|im_start|>", "<|im_end|>", "<think>", "<|im_", "<left>", " <right>  ", "<s>", "</s>", "<|begin|>", "<|eot|>", "<|endoftext|>", "  ", "   ", "\n", "\n\n",
              "\t", "\r\n", "!!!", "x", "xyz", "ﬁ", "½", "\u200b", "ß", " ", "whole", " whole", "return x + 1"]
    random.seed(3)
    texts = ["", " ", TEXT[:240]] + ["".join(random.choice(pieces) for _ in range(random.randint(1, 9))) for _ in range(60)]
    with open("texts.json", "w") as file:
        json.dump(texts, file, ensure_ascii=False)


def write(name, value):
    with open(name + ".json", "w") as file:
        json.dump(value, file, ensure_ascii=False, separators=(",", ":"))


main()
