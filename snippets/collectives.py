"""Start with torchrun --standalone --nproc-per-node=3 collectives.py"""

import torch
import torch.distributed as dist


def main():
    dist.init_process_group("gloo")  # on GPUs "nccl", and tensors there
    rank, n = dist.get_rank(), dist.get_world_size()

    def show(name, tensor):  # rank 0 prints what each rank holds
        held = [None] * n
        dist.all_gather_object(held, tensor.tolist())
        if held == [held[0]] * n:
            held = [held[0], "on each rank"]
        if rank == 0:
            print(f"{name:14}", *held)

    x = torch.tensor([1, 2, 3]) * 10**rank  # one row per rank
    show("before", x)

    total = x.clone()
    dist.all_reduce(total)  # in place
    show("all_reduce", total)

    part = x.new_empty(1)
    dist.reduce_scatter_tensor(part, x)
    show("reduce_scatter", part)

    parts = x.new_empty(n)
    dist.all_gather_into_tensor(parts, part)
    show("  + all_gather", parts)  # as all_reduce

    rows = x.new_empty(n * n)
    dist.all_gather_into_tensor(rows, x)
    show("all_gather", rows)

    column = torch.empty_like(x)
    dist.all_to_all_single(column, x)
    show("all_to_all", column)
    dist.barrier()  # nobody leaves while others still work
    dist.destroy_process_group()


if __name__ == "__main__":
    main()
