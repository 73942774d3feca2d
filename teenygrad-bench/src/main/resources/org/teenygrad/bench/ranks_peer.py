"""PyTorch's side of teenygrad bench ranks: one rank of DistributedDataParallel, started by torchrun.

Arguments: vocabulary, context, layers, heads, width, sequences of this rank, tokens of each.
"""
import os
import sys
import time

import torch
import torch.distributed as dist
from torch.nn.parallel import DistributedDataParallel

import cuda_peer

SAMPLES = 5


def main():
    vocab, context, layers, heads, dim, batch, length = map(int, sys.argv[1:])
    torch.cuda.set_device(int(os.environ["LOCAL_RANK"]))
    dist.init_process_group("nccl")
    ranks = dist.get_world_size()
    torch.manual_seed(1)
    share = (lambda model: model) if ranks == 1 else (lambda model: DistributedDataParallel(model, gradient_as_bucket_view=True))
    start = time.perf_counter()
    steps = cuda_peer.training(vocab, context, layers, heads, dim, True, batch, length, True, share)
    steps()
    first = time.perf_counter() - start
    steps()
    sample = cuda_peer.wall(steps)
    seconds = sorted(sample() for _ in range(SAMPLES))
    median = seconds[SAMPLES // 2]
    if dist.get_rank() == 0:
        print(f"PyTorch    {ranks} GPU{', ' if ranks == 1 else 's,'} {1e3 * median:8.2f} ms a step ({1e3 * seconds[0]:.2f} to {1e3 * seconds[-1]:.2f}), "
              f"{ranks * batch * length / median:9,.0f} tokens/s, first {cuda_peer.STEPS_EACH} steps {first:.1f} s, "
              f"most memory {torch.cuda.max_memory_allocated() / 2**30:.1f} GiB", flush=True)
    dist.destroy_process_group()


main()
