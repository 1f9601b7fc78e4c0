"""Judge of a mixture of experts: compares with a loop over tokens."""

import torch
from torch import nn


class Expert(nn.Linear):
    """An expert that counts the rows it is given."""

    rows = 0

    def forward(self, x):
        self.rows += len(x)
        return super().forward(x).tanh()


def expected(x, logits, experts, k, capacity, first=True, norm=True):
    """Return the output, the loss and the rows per expert; (T, E) logits."""
    probs = logits.softmax(1)
    top = probs.detach().argsort(dim=1, descending=True)[:, :k]
    pairs = [(i, t) for i in range(k) for t in range(len(x))]
    rows, output = [0] * len(experts), torch.zeros_like(x)
    for i, t in pairs if first else sorted(pairs, key=lambda p: p[1]):
        e = top[t, i].item()
        if capacity is None or rows[e] < capacity:
            rows[e] += 1
            total = probs[t, top[t]].sum() if norm else 1.0
            y = nn.Linear.forward(experts[e], x[t]).tanh()
            output[t] = output[t] + probs[t, e] / total * y
    shares = top.flatten().bincount(minlength=len(experts)) / top.numel()
    return output, len(experts) * (shares * probs.mean(0)).sum(), rows


def judge(moe):
    """Raise an AssertionError that says what is wrong, or print the checks."""
    torch.manual_seed(0)
    checks = 0
    for tokens, e, k, capacity in (
        (6, 4, 1, None),
        (12, 4, 2, None),
        (5, 3, 3, None),  # all experts: a dense mixture
        (2, 5, 2, None),  # at least one expert without tokens
        (12, 4, 2, 5),
        (12, 4, 2, 2),
        (8, 3, 1, 1),
    ):
        what = f"T={tokens}, E={e}, k={k}, capacity={capacity}"
        experts = nn.ModuleList(Expert(3, 3) for _ in range(e)).double()
        x, logits = torch.randn(tokens, 3), torch.randn(tokens, e)
        x, logits = (t.double().requires_grad_() for t in (x, logits))
        given = x, logits, experts, k, capacity
        output, loss = moe(*given)
        right, right_loss, rows = expected(*given)
        assert output.shape == x.shape and output.dtype == x.dtype, (
            f"{what}: output of shape {tuple(output.shape)}, {output.dtype}"
        )
        for i, expert in enumerate(experts):
            assert expert.rows == rows[i], (
                f"{what}: expert {i} was given {expert.rows} rows, not "
                f"{rows[i]}: the tokens that chose it, up to the capacity"
            )
        other = expected(*given, norm=False)[0]
        assert k == e or not torch.allclose(output, other), (
            f"{what}: divide the weights by their sum over the k chosen"
        )
        other = expected(*given, first=False)[0]
        same = torch.allclose(other, right)
        assert same or not torch.allclose(output, other), (
            f"{what}: all first choices come before the second ones"
        )
        for t, (a, b) in enumerate(zip(output, right, strict=True)):
            assert torch.allclose(a, b), (
                f"{what}: wrong output of token {t}: add up weight times "
                "expert over those of its k choices that found a place; "
                "the weights stay"
            )
        assert loss.shape == (), f"{what}: the loss is no scalar"
        assert loss.requires_grad, (
            f"{what}: the loss has no gradient: counts have none, means of "
            "probabilities do"
        )
        assert not torch.allclose(loss * e, right_loss), (
            f"{what}: the loss lacks the factor E, which makes it 1 if even"
        )
        assert torch.allclose(loss, right_loss), (
            f"{what}: loss {loss:.4f}, not {right_loss:.4f}: shares of all "
            "T * k choices before the capacity, times mean probabilities"
        )
        assert output.requires_grad, f"{what}: the output has no gradient"
        factor = torch.randn_like(x)
        real, wanted = (
            torch.autograd.grad(y, (x, logits), materialize_grads=True)
            for y in (
                (output * factor).sum() + loss,
                (right * factor).sum() + right_loss,
            )
        )
        for name, a, b in zip(("x", "logits"), real, wanted, strict=True):
            assert torch.allclose(a, b), f"{what}: wrong gradient of {name}"
        checks += 1
    print(f"accepted: {checks} checks")
