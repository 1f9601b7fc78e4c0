"""The judge of the exercise on batch norm: it compares with nn.BatchNorm2d."""

import torch
from torch import nn
from torch.overrides import TorchFunctionMode


class Watched(TorchFunctionMode):
    """Sees every function of torch that is called, under any name."""

    def __torch_function__(self, func, types, args=(), kwargs=None):
        name = getattr(func, "__name__", "")
        assert "batch_norm" not in name, f"write it without torch's {name}"
        return func(*args, **(kwargs or {}))


def judge(BatchNorm2d):
    """Raise an AssertionError that says what is wrong; print the checks."""
    torch.manual_seed(0)
    layer, theirs = BatchNorm2d(3), nn.BatchNorm2d(3)
    parameters, state = dict(layer.named_parameters()), layer.state_dict()
    assert set(parameters) == {"weight", "bias"}, (
        f"the parameters are {sorted(parameters)}, not weight and bias"
    )
    for name in ("running_mean", "running_var"):
        assert name in state, (
            f"{name} is not in the state_dict: make it a buffer"
        )
    assert state.keys() == theirs.state_dict().keys(), (
        f"the state_dict has {sorted(state)}: nn.BatchNorm2d can't load it"
    )
    for name, start in theirs.state_dict().items():
        real = state[name]
        same = real.dtype == start.dtype and torch.equal(real, start)
        assert same, f"{name} starts as {real.tolist()} of {real.dtype}"
    try:
        layer(torch.ones(1, 3, 1, 1))
    except ValueError:
        checks = 4
    else:
        raise AssertionError("one value per channel: raise a ValueError")
    state = layer.state_dict()
    for name in ("running_mean", "running_var"):
        assert torch.equal(state[name], theirs.state_dict()[name]), (
            f"{name} has changed before the ValueError"
        )

    x = torch.randn(2, 3, 2, 2) * 3 + 2
    with Watched():
        real = layer(x.clone().requires_grad_())
    expected = theirs(x)
    assert isinstance(real, torch.Tensor), f"a {type(real).__name__} returned"
    assert real.shape == x.shape, f"wrong shape: {tuple(real.shape)}"
    means = real.mean((0, 2, 3))
    assert means.abs().max() < 1e-4, (
        "in training a channel's mean over N, H and W is not 0"
    )
    variance = real.var((0, 2, 3), correction=0).mean().item()
    assert abs(variance - 1) < 1e-3, (
        f"in training a channel's variance is {variance:.3f}, not 1"
        + ": divide by n, not n - 1" * (abs(variance - 7 / 8) < 1e-3)
    )
    assert torch.allclose(real, expected, atol=1e-5), (
        "wrong values in training: one mean and variance per channel, and "
        "eps=1e-5 by default"
    )
    kept = (layer.running_mean, layer.running_var)
    assert not any(t.requires_grad for t in kept), (
        "the running statistics are part of the graph: detach what they take up"
    )
    real, mean = layer.running_mean, x.mean((0, 2, 3))
    assert not torch.allclose(real, 0.9 * mean, atol=1e-3), (
        "momentum is the weight of the new value: 0.9 * old + 0.1 * new"
    )
    assert torch.allclose(real, 0.1 * mean, atol=1e-5), (
        "wrong running_mean after one step"
    )
    biased = 0.9 + 0.1 * x.var((0, 2, 3), correction=0)
    assert not torch.allclose(layer.running_var, biased, atol=1e-5), (
        "running_var takes up the unbiased variance, over n - 1"
    )
    assert torch.allclose(layer.running_var, theirs.running_var, atol=1e-5), (
        "wrong running_var after one step"
    )
    mean, kept = layer.running_mean.clone(), x.clone()
    with torch.no_grad():
        layer(x)
    assert torch.equal(x, kept), "x is changed in place"
    assert not torch.equal(layer.running_mean, mean), (
        "no_grad is not eval(): in training the statistics move under it, too"
    )
    assert torch.equal(BatchNorm2d(3).running_mean, torch.zeros(3)), (
        "a second layer starts with the statistics of the first"
    )
    checks += 7

    layer, theirs = (
        made(5, eps=0.1, momentum=0.3).double()
        for made in (BatchNorm2d, nn.BatchNorm2d)
    )
    for p, q in ((layer.weight, theirs.weight), (layer.bias, theirs.bias)):
        assert p.shape == q.shape, f"5 channels: shape {tuple(p.shape)}"
        nn.init.normal_(q)
        p.data.copy_(q.data)
    sizes = (4, 5, 4), (4, 1, 1), (1, 5, 4), (1, 1, 1), (1, 5, 4), (4, 5, 4)
    for step, (n, h, w) in enumerate(sizes):
        training = step in (0, 1, 4)
        layer.train(training)
        theirs.train(training)
        x = torch.randn(n, 5, w, h, dtype=torch.float64) * (step + 1) + step
        x = x.mT.requires_grad_()  # (n, 5, h, w), not contiguous
        mode = f"step {step + 1} ({'train' if training else 'eval'})"
        try:
            with Watched():
                real = layer(x)
            expected = theirs(x)
        except ValueError:
            raise AssertionError(f"{mode}: raises for {(n, 5, h, w)}") from None
        hint = ": is eps under the root, and are weight and bias per channel?"
        hint = hint if training else ": normalize with the running statistics"
        assert torch.allclose(real, expected, atol=1e-6), (
            f"{mode}: wrong values{hint}"
        )
        assert torch.allclose(real, expected, rtol=1e-9, atol=1e-9), (
            f"{mode}: x is float64, but something is computed in float32"
        )
        hint = "; each batch counts, here with a momentum of 0.3"
        hint = hint if training else ": evaluation should leave it as it is"
        for name in ("num_batches_tracked", "running_mean", "running_var"):
            a, b = getattr(layer, name), getattr(theirs, name)
            assert torch.allclose(a, b, atol=1e-6), (
                f"{mode}: wrong {name}{hint}"
            )
        hint = "; mean and variance depend on x too" if training else ""
        factor = torch.randn_like(x)
        pairs = (
            torch.autograd.grad((y * factor).sum(), [x, *m.parameters()])
            for y, m in ((real, layer), (expected, theirs))
        )
        for a, b in zip(*pairs, strict=True):
            assert torch.allclose(a, b, atol=1e-6), (
                f"{mode}: wrong gradient{hint}"
            )
        checks += 1
    x = torch.randn(2, 3, 8, 8) / 1_000
    assert torch.allclose(BatchNorm2d(3)(x), nn.BatchNorm2d(3)(x), atol=1e-4), (
        "wrong for a variance of 1e-6: eps is 1e-5 by default"
    )
    x = torch.randn(2, 3, 8, 8) + 10_000
    expected = nn.BatchNorm2d(3).double()(x.double()).float()
    assert torch.allclose(BatchNorm2d(3)(x), expected, atol=1e-2), (
        "wrong for a mean of 10,000: subtract the mean, then square"
    )
    print(f"accepted: {checks + 2} checks")
