"""Judge of beam search: compares with a search in lists."""

import torch


def expected(table, start, eos, num_beams, steps, alpha):
    """Return the best (score, tokens), with candidates in sorted lists."""
    live, ended = [(0.0, [start])], []
    for rows in table[:steps].tolist():
        found = [
            (total + log_prob, [*tokens, token])
            for total, tokens in live
            for token, log_prob in enumerate(rows[tokens[-1]])
        ]
        best = sorted(found, reverse=True)[: 2 * num_beams]
        ended += [pair for pair in best if pair[1][-1] == eos]
        live = [pair for pair in best if pair[1][-1] != eos][:num_beams]
    return max((s / (len(t) - 1) ** alpha, t) for s, t in ended + live)


def found(beam_search, table, start, eos, num_beams, steps, alpha):
    """Return (score, tokens) of a solution, after checks of its form."""
    what = f"num_beams={num_beams}, max_new_tokens={steps}, alpha={alpha}"

    def next_log_probs(rows):  # depends on length and last token
        assert rows.dim() == 2 and rows.dtype == torch.int64, (
            f"the model got {tuple(rows.shape)} of {rows.dtype}, not (n, L) of "
            "torch.int64"
        )
        length = rows.shape[1]
        assert length <= steps + 1, (
            f"{what}: asks the model for new token {length}"
        )
        return table[min(length, len(table)) - 1, rows[:, -1]]

    given = (next_log_probs, start, eos, num_beams, steps, alpha)
    try:
        real = beam_search(*given[: 5 if alpha == 1 else 6])  # 1: the default
    except IndexError as error:
        hint = (
            "a flat index is parent * V + token; 2 * num_beams candidates "
            "leave num_beams live sequences"
        )
        raise AssertionError(f"{what}: {error}; {hint}") from error
    except ValueError as error:
        hint = "at the limit, live sequences compete with the finished ones"
        raise AssertionError(f"{what}: {error}; {hint}") from error
    except RuntimeError as error:
        few = f"a step has as few as {table.shape[-1]} extensions"
        raise AssertionError(f"{what}: {error}; {few}") from error
    assert isinstance(real, tuple) and len(real) == 2, (
        f"{what}: {real} is no pair of tokens and score"
    )
    tokens, score = real
    assert isinstance(tokens, list) and tokens[:1] == [start], (
        f"{what}: {tokens} is not a list that begins with start"
    )
    new = tokens[1:]
    assert 0 < len(new) <= steps, (
        f"{what}: {len(new)} new tokens, {tokens}: a wrong number of steps, or "
        "a sequence of an earlier call (a mutable default)?"
    )
    assert eos not in new[:-1], f"{what}: {tokens} goes on after eos={eos}"
    assert new[-1] == eos or len(new) == steps, (
        f"{what}: {tokens} neither ends with eos nor has {steps} new tokens"
    )
    pairs = zip(tokens, new, strict=False)
    total = sum(table[i, a, b].item() for i, (a, b) in enumerate(pairs))
    for shift, hint in (
        (-1, "eos counts"),
        (1, "start does not count"),
    ):
        other = total / max(len(new) + shift, 1) ** alpha
        assert alpha == 0 or len(new) < 2 or abs(score - other) > 1e-4, (
            f"{what}: the length is that of the new tokens; {hint}"
        )
    right = total / len(new) ** alpha
    times = total * len(new) ** alpha
    assert alpha == 0 or len(new) < 2 or abs(score - times) > 1e-4, (
        f"{what}: the score is sum * length**alpha, which makes long sequences "
        "worse: sums are negative, divide"
    )
    assert alpha == 0 or len(new) < 2 or abs(score - total) > 1e-4, (
        f"{what}: the score is the sum: divide by length**alpha"
    )
    assert abs(score - right) < 1e-4, (
        f"{what}: score {score:.4f} of {tokens}, whose log-probabilities "
        f"give {right:.4f}: does a token follow its own parent, and is only "
        "the last sum divided?"
    )
    return score, tokens


def judge(beam_search):
    """Raise an AssertionError that says what is wrong, or print the checks."""
    torch.manual_seed(0)
    trap = torch.tensor(
        [
            [0.1, 0.2, 0.3, 0.4],
            [0.1, 0.2, 0.3, 0.4],  # after 1, nothing is probable
            [0.9, 0.05, 0.03, 0.02],  # after 2, it is the end
            [0.04, 0.5, 0.4, 0.06],  # after start, greedy takes 1
        ]
    )
    trap = trap.log().expand(8, 4, 4)
    early = torch.tensor([0.012, 0.96, 0.015, 0.013]).repeat(8, 4, 1)
    early[1, 1] = torch.tensor([0.4, 0.45, 0.1, 0.05])  # a short one ends
    early[4, 1] = torch.tensor([0.97, 0.01, 0.012, 0.008])  # a longer one
    early = early.log()
    tie = torch.tensor([0.1, 0.3, 0.3, 0.3]).repeat(8, 4, 1)
    tie[0, 3] = torch.tensor([0.4, 0.4, 0.1, 0.1])  # eos or 1, as probable
    tie = tie.log()
    ends = torch.tensor([0.54, 0.02, 0.42, 0.02]).repeat(3, 4, 1)
    ends[0] = torch.tensor([0.02, 0.5, 0.45, 0.03])
    ends[1, 1] = torch.tensor([0.56, 0.4, 0.02, 0.02])  # both beams may end
    ends[2] = torch.tensor([0.25, 0.25, 0.25, 0.25])
    ends[2, 2] = torch.tensor([0.01, 0.01, 0.01, 0.97])
    third = torch.tensor([0.22, 0.31, 0.24, 0.23]).repeat(2, 4, 1)
    third[0] = torch.tensor([0.25, 0.38, 0.35, 0.02])
    ends, third = ends.log(), third.log()
    endless = torch.randn(8, 4, 4).log_softmax(-1)
    endless[:, :, 0] = -50.0
    cases = [
        (trap, 1, 2, 0.0, "a single beam extends one sequence"),
        (
            *(trap, 2, 2, 0.0),
            "are the beams copies, or does the first eos stop the search?",
        ),
        (endless, 2, 5, 1.0, "none ends: take the best live sequence"),
        (early, 2, 8, 1.0, "the first that ends need not be the best"),
        (tie, 2, 4, 0.0, "the live one of the same sum has to go on"),
        (trap, 30, 3, 1.0, "more beams than extensions: keep all of them"),
        (ends, 2, 3, 1.0, "beside two that end, two have to live on"),
        (third, 1, 2, 0.0, "eos comes third, and the two best are taken"),
        (trap, 2, 1, 1.0, "a single step"),
    ]
    cases = [(table, 3, 0, *rest) for table, *rest in cases]
    hint = (
        "take the 2 * num_beams best of all extensions, so that num_beams live "
        "on beside those with eos; at the limit, live ones compete, too; "
        "stop early only if none can overtake"
    )
    for beams in (1, 2, 3, 5) * 5:
        table = (torch.randn(6, 5, 5) * 2).log_softmax(-1)
        alphas = 0.0, 0.7, 1.0, 1.5
        cases += [(table, 2, 4, beams, 6, alpha, hint) for alpha in alphas]
    by_hand = {}
    for *given, hint in cases:
        table, _, _, beams, steps, alpha = given
        real = found(beam_search, *given)
        right = expected(*given)
        assert real[1] == right[1], (
            f"num_beams={beams}, max_new_tokens={steps}, alpha={alpha}"
            f": {real[1]} with {real[0]:.3f}, not {right[1]} with "
            f"{right[0]:.3f}; {hint}"
        )
        if table is trap and steps == 2:
            by_hand[beams] = f"{real[1]} {torch.tensor(real[0]).exp():.2f}"
    print("by hand, 1 beam: ", by_hand[1])
    print("by hand, 2 beams:", by_hand[2])
    print(f"accepted: {len(cases)} checks")
