"""Judge of sampling: compares the filtered logits with a loop over tokens."""

import torch


def wanted(row, temperature=1.0, top_k=None, top_p=1.0):
    """Return the probabilities to draw one row with."""
    probs = (row.double() / temperature).softmax(0)
    kept = probs.argsort(descending=True)[: top_k or None]
    total, mass, right = probs[kept].sum(), 0.0, torch.zeros_like(probs)
    for token in kept:
        if mass < top_p or top_p == 1:
            right[token] = probs[token]
        mass += probs[token] / total
    return right / right.sum()


def judge(filter_logits):
    """Raise an AssertionError that says what is wrong, or print the checks."""
    torch.manual_seed(0)
    p = torch.tensor([0.1, 0.4, 0.05, 0.3, 0.15])
    rows = torch.stack([p, p.roll(2)]).log() + torch.tensor([[0.0], [5.0]])
    masked = rows.masked_fill(p == 0.3, -torch.inf)
    both = "top_p counts what top_k has left, as shares that sum to 1"
    every = "by default the temperature is 1, and all tokens are kept"
    order = torch.stack([torch.randperm(200), torch.randperm(200)])
    half = (-order / 16).bfloat16()  # exact in 8 bits, without ties
    cases = [
        (rows, {}, every),
        (10 * torch.randn(1, 300), {}, every),
        (rows, {"temperature": 2.0}, "divide the logits by it"),
        (rows, {"temperature": 0.5}, "divide the logits by it"),
        (rows, {"top_k": 2}, "keep the k largest of each row"),
        (rows, {"top_k": 1}, "keep the largest of each row"),
        (rows, {"top_k": 5}, "with k the vocabulary, keep all"),
        (rows, {"top_k": 0}, "0 switches top_k off"),
        (rows, {"top_k": 9}, "with k above the vocabulary, keep all"),
        (rows, {"top_p": 0.6}, "the token that crosses top_p stays, no more"),
        (rows, {"top_p": 0.9}, "the token that crosses top_p stays, no more"),
        (rows, {"top_p": 0.1}, "the most probable token stays"),
        (rows, {"temperature": 2.0, "top_p": 0.6}, "temperature comes first"),
        (rows, {"top_k": 3, "top_p": 0.8}, both),
        (rows, {"temperature": 0.5, "top_k": 4, "top_p": 0.95}, both),
        (masked, {}, "a logit of -inf stays -inf"),
        (masked, {"top_k": 3}, "a logit of -inf has probability 0"),
        (rows + 1000, {"top_p": 0.6}, "logits of 1,000 are fine for softmax"),
        (rows.bfloat16(), {"top_p": 0.6}, "these are bfloat16"),
        (half, {"top_p": 0.99}, "of bfloat16, sum in float32"),
        (
            rows.T.contiguous().T,
            {"top_k": 3, "top_p": 0.8},
            "a transposed input",
        ),
        (torch.randn(1, 300), {"top_p": 0.7}, "one row of 300 tokens"),
        (torch.randn(9, 300), {"top_p": 0.7}, "nine rows of 300 tokens"),
        (torch.randn(9, 300), {"top_k": 50}, "keep the 50 largest of each row"),
        (torch.randn(9, 300), {"top_k": 50, "top_p": 0.7}, both),
    ]
    for logits, options, hint in cases:
        before = logits.clone()
        real = filter_logits(logits, **options)
        assert isinstance(real, torch.Tensor), f"{type(real)} is no tensor"
        assert torch.equal(logits, before), (
            f"with {options} the logits were changed in place"
        )
        assert real.shape == logits.shape, (
            f"shape {tuple(real.shape)} for {tuple(logits.shape)}"
        )
        right = torch.stack([wanted(row, **options) for row in logits])
        probs = real.double().softmax(-1)
        number = (right > 0).sum(-1, keepdim=True)
        first = torch.arange(logits.size(-1)) < number
        assert torch.equal(first, right > 0) or not torch.equal(
            first, probs > 0
        ), f"with {options}: the mask is about ranks, not about token ids"
        for r, token in ((probs > 0) != (right > 0)).nonzero().tolist():
            verb = "keeps" if probs[r, token] > 0 else "removes"
            raise AssertionError(
                f"with {options}: row {r} {verb} token {token}; {hint}"
            )
        assert torch.allclose(probs, right, atol=1e-4), (
            f"with {options}: wrong probabilities; {hint}"
        )
        scaled = logits.double() / options.get("temperature", 1.0)
        scaled[right == 0] = -torch.inf
        assert torch.allclose(real.double(), scaled, 1e-4, 1e-4), (
            f"with {options}: return logits / T, and -inf for what is removed"
        )
    print(f"accepted: {len(cases)} checks")
