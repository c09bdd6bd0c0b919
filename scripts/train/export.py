#!/usr/bin/env python3
"""Writes trained models as the files that src/model reads: forests of LightGBM boosters, tables of token weights.

    write_forest(path, boosters, names)     several boosters become one forest, their mean in log-odds; of none, one that
                                            knows nothing
    write_tokens(path, weights)             2^bits weights, rounded to 255 steps
    write_card(path, part, entry)           replaces one part of the model card
    features_hash(names)                    what the program compares with the names of its own features

Equal input gives equal bytes. The layout of the files stands in src/model/forest/mod.rs and src/model/tokens.rs.

Run as a command, it trains a small forest on random numbers and writes it with rows and LightGBM's own predictions;
tests/forest.rs compares them with the evaluator's.

Usage: scripts/train/export.py tests/forest
"""

import json
import os
import struct
import sys

import numpy as np

MAX_FEATURES, MAX_LEAVES, MAX_THRESHOLDS, MAX_TREES = 255, 32, 255, 65535
# Trained with one of these, a booster's raw score is a log-odds.
LOG_ODDS = ("cross_entropy", "binary sigmoid:1")


def features_hash(names):
    """FNV-1a 64 of the names joined by line ends."""
    value = 0xCBF29CE484222325
    for byte in "\n".join(names).encode():
        value = (value ^ byte) * 0x100000001B3 % 2**64
    return value


def float_below(number):
    """The largest f32 that is not greater: an f32 is `<=` the one exactly when it is `<=` the other."""
    with np.errstate(over="ignore"):
        rounded = np.float32(number)
    if float(rounded) > number:
        rounded = np.nextafter(rounded, np.float32(-np.inf))
    if not np.isfinite(rounded):
        raise ValueError(f"no f32 is near the threshold {number}")
    return float(rounded) + 0.0


class Tree:
    """The nodes of a tree, parents first, and its leaves from left to right; values are less the tree's mean."""

    def __init__(self, root):
        self.nodes, self.leaves = [], []
        self.mean = self.read(root)[0]
        self.nodes = [(*node[:-1], node[-1] - self.mean) for node in self.nodes]
        self.leaves = [leaf - self.mean for leaf in self.leaves]

    def read(self, node):
        """-> the mean of the leaves below a node over the training rows, and the number of those rows."""
        if "leaf_value" in node:
            if "leaf_const" in node:
                raise ValueError("a forest with linear leaves")
            self.leaves.append(node["leaf_value"])
            return node["leaf_value"], node.get("leaf_count", 1)
        if node["decision_type"] != "<=" or node["missing_type"] != "None":
            raise ValueError("a split on categories or on missing values; train with use_missing=false")
        first, at = len(self.leaves), len(self.nodes)
        self.nodes.append(None)
        left, left_rows = self.read(node["left_child"])
        right_leaf = len(self.leaves)
        right, right_rows = self.read(node["right_child"])
        rows = left_rows + right_rows
        mean = (left * left_rows + right * right_rows) / rows
        self.nodes[at] = (node["split_feature"], float_below(node["threshold"]), first, right_leaf, mean)
        return mean, rows


def trees_of(booster, names):
    model = booster.dump_model()
    if model["num_tree_per_iteration"] != 1 or model["average_output"] or model["objective"] not in LOG_ODDS:
        raise ValueError(f"no booster of log-odds: objective {model['objective']}")
    if model["max_feature_idx"] + 1 != len(names):
        raise ValueError(f"{len(names)} names for {model['max_feature_idx'] + 1} features")
    return [Tree(info["tree_structure"]) for info in model["tree_info"]]


def write_forest(path, boosters, names):
    """-> what the rounding of the leaves can change at most, in log-odds."""
    if not 1 <= len(names) <= MAX_FEATURES:
        raise ValueError(f"{len(names)} features, at most {MAX_FEATURES}")
    trees = [tree for booster in boosters for tree in trees_of(booster, names)]
    bias = sum(tree.mean for tree in trees) / max(len(boosters), 1)
    # A tree that found no split is a number.
    trees = [tree for tree in trees if tree.nodes]
    if len(trees) > MAX_TREES or any(len(tree.leaves) > MAX_LEAVES for tree in trees):
        raise ValueError(f"at most {MAX_TREES} trees of {MAX_LEAVES} leaves; train with num_leaves={MAX_LEAVES}")
    thresholds = [sorted({node[1] for tree in trees for node in tree.nodes if node[0] == f}) for f in range(len(names))]
    for name, found in zip(names, thresholds):
        if len(found) > MAX_THRESHOLDS:
            raise ValueError(f"{len(found)} thresholds of {name}, at most {MAX_THRESHOLDS}; train with a smaller "
                             "max_bin, and several boosters on the bins of one Dataset")
    index = [{threshold: i for i, threshold in enumerate(found)} for found in thresholds]
    largest = max((abs(leaf) for tree in trees for leaf in tree.leaves), default=0.0)
    scale = largest / len(boosters) / 32767 if largest else 1.0
    scale = float(np.float32(scale))

    def steps(value):
        return int(max(-32768, min(32767, np.rint(value / len(boosters) / scale))))

    out = [b"DHF1", struct.pack("<HQff", len(names), features_hash(names), bias, scale)]
    for found in thresholds:
        out.append(struct.pack(f"<B{len(found)}f", len(found), *found))
    out.append(struct.pack("<H", len(trees)))
    for tree in trees:
        out.append(struct.pack("<B", len(tree.nodes)))
        for feature, threshold, first, right, value in tree.nodes:
            out.append(struct.pack("<BBBBh", feature, index[feature][threshold], first, right, steps(value)))
        out.append(struct.pack(f"<{len(tree.leaves)}h", *map(steps, tree.leaves)))
    with open(path, "wb") as file:
        file.write(b"".join(out))
    return len(trees) * scale / 2


def write_tokens(path, weights):
    bits = len(weights).bit_length() - 1
    if len(weights) != 1 << bits:
        raise ValueError(f"{len(weights)} weights are no power of two")
    scale = float(np.float32(np.abs(weights).max() / 127)) or 1.0
    steps = np.clip(np.rint(np.asarray(weights, dtype=np.float64) / scale), -127, 127).astype(np.int8)
    with open(path, "wb") as file:
        file.write(b"DHT2" + struct.pack("<Bf", bits, scale) + steps.tobytes())


def write_card(path, part, entry):
    """Replaces one part of the model card."""
    card = json.load(open(path)) if os.path.exists(path) else {}
    card[part] = entry
    with open(path, "w", encoding="utf-8") as file:
        json.dump(dict(sorted(card.items())), file, indent=2)
        file.write("\n")


def example(folder):
    import lightgbm

    # Continuous, whole and yes-or-no numbers, as the features of blocks are.
    random = np.random.default_rng(20260101)
    rows = np.column_stack([random.normal(size=(6000, 3)), random.integers(0, 9, (6000, 2)),
                            random.integers(0, 2, (6000, 2))]).astype(np.float32)
    odds = rows[:, 0] * rows[:, 5] + np.sin(2 * rows[:, 1]) - 0.3 * rows[:, 3] * rows[:, 6] - 0.5
    label = random.random(6000) < 1 / (1 + np.exp(-odds))
    names = [f"feature-{i}" for i in range(rows.shape[1])]
    data = lightgbm.Dataset(rows, label.astype(float), free_raw_data=False)
    boosters = []
    for seed in range(2):
        settings = dict(objective="cross_entropy", learning_rate=0.3, num_leaves=16, max_bin=63, use_missing=False,
                        verbose=-1, seed=seed, bagging_fraction=0.7, bagging_freq=1, num_threads=1, deterministic=True,
                        force_row_wise=True)
        boosters.append(lightgbm.train(settings, data, num_boost_round=12))
    write_forest(os.path.join(folder, "example.bin"), boosters, names)
    # Some rows stand on a threshold, where rounding it the wrong way would show.
    shown = rows[:48].copy()
    for i, tree in enumerate(trees_of(boosters[0], names)[:12]):
        feature, threshold, *_ = tree.nodes[0]
        shown[i, feature] = threshold
    odds = np.mean([booster.predict(shown.astype(np.float64), raw_score=True) for booster in boosters], axis=0)
    with open(os.path.join(folder, "example.tsv"), "w", encoding="utf-8") as file:
        for row, value in zip(shown, 1 / (1 + np.exp(-odds))):
            file.write("\t".join([*(str(x) for x in row), f"{value:.9f}"]) + "\n")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    example(sys.argv[1])
