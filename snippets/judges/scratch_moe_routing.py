"""Judge of a mixture of experts: compares with a loop over tokens."""

import torch
from torch import nn


def close(a, b):
    """Whether both are equal but for rounding."""
    return torch.allclose(a, b, atol=1e-5)


def expected(model, x, k, norm):
    """Return the output, the loss and the rows per expert; x is (T, D)."""
    probs = model.router(x).softmax(1)
    top = probs.detach().argsort(dim=1, descending=True)[:, :k]
    rows = top.flatten().bincount(minlength=len(model.experts))
    output = []
    for token, p, chosen in zip(x, probs, top, strict=True):
        total = p[chosen].sum() if norm else 1.0
        parts = [p[e] / total * model.experts[e](token) for e in chosen]
        output.append(sum(parts))
    shares = rows / top.numel()
    return torch.stack(output), len(rows) * (shares * probs.mean(0)).sum(), rows


def judge(MoE):
    """Raise an AssertionError that says what is wrong, or print the checks."""
    torch.manual_seed(0)
    checks = 0
    for shape, e, k in (
        ((1, 6), 4, 1),
        ((2, 6), 4, 2),
        ((1, 5), 3, 3),  # all experts: a dense mixture
        ((1, 2), 5, 2),  # at least one expert without tokens
        ((3, 4), 4, 2),
    ):
        what = f"B={shape[0]}, L={shape[1]}, E={e}, k={k}"
        experts = [nn.Sequential(nn.Linear(6, 6), nn.Tanh()) for _ in range(e)]
        model = MoE(6, experts, k)
        assert isinstance(getattr(model, "experts", None), nn.ModuleList), (
            "keep `experts` as nn.ModuleList, or their parameters are missing"
        )
        x = torch.randn(*shape, 6).requires_grad_()
        seen, calls = [0] * e, [0] * e

        def count(expert, given, seen=seen, calls=calls, model=model):
            index = [*model.experts].index(expert)
            seen[index] += given[0].shape[:-1].numel()
            calls[index] += 1

        hooks = [m.register_forward_pre_hook(count) for m in model.experts]
        result = model(x)
        for hook in hooks:
            hook.remove()
        assert isinstance(result, tuple) and len(result) == 2, (
            f"{what}: return the output and the loss"
        )
        output, loss = result
        right, right_loss, rows = expected(model, x.flatten(0, 1), k, k > 1)
        right = right.view_as(x)
        assert output.shape == x.shape and output.dtype == x.dtype, (
            f"{what}: output of shape {tuple(output.shape)}, {output.dtype}"
        )
        for i, (real, due) in enumerate(zip(seen, rows.tolist(), strict=True)):
            assert real == due, (
                f"{what}: expert {i} was given {real} rows, not {due}: the "
                "tokens that chose it"
            )
        assert max(calls) == 1, (
            f"{what}: an expert was called {max(calls)} times: give it its "
            "tokens as one batch"
        )
        other = expected(model, x.flatten(0, 1), k, k == 1)[0]
        assert k == e or not close(output, other.view_as(x)), (
            f"{what}: divide the weights by their sum over the k chosen"
            if k > 1
            else f"{what}: a weight of 1: the router gets no gradient; for "
            "k=1 keep the probability"
        )
        pairs = zip(output.flatten(0, 1), right.flatten(0, 1), strict=True)
        for t, (a, b) in enumerate(pairs):
            assert close(a, b), (
                f"{what}: wrong output of token {t}: add up weight times "
                "expert over its k choices"
            )
        assert loss.shape == (), f"{what}: the loss is no scalar"
        assert loss.requires_grad, (
            f"{what}: the loss has no gradient: counts have none, means of "
            "probabilities do"
        )
        assert not close(loss * e, right_loss), (
            f"{what}: the loss lacks the factor E, which makes it 1 if even"
        )
        assert close(loss, right_loss), (
            f"{what}: loss {loss:.4f}, not {right_loss:.4f}: E times the sum "
            "of shares of choices times mean probabilities"
        )
        factor = torch.randn_like(x)
        inputs = {"the router's weight": model.router.weight, "x": x}
        real, due = (
            torch.autograd.grad(y, [*inputs.values()], materialize_grads=True)
            for y in (
                (output * factor).sum() + loss,
                (right * factor).sum() + right_loss,
            )
        )
        for name, a, b in zip(inputs, real, due, strict=True):
            assert close(a, b), f"{what}: wrong gradient of {name}"
        checks += 1
    half = MoE(6, [nn.Linear(6, 6) for _ in range(3)], 2).bfloat16()
    try:
        output = half(torch.randn(2, 4, 6).bfloat16())[0]
    except RuntimeError as error:
        raise AssertionError(f"a layer in bfloat16: {error}") from error
    assert output.dtype == torch.bfloat16, f"{output.dtype} from bfloat16"
    print(f"accepted: {checks + 1} checks")
