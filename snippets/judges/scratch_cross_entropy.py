"""The judge of the exercise on cross-entropy: it compares with torch's own."""

import torch
import torch.nn.functional as F
from torch.overrides import TorchFunctionMode

FORBIDDEN = "log_softmax", "logsumexp", "nll_loss", "cross_entropy"


class Watched(TorchFunctionMode):
    """Sees every function of torch that is called, under any name."""

    def __torch_function__(self, func, types, args=(), kwargs=None):
        name = getattr(func, "__name__", "")
        assert not any(part in name for part in FORBIDDEN), (
            f"write it without torch's {name}: take exp, sum and log"
        )
        return func(*args, **(kwargs or {}))


def short(values):
    return ", ".join(f"{v:.4g}" for v in values.flatten().tolist())


def judge(cross_entropy):
    """Raise an AssertionError that says what is wrong; print the checks."""
    torch.manual_seed(0)
    checks = 0

    def compare(what, logits, target, **options):
        nonlocal checks
        weight = options.get("weight", torch.ones(1))
        before = logits.clone(), target.clone(), weight.clone()
        expected = F.cross_entropy(logits, target, **options)
        try:
            with Watched():
                real = cross_entropy(logits, target, **options)
        except (IndexError, RuntimeError) as error:
            ignored = options.get("ignore_index", -100)
            if (target == ignored).any() and str(ignored) in str(error):
                what = f"an ignored target of {ignored} was used as an index"
            raise AssertionError(f"{what}: {error}") from error
        assert torch.equal(logits, before[0]), "logits are changed in place"
        assert torch.equal(target, before[1]), "targets are changed in place"
        assert torch.equal(weight, before[2]), "weight is changed in place"
        assert real.shape == expected.shape, (
            f"shape {tuple(real.shape)}, not {tuple(expected.shape)}: {what}"
        )
        assert real.dtype == logits.dtype, f"{real.dtype}, not {logits.dtype}"
        assert torch.allclose(real, expected, atol=1e-5), (
            f"{short(real)}, not {short(expected)}: {what}"
        )
        exact = 1e-5 if logits.dtype == torch.float32 else 1e-10
        assert torch.allclose(real, expected, rtol=exact, atol=exact), (
            "nearly right for float64: is all of it float64, without a small "
            "number added?"
        )
        checks += 1

    for n, c in ((1, 3), (4, 5), (7, 2)):
        logits, target = torch.randn(n, c), torch.randint(c, (n,))
        twice = F.cross_entropy(logits.softmax(1), target)
        real = cross_entropy(logits, target).to(twice.dtype)
        assert not torch.allclose(real, twice), (
            "that is the loss for a softmax of a softmax: take the logits"
        )
        what = "logsumexp - z[y], then the mean of rows, class 0 included"
        compare(what, logits, target)
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
    what = "0 times -inf is nan: pick the right class, multiply by no one-hot"
    compare(what, gap, torch.tensor([1, 1]))

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
    labels[:, 1] = 255  # as in segmentation, and no class either
    deep, weight = deep.double(), weight.double()
    what = "ignored pixels, smoothing and weights, for each reduction"
    options = {"label_smoothing": 0.1, "weight": weight, "ignore_index": 255}
    for reduction in ("none", "sum", "mean"):
        compare(what, deep, labels, reduction=reduction, **options)

    random = torch.randn(6, 4, dtype=torch.float64)
    gap, first = gap[:1].expand(6, 2), torch.tensor([-100, 1, 1, 1, 1, 1])
    for x, y, options in (
        (random, target, {"label_smoothing": 0.1}),
        (random, target, {"weight": weight, "reduction": "sum"}),
        (gap, first, {}),
    ):
        x = x.clone().requires_grad_()
        value = cross_entropy(x, y, **options)
        assert value.requires_grad, "the loss has no gradient"
        pair = value, F.cross_entropy(x, y, **options)
        real, right = (torch.autograd.grad(loss, x)[0] for loss in pair)
        assert not real.isnan().any(), "nan in the gradient of a logit of -inf"
        assert torch.allclose(real, right, atol=1e-9), "wrong gradient"
        checks += 1
    print(f"accepted: {checks} checks")
