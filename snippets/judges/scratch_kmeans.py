"""Judge of k-means: compares updates with loops, then looks at starts."""

import torch

RUNS = 1_000  # random starts


def run(kmeans, x, centers, max_iter):
    """Return centers and labels, after checks of their form."""
    kept = x.clone(), centers.clone()
    real, labels = kmeans(x, centers, max_iter)
    assert torch.equal(x, kept[0]), "the points were changed in place"
    assert torch.equal(centers, kept[1]), (
        "the given centers were changed in place"
    )
    assert real.shape == centers.shape, f"centers {tuple(real.shape)}"
    assert labels.shape == (len(x),) and labels.dtype == torch.int64, (
        f"labels of shape {tuple(labels.shape)} and {labels.dtype}"
    )
    assert not real.isnan().any(), "nan: the mean of a cluster without points"
    nearest = torch.cdist(x, real).argmin(dim=1)
    assert torch.equal(labels, nearest), (
        f"max_iter={max_iter}: a label is not that of the nearest of the "
        "centers that are returned"
    )
    return real, labels


def judge(kmeans):
    """Raise an AssertionError that says what is wrong, or print the checks."""
    torch.manual_seed(0)
    x = torch.randn(60, 3) * 4
    far = torch.cat([x[:4], torch.full((1, 3), 500.0)])  # the last is empty
    for start in (x[:5], far):
        labels = torch.cdist(x, start).argmin(dim=1)
        for steps in (1, 2, 3, 300):
            real, new = run(kmeans, x, start, steps)
            labels = new if steps == 300 else labels
            for j in set(labels.tolist()):
                mean = x[labels == j].mean(0)
                assert torch.allclose(real[j], mean, atol=1e-4), (
                    f"max_iter={steps}: a center is not the mean of the "
                    "points that were nearest to it before"
                )
            labels = new
    worst = x[torch.cdist(x, far).amin(dim=1).argmax()]
    assert torch.equal(run(kmeans, x, far, 1)[0][4], worst), (
        "a center without points does not move to the point that is farthest "
        "from its nearest center"
    )

    plus_plus = kmeans.__globals__.get("plus_plus")
    assert plus_plus is not None, "define plus_plus(x, k) beside kmeans"
    line = torch.tensor([[0.0], [1.0], [3.0]])
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
    piles = torch.tensor([[0.0, 0.0], [1.0, 0.0], [9.0, 9.0]])
    piles = piles.repeat_interleave(torch.tensor([50, 50, 1]), dim=0)
    for _ in range(20):
        assert len(plus_plus(piles, 3).unique(dim=0)) == 3, (
            "two of three first centers are equal: the weight of a point is "
            "its squared distance to the nearest center of all so far"
        )
    print("accepted: 13 checks")
