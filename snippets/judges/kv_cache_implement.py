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
    model = CausalSelfAttention(32, 4, 64).double()
    x = torch.randn(2, 9, 32, dtype=torch.float64)
    order, causal = torch.arange(9), torch.ones(9, 9, dtype=torch.bool).tril()
    expected = uncached(model, x, order, causal)
    checks = 0

    def close(real, due):
        return torch.allclose(real, due, atol=1e-10)

    def run(sizes, name):
        """Feed x in pieces; compare each output, and the cache behind it."""
        nonlocal checks
        cache, start = None, 0
        for size in sizes:
            end = start + size
            before = [t.clone() for t in cache or ()]
            given = cache
            real, cache = model(x[:, start:end], given)
            case = f"{name}, up to {end}:"
            for kept in cache:
                assert kept.shape == (2, 4, end, 8), (
                    f"{case} the cache is {tuple(kept.shape)}, not "
                    f"{(2, 4, end, 8)}: append the new keys and values"
                )
                assert kept.dtype == x.dtype, f"a cache of {kept.dtype}"
            assert all(map(torch.equal, before, given or ())), (
                f"{case} the cache that was passed in has changed"
            )
            assert all(
                torch.equal(new[:, :, :start], old)
                for new, old in zip(cache, before, strict=False)
            ), f"{case} the old keys do not stand first in the cache"
            due = expected[:, start:end]
            assert real.shape == due.shape, f"{case} wrong shape of output"
            if start and not close(real, due):
                explain(case, real, start, end)
            assert close(real, due), (
                f"{case} the output is wrong: look at positions and mask"
            )
            start, checks = end, checks + 1
        return cache

    def explain(case, real, start, end):
        """Raise if the output is that of a usual bug."""
        restarted = torch.cat([order[:start], order[: end - start]])
        bugs = {
            "positions begin at 0 instead of the cache's length": (
                restarted,
                causal[:end, :end],
            ),
            "a new token sees later tokens of its piece": (
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

    first = model(x)[0]
    assert torch.equal(first, model(x)[0]), (
        "a second call without a cache differs: the layer keeps a state"
    )
    later = torch.cat([x[:, :1], -x[:, 1:]], dim=1)
    assert close(first[:, 0], model(later)[0][:, 0]), (
        "uncached: output 0 depends on a later token"
    )
    run([9], "whole sequence")
    run([5, 1, 1, 1, 1], "prompt of 5, then tokens")
    run([1] * 9, "token by token")
    run([4, 3, 2], "in pieces of 4, 3 and 2")

    _, cache = model(x[:, :5])
    one, behind = model(x[:, 5:6], cache)
    kept = [t.clone() for t in behind]
    two, _ = model(-x[:, 5:6], cache)
    assert close(one, expected[:, 5:6]) and not close(one, two), (
        "two continuations of one cache are wrong"
    )
    assert all(map(torch.equal, kept, behind)), (
        "a second continuation of a cache overwrites that of the first: they "
        "share memory"
    )
    print(f"accepted: {checks + 4} checks")
