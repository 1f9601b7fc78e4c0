"""Judge of byte-pair encoding: replays the merges with str.replace."""

import re
from collections import Counter
from itertools import pairwise

WORD = re.compile(r" ?\S+|\s")
TEXT = """the theme of these themes is that they repeat: the more often a pair
occurs, the earlier it is merged. Café, naïve, 東京 and 京都 are bytes, too.
lower lowest newer newest wider widest low low low low new new"""


def first_of(counts):
    return min(counts, key=lambda pair: (-counts[pair], pair))


def replayed(merges, words):
    """Return words, a character per id, after the merges in their order."""
    for (a, b), new in merges.items():
        words = [word.replace(chr(a) + chr(b), chr(new)) for word in words]
    return words


def split(text):
    return [word.encode().decode("latin-1") for word in WORD.findall(text)]


def check_merges(merges, text, number):
    for i, (pair, new) in enumerate(merges.items()):
        what = f"merge {i + 1} of {text[:12]!r}..."
        assert new == 256 + i, f"{what} makes id {new}, not {256 + i}"
        assert max(pair) < new, (
            f"{what}: {pair} has ids above 255 that no merge has made: begin "
            "with the bytes of UTF-8"
        )
        words = replayed(dict(list(merges.items())[:i]), split(text))
        ids = [list(map(ord, word)) for word in words]
        counts = Counter(p for word in ids for p in pairwise(word))
        once = Counter(
            p for word in set(words) for p in pairwise(map(ord, word))
        )
        best = first_of(counts)
        assert pair in counts, (
            f"{what}: {pair} are no neighbors in a word: words are apart, and "
            "counts are taken anew after each merge"
        )
        assert pair == best or pair != first_of(once), (
            f"{what}: {pair} is first if each word counts once; count a word "
            "as often as it occurs"
        )
        assert pair == best or counts[pair] < counts[best], (
            f"{what}: {pair} is as frequent as {best}, which is smaller"
        )
        assert pair == best, (
            f"{what}: {pair} occurs {counts[pair]} times, {best} "
            f"{counts[best]} times"
        )
    assert len(merges) == number, (
        f"{len(merges)} merges of {text[:12]!r}..., not {number}: stop when "
        "the number is reached or no pair is left"
    )


def judge(BPE):
    """Raise an AssertionError that says what is wrong, or print the checks."""
    bpe, other = BPE(), BPE()
    bpe.train("abab", 1)
    other.train("cdcd", 1)
    assert list(bpe.merges) == [(97, 98)], (
        f"trained with 'abab' and, in another object, 'cdcd': {bpe.merges}"
    )
    bpe.train("efef", 1)
    assert list(bpe.merges) == [(101, 102)], (
        f"trained with 'abab', then with 'efef': {bpe.merges}; start anew"
    )
    runs = [
        ("東東", 2, 2),
        ("aaabdaaabac", 3, 3),
        (TEXT, 60, 60),
        ("ab ab", 9, 2),
        ("", 5, 0),
    ]
    for text, number, found in runs:
        bpe = BPE()
        try:
            bpe.train(text, number)
        except (IndexError, KeyError, ValueError) as error:
            what = f"{number} merges of {text[:12]!r}..., which has {found}"
            raise AssertionError(f"{what}: {error}") from error
        check_merges(bpe.merges, text, found)

    small, large, wide = BPE(), BPE(), BPE()
    small.train("bc\nbc\nbc\nab\nab\naa", 3)  # bc, ab, aa
    large.train(TEXT, 60)
    wide.train("a… a…", 1)  # a and the first byte of …
    others = ["", " ", "aaa", "abc", "a b\t c\n\n", "these newest themes", "🙂"]
    texts = [(small, text) for text in others]
    texts += [(large, text) for text in [*others, TEXT, "京東 Löwe"]]
    texts += [(wide, "a\u2003b")]  # a blank with the same first byte
    for bpe, text in texts:
        real = bpe.encode(text)
        words = replayed(bpe.merges, split(text))
        right = [ord(c) for word in words for c in word]
        hint = ""
        if text == "abc" and bpe is small:
            hint = ": bc was learned before ab, so it is merged first"
        elif text == "aaa" and bpe is small:
            hint = ": merge from left to right, without overlap"
        elif bpe is wide:
            hint = ": no merge crosses words"
        assert real == right, f"{text[:20]!r} is {real}, not {right}{hint}"
        back = bpe.decode(real)
        assert back == text, (
            f"{text[:20]!r} comes back as {back[:20]!r}: join the bytes of "
            "all ids, then decode"
        )
    try:
        bad = large.decode([104, 105, 0xF0])
    except UnicodeDecodeError as error:
        raise AssertionError(f"bytes 104, 105, 0xF0: {error}") from error
    assert bad == "hi\ufffd", f"the bytes 104, 105, 0xF0 become {bad!r}"
    print(f"accepted: {len(runs) + 2 * len(texts) + 2} checks")
