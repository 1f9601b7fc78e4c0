"""Judge of hooks: compares with the same network, layer by layer."""

import gc
import weakref
from collections import OrderedDict

import torch
from torch import nn
from torch.nn.modules import module as everywhere

NAMES = ["first", "block.second", "last"]


def check_left(net, when):
    """Nothing of `watch` is left on the network."""
    left = [m for m in net.modules() if m._forward_hooks]
    assert not left and not everywhere._global_forward_hooks, (
        f"{when} leaves hooks: remove each handle in `finally`"
    )
    own = [m.forward == type(m).forward.__get__(m) for m in net.modules()]
    assert all(own), f"{when} leaves a forward that is not the module's"


def check_graph(watch, net, x):
    """A graph is freed while `watch` goes on."""
    made = []
    handle = net.last.register_forward_hook(
        lambda module, args, output: made.append(weakref.ref(output))
    )
    with watch(net, NAMES) as (outputs, gradients):
        assert not outputs and not gradients, (
            "a second `watch` begins with the results of the first"
        )
        net(x)
        handle.remove()
        gc.collect()
        assert made[0]() is None, "an output stays in memory with its graph"


def judge(watch):
    """Raise an AssertionError that says what is wrong, or print the checks."""
    torch.manual_seed(0)
    block = OrderedDict(second=nn.Linear(8, 8), last=nn.Tanh())
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

    try:
        with watch(net, NAMES):
            pass
    except Exception as e:
        kind = type(e).__name__
        raise AssertionError(f"watch(net, {NAMES}): {kind}: {e}") from e
    other = net.first.register_forward_hook(lambda *_: None)
    with watch(net, NAMES) as (outputs, gradients):
        try:
            result = net(x)
        except RuntimeError as e:
            raise AssertionError(f"a hook breaks the forward pass: {e}") from e
        assert result.grad_fn is not None, (
            "the network's output has lost its graph: what a forward hook "
            "returns replaces the output; return None, and leave the grad mode"
        )
        assert torch.equal(result, right["last"]), "watching changes the output"
        assert set(outputs) == set(NAMES), (
            f"outputs has the keys {list(outputs)}, not {NAMES}: does "
            "each hook have a name of its own?"
        )
        for name, output in outputs.items():
            assert isinstance(output, torch.Tensor), (
                f"outputs['{name}'] is a {type(output).__name__}, not a tensor"
            )
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
            real, due = gradients[name], right[name].grad
            assert real.shape == due.shape, (
                f"gradients['{name}'] has the shape {tuple(real.shape)}, the "
                f"output {tuple(due.shape)}"
            )
            assert torch.allclose(real, due), (
                f"gradients['{name}'] is wrong: what a tensor hook returns "
                "replaces the gradient"
            )
        for p, grad in zip(net.parameters(), weight_grads, strict=True):
            assert torch.allclose(p.grad, grad), "a weight's gradient changes"
        (3 * net(x).square()).sum().backward()
        for name in NAMES:
            assert torch.allclose(gradients[name], 3 * right[name].grad), (
                f"gradients['{name}'] is not that of the last backward()"
            )
        try:
            with torch.no_grad():
                net(-x)
        except RuntimeError as e:
            raise AssertionError(f"under no_grad: {e}") from e
        kept = outputs["last"].clone()
        assert not torch.equal(kept, right["last"]), "no record under no_grad"

    assert set(outputs) == set(gradients) == set(NAMES), (
        "after `with`, the dicts have lost their entries"
    )
    assert net.training, "`watch` has put the network into eval mode"
    for p, grad in zip(net.parameters(), weight_grads, strict=True):
        same = p.grad is not None and torch.allclose(p.grad, 4 * grad)
        assert same, "after `with`, a weight's gradient has changed"
    net(x)
    assert torch.equal(outputs["last"], kept), "after `with`, hooks still run"
    assert net.first._forward_hooks, "another hook is gone: remove your own"
    other.remove()
    check_left(net, "`with`")
    check_graph(watch, net, x)
    with torch.no_grad(), watch(net, NAMES):
        assert not torch.is_grad_enabled(), "`watch` switches gradients on"
    try:
        with watch(net, NAMES):
            raise KeyError
    except KeyError:
        check_left(net, "an error")
    else:
        raise AssertionError("an error in `with` is hidden")
    try:
        with watch(net, [*NAMES, "no"]):
            pass
    except (AttributeError, KeyError, ValueError):
        check_left(net, "a wrong name")
    else:
        raise AssertionError("the network has no layer 'no': nothing raises")
    print("accepted: 23 checks")
