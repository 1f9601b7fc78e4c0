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

    def forward(self, x, mask=None, scale=1.0):
        self.calls += 1
        x = x if mask is None else x * mask
        return x + scale * self.net(x)


def judge(checkpoint):
    """Raise an AssertionError that says what is wrong, or print the checks."""
    checks = 0

    def run(call, block, x, *rest, layer=None, twice=False, both=False):
        """Loss, gradients, and the random number that comes after them."""
        torch.manual_seed(1)
        x = x.detach().clone().requires_grad_()
        named = {"x": x}
        named |= block.named_parameters()
        hidden = x
        if layer is not None:  # so that the argument is no leaf
            named |= layer.named_parameters(prefix="layer before")
            hidden = layer(x).tanh()
        rest = (hidden,) if both else rest
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
                "nothing was recorded in backward, where gradients are off: "
                "recompute under torch.enable_grad()"
            )
            assert "a second time" not in str(error), (
                "the backward of the block runs on into the graph before it: "
                "detach each tensor among the arguments"
            )
            raise AssertionError(f"backward raises: {error}") from error
        gradients = {name: t.grad for name, t in named.items()}
        return loss.detach(), gradients, torch.rand(1)

    def check(what, *arguments, dropout=0.0, **settings):
        nonlocal checks
        torch.manual_seed(0)
        block = Block(dropout)
        due = run(lambda f, *a: f(*a), block, *arguments, **settings)
        block.calls = 0
        real = run(checkpoint, block, *arguments, **settings)
        assert torch.allclose(real[0], due[0]), f"{what}: wrong result"
        for name, b in due[1].items():
            a = real[1][name]
            assert a is not None, (
                f"{what}: {name} has no gradient: recompute, then call "
                "backward() on the new result, for inputs and parameters"
            )
            hint = (
                ": detach the inputs before you recompute, and give "
                "grad_output to the inner backward"
            )
            if dropout:
                hint = ": draw the same random numbers when you recompute"
            assert torch.allclose(a, b), (
                f"{what}: wrong gradient of {name}{hint}"
            )
        assert torch.equal(real[2], due[2]), (
            f"{what}: what is drawn after backward has changed: put the "
            "generator back"
        )
        calls = 4 if settings.get("twice") else 2
        assert block.calls == calls, (
            f"{what}: {block.calls} calls instead of {calls}: one forward, "
            "and one in backward"
        )
        checks += 1

    torch.manual_seed(0)
    x = torch.randn(16, 8, dtype=torch.float64)
    block, kept = Block(0.0), []

    def pack(tensor):
        kept.append(tensor.numel())
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(pack, lambda t: t):
        checkpoint(block, x.clone().requires_grad_())
    assert sum(kept) <= x.numel(), (
        f"{sum(kept):,} numbers are kept for backward, the input has "
        f"{x.numel()}: keep the inputs alone"
    )
    with torch.no_grad():
        out = checkpoint(block, x)
    assert torch.equal(out, block(x)), "wrong under no_grad"

    layer = nn.Linear(8, 8).double()
    mask = (torch.rand(16, 8) > 0.3).double()
    check("one call", x)
    check("an argument that is no leaf", x, layer=layer)
    check("with dropout", x, dropout=0.5)
    check("a mask and a number as arguments", x, mask, 0.5)
    check("None as an argument", x, None, 0.5)
    check("two arguments of one layer", x, layer=layer, both=True)
    check("two calls in a row", x, dropout=0.5, layer=layer, twice=True)
    frozen = Block(0.0).requires_grad_(False)
    due = run(lambda f, *a: f(*a), frozen, x)[1]
    real = run(checkpoint, frozen, x)[1]
    assert torch.allclose(real["x"], due["x"]), (
        "frozen parameters: wrong gradient"
    )
    print(f"accepted: {checks + 3} checks")
