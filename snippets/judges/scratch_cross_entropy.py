"""The judge of the exercise on cross-entropy: it compares with torch's own."""

import torch
import torch.nn.functional as F


def judge(cross_entropy):
    """Raise an AssertionError that says what is wrong; print the checks."""
    torch.manual_seed(0)
    checks = 0

    def call(logits, target, **options):
        try:
            return cross_entropy(logits, target, **options)
        except (IndexError, RuntimeError) as error:
            if (target >= 0).all():
                raise
            what = "an ignored target of -100 was used as an index"
            raise AssertionError(what) from error

    for n, c in ((1, 3), (4, 5), (7, 2)):
        logits, target = torch.randn(n, c) * 2, torch.randint(c, (n,))
        kept = logits.clone()
        real, expected = call(logits, target), F.cross_entropy(kept, target)
        assert torch.equal(logits, kept), "the logits were changed in place"
        assert real.dtype == logits.dtype, f"{real.dtype} for float32 logits"
        assert real.shape == (), f"shape {tuple(real.shape)}, not a scalar"
        assert n == 1 or not torch.allclose(real, expected * n), (
            "the sum of the losses: take their mean"
        )
        if n > 1:
            every = (kept.logsumexp(1) - kept[:, target]).mean()
            assert not torch.allclose(real, every), (
                "logits[:, target] is (N, N): pick one class for each row"
            )
        again = F.cross_entropy(logits.softmax(1), target)
        assert not torch.allclose(real, again), (
            "that is the loss for a softmax of a softmax: take the logits"
        )
        assert torch.allclose(real, expected, atol=1e-5), (
            f"{real:.4f} for {n} rows of {c} classes, not {expected:.4f}"
        )
        checks += 1

    large = torch.tensor([[1000.0, 0.0, -1000.0]])
    real = call(large, torch.tensor([2]))
    assert real == 2000, (
        f"{real} for logits 1000, 0, -1000 and class 2, not 2000: "
        "subtract the row's maximum before exp, and take no log of a softmax"
    )
    checks += 1

    logits = torch.randn(6, 4)
    for index, labels in (
        (-100, (1, -100, 3, 0, -100, 2)),
        (0, (0, 1, 2, 0, 3, 0)),
    ):
        target = torch.tensor(labels)
        kept = target.clone()
        real = call(logits, target, ignore_index=index)
        expected = F.cross_entropy(logits, kept, ignore_index=index)
        assert torch.equal(target, kept), "the target was changed in place"
        share = (kept != index).float().mean()
        assert not torch.allclose(real, expected * share, atol=1e-5), (
            "ignored rows are counted: divide by the number of the others"
        )
        assert torch.allclose(real, expected, atol=1e-5), (
            f"wrong value with ignore_index={index}"
        )
        checks += 1
    for labels in ((1, 0, 3, 0, 2, 2), (1, -100, 3, 0, -100, 2)):
        target = torch.tensor(labels)
        real = call(logits, target, label_smoothing=0.2)
        expected = F.cross_entropy(logits, target, label_smoothing=0.2)
        others = F.cross_entropy(logits, target, label_smoothing=0.2 * 4 / 3)
        assert not torch.allclose(real, others, atol=1e-5), (
            "smoothing goes to all C classes, 0.2 / C each, the right one too"
        )
        assert torch.allclose(real, expected, atol=1e-5), (
            f"wrong value with label_smoothing=0.2, targets {labels}"
        )
        checks += 1

    x = torch.randn(6, 4, dtype=torch.float64, requires_grad=True)
    for loss in (call, F.cross_entropy):
        x.grad, old = None, x.grad
        value = loss(x, target, label_smoothing=0.1)
        assert value.dtype == x.dtype, f"{value.dtype} for {x.dtype} logits"
        assert value.requires_grad, "the loss has no gradient"
        value.backward()
    assert torch.allclose(old, x.grad, atol=1e-9), "wrong gradient"
    checks += 1
    print(f"accepted: {checks} checks")
