"""Start with torchrun --standalone --nproc-per-node=gpu train_fsdp.py"""

import os

import torch
import torch.distributed as dist
import torch.distributed.checkpoint as dcp
import torch.nn.functional as F
from torch import nn
from torch.distributed.checkpoint.state_dict import get_state_dict
from torch.distributed.fsdp import MixedPrecisionPolicy, fully_shard


class Block(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.norm = nn.LayerNorm(width)
        self.up = nn.Linear(width, 4 * width)
        self.down = nn.Linear(4 * width, width)

    def forward(self, x):
        return x + self.down(F.gelu(self.up(self.norm(x))))


def main():
    gpu = torch.cuda.is_available()
    if gpu:
        torch.cuda.set_device(int(os.environ["LOCAL_RANK"]))
    device = "cuda" if gpu else "cpu"
    dist.init_process_group("nccl" if gpu else "gloo")
    rank = dist.get_rank()

    torch.manual_seed(0)  # the same weights on all ranks
    model = nn.Sequential(*[Block(64) for _ in range(4)], nn.Linear(64, 1))

    # --8<-- [start:shard]
    half = MixedPrecisionPolicy(torch.bfloat16, reduce_dtype=torch.float32)
    for block in model[:4]:
        fully_shard(block, mp_policy=half)  # gathered and freed as one
    fully_shard(model, mp_policy=half)  # then the root, with the rest
    optimizer = torch.optim.AdamW(model.parameters())  # after sharding
    # --8<-- [end:shard]

    torch.manual_seed(rank)  # other data on each rank
    for _ in range(3):
        x = torch.randn(256, 64, device=device)
        y = model(x)  # computed in bfloat16
        loss = F.mse_loss(y.float(), x.mean(dim=1, keepdim=True))
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), max_norm=1.0)
        optimizer.step()

    weight = model[0].up.weight
    if rank == 0:
        print(type(model).__name__, type(model[0]).__name__)
        print(type(weight).__name__, tuple(weight.shape), weight.placements)
        stored = weight.to_local()
        print("stored here:", tuple(stored.shape), stored.dtype)
        print("output:", tuple(y.shape), y.dtype)
    weights, state = get_state_dict(model, optimizer)  # each rank its shards
    dcp.save({"model": weights, "optimizer": state}, checkpoint_id="step3")
    dist.barrier()  # nobody leaves while others still work
    dist.destroy_process_group()


if __name__ == "__main__":
    main()
