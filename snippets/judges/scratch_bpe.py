"""Judge of byte-pair encoding: replays the merges with str.replace."""

from collections import Counter
from itertools import pairwise

TEXT = """the theme of these themes is that they repeat: the more often a pair
occurs, the earlier it is merged. Café, naïve, 東京 and 京都 are bytes, too.
lower lowest newer newest wider widest low low low low new new"""


def replayed(merges, text):
    """Return text, a character per id, after the merges in their order."""
    text = text.encode().decode("latin-1")
    for (a, b), new in merges.items():
        text = text.replace(chr(a) + chr(b), chr(new))
    return text


def check_merges(merges, text, number):
    for i, (pair, new) in enumerate(merges.items()):
        what = f"merge {i + 1} of {text[:12]!r}..."
        assert new == 256 + i, f"{what} makes id {new}, not {256 + i}"
        assert max(pair) < new, (
            f"{what}: {pair} has ids above 255 that no merge has made: begin "
            "with the bytes of UTF-8"
        )
        before = replayed(dict(list(merges.items())[:i]), text)
        counts = Counter(pairwise(map(ord, before)))
        best = max(counts, key=counts.get)
        assert pair in counts, (
            f"{what}: {pair} are no neighbors any more: merge left to right, "
            "and count anew after each merge"
        )
        assert counts[pair] == counts[best], (
            f"{what}: {pair} occurs {counts[pair]} times, {best} "
            f"{counts[best]} times: count anew after each merge"
        )
    assert len(merges) == number, (
        f"{len(merges)} merges of {text[:12]!r}..., not {number}"
    )


def judge(BPE):
    """Raise an AssertionError that says what is wrong, or print the checks."""
    runs = [("東東", 2), ("aaabdaaabac", 3), (TEXT, 60)]
    for text, number in runs:
        bpe = BPE()
        try:
            bpe.train(text, number)
        except (IndexError, KeyError, ValueError) as error:
            what = f"{number} merges of {text[:12]!r}..."
            raise AssertionError(f"{what}: {error}") from error
        check_merges(bpe.merges, text, number)

    small, large = BPE(), BPE()
    small.train("bc.bc,bc;bc ab-ab_ab aa!", 2)  # bc, then ab
    large.train(TEXT, 60)
    others = ["", " ", "aaa", "abc", "a b\t c\n\n", "these newest themes", "🙂"]
    texts = [(small, text) for text in others]
    texts += [(large, text) for text in [*others, TEXT, "京東 Löwe"]]
    for bpe, text in texts:
        real = bpe.encode(text)
        right = [ord(c) for c in replayed(bpe.merges, text)]
        hint = ""
        if text == "abc" and bpe is small:
            hint = ": bc was learned before ab, so it is merged first"
        assert real == right, f"{text[:20]!r} is {real}, not {right}{hint}"
        back = bpe.decode(real)
        assert back == text, (
            f"{text[:20]!r} does not come back: join the bytes of all ids, "
            "then decode"
        )
    try:
        bad = large.decode([104, 105, 0xF0])
    except UnicodeDecodeError as error:
        raise AssertionError(f"bytes 104, 105, 0xF0: {error}") from error
    assert bad == "hi\ufffd", f"the bytes 104, 105, 0xF0 become {bad!r}"
    print(f"accepted: {len(runs) + 2 * len(texts) + 1} checks")
