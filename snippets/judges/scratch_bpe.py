"""Judge of byte-pair encoding: it learns and replays with str.replace."""

import re
from collections import Counter
from itertools import pairwise

SPLIT = re.compile(r" ?\w+| ?[^\w\s]+|\s+(?!\S)|\s+")
TEXT = """the theme of these themes is that they repeat: the more often a pair
occurs, the earlier it is merged. Café, naïve, 東京 and 京都 are bytes, too.
lower lowest newer newest wider widest low low low low new new"""


def pieces(text):
    """Return the pieces of a text, a character for each byte."""
    return [word.encode().decode("latin-1") for word in SPLIT.findall(text)]


def replayed(merges, text):
    """Return the ids of a text after the merges in the order of learning."""
    ids = []
    for word in pieces(text):
        for (a, b), new in merges.items():
            word = word.replace(chr(a) + chr(b), chr(new))
        ids += map(ord, word)
    return ids


def check_merges(merges, text, number):
    words = Counter(pieces(text))
    for i, (pair, new) in enumerate(merges.items()):
        what = f"merge {i + 1} of {text[:12]!r}..."
        assert isinstance(pair, tuple) and all(type(i) is int for i in pair), (
            f"{what}: merges maps a pair of ids, not {pair}"
        )
        assert new == 256 + i, (
            f"{what} makes id {new}, not {256 + i}: ids go up by 1, and a pair "
            "that was merged everywhere is not learned again"
        )
        counts = Counter()
        for word, n in words.items():
            for a, b in pairwise(word):
                counts[ord(a), ord(b)] += n
        assert pair in counts, (
            f"{what}: {pair} are neighbors in no word: pairs lie within a "
            "word; merge left to right, count anew after each merge"
        )
        best = min(counts, key=lambda p: (-counts[p], p))
        assert counts[pair] == counts[best], (
            f"{what}: {pair} occurs {counts[pair]} times, {best} "
            f"{counts[best]} times: SPLIT cuts the words; each counts as often "
            "as it occurs, with all its pairs of neighbors"
        )
        assert pair == best, f"{what}: of {pair} and {best} take the smaller"
        a, b = map(chr, pair)
        words = {w.replace(a + b, chr(new)): n for w, n in words.items()}
    if len(merges) < number:
        left = max(map(len, words), default=1)
        assert left == 1, f"{len(merges)} of {number} merges of {text[:12]!r}"
    assert len(merges) <= number, f"{len(merges)} merges, not {number}"


def judge(BPE):
    """Raise an AssertionError that says what is wrong, or print the checks."""
    merges = getattr(BPE("low", 2), "merges", None)
    assert isinstance(merges, dict), "`merges` is no dict"
    runs = [("", 1), ("low low low lower", 4), ("東東", 9)]
    runs += [("aaabdaaabac", 3), ("aaa bc", 1), (" a\n\n", 2)]
    for text, number in [*runs, (TEXT, 60)]:
        try:
            large = BPE(text, number)
        except (IndexError, KeyError, ValueError) as error:
            if number not in (1, 9):  # there are pairs
                raise
            what = f"{number} merges of {text[:12]!r}: {error}"
            raise AssertionError(f"{what}; stop without pairs") from error
        assert text or not large.merges, (
            f"no text has the merges {large.merges}: an instance has its own"
        )
        check_merges(large.merges, text, number)

    small = BPE("bc.bc,bc;bc ab-ab_ab aa!", 2)  # bc, then ab
    others = ["", " ", "aaa", "abc", "a b\t c\n\n d", "newest themes", "🙂"]
    others.append("\ufb01ne e\u0301")  # other bytes if normalized
    texts = [(small, text) for text in others]
    texts += [(large, text) for text in [*others, TEXT, "京東 Löwe"]]
    texts.append((BPE("aµ aµ", 1), "a«"))  # µ and « begin with one byte
    texts.append((BPE("aaab", 1), "aaaaa"))
    for bpe, text in texts:
        real, right = bpe.encode(text), replayed(bpe.merges, text)
        assert isinstance(real, list), f"encode gives a {type(real).__name__}"
        hint = {
            "abc": "bc was learned before ab, so it is merged first",
            "a«": "cut it into words first, no merge crosses them",
            "aaaaa": "merge from left to right",
        }.get(
            text if bpe is not large else "",
            "begin with bytes, then replay its merges",
        )
        assert real == right, f"{text[:20]!r} is {real}, not {right}: {hint}"
        bpe.encode(text).append(0)
        assert bpe.encode(text) == real == right, (
            f"another {text[:20]!r} is {bpe.encode(text)}, not {right}: give a "
            "new list, not the one in a cache"
        )
        assert bpe.decode(real) == text, (
            f"{text[:20]!r} does not come back: join the bytes of all ids, "
            "then decode"
        )
    try:
        bad = large.decode([104, 105, 0xF0])
    except UnicodeDecodeError as error:
        raise AssertionError(f"{error}: replace invalid bytes") from error
    assert bad == "hi\ufffd", f"the bytes 104, 105, 0xF0 become {bad!r}"
    print(f"accepted: {len(runs) + 1 + 3 * len(texts) + 1} checks")
