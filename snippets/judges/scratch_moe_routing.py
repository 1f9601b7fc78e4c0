"""Judge of a mixture of experts: compares with a loop over tokens."""

import torch
from torch import nn


class Counted(nn.Module):
    """An expert that notes how many rows each call brings."""

    def __init__(self, dim):
        super().__init__()
        self.layer, self.calls = nn.Linear(dim, dim), []

    def forward(self, x):
        self.calls.append(len(x))
        return self.layer(x)


def expected(x, router, experts, k, capacity, divide):
    """Return the output, the loss and the tokens per expert."""
    probs = router(x).softmax(1)
    top = probs.detach().argsort(dim=1, descending=True)[:, :k]
    output, rows = [], [0] * len(experts)
    for token, p, chosen in zip(x, probs, top, strict=True):
        total = p[chosen].sum() if divide else 1.0
        output.append(torch.zeros_like(token))
        for e in chosen.tolist():
            if capacity is None or rows[e] < capacity:
                rows[e] += 1
                output[-1] += p[e] / total * experts[e].layer(token)
    shares = top.flatten().bincount(minlength=len(experts)) / top.numel()
    loss = len(experts) * (shares * probs.mean(0)).sum()
    return torch.stack(output), loss, rows


def judge(moe):
    """Raise an AssertionError that says what is wrong, or print the checks."""
    torch.manual_seed(0)
    cases = (  # tokens, experts, k, capacity
        (6, 4, 1, None),
        (12, 4, 2, None),
        (5, 3, 3, None),
        (2, 5, 2, None),
        (12, 4, 2, 4),
        (1, 6, 2, None),
    )
    for tokens, e, k, capacity in cases:
        what = f"{tokens} tokens, {e} experts, k={k}"
        if capacity is not None:
            what += f", capacity {capacity}"
        x = torch.randn(tokens, 6, requires_grad=True)
        router = nn.Linear(6, e)
        router.bias.data.fill_(200)  # beyond the range of exp, and of no effect
        router.bias.data[-1] -= 9 * (tokens == 1)  # the last is not chosen
        experts = nn.ModuleList(Counted(6) for _ in range(e))
        inputs = x, router, experts, k, capacity
        kept = x.detach().clone()
        real = moe(*inputs[: 4 if capacity is None else 5])
        assert isinstance(real, tuple | list) and len(real) == 2, (
            f"{what}: returns {type(real)}, not the pair of output and loss"
        )
        output, loss = real
        assert torch.equal(x, kept), f"{what}: x is changed in place"
        right, right_loss, rows = expected(*inputs, k > 1)
        assert output.shape == x.shape, f"{what}: shape {tuple(output.shape)}"
        for i, (expert, due) in enumerate(zip(experts, rows, strict=True)):
            calls = expert.calls
            assert calls or due, (
                f"{what}: expert {i} has no tokens and was skipped: call it "
                "with (0, D), or its gradients are None"
            )
            assert calls == [due], (
                f"{what}: expert {i} was called with {calls} rows, not once "
                f"with the {due} tokens that it takes"
            )
        assert not output.isnan().any(), (
            f"{what}: nan for logits around 200: a softmax by hand subtracts "
            "the maximum"
        )
        other = expected(*inputs, k == 1)[0]
        assert k == e or not torch.allclose(output, other, atol=1e-5), (
            f"{what}: divide the weights by their sum over the k chosen"
            if k > 1
            else f"{what}: a weight of 1: the router gets no gradient; for "
            "k=1 keep the probability"
        )
        for t in range(tokens):
            assert torch.allclose(output[t], right[t], atol=1e-5), (
                f"{what}: wrong output of token {t}: add up weight times "
                "expert over its k choices"
            )
        assert isinstance(loss, torch.Tensor) and loss.shape == (), (
            f"{what}: the loss is {loss}, not a tensor of one number"
        )
        assert loss.requires_grad, (
            f"{what}: the loss has no gradient: counts have none, means of "
            "probabilities do"
        )
        assert torch.allclose(loss, right_loss), (
            f"{what}: loss {loss:.4f}, not {right_loss:.4f}: E times the sum "
            "of shares of choices times mean probabilities"
        )
        factor = torch.randn_like(x)
        leaves = {"the router's weight": router.weight, "x": x}
        leaves |= {f"experts.{n}": p for n, p in experts.named_parameters()}
        totals = (
            (output * factor).sum() + loss,
            (right * factor).sum() + right_loss,
        )
        given = [*leaves.values()]
        grads = (
            torch.autograd.grad(y, given, materialize_grads=True)
            for y in totals
        )
        for name, a, b in zip(leaves, *grads, strict=True):
            assert torch.allclose(a, b, atol=1e-5), (
                f"{what}: wrong gradient of {name}"
            )
    x = torch.stack([torch.randperm(6) / 2 for _ in range(4)])
    router = nn.Linear(6, 6, bias=False)
    nn.init.eye_(router.weight)
    experts = nn.ModuleList(Counted(6) for _ in range(6))
    right = expected(x, router, experts, 2, None, True)[0]
    try:
        output = moe(*(m.bfloat16() for m in (x, router, experts)), 2)[0]
    except RuntimeError as error:
        raise AssertionError(f"in bfloat16: {error}") from error
    assert output.dtype == torch.bfloat16, f"{output.dtype} from bfloat16"
    assert torch.allclose(output.float(), right, atol=0.05), (
        "wrong values in bfloat16"
    )
    print(f"accepted: {len(cases) + 1} checks")
