"""Start with torchrun --standalone --nproc-per-node=3 ddp_by_hand.py"""

import torch
import torch.distributed as dist


def main():
    dist.init_process_group("gloo")
    rank, n = dist.get_rank(), dist.get_world_size()

    w = torch.full((1,), float(rank), requires_grad=True)
    dist.broadcast(w.detach(), src=0)  # 1. all start as rank 0, with 0
    data = torch.tensor([1.0, 2, 3, 4, 5, 6]).chunk(n)[rank]  # 2. its part

    loss = (w - data).pow(2).mean()  # smallest at the mean of the data
    loss.backward()
    own = w.grad.item()
    dist.all_reduce(w.grad)  # 3. average the gradients
    w.grad /= n
    torch.optim.SGD([w], lr=0.5).step()  # 4. the same step everywhere
    if rank == 0:
        print("own gradient:", own, "averaged:", w.grad.item())
        print("after the step: w =", w.item())
    dist.destroy_process_group()


if __name__ == "__main__":
    main()
