"""Judge of LoRA: compares with a linear layer of the merged weight."""

import torch
import torch.nn.functional as F
from torch import nn


def judge(add_lora):
    """Raise an AssertionError that says what is wrong, or print the checks."""
    torch.manual_seed(0)
    model = nn.ModuleDict({"q": nn.Linear(8, 6), "kq": nn.Linear(8, 6)})
    v, norm = nn.Linear(8, 6, bias=False), nn.ModuleDict({"q": nn.LayerNorm(8)})
    model["deep"] = nn.ModuleDict({"v": v, "norm": norm})
    base, start = model.double().q, model.q.weight.detach().clone()
    x = torch.randn(2, 3, 8, dtype=torch.float64)
    add_lora(model, ("q", "v"), r=4, alpha=6)

    layer, deep = model.q, model.deep.v
    assert layer is not base, "the layer named q is not replaced"
    assert type(deep) is type(layer), "the layer named deep.v is not replaced"
    assert type(norm.q) is nn.LayerNorm, "norm.q is replaced: it isn't linear"
    assert type(model.kq) is nn.Linear, "kq is replaced: its name is not q"
    assert model.training, "add_lora switches to evaluation"
    for name in ("lora_A", "lora_B"):
        assert isinstance(getattr(layer, name, None), nn.Parameter), (
            f"the layer has no parameter {name}"
        )
    shapes = tuple(layer.lora_A.shape), tuple(layer.lora_B.shape)
    assert shapes == ((4, 8), (6, 4)), f"A and B have the shapes {shapes}"
    given = dict(model.named_parameters(remove_duplicate=False))
    assert "q.base.weight" in given, "`base` is no submodule: no state_dict"
    trained = {n for n, p in given.items() if p.requires_grad}
    due = {f"{n}.lora_{ab}" for n in ("q", "deep.v") for ab in "AB"}
    assert trained >= due, (
        "A and B are frozen: freeze the model first, then add adapters"
    )
    assert trained == due, f"{sorted(trained - due)} are trained: freeze all"
    assert layer.lora_A.dtype == layer.lora_B.dtype == torch.float64, (
        f"A is {layer.lora_A.dtype}, B {layer.lora_B.dtype}, the base float64"
    )
    pairs = ((layer, base), (deep, v))
    assert all(torch.allclose(ours(x), theirs(x)) for ours, theirs in pairs), (
        "the layer does not begin as the base, with its bias: B is zero"
    )
    assert not layer.lora_B.any(), "B does not begin with zeros, A does"
    layer(x).square().sum().backward()
    assert layer.lora_B.grad.any(), (
        "A and B are zero: each gets its gradient through the other, so "
        "neither ever changes"
    )
    assert torch.linalg.matrix_rank(layer.lora_A) == 4, (
        "A begins at random: from equal rows, its rows stay equal"
    )
    assert not torch.equal(layer.lora_A, deep.lora_A), (
        "A begins at random, but is the same in two layers"
    )
    checks = 17

    nn.init.normal_(layer.lora_A)
    nn.init.normal_(layer.lora_B)
    product = layer.lora_B.detach() @ layer.lora_A.detach()
    ours = x.clone().requires_grad_(), layer.lora_A, layer.lora_B
    theirs = [t.detach().clone().requires_grad_() for t in ours]
    layer.zero_grad()
    real = layer(ours[0])
    expected = F.linear(
        theirs[0], start + 1.5 * theirs[2] @ theirs[1], base.bias
    )
    unscaled = base(x) + F.linear(x, product)
    assert not torch.allclose(real, unscaled), "alpha / r, here 1.5, is missing"
    assert torch.allclose(real, expected), (
        "the output is not base(x) + alpha / r * x Aᵀ Bᵀ"
    )
    real.sin().sum().backward()
    expected.sin().sum().backward()
    hint = (
        ": gradients go through A, and through the base, of which the weight "
        "alone is frozen"
    )
    for name, a, b in zip(("x", "A", "B"), ours, theirs, strict=True):
        same = a.grad is not None and torch.allclose(a.grad, b.grad)
        assert same, f"wrong gradient of {name}{hint * (name == 'x')}"
    assert torch.allclose(layer(x[0, 0]), expected[0, 0]), (
        "wrong for an x of shape (in,)"
    )
    checks += 6
    nn.init.normal_(deep.lora_B)
    beside = deep(x)

    for times in ("", " the second time"):
        layer.merge()
        assert torch.allclose(base.weight, start + 1.5 * product, 1e-9), (
            f"merge(){times}: the weight is not W + alpha / r * B A"
        )
        assert torch.allclose(layer(x), expected), (
            f"merge(){times}: the output changes; B A may be counted twice"
        )
        assert torch.allclose(deep(x), beside), (
            "merge() of one layer changes another: each has its own flag"
        )
    assert not base.weight.requires_grad, "merge() makes the weight trainable"
    for times in ("", " the second time"):
        layer.merge(False)
        assert torch.allclose(base.weight, start), (
            f"merge(False){times}: the weight is not W again"
        )
        assert torch.allclose(layer(x), expected), "wrong after merge(False)"
    layer.lora_B.data.neg_()  # trained on
    layer.merge()
    assert torch.allclose(base.weight, start - 1.5 * product), (
        "B has changed since the first merge(), and the second adds the old B A"
    )
    alone = type(layer)(nn.Linear(8, 6), r=2, alpha=8)
    shapes = tuple(alone.lora_A.shape), tuple(alone.lora_B.shape)
    assert shapes == ((2, 8), (6, 2)), f"r=2: A and B of the shapes {shapes}"
    assert not any(p.requires_grad for p in alone.base.parameters()), (
        "LoRALinear by itself leaves its base trainable"
    )
    nn.init.normal_(alone.lora_B)
    y = torch.randn(64, 8)
    assert torch.equal(alone(y), alone(y)), "LoRALinear: dropout is not 0"
    checks += 15

    parts = nn.ModuleDict({"q": nn.Linear(8, 6)})
    add_lora(parts, ("q",), r=4, alpha=8, dropout=0.25)
    nn.init.normal_(parts.q.lora_B)
    base = parts.q.base
    assert not torch.equal(parts.q(y), parts.q(y)), "no dropout in training"
    assert torch.allclose(parts.q(0 * y), base(0 * y)), (
        "wrong for x = 0: dropout is for the x that A gets"
    )
    start, kept = base.weight.clone(), y.clone()
    parts.q(y)
    assert torch.equal(y, kept), "the input is changed in place"
    parts.q.merge()  # in training
    due = start + 2 * parts.q.lora_B @ parts.q.lora_A
    assert torch.allclose(base.weight, due, atol=1e-5), (
        "merge() in training: dropout is for x, not for B A"
    )
    parts.q.merge(False)
    parts.q.lora_A.data.fill_(1)  # so A gives the sum of its x, r times
    parts.q.lora_B.data.copy_(torch.eye(6, 4)[[0, 0, 0, 1, 1, 1]])
    added = parts.q(y := torch.ones(64, 8)) - base(y)
    assert torch.allclose(added, added[:, :1].expand(-1, 6), atol=1e-5), (
        "dropout is for the x that A gets, not for what A or B makes of it"
    )
    kept = added.detach() / (2 / 0.75)  # of 8 numbers, of each row of x
    counts = torch.allclose(kept, kept.round(), atol=1e-4) and kept.max() < 9
    assert counts, "dropout=0.25 drops a quarter and divides the rest by 0.75"
    assert torch.equal(parts.eval().q(y), parts.q(y)), "dropout in evaluation"
    print(f"accepted: {checks + 7} checks")
