"""Labelled pages for training: what dehusk sees of them, which of it is in the gold text, and how a choice scores.

A folder of labelled pages holds html/ID.html and ground-truth/ID.json with `ground_truth.main_content`, the gold text, `url`, and
for some sets `_internal.page_type.primary`.
"""
import bisect
import hashlib
import json
import os
import re
import subprocess
import sys
from collections import Counter
from urllib.parse import urlparse

import numpy as np

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
DEHUSK = os.environ.get("DEHUSK", os.path.join(ROOT, "target/release/dehusk"))
WORD = re.compile(r"\w+")
RUN = 4
# Probability below which a block is surely none.
NOISE = 0.1
# Places of a run of words in the gold that are looked at; a run that stands more often tells nothing.
MAX_PLACES = 16


def words(text):
    return WORD.findall(text.lower())


def domain(url):
    """-> the last two labels of the host, a third where the second is one of a registry, such as co.uk."""
    host = (urlparse(url).hostname or url).split(".")
    short = len(host) > 2 and len(host[-1]) == 2 and (len(host[-2]) <= 3)
    return ".".join(host[-3:] if short else host[-2:])


def fold_of(name, folds):
    return int(hashlib.sha256(name.encode()).hexdigest(), 16) % folds


def chain(found, wanted):
    """-> the longest list of (i, j), both rising, at which the same RUN words stand in both lists."""
    places = {}
    for j in range(len(wanted) - RUN + 1):
        places.setdefault(tuple(wanted[j:j + RUN]), []).append(j)
    tails, ends, before = [], [], []
    for i in range(len(found) - RUN + 1):
        # From the last place to the first, so that one i takes part once.
        for j in reversed(places.get(tuple(found[i:i + RUN]), ())[:MAX_PLACES]):
            at = bisect.bisect_left(tails, j)
            link = len(before)
            before.append((i, j, ends[at - 1] if at else -1))
            if at == len(tails):
                tails.append(j)
                ends.append(link)
            else:
                tails[at], ends[at] = j, link
    out = []
    link = ends[-1] if ends else -1
    while link >= 0:
        i, j, link = before[link]
        out.append((i, j))
    return out[::-1]


def labels(texts, gold):
    """-> for each block the share of its words that stand in the gold, in the order of the gold.

    Runs of four words count, what lies between two runs in both texts counts by its words, and a block that stands elsewhere
    in the gold, in a part that nothing was matched with, counts when three fifths of its triples are there.
    """
    own = [words(text) for text in texts]
    found = [word for block in own for word in block]
    wanted = words(gold)
    hit, used = np.zeros(len(found), bool), np.zeros(len(wanted), bool)
    last = (0, 0)
    for i, j in chain(found, wanted):
        gap_i, gap_j = i - last[0], j - last[1]
        if 0 < gap_i <= 8 and 0 < gap_j <= 8:
            rest = Counter(wanted[last[1]:j])
            for at in range(last[0], i):
                if rest[found[at]]:
                    rest[found[at]] -= 1
                    hit[at] = True
            used[last[1]:j] = True
        hit[i:i + RUN] = True
        used[j:j + RUN] = True
        last = (i + RUN, j + RUN)
    free = Counter(tuple(wanted[j:j + 3]) for j in range(len(wanted) - 2) if not used[j:j + 3].any())
    out, begin = np.zeros(len(own), np.float32), 0
    for at, block in enumerate(own):
        if block:
            out[at] = hit[begin:begin + len(block)].mean()
        begin += len(block)
        triples = [tuple(block[k:k + 3]) for k in range(len(block) - 2)]
        if len(block) >= RUN and out[at] < 0.5 and sum(bool(free[triple]) for triple in triples) >= 0.6 * len(triples):
            free.subtract(triple for triple in triples if free[triple])
            out[at] = 1
    return out


def features(folder, out, models=None, only=None):
    """Runs `dehusk features` -> the pages as it wrote them, with their rows."""
    os.makedirs(out, exist_ok=True)
    command = [DEHUSK, "features", os.path.join(folder, "html"), "--output", out]
    if models:
        command += ["--models", models]
    if only is not None:
        with open(os.path.join(out, "only.txt"), "w") as file:
            file.write("\n".join(only))
        command += ["--only", os.path.join(out, "only.txt")]
    if subprocess.run(command).returncode:
        sys.exit(f"dehusk features failed on {folder}")
    with open(os.path.join(out, "features.txt")) as file:
        names = file.read().split()
    rows = np.fromfile(os.path.join(out, "rows.f32"), dtype="<f4").reshape(-1, len(names))
    pages, begin = [], 0
    with open(os.path.join(out, "pages.jsonl"), encoding="utf-8") as file:
        for line in file:
            page = json.loads(line)
            page["rows"] = rows[begin:begin + len(page["texts"])]
            begin += len(page["texts"])
            pages.append(page)
    return names, pages


def load(folder, out, skip=()):
    """-> names of the features, and the pages of the folder with gold, label, weight, words, domain and type."""
    names, pages = features(folder, out)
    pages = [page for page in pages if page["page"] not in skip]
    for page in pages:
        with open(os.path.join(folder, "ground-truth", page["page"] + ".json"), encoding="utf-8") as file:
            truth = json.load(file)
        page["gold"] = truth["ground_truth"].get("main_content") or ""
        page["domain"] = domain(truth.get("url") or page["page"])
        page["type"] = truth.get("_internal", {}).get("page_type", {}).get("primary", "other")
        page["words"] = np.array([len(words(text)) for text in page["texts"]], np.float32)
        page["label"] = labels(page["texts"], page["gold"])
        page["weight"] = weights(page["words"], page["label"])
    return names, pages


def weights(counts, label):
    """The weight of each block: words / sqrt(page words * gold words), at most 3 for a page."""
    weight = (counts + 0.5) / np.sqrt(max(counts.sum(), 1) * ((label * counts).sum() + 1))
    return (weight * min(1, 3 / max(weight.sum(), 1e-9))).astype(np.float32)


def even_out(page, scores, pull=0.4):
    """Draws scores towards the mean of the blocks whose element and its parent have the same names, as src/judge.rs does."""
    if not len(scores):
        return scores
    kinds, names, parents = {}, page["names"], page["parents"]
    kind = [kinds.setdefault((tuple(names[e]), tuple(names[parents[e]])), len(kinds)) for e in page["elements"]]
    weight = page["words"] + 0.5
    mean = np.bincount(kind, weight * scores) / np.bincount(kind, weight)
    scores = scores + pull * (mean[kind] - scores)
    return np.where(scores < NOISE, 0, scores)


def choose(scores, counts, recall_weight=0.8, min_f1=0.12):
    """The prefix by falling score with the best expected F1, as src/model/decode.rs has it."""
    order = np.argsort(-scores, kind="stable")
    hits = np.cumsum((counts * scores)[order])
    f1 = 2 * hits / np.maximum(np.cumsum(counts[order]) + recall_weight * (counts * scores).sum(), 1)
    keep = np.zeros(len(scores), bool)
    if len(f1) and f1.max() >= min_f1:
        keep[order[:f1.argmax() + 1]] = True
    return keep


def word_f1(text, gold):
    found, wanted = words(text), words(gold)
    if not found or not wanted:
        return float(not found and not wanted)
    return 2 * sum((Counter(found) & Counter(wanted)).values()) / (len(found) + len(wanted))


def kept_f1(page, keep):
    """The word F1 of a page when the blocks `keep` are kept."""
    return word_f1("\n".join(text for text, kept in zip(page["texts"], keep) if kept), page["gold"])
