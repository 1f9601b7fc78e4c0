"""Judge of activation checkpointing: compares with the plain call."""

import gc
import sys

import torch
import torch.utils.checkpoint
from torch import nn


class Block(nn.Module):
    """Counts its calls; with dropout, a call draws random numbers."""

    def __init__(self, dropout):
        super().__init__()
        self.calls = 0
        self.net = nn.Sequential(
            nn.Linear(8, 64), nn.Tanh(), nn.Dropout(dropout), nn.Linear(64, 8)
        ).double()

    def forward(self, x, mask=None):
        self.calls += 1
        x = x if mask is None else x * mask
        return x + self.net(x)


def reachable():
    """Return the float tensors that Python can reach: numbers by place."""
    kinds = torch.Tensor, nn.Parameter
    tensors = [t for t in gc.get_objects() if type(t) in kinds]
    return {t.data_ptr(): t.numel() for t in tensors if t.is_floating_point()}


def kept(checkpoint):
    """Return how many numbers a call keeps beside its input."""
    x = torch.randn(16, 8, dtype=torch.float64, requires_grad=True)
    block, saved, files = Block(0.0), {}, set()

    def pack(tensor):
        saved[tensor.data_ptr()] = tensor.numel()
        return tensor

    gc.collect()
    before, profile = reachable(), sys.getprofile()
    sys.setprofile(lambda frame, *_: files.add(frame.f_code.co_filename))
    try:
        with torch.autograd.graph.saved_tensors_hooks(pack, lambda t: t):
            node = checkpoint(block, x).grad_fn  # the result itself may go
    finally:
        sys.setprofile(profile)
    assert torch.utils.checkpoint.__file__ not in files, (
        "that is torch.utils.checkpoint: write it by hand"
    )
    assert node is not None, "the result has no gradient"
    saved |= reachable()
    return sum(saved[place] for place in saved.keys() - before.keys())


def check_changed(checkpoint):
    """Change the input in place before backward."""
    x = torch.randn(16, 8, dtype=torch.float64, requires_grad=True)
    block, inner = Block(0.0), 1 * x
    (due,) = torch.autograd.grad(block(x).sum(), x)
    loss = checkpoint(block, inner).sum()
    inner.detach().mul_(2)
    try:
        loss.backward()
    except RuntimeError:
        return  # refused
    assert torch.allclose(x.grad, due), (
        "an input was changed in place before backward, and the gradient is "
        "wrong without an error: keep inputs with ctx.save_for_backward"
    )


def run(call, block, x, *rest, layer=None, twice=False, two=False):
    """Loss, gradients, and the random number that comes after them."""
    torch.manual_seed(1)
    torch.rand(1)  # so that seeding alone does not bring the state back
    x = x.detach().clone().requires_grad_()
    named, hidden = {"x": x, **dict(block.named_parameters())}, x
    if layer is not None:  # so that the argument is no leaf
        named |= layer.named_parameters(prefix="layer before")
        hidden = layer(x).tanh()
    rest = (hidden.sigmoid(),) if two else rest
    out = call(block, hidden, *rest)
    if twice:
        out = call(lambda *inputs: 2 * block(*inputs), out, *rest)
    assert out.requires_grad, "the result has no gradient"
    loss = (out * hidden).square().sum()
    for t in named.values():
        t.grad = None
    try:
        loss.backward()
    except RuntimeError as error:
        assert "does not require grad" not in str(error), (
            "nothing was recorded: recompute under torch.enable_grad()"
        )
        assert "a second time" not in str(error), (
            "backward runs on into the graph before the block: detach inputs"
        )
        raise
    gradients = {name: t.grad for name, t in named.items()}
    return loss.detach(), gradients, torch.rand(1)


def judge(checkpoint):
    """Raise an AssertionError that says what is wrong, or print the checks."""
    torch.manual_seed(0)
    x = torch.randn(16, 8, dtype=torch.float64)
    more = kept(checkpoint)
    assert more == 0, (
        f"{more:,} numbers are kept beside the input itself (a copy counts)"
    )
    layer = nn.Linear(8, 8).double()
    mask = (torch.rand(16, 8) > 0.3).double()
    cases = [
        ("one call", (x,), 0.0, {}),
        ("an argument that is no leaf", (x,), 0.0, {"layer": layer}),
        ("with dropout", (x,), 0.5, {}),
        ("a mask as second input", (x, mask), 0.0, {}),
        ("two inputs of one layer", (x,), 0.0, {"layer": layer, "two": True}),
        ("two calls in a row", (x,), 0.5, {"layer": layer, "twice": True}),
    ]
    for what, inputs, dropout, settings in cases:
        block = Block(dropout)
        due = run(lambda f, *a: f(*a), block, *inputs, **settings)
        block.calls = 0
        try:
            real = run(checkpoint, block, *inputs, **settings)
        except (AttributeError, RuntimeError, TypeError) as error:
            raise AssertionError(f"{what}: {error}") from error
        assert torch.allclose(real[0], due[0]), f"{what}: wrong result"
        hint = "detach each input, return a gradient for each, use grad_output"
        if dropout:
            hint = "draw the same random numbers when you recompute"
        if settings.get("twice"):
            hint = (
                "each call keeps its own function, inputs and random state; "
                "gradients of parameters add up"
            )
        for name, b in due[1].items():
            a = real[1][name]
            assert a is not None, (
                f"{what}: {name} has no gradient: call backward() on the new "
                "result, for inputs and parameters"
            )
            text = f"{what}: wrong gradient of {name}: {hint}"
            assert torch.allclose(a, b), text
        assert torch.equal(real[2], due[2]), (
            f"{what}: after backward() come other random numbers than after "
            "the plain call: put the generator back"
        )
        calls = 4 if settings.get("twice") else 2
        assert block.calls == calls, (
            f"{what}: {block.calls} calls instead of {calls}"
        )
    check_changed(checkpoint)
    print(f"accepted: {len(cases) + 2} checks")
