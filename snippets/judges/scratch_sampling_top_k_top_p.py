"""Judge of sampling: counts what is drawn, against a loop over tokens."""

import torch

N = 8_000  # draws per row: shares are off by less than 0.03


def wanted(logits, temperature=1.0, top_k=None, top_p=1.0):
    """Return the probabilities to draw one row with."""
    probs = (logits.double() / temperature).softmax(0)
    kept = probs.argsort(descending=True)[:top_k]
    total, mass, right = probs[kept].sum(), 0.0, torch.zeros_like(probs)
    for token in kept:
        if mass < top_p:
            right[token] = probs[token]
        mass += probs[token] / total
    return right / right.sum()


def drawn(sample, rows, hint, **options):
    """Return the share of each token in N draws for each row."""
    logits = rows.repeat(N, 1)
    try:
        ids = sample(logits, **options)
    except RuntimeError as error:
        raise AssertionError(f"with {options}: {error}; {hint}") from error
    assert torch.equal(logits, rows.repeat(N, 1)), (
        f"with {options} the logits were changed in place"
    )
    assert ids.shape == (len(logits),), (
        f"shape {tuple(ids.shape)} for {len(logits)} rows: one id per row"
    )
    assert ids.dtype == torch.int64, f"ids of {ids.dtype}, not int64"
    size = rows.shape[1]
    ids = ids.view(N, len(rows)).T
    return torch.stack([row.bincount(minlength=size) / N for row in ids])


def judge(sample):
    """Raise an AssertionError that says what is wrong, or print the checks."""
    torch.manual_seed(0)
    p = torch.tensor([0.1, 0.4, 0.05, 0.3, 0.15])
    rows = torch.stack([p, p.roll(2)]).log() + torch.tensor([[0.0], [5.0]])
    masked = rows.masked_fill(p == 0.3, -torch.inf)
    both = "top_p counts what top_k has left, as shares that sum to 1"
    cases = [
        (rows, {}, "draw with softmax(logits), each row for itself"),
        (rows, {"temperature": 2.0}, "divide the logits by it"),
        (rows, {"temperature": 0.5}, "divide the logits by it"),
        (rows, {"top_k": 2}, "keep the k largest of each row"),
        (rows, {"top_k": 1}, "keep the largest of each row"),
        (rows, {"top_k": 9}, "with k above the vocabulary, keep all"),
        (rows, {"top_p": 0.6}, "the token that crosses top_p stays, no more"),
        (rows, {"top_p": 0.9}, "the token that crosses top_p stays, no more"),
        (rows, {"top_p": 0.1}, "the most probable token stays"),
        (rows, {"temperature": 2.0, "top_p": 0.6}, "temperature comes first"),
        (rows, {"top_k": 3, "top_p": 0.8}, both),
        (rows, {"temperature": 0.5, "top_k": 4, "top_p": 0.95}, both),
        (masked, {"top_k": 3}, "a logit of -inf has probability 0"),
        (rows + 1000, {"top_p": 0.6}, "logits of 1,000 are fine for softmax"),
        (rows.bfloat16(), {"top_p": 0.6}, "these are bfloat16"),
    ]
    for logits, options, hint in cases:
        real = drawn(sample, logits, hint, **options)
        right = torch.stack([wanted(row, **options) for row in logits]).float()
        ranks = right.sort(dim=1, descending=True).values
        assert not torch.allclose(real, ranks, rtol=0, atol=0.03), (
            f"with {options}: positions in the sorted row, not ids of tokens"
        )
        for r, token in ((real > 0) != (right > 0)).nonzero().tolist():
            verb = "drew" if real[r, token] > 0 else "never drew"
            raise AssertionError(
                f"with {options}: row {r} {verb} token {token}; {hint}"
            )
        for r, token in ((real - right).abs() > 0.03).nonzero().tolist():
            raise AssertionError(
                f"with {options}: token {token} has a share of "
                f"{real[r, token]:.2f}, not {right[r, token]:.2f}; {hint}"
            )

    hint = "temperature=0 means argmax"
    greedy = drawn(sample, rows, hint, temperature=0.0)
    assert greedy[0, 1] == greedy[1, 3] == 1, hint
    print(f"accepted: {len(cases) + 1} checks")
