"""Which words of a page stand in its gold text: a longest common subsequence, and what it cannot see.

A matched run counts from four words on, or close to a run on both sides; the rest of a page that says the same again is
no match, and moved text is found by its runs of three words that the gold still has to offer (rescue).
"""
import re
from collections import Counter

import numpy as np

WORD = re.compile(r"\w+")
RUN = 4
NEAR = 3
MAX_CELLS = 60_000_000
RESCUE_WORDS = 4
RESCUE_SHARE = 0.6


def words(text):
    return WORD.findall(text.lower())


def common(page, gold):
    """-> pairs of places that a longest common subsequence of two lists of words matches, in order."""
    ids = {}
    a = np.array([ids.setdefault(word, len(ids)) for word in page], dtype=np.int32)
    b = np.array([ids.setdefault(word, len(ids)) for word in gold], dtype=np.int32)
    best = np.zeros((len(a) + 1, len(b) + 1), dtype=np.int16)
    for i, word in enumerate(a):
        above = best[i]
        row = np.maximum(above[1:], above[:-1] + (b == word))
        np.maximum.accumulate(row, out=best[i + 1][1:])
    pairs, i, j = [], len(a), len(b)
    while i and j:
        if a[i - 1] == b[j - 1]:
            i, j = i - 1, j - 1
            pairs.append((i, j))
        elif best[i - 1, j] >= best[i, j - 1]:
            i -= 1
        else:
            j -= 1
    return pairs[::-1]


def matched(page, gold):
    """-> for each word of a page whether it stands in the gold, in order."""
    flags = np.zeros(len(page), dtype=bool)
    if not page or not gold:
        return flags
    if len(page) * len(gold) > MAX_CELLS or len(gold) > 32_000:
        runs = {tuple(gold[i:i + RUN]) for i in range(len(gold) - RUN + 1)}
        for i in range(len(page) - RUN + 1):
            if tuple(page[i:i + RUN]) in runs:
                flags[i:i + RUN] = True
        return flags
    runs = []
    for i, j in common(page, gold):
        if runs and runs[-1][1] == i and runs[-1][2] == j:
            runs[-1][1], runs[-1][2] = i + 1, j + 1
        else:
            runs.append([i, i + 1, j + 1])
    sure = [end - start >= RUN for start, end, _ in runs]
    for at, (start, end, _) in enumerate(runs):
        close = (0 < at < len(runs) - 1 and start - runs[at - 1][1] <= NEAR and runs[at + 1][0] - end <= NEAR
                 and sure[at - 1] and sure[at + 1])
        if sure[at] or close:
            flags[start:end] = True
    return flags


def grams(page):
    return [tuple(page[i:i + 3]) for i in range(len(page) - 2)]


def shares(blocks, gold):
    """-> for each block of a page, its words given as a list, the share of them that the gold has."""
    page = [word for block in blocks for word in block]
    flags = matched(page, gold)
    used, at, out = [], 0, []
    for block in blocks:
        own = flags[at:at + len(block)]
        out.append(float(own.mean()) if len(block) else 0.0)
        used += [word for word, flag in zip(block, own) if flag]
        at += len(block)
    unused = Counter(grams(gold))
    unused.subtract(grams(used))
    for at, block in enumerate(blocks):
        own = grams(block)
        if len(block) >= RESCUE_WORDS and out[at] < 0.5 and own:
            found = sum(unused[gram] > 0 for gram in own)
            if found >= RESCUE_SHARE * len(own):
                unused.subtract(own)
                out[at] = 1.0
    return np.array(out, dtype=np.float32)
