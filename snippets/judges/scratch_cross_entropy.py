"""The judge of the exercise on cross-entropy: it compares with torch's own."""

import torch
import torch.nn.functional as F


def short(values):
    return ", ".join(f"{v:.4g}" for v in values.flatten().tolist())


def judge(cross_entropy):
    """Raise an AssertionError that says what is wrong; print the checks."""
    torch.manual_seed(0)
    checks = 0

    def compare(what, logits, target, **options):
        nonlocal checks
        before = logits.clone(), target.clone()
        expected = F.cross_entropy(logits, target, **options)
        try:
            real = cross_entropy(logits, target, **options)
        except (IndexError, RuntimeError) as error:
            if (target < 0).any():
                what = "an ignored target of -100 was used as an index"
            raise AssertionError(f"{what}: {error}") from error
        assert torch.equal(logits, before[0]), "logits are changed in place"
        assert torch.equal(target, before[1]), "targets are changed in place"
        assert real.shape == expected.shape, (
            f"shape {tuple(real.shape)}, not {tuple(expected.shape)}: {what}"
        )
        assert real.dtype == logits.dtype, f"{real.dtype}, not {logits.dtype}"
        assert torch.allclose(real, expected, atol=1e-5), (
            f"{short(real)}, not {short(expected)}: {what}"
        )
        checks += 1

    for n, c in ((1, 3), (4, 5), (7, 2)):
        logits, target = torch.randn(n, c), torch.randint(c, (n,))
        twice = F.cross_entropy(logits.softmax(1), target)
        assert not torch.allclose(cross_entropy(logits, target), twice), (
            "that is the loss for a softmax of a softmax: take the logits"
        )
        compare("logsumexp - z[y], then the mean of rows", logits, target)
    what = "subtract the row's maximum before exp; take no log of a softmax"
    far = torch.tensor([[1000.0, 0.0, -1000.0], [0.0, 0.0, 0.0]])
    compare(what, far[:1], torch.tensor([2]))
    compare(f"{what}; a maximum per row", far, torch.tensor([2, 0]))

    logits = torch.randn(6, 4)
    target = torch.tensor([1, -100, 3, 0, -100, 2])
    what = "ignored rows do not count: divide by the number of the others"
    compare(what, logits, target)
    labels = torch.tensor([0, 1, 2, 0, 3, 0])
    compare(f"{what}, ignore_index=0", logits, labels, ignore_index=0)
    gap = torch.tensor([[-torch.inf, 1.0], [0.0, 1.0]])
    what = "0 times inf is nan: an ignored loss is replaced, not multiplied"
    compare(what, gap, torch.tensor([-100, 1]))

    weight = torch.rand(4)
    what = "with weights the mean divides by the sum of weight[y] that count"
    compare(what, logits, target, weight=weight)
    what = "smoothing goes to all C classes, eps / C each, the right one too"
    compare(what, logits, target, label_smoothing=0.2)
    what = "smoothing with weights: each class has the weight of its own"
    compare(what, logits, target, label_smoothing=0.2, weight=weight)
    for reduction in ("none", "sum"):
        what = f'reduction="{reduction}"; an ignored loss is 0'
        compare(what, logits, target, reduction=reduction, weight=weight)
    deep = torch.randn(2, 4, 3, 5)
    labels = torch.randint(4, (2, 3, 5))
    compare("classes are dimension 1", deep, labels, label_smoothing=0.1)

    x = torch.randn(6, 4, dtype=torch.float64, requires_grad=True)
    for loss in (cross_entropy, F.cross_entropy):
        x.grad, old = None, x.grad
        value = loss(x, target, label_smoothing=0.1)
        assert value.requires_grad, "the loss has no gradient"
        value.backward()
    assert torch.allclose(old, x.grad, atol=1e-9), "wrong gradient"
    print(f"accepted: {checks + 1} checks")
