"""Judge of hooks: compares with the same network computed by hand."""

import torch
import torch.nn.functional as F
from torch import nn

NAMES = ["first", "block.second", "last"]


class Net(nn.Module):
    """Three layers, with a ReLU in place and a shortcut around the second."""

    def __init__(self):
        super().__init__()
        self.first, self.last = nn.Linear(4, 8), nn.Linear(8, 3)
        self.relu = nn.ReLU(inplace=True)
        self.block = nn.ModuleDict({"second": nn.Linear(8, 8)})

    def layers(self):
        return self.first, self.block["second"], self.last

    def forward(self, x):
        x = self.relu(self.first(x))
        return self.last(x + self.block["second"](x))


@torch.no_grad()
def by_hand(net, x):
    """Outputs, their gradients, and those of the weights for a loss of c²."""
    first, second, last = net.layers()
    a = F.linear(x, first.weight, first.bias)
    h = a.relu()
    b = F.linear(h, second.weight, second.bias)
    c = F.linear(h + b, last.weight, last.bias)
    to_c = 2 * c
    to_b = to_c @ last.weight
    to_a = (to_b + to_b @ second.weight) * (a > 0)
    weights = to_a.T @ x, to_b.T @ h, to_c.T @ (h + b)
    return (a, b, c), (to_a, to_b, to_c), weights


def judge(watch):
    """Raise an AssertionError that says what is wrong, or print the checks."""
    torch.manual_seed(0)
    net, x = Net(), torch.randn(5, 4)
    checks = 0

    def check(x):
        nonlocal checks
        due_outputs, due_gradients, weights = by_hand(net, x)
        net.zero_grad()
        try:
            result = net(x)
        except RuntimeError as e:
            raise AssertionError(f"a hook breaks the forward pass: {e}") from e
        assert result.grad_fn is not None, (
            "the network's output has lost its graph: what a forward hook "
            "returns replaces the output; return None"
        )
        same = torch.allclose(result, due_outputs[-1])
        assert same, "watching changes the output"
        assert set(outputs) == set(NAMES), (
            f"outputs has the keys {list(outputs)}, not {NAMES}: does "
            "each hook have a name of its own?"
        )
        for name, due in zip(NAMES, due_outputs, strict=True):
            real = outputs[name]
            assert not real.requires_grad, (
                f"outputs['{name}'] keeps the graph alive: detach it"
            )
            assert not torch.equal(real, due.relu()), (
                f"outputs['{name}'] has changed since: the ReLU behind the "
                "layer works in place, so keep a copy"
            )
            assert torch.allclose(real, due), f"outputs['{name}'] is wrong"
        result.square().sum().backward()
        for name, due in zip(NAMES, due_gradients, strict=True):
            real = gradients.get(name)
            assert real is not None, f"gradients['{name}'] is missing"
            assert torch.allclose(real, due, atol=1e-5), (
                f"gradients['{name}'] is wrong"
            )
        for layer, due in zip(net.layers(), weights, strict=True):
            assert torch.allclose(layer.weight.grad, due, atol=1e-5), (
                "watching changes the gradients of the weights"
            )
        checks += 4

    with watch(net, NAMES) as (outputs, gradients):
        check(x)
        check(x.flip(0) * 2)
        try:
            torch.no_grad()(net)(x)
        except RuntimeError as e:
            raise AssertionError(f"under no_grad: {e}") from e
        same = torch.allclose(outputs["last"], net(x))
        assert same, "wrong under no_grad"
    left = [m for m in net.modules() if m._forward_hooks or m._backward_hooks]
    assert not left, f"after the with block {len(left)} layers have hooks"
    kept = outputs["last"].clone()
    net(-x)
    assert torch.equal(outputs["last"], kept), "the hooks still run"
    try:
        with watch(net, NAMES):
            raise KeyError
    except KeyError:
        left = [m for m in net.modules() if m._forward_hooks]
        assert not left, "an error in the with block leaves hooks: try, finally"
    else:
        raise AssertionError("an error in the with block is hidden")
    print(f"accepted: {checks + 4} checks")
