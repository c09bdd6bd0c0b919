#!/usr/bin/env python3
"""Fit the weights of the block judgement and write src/model/linear.toml.

    cargo build --release
    pip install -r scripts/train/requirements.txt
    scripts/train/linear.py FOLDER [FOLDER ...] [--skip IDS] [--folds 5]

A FOLDER holds html/ID.html and ground-truth/ID.json with ground_truth.main_content, the gold text, and url. --skip names a
file of page ids, one a line, whose gold is known to be wrong. Prints the mean word F1 of the choice by expected F1, each page
scored by weights that have not seen its domain, then fits on all pages.

Label of a block: the share of its words that stand in a run of four words of the gold, or 1 when it equals a line of the
gold. Weight: words / sqrt(page words * gold words), at most 3 for a page. Deterministic: two runs write equal bytes.
"""
import argparse
import hashlib
import json
import os
import re
import subprocess
import sys
from collections import Counter
from urllib.parse import urlparse

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
WORD = re.compile(r"\w+")
RUN = 4
MIN_EXPECTED_F1 = 0.12
RECALL_WEIGHT = 0.8


def words(text):
    return WORD.findall(text.lower())


def labels(texts, gold):
    """-> for each block the share of its words that stand in the gold."""
    gold_words = words(gold)
    runs = {tuple(gold_words[i:i + RUN]) for i in range(len(gold_words) - RUN + 1)}
    lines = {" ".join(words(line)) for line in gold.split("\n")}
    out = []
    for text in texts:
        own = words(text)
        if not own:
            out.append(0.0)
        elif " ".join(own) in lines:
            out.append(1.0)
        else:
            covered = [False] * len(own)
            for i in range(len(own) - RUN + 1):
                if tuple(own[i:i + RUN]) in runs:
                    covered[i:i + RUN] = [True] * RUN
            out.append(sum(covered) / len(own))
    return np.array(out, dtype=np.float32)


def load(folder, skip):
    """-> names of the features, and a dict for each page of the folder."""
    command = [os.path.join(ROOT, "target/release/dehusk"), "features", os.path.join(folder, "html")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as rows:
        header = next(rows.stdout).rstrip("\n").split("\t")
        blocks = {}
        for line in rows.stdout:
            page, text, *values = line.rstrip("\n").split("\t")
            blocks.setdefault(page, []).append((json.loads(text), np.array(values, dtype=np.float32)))
    if rows.returncode:
        sys.exit(f"dehusk features failed on {folder}")
    pages = []
    for page, rows in sorted(blocks.items()):
        if page in skip:
            continue
        with open(os.path.join(folder, "ground-truth", page + ".json"), encoding="utf-8") as file:
            truth = json.load(file)
        texts = [text for text, _ in rows]
        gold = truth["ground_truth"].get("main_content") or ""
        counts = np.array([len(words(text)) for text in texts], dtype=np.float32)
        label = labels(texts, gold)
        weight = (counts + 0.5) / np.sqrt(max(counts.sum(), 1) * ((label * counts).sum() + 1))
        host = urlparse(truth.get("url") or page).hostname or page
        pages.append(dict(texts=texts, rows=np.array([row for _, row in rows]), label=label, gold=gold, counts=counts,
                          weight=weight * min(1, 3 / max(weight.sum(), 1e-9)), domain=".".join(host.split(".")[-2:])))
    return header[2:], pages


def fit(pages):
    """-> weights and bias on the values as they are."""
    rows = np.concatenate([page["rows"] for page in pages])
    label = np.concatenate([page["label"] for page in pages])
    weight = np.concatenate([page["weight"] for page in pages]) * 1000
    scaler = StandardScaler().fit(rows)
    scaled = scaler.transform(rows)
    model = LogisticRegression(C=1.0, max_iter=200, tol=1e-4)
    # A soft label is a positive and a negative example, each with its share of the weight.
    model.fit(np.concatenate([scaled, scaled]), np.r_[np.ones(len(rows)), np.zeros(len(rows))],
              np.r_[weight * label, weight * (1 - label)])
    weights = model.coef_[0] / scaler.scale_
    return weights, float(model.intercept_[0] - (weights * scaler.mean_).sum())


def choose(scores, counts):
    """The prefix by falling score with the best expected F1, as src/model/mod.rs has it."""
    order = np.argsort(-scores, kind="stable")
    hits = np.cumsum((counts * scores)[order])
    f1 = 2 * hits / np.maximum(np.cumsum(counts[order]) + RECALL_WEIGHT * (counts * scores).sum(), 1)
    keep = np.zeros(len(scores), bool)
    if len(f1) and f1.max() >= MIN_EXPECTED_F1:
        keep[order[:f1.argmax() + 1]] = True
    return keep


def word_f1(text, gold):
    found, wanted = words(text), words(gold)
    if not found or not wanted:
        return float(not found and not wanted)
    return 2 * sum((Counter(found) & Counter(wanted)).values()) / (len(found) + len(wanted))


def score(page, weights, bias):
    scores = 1 / (1 + np.exp(-(page["rows"] @ weights + bias)))
    keep = choose(scores, page["counts"])
    return word_f1("\n".join(text for text, kept in zip(page["texts"], keep) if kept), page["gold"])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+")
    parser.add_argument("--skip")
    parser.add_argument("--folds", type=int, default=5)
    args = parser.parse_args()
    skip = set(open(args.skip).read().split()) if args.skip else set()
    names, pages, origin = [], [], []
    for folder in args.folders:
        names, more = load(folder, skip)
        pages += more
        origin += [folder] * len(more)
    fold = [int(hashlib.sha256(page["domain"].encode()).hexdigest(), 16) % args.folds for page in pages]
    f1 = [0.0] * len(pages)
    for held_out in range(args.folds):
        weights, bias = fit([page for page, at in zip(pages, fold) if at != held_out])
        for i, page in enumerate(pages):
            if fold[i] == held_out:
                f1[i] = score(page, weights, bias)
    for folder in args.folders:
        part = [value for value, where in zip(f1, origin) if where == folder]
        print(f"{folder}: {len(part)} pages, mean word F1 {np.mean(part):.4f}, domains held out, {args.folds} folds")
    weights, bias = fit(pages)
    with open(os.path.join(ROOT, "src/model/linear.toml"), "w", encoding="utf-8") as file:
        file.write("# Weights of the block judgement: a logistic regression on the rows of block/features.rs.\n")
        file.write(f"# Fitted by scripts/train/linear.py on {len(pages)} labelled pages.\n\n")
        file.write(f"bias = {bias:.4f}\n\n[weights]\n")
        file.writelines(f"{name} = {weight:.4f}\n" for name, weight in zip(names, weights))


if __name__ == "__main__":
    main()
