"""Judge of gradient accumulation: compares with updates on whole groups."""

import torch
import torch.nn.functional as F
from torch import nn


class Recorder(torch.optim.SGD):
    """SGD that keeps the gradients of each update."""

    def step(self, closure=None):
        parameters = self.param_groups[0]["params"]
        parts = [0 * p if p.grad is None else p.grad for p in parameters]
        self.seen.append(torch.cat([p.detach().flatten() for p in parts]))
        super().step()


def judge(train):
    """Raise an AssertionError that says what is wrong, or print the checks."""
    torch.manual_seed(0)
    checks = 0

    def batch(size, ignored=0):
        target = torch.randint(3, (size,))
        target[:ignored] = -100
        return torch.randn(size, 5, dtype=torch.float64), target

    def prepared():
        torch.manual_seed(1)
        model = nn.Linear(5, 3).double()
        optimizer = Recorder(model.parameters(), lr=0.5)
        optimizer.seen = []
        return model, optimizer

    def check(what, batches, steps, hint):
        nonlocal checks
        groups = [batches[i : i + steps] for i in range(0, len(batches), steps)]
        model, library = prepared()
        for group in groups:
            parts = zip(*group, strict=True)
            inputs, targets = (torch.cat(part) for part in parts)
            library.zero_grad()
            loss = F.cross_entropy(model(inputs), targets)
            loss.backward()
            library.step()

        model, optimizer = prepared()
        for p in model.parameters():
            p.grad = torch.ones_like(p)  # left from something before
        waiting = 0

        def count(module, arguments, output):
            nonlocal waiting
            waiting += 1
            rows, most = len(output), max(len(t) for _, t in batches)
            assert rows <= most, (
                f"{what}: the model gets {rows} rows, a micro-batch has {most}"
            )
            assert waiting == 1, (
                f"{what}: a second forward before the first backward: the "
                "graphs of a group are all in memory at once"
            )
            output.register_hook(done)

        def done(gradient):
            nonlocal waiting
            waiting -= 1

        model.register_forward_hook(count)
        train(model, optimizer, iter(batches), steps)
        assert len(optimizer.seen) == len(groups), (
            f"{what}: {len(optimizer.seen)} updates, not {len(groups)}"
        )
        pairs = zip(optimizer.seen, library.seen, strict=True)
        for number, (a, b) in enumerate(pairs, 1):
            case = f"{what}, update {number}: the gradient"
            assert not a.isnan().any(), f"{case} is nan"
            assert not torch.allclose(a, b + 1), (
                f"{case} holds what was in .grad before: zero_grad()"
            )
            factor = (a @ b / (b @ b)).item()
            assert torch.allclose(a, b) or not torch.allclose(a, factor * b), (
                f"{case} is {factor:.3g} times that of the whole group"
            )
            assert torch.allclose(a, b), f"{case} is wrong: {hint}"
        checks += 1

    even = [batch(4) for _ in range(8)]
    hint = "zero_grad() comes once per group, not per micro-batch"
    check("8 micro-batches in groups of 1", even, 1, hint)
    check("8 micro-batches in groups of 4", even, 4, hint)
    check("6 micro-batches in groups of 4", even[:6], 4, hint)
    hint = "each target has the same weight, whatever its micro-batch"
    sizes = [batch(size) for size in (6, 2, 1, 5, 3)]
    check("micro-batches of 6, 2, 1, 5 and 3", sizes, 3, hint)
    ignored = [batch(6, ignored) for ignored in (0, 5, 2, 3, 4)]
    check("targets of -100", ignored, 2, hint)
    empty = [batch(4), batch(4, 4), batch(4, 1)]
    check("a micro-batch of -100 alone", empty, 3, hint)
    print(f"accepted: {checks} checks")
