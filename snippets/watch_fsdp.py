"""Start with torchrun --standalone --nproc-per-node=2 watch_fsdp.py"""

import os

import torch
import torch.distributed as dist
from torch import nn
from torch.distributed.fsdp import fully_shard
from torch.profiler import ProfilerActivity, profile

SHORT = {
    "c10d::_allgather_base_": "gather",
    "c10d::_reduce_scatter_base_": "scatter",
}


def main():
    os.environ["CUDA_VISIBLE_DEVICES"] = ""  # the backend is gloo
    os.environ["KINETO_LOG_LEVEL"] = "99"  # silences the profiler's log
    dist.init_process_group("gloo")
    rank = dist.get_rank()

    # --8<-- [start:watch]
    def show(layer, inputs):  # called before a layer computes
        if rank == 0:
            print(*[type(each.weight).__name__ for each in model])

    model = nn.Sequential(*[nn.Linear(8, 8) for _ in range(4)])
    early = torch.optim.SGD(model.parameters(), lr=0.1)  # the bug
    for layer in model:
        fully_shard(layer)
        layer.register_forward_pre_hook(show)  # after FSDP's own
    fully_shard(model)
    late = torch.optim.SGD(model.parameters(), lr=0.1)
    # --8<-- [end:watch]

    with profile(activities=[ProfilerActivity.CPU]) as forward:
        loss = model(torch.ones(2, 8)).sum()
    with profile(activities=[ProfilerActivity.CPU]) as backward:
        loss.backward()
    if rank == 0:
        for name, trace in (("forward:", forward), ("backward:", backward)):
            events = [event.name for event in trace.events()]
            print(name, *[SHORT[event] for event in events if event in SHORT])
        for name, optimizer in (("before", early), ("after", late)):
            parameters = optimizer.param_groups[0]["params"]
            found = sum(p.grad is not None for p in parameters)
            print(f"optimizer made {name} fully_shard: {found} gradients")
    dist.barrier()  # nobody leaves while others still work
    dist.destroy_process_group()


if __name__ == "__main__":
    main()
