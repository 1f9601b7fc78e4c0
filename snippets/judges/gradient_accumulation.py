"""Judge of gradient accumulation: compares with updates on whole groups."""

import weakref

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


class Box:
    """Holds a tensor that autograd has saved."""

    def __init__(self, tensor):
        self.tensor = tensor


class Model(nn.Linear):
    """A layer that knows whether the graph of its last call is in memory."""

    def __init__(self):
        super().__init__(5, 3, dtype=torch.float64)
        self.calls, self.most, self.boxes, self.what = 0, 99, [], ""

    def pack(self, tensor):
        box = Box(tensor)
        self.boxes.append(weakref.ref(box))
        return box

    def forward(self, x):
        assert self.training, f"{self.what}: the model is in eval mode"
        assert len(x) <= self.most, (
            f"{self.what}: the model gets {len(x)} rows, a micro-batch has "
            f"{self.most}"
        )
        assert not any(box() for box in self.boxes), (
            f"{self.what}: at the next forward a graph is still in memory: "
            "backward() in the loop, which frees it"
        )
        self.calls += 1
        hooks = torch.autograd.graph.saved_tensors_hooks
        with hooks(self.pack, lambda box: box.tensor):
            return super().forward(x)


def judge(train):
    """Raise an AssertionError that says what is wrong, or print the checks."""
    torch.manual_seed(0)
    checks = 0

    def batch(size, ignored=0):
        target = torch.randint(3, (size,))
        target[:ignored] = -100
        return torch.randn(size, 5, dtype=torch.float64), target

    def prepared(frozen=False):
        torch.manual_seed(1)
        model = Model()
        model.bias.requires_grad_(not frozen)
        optimizer = Recorder(model.parameters(), lr=0.5)
        optimizer.seen = []
        return model, optimizer

    def run(what, *arguments):
        try:
            train(*arguments)
        except (AttributeError, IndexError, RuntimeError, TypeError) as error:
            raise AssertionError(f"{what}: {error}") from error

    def check(what, batches, steps, hint, frozen=False):
        nonlocal checks
        groups = [batches[i : i + steps] for i in range(0, len(batches), steps)]
        model, library = prepared(frozen)
        for group in groups:
            parts = zip(*group, strict=True)
            inputs, targets = (torch.cat(part) for part in parts)
            library.zero_grad()
            loss = F.cross_entropy(model(inputs), targets)
            loss.backward()
            library.step()
            model.boxes.clear()

        model, optimizer = prepared(frozen)
        for p in model.parameters():
            if p.requires_grad:  # left from something before
                p.grad = torch.ones_like(p)
        model.what, model.most = what, max(len(t) for _, t in batches)
        kept = [part.clone() for pair in batches for part in pair]

        def stream():
            for number, pair in enumerate(batches):
                assert number < (len(optimizer.seen) + 2) * steps, (
                    f"{what}: {number} of them are read before update "
                    f"{len(optimizer.seen) + 1}, or no optimizer.step() comes: "
                    "an epoch may not fit in memory"
                )
                yield pair

        run(what, model, optimizer, stream(), steps)
        now = [part for pair in batches for part in pair]
        assert all(map(torch.equal, now, kept)), (
            f"{what}: a micro-batch was changed in place"
        )
        assert model.calls <= len(batches), (
            f"{what}: {model.calls} forward passes for {len(batches)}"
        )
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
    hint = "it is that of the micro-batch's mean cross-entropy"
    check("8 micro-batches in groups of 1", even, 1, hint)
    hint = "zero_grad() comes once per group, not per micro-batch"
    check("8 micro-batches in groups of 4", even, 4, hint)
    check("6 micro-batches in groups of 4", even[:6], 4, hint)
    hint = "each target has the same weight, whatever its micro-batch"
    sizes = [batch(size) for size in (6, 2, 1, 5, 3)]
    check("micro-batches of 6, 2, 1, 5 and 3", sizes, 3, hint)
    ignored = [batch(6, ignored) for ignored in (0, 5, 2, 3, 4)]
    check("targets of -100", ignored, 2, hint)
    empty = [batch(4), batch(4, 4), batch(4, 1)]
    check("a micro-batch of -100 alone", empty, 3, hint)
    check("a frozen bias, whose grad is None", even, 4, hint, frozen=True)
    model, optimizer = prepared()
    what, before = "a group of -100 alone", model.weight.clone()
    run(what, model, optimizer, iter([batch(4, 4)]), 2)
    assert torch.equal(model.weight, before), (
        f"{what}: the weights change, or get nan: its gradient is 0"
    )
    print(f"accepted: {checks + 1} checks")
