"""Judge of activation checkpointing: compares with the plain call."""

import torch
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


def run(call, block, x, *rest, layer=None, twice=False, two=False):
    """Loss, gradients, and the random number that comes after them."""
    torch.manual_seed(1)
    x = x.detach().clone().requires_grad_()
    named, hidden = {"x": x, **dict(block.named_parameters())}, x
    if layer is not None:  # so that the argument is no leaf
        named |= layer.named_parameters(prefix="layer before")
        hidden = layer(x).tanh()
    rest = (hidden.sigmoid(),) if two else rest
    out = call(block, hidden, *rest)
    if twice:
        out = call(block, out, *rest)
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
        raise AssertionError(f"backward raises: {error}") from error
    gradients = {name: t.grad for name, t in named.items()}
    return loss.detach(), gradients, torch.rand(1)


def judge(checkpoint):
    """Raise an AssertionError that says what is wrong, or print the checks."""
    torch.manual_seed(0)
    x = torch.randn(16, 8, dtype=torch.float64)
    block, kept = Block(0.0), []

    def pack(tensor):
        kept.append(tensor.numel())
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(pack, lambda t: t):
        checkpoint(block, x.clone().requires_grad_())
    assert sum(kept) <= x.numel(), (
        f"{sum(kept):,} numbers are kept, not the input's {x.numel()} alone"
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
        real = run(checkpoint, block, *inputs, **settings)
        assert torch.allclose(real[0], due[0]), f"{what}: wrong result"
        hint = "detach each input, return a gradient for each, use grad_output"
        if dropout:
            hint = "draw the same random numbers when you recompute"
        for name, b in due[1].items():
            a = real[1][name]
            assert a is not None, (
                f"{what}: {name} has no gradient: call backward() on the new "
                "result, for inputs and parameters"
            )
            text = f"{what}: wrong gradient of {name}: {hint}"
            assert torch.allclose(a, b), text
        assert torch.equal(real[2], due[2]), f"{what}: put the generator back"
        calls = 4 if settings.get("twice") else 2
        assert block.calls == calls, (
            f"{what}: {block.calls} calls instead of {calls}"
        )
    print(f"accepted: {len(cases) + 1} checks")
