"""Judge of the KV cache: compares cached with uncached attention."""

import torch
import torch.nn.functional as F


def uncached(model, x, positions, mask):
    """What the layer gives for whole sequences, from its weights."""
    q, k, v = (
        t.unflatten(-1, (4, -1)).transpose(1, 2)
        for t in model.qkv(x + model.position(positions)).chunk(3, dim=-1)
    )
    out = F.scaled_dot_product_attention(q, k, v, mask)
    return model.out(out.transpose(1, 2).flatten(-2))


@torch.no_grad()
def judge(CausalSelfAttention):
    """Raise an AssertionError that says what is wrong, or print the checks."""
    torch.manual_seed(0)
    model = CausalSelfAttention(32, 4, 16).double()
    x = torch.randn(2, 9, 32, dtype=torch.float64)
    order, causal = torch.arange(9), torch.ones(9, 9, dtype=torch.bool).tril()
    expected = uncached(model, x, order, causal)
    checks = 0

    def close(real, due):
        return torch.allclose(real, due, atol=1e-5)

    def run(sizes, name):
        """Feed x in pieces; compare each output, and the cache behind it."""
        nonlocal checks
        cache, start = x.new_zeros(2, 2, 4, 16, 8), 0
        for size in sizes:
            end = start + size
            before = cache.clone()
            real = model(x[:, start:end], cache, start)
            due = expected[:, start:end]
            case = f"{name}, tokens {start} to {end - 1}:"
            assert isinstance(real, torch.Tensor) and real.shape == due.shape, (
                f"{case} the output is not a tensor of shape {tuple(due.shape)}"
            )
            assert torch.equal(
                cache[:, :, :, :start], before[:, :, :, :start]
            ), f"{case} earlier keys and values in the cache have changed"
            assert cache[:, :, :, start:end].any(-1).all(), (
                f"{case} no keys and values at the slots {start} to {end - 1}: "
                "write both in place, from `past` on"
            )
            assert not cache[:, :, :, end:].any(), (
                f"{case} something stands in the cache behind slot {end - 1}"
            )
            if start and not close(real, due):
                explain(case, real, start, end)
            assert close(real, due), (
                f"{case} the output is wrong: look at positions and mask"
            )
            start, checks = end, checks + 1

    def explain(case, real, start, end):
        """Raise if the output is that of a usual bug."""
        restarted = torch.cat([order[:start], order[: end - start]])
        bugs = {
            "positions begin at 0 instead of `past`": (
                restarted,
                causal[:end, :end],
            ),
            "a new token sees later tokens of its chunk": (
                order[:end],
                causal[:end, :end] | (order[:end] >= start),
            ),
            "the triangle starts at the first key: new token i sees the "
            "keys 0 to past + i": (
                order[:end],
                torch.cat([causal[:start, :end], causal[: end - start, :end]]),
            ),
        }
        for bug, (positions, mask) in bugs.items():
            wrong = uncached(model, x[:, :end], positions, mask)[:, start:]
            assert not close(real, wrong), f"{case} {bug}"

    later = torch.cat([x[:, :1], -x[:, 1:]], dim=1)
    assert close(model(x)[:, 0], model(later)[:, 0]), (
        "without a cache: output 0 depends on a later token"
    )
    assert close(model(x), expected), "without a cache: wrong values"
    run([9], "whole sequence")
    run([5, 1, 1, 1, 1], "a prompt, then tokens")
    run([1] * 9, "token by token")
    run([4, 3, 2], "in chunks")
    print(f"accepted: {checks + 2} checks")
