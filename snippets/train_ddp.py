"""Start with torchrun --standalone --nproc-per-node=gpu train_ddp.py"""

import os

import torch
import torch.distributed as dist
import torch.nn.functional as F
from torch import nn
from torch.nn.parallel import DistributedDataParallel as DDP
from torch.utils.data import DataLoader, DistributedSampler, TensorDataset


def main():
    # 1. One process per GPU: torchrun has set RANK, LOCAL_RANK, WORLD_SIZE.
    gpu = torch.cuda.is_available()
    backend = "nccl" if gpu else "gloo"
    local_rank = int(os.environ["LOCAL_RANK"])  # counted on this machine
    device = torch.device("cuda", local_rank) if gpu else torch.device("cpu")
    if gpu:
        torch.cuda.set_device(device)
    dist.init_process_group(backend)
    rank = dist.get_rank()  # 0 prints and saves

    # 2. Each process reads its own part of the data.
    torch.manual_seed(0)
    x = torch.randn(1024, 8)
    dataset = TensorDataset(x, x.sum(dim=1, keepdim=True))
    sampler = DistributedSampler(dataset)  # shuffles by default
    loader = DataLoader(dataset, batch_size=32, sampler=sampler, pin_memory=gpu)

    # 3. The whole model is on each GPU.
    model = nn.Sequential(nn.Linear(8, 64), nn.ReLU(), nn.Linear(64, 1))
    model = DDP(model.to(device), device_ids=[local_rank] if gpu else None)
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-2)

    # 4. The usual loop; backward() averages the gradients.
    for epoch in range(3):
        sampler.set_epoch(epoch)  # another shuffle
        total = torch.zeros(2, device=device)  # losses, samples
        for inputs, target in loader:
            inputs = inputs.to(device, non_blocking=True)
            target = target.to(device, non_blocking=True)
            loss = F.mse_loss(model(inputs), target)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total[0] += loss.detach() * len(inputs)  # no .item(): no wait
            total[1] += len(inputs)
        dist.all_reduce(total)  # all processes call it: their sums
        if rank == 0:
            loss = (total[0] / total[1]).item()
            print(f"epoch {epoch}: {len(loader)} batches each, loss {loss:.1f}")

    # 5. One process saves, without DDP's prefix "module.".
    if rank == 0:
        torch.save(model.module.state_dict(), "model.pt")
    dist.barrier()  # nobody leaves while others still work
    dist.destroy_process_group()


if __name__ == "__main__":
    main()
