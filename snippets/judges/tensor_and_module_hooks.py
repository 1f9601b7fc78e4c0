"""Judge of hooks: compares with the same network, layer by layer."""

from collections import OrderedDict

import torch
from torch import nn

NAMES = ["first", "block.second", "last"]


def judge(watch):
    """Raise an AssertionError that says what is wrong, or print the checks."""
    torch.manual_seed(0)
    block = OrderedDict(second=nn.Linear(8, 8), act=nn.Tanh())
    parts = {"first": nn.Linear(4, 8), "relu": nn.ReLU(inplace=True)}
    parts |= {"block": nn.Sequential(block), "last": nn.Linear(8, 3)}
    net, x = nn.Sequential(OrderedDict(parts)), torch.randn(5, 4)
    a = net.first(x)
    b = net.block.second(a.relu())  # a copy: a stays as it is
    right = dict(zip(NAMES, (a, b, net.last(b.tanh())), strict=True))
    for output in right.values():
        output.retain_grad()
    right["last"].square().sum().backward()
    weight_grads = [p.grad for p in net.parameters()]
    net.zero_grad()

    other = net.first.register_forward_hook(lambda *_: None)
    with watch(net, NAMES) as (outputs, gradients):
        try:
            result = net(x)
        except RuntimeError as e:
            raise AssertionError(f"a hook breaks the forward pass: {e}") from e
        assert result.grad_fn is not None, (
            "the network's output has lost its graph: what a forward hook "
            "returns replaces the output; return None"
        )
        assert torch.equal(result, right["last"]), "watching changes the output"
        assert set(outputs) == set(NAMES), (
            f"outputs has the keys {list(outputs)}, not {NAMES}: does "
            "each hook have a name of its own?"
        )
        for name, output in outputs.items():
            assert not output.requires_grad, (
                f"outputs['{name}'] keeps the graph alive: detach it"
            )
            assert not torch.equal(output, right[name].relu()), (
                f"outputs['{name}'] has changed since: the ReLU behind the "
                "layer works in place, so keep a copy"
            )
            assert torch.equal(output, right[name]), f"outputs['{name}']: wrong"
        result.square().sum().backward()
        for name in NAMES:
            assert name in gradients, f"gradients['{name}'] is missing"
            same = torch.allclose(gradients[name], right[name].grad)
            assert same, (
                f"gradients['{name}'] is wrong: what a tensor hook returns "
                "replaces the gradient"
            )
        for p, grad in zip(net.parameters(), weight_grads, strict=True):
            assert torch.allclose(p.grad, grad), "a weight's gradient changes"
        try:
            torch.no_grad()(net)(-x)
        except RuntimeError as e:
            raise AssertionError(f"under no_grad: {e}") from e
        kept = outputs["last"].clone()
        assert not torch.equal(kept, right["last"]), "no record under no_grad"

    net(x)
    assert torch.equal(outputs["last"], kept), "after `with`, hooks still run"
    assert net.first._forward_hooks, "another hook is gone: remove your own"
    other.remove()
    for names, what in ((NAMES, "an error"), ([*NAMES, "no"], "a wrong name")):
        try:
            with watch(net, names):
                raise KeyError
        except (AttributeError, KeyError):
            left = [m for m in net.modules() if m._forward_hooks]
            assert not left, f"{what} leaves hooks: try, finally"
        else:
            raise AssertionError("an error in `with` is hidden")
    print("accepted: 14 checks")
