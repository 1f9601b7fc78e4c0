"""Judge of LoRA: compares with a linear layer of the merged weight."""

import torch
import torch.nn.functional as F
from torch import nn


def judge(LoRALinear):
    """Raise an AssertionError that says what is wrong, or print the checks."""
    torch.manual_seed(0)
    base = nn.Linear(8, 6).double()
    weight = base.weight
    original = weight.detach().clone()
    layer = LoRALinear(base, r=4, alpha=8)
    x = torch.randn(2, 3, 8, dtype=torch.float64)

    assert layer.lora_A.shape == (4, 8), (
        f"lora_A is {tuple(layer.lora_A.shape)}"
    )
    assert layer.lora_B.shape == (6, 4), (
        f"lora_B is {tuple(layer.lora_B.shape)}"
    )
    assert layer.base is base, "base is not the layer that was passed in"
    trained = {n for n, p in layer.named_parameters() if p.requires_grad}
    assert trained == {"lora_A", "lora_B"}, (
        f"{sorted(trained)} are trained: freeze the base, its bias too"
    )
    kinds = {layer.lora_A.dtype, layer.lora_B.dtype}
    assert kinds == {torch.float64}, f"A and B are {kinds}, the base float64"
    assert torch.equal(base.weight, original), "__init__ changes the base"
    assert torch.allclose(layer(x), base(x)), (
        "the layer does not begin as the base: B begins with zeros"
    )
    assert not layer.lora_B.any(), "B does not begin with zeros, A does"
    layer(x).square().sum().backward()
    assert layer.lora_B.grad.any(), (
        "A and B are zero: each gets its gradient through the other, so "
        "neither ever changes"
    )
    rows = layer.lora_A.detach().std(dim=1)
    assert rows.min() > 0, "A is constant: it has to begin at random"
    checks = 9

    nn.init.normal_(layer.lora_A)
    nn.init.normal_(layer.lora_B)
    product = layer.lora_B.detach() @ layer.lora_A.detach()
    with torch.no_grad():
        change, unscaled = layer(x) - base(x), F.linear(x, product)
    factor = ((change * unscaled).sum() / unscaled.square().sum()).item()
    assert torch.allclose(change, factor * unscaled), (
        "the output is not base(x) + factor * x Aᵀ Bᵀ"
    )
    assert abs(factor - 2) < 1e-6, (
        f"for r = 4 and alpha = 8 the low-rank part is multiplied by "
        f"{factor:.2f}, not by alpha / r = 2"
    )
    names = "x", "lora_A", "lora_B"
    ours = x.clone().requires_grad_(), layer.lora_A, layer.lora_B
    theirs = [t.detach().clone().requires_grad_() for t in ours]
    layer.zero_grad()
    layer(ours[0]).sin().sum().backward()
    z, a, b = theirs
    expected = F.linear(z, original + 2 * b @ a, base.bias)
    expected.sin().sum().backward()
    for name, real, due in zip(names, ours, theirs, strict=True):
        assert real.grad is not None, f"{name} has no gradient"
        hint = ": frozen is the weight alone, gradients go through the base"
        assert torch.allclose(real.grad, due.grad), (
            f"wrong gradient of {name}{hint * (name == 'x')}"
        )
    assert base.weight.grad is None, "the base has got a gradient"
    checks += 6

    merged = layer.merge()
    assert merged is base, "merge() returns the base, with the change added"
    assert base.weight is weight and not weight.requires_grad, (
        "merge() changes the frozen weight in place, and makes no new one"
    )
    unscaled = torch.allclose(weight, original + product)
    assert not unscaled, "merge() adds B A without its factor, alpha / r"
    assert torch.allclose(weight, original + 2 * product), (
        "the merged weight is not W + alpha / r * B A"
    )
    assert torch.allclose(merged(x), expected), "wrong output after merge()"
    checks += 4

    plain = LoRALinear(nn.Linear(8, 6, bias=False), r=1, alpha=1)
    assert plain(x.float()).shape == (2, 3, 6), "wrong for a base without bias"
    print(f"accepted: {checks + 1} checks")
