"""Judge of k-means: compares updates with loops, then looks at starts."""

from inspect import signature

import torch

RUNS = 1_000  # random starts


def distances(x, centers):
    """Return all distances (N, k), without the cancellation of a matmul."""
    mode = "donot_use_mm_for_euclid_dist"
    return torch.cdist(x, centers, compute_mode=mode)


def run(kmeans, x, centers, max_iter):
    """Return centers and labels, after checks of their form."""
    kept = x.clone(), centers.clone()
    pair = kmeans(x, centers, max_iter)
    assert isinstance(pair, (tuple, list)) and len(pair) == 2, (
        "kmeans returns two things, centers and labels"
    )
    real, labels = pair
    assert torch.equal(x, kept[0]), "the points were changed in place"
    assert torch.equal(centers, kept[1]), (
        "the given centers were changed in place"
    )
    assert real.shape == centers.shape, f"centers {tuple(real.shape)}"
    assert labels.shape == (len(x),) and labels.dtype == torch.int64, (
        f"labels of shape {tuple(labels.shape)} and {labels.dtype}"
    )
    assert not real.isnan().any(), "nan: the mean of a cluster without points"
    hint = ""
    if x.mean() > 1_000:
        hint = "; far from 0, x² - 2xc + c² cancels: first subtract x's mean"
    assert torch.equal(labels, distances(x, real).argmin(dim=1)), (
        f"max_iter={max_iter}: a label is not that of the nearest of the "
        f"centers that are returned{hint}"
    )
    return real, labels


def follow(kmeans, x, start, steps):
    """Compare with one update more than steps - 1, or with a fixed point."""
    before = steps if steps == 300 else steps - 1
    labels = distances(x, start).argmin(dim=1)
    if before:
        labels = run(kmeans, x, start, before)[1]
    real, _ = run(kmeans, x, start, steps)
    for j in labels.unique().tolist():
        assert torch.allclose(real[j], x[labels == j].mean(0), atol=1e-4), (
            f"max_iter={steps}: a center is not the mean of the points that "
            "were nearest to it before"
            + "; stop when no center changes at all"
            * (steps == 300)
        )


def judge(kmeans):
    """Raise an AssertionError that says what is wrong, or print the checks."""
    torch.manual_seed(0)
    given = signature(kmeans).parameters.get("max_iter")
    assert given and given.default == 100, f"{given} is not max_iter=100"
    x = torch.randn(60, 3) * 4
    far = torch.cat([x[:4], torch.full((1, 3), 500.0)])  # the last is empty
    for steps in (1, 2, 3, 300):
        follow(kmeans, x, x[:5], steps)
    worst = x[distances(x, far).amin(dim=1).argmax()]
    assert torch.equal(run(kmeans, x, far, 1)[0][4], worst), (
        "a center without points does not move to the point that is farthest "
        "from its nearest center"
    )
    for steps in (2, 3, 300):
        follow(kmeans, x, far, steps)
    far = torch.cat([x[:3], torch.full((2, 3), 500.0)])  # two are
    worst = x[distances(x, far).amin(dim=1).topk(2).indices]
    real = run(kmeans, x, far, 1)[0][3:]
    assert torch.equal(real.sort(dim=0).values, worst.sort(dim=0).values), (
        "two centers without points do not move to the two farthest points"
    )
    four = torch.tensor([[0.0, 2], [0, 0], [6, 6], [6, 3]])
    start = torch.tensor([[2.0, 7], [7, 6], [6, 0]])
    real = run(kmeans, four, start, 2)[0][2]
    assert real.tolist() == [6, 3], (
        "a center that loses its points in a later update does not move to "
        "the farthest point"
    )
    follow(kmeans, x[:20] + 10_000, x[:3] + 10_000, 3)
    follow(kmeans, torch.rand(400, 1), torch.tensor([[0.0], [0.01]]), 300)

    plus_plus = kmeans.__globals__.get("plus_plus")
    assert plus_plus is not None, "define plus_plus(x, k) beside kmeans"
    kept = x.clone()
    plus_plus(x, 3)
    assert torch.equal(x, kept), "plus_plus changes x"
    line = torch.tensor([[0.0], [1.0], [3.0]])
    start = plus_plus(line, 2)
    assert isinstance(start, torch.Tensor) and start.shape == (2, 1), (
        f"plus_plus gives {start}, not 2 centers as a tensor (k, D)"
    )
    starts = torch.stack([plus_plus(line, 2) for _ in range(RUNS)])[:, :, 0]
    assert torch.isin(starts, line).all(), "a first center is no point of x"
    for point in (0, 1, 3):
        share = (starts[:, 0] == point).float().mean().item()
        assert abs(share - 1 / 3) < 0.06, (
            f"the first center is {point} in {share:.0%}: draw it evenly"
        )
    share = (starts.sum(dim=1) == 1).float().mean().item()
    same = (starts[:, 0] == starts[:, 1]).any()
    assert not same and abs(share - 0.1) < 0.04, (
        f"of 0, 1, 3 the start is 0 and 1 in {share:.0%}, not 10%"
        + ", and twice the same point in some runs" * same
        + ": draw with the squares of the distances as weights"
    )
    piles = torch.tensor([[0.0, 0.0], [0.01, 0.0], [0.09, 0.09]])
    piles = piles.repeat_interleave(torch.tensor([50, 50, 1]), dim=0)
    for _ in range(100):
        assert len(plus_plus(piles, 3).unique(dim=0)) == 3, (
            "two of three first centers are equal: the weight of a point is "
            "its squared distance to the nearest center of all so far, and 0 "
            "for a center"
        )
    print("accepted: 18 checks")
