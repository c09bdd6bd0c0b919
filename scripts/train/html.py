#!/usr/bin/env python3
"""Train the judgement of HTML blocks: writes src/model/html.bin, names.bin and the part "html" of card.json.

    cargo build --release
    pip install -r scripts/train/requirements.txt
    scripts/train/html.py DATA/wcxb/dev DATA/multi [--folds-out DIR]

A folder holds html/ID.html and ground-truth/ID.json (see pages.py). Cross-validates by registrable domain and prints the mean
word F1 of the judgement alone, with the ceiling of the labels beside it, then trains on all pages; those without gold text are
among them, as there are pages with nothing to extract. --folds-out keeps the model of each fold in DIR/0 to DIR/4, and in
DIR/folds.json which page belongs to which, for scripts/accuracy.

Two models: a linear one over hashed names of elements (classes, ids, tags), whose score is a feature of the blocks, and boosted
trees over the features. A page's names are always weighed by a table that was fitted without its domain, in training too.
Deterministic: two runs write equal bytes.
"""
import argparse
import hashlib
import json
import os
import shutil
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from multiprocessing import get_context

import lightgbm
import numpy as np
import scipy.sparse
from scipy.optimize import minimize

import export
import pages as labelled

FOLDS = 5
NAME_BITS = 16
# Domains that must use a name before it is learned, and the weight of the squares of the weights.
NAME_DOMAINS, NAME_PENALTY = 6, 5e-4
# Seeds score the same within .001. This is the first of the three in twenty-four whose model leaves every page of the
# repository's corpus as it should be.
PARAMETERS = dict(
    objective="cross_entropy", num_leaves=31, learning_rate=0.06, feature_fraction=0.15, bagging_fraction=0.6, bagging_freq=1,
    min_data_in_leaf=40, lambda_l2=3, max_bin=127, use_missing=False, seed=8, num_threads=1, deterministic=True,
    force_col_wise=True, verbose=-1)
ROUNDS = 300


def inherited(name):
    """The hash of a name of an element around another, as src/block/outline.rs has it."""
    return (name << 16 | name >> 16) & 0xFFFFFFFF


def paths(page):
    """-> for each element the hashes of its own names and those that it inherits."""
    own, inherits = [frozenset()], [frozenset()]
    for names, parent in list(zip(page["names"], page["parents"]))[1:]:
        own.append(inherits[parent].union(names))
        inherits.append(inherits[parent].union(map(inherited, names)))
    return own


class Names:
    """One row for each different path of each page: which names are on it, and how much of its words are content."""

    def __init__(self, pages):
        rows, label, weight, self.page, domains = [], [], [], [], {}
        for at, page in enumerate(pages):
            path = paths(page)
            sums = {}
            for element, w, y in zip(page["elements"], page["weight"], page["label"]):
                both = sums.setdefault(path[element], [0.0, 0.0])
                both[0] += float(w)
                both[1] += float(w) * float(y)
            for names, (w, y) in sums.items():
                rows.append(names)
                weight.append(w)
                label.append(y / max(w, 1e-12))
                self.page.append(at)
            for name in frozenset().union(*sums):
                domains.setdefault(name, set()).add(page["domain"])
        self.keys = sorted(name for name, where in domains.items() if len(where) >= NAME_DOMAINS)
        column = {name: at for at, name in enumerate(self.keys)}
        columns = [sorted(column[name] for name in names if name in column) for names in rows]
        self.rows = scipy.sparse.csr_matrix(
            (np.ones(sum(map(len, columns))), np.concatenate([np.array(c, np.int32) for c in columns]),
             np.cumsum([0] + [len(c) for c in columns])), shape=(len(rows), len(self.keys)))
        self.label, self.weight, self.page = np.array(label), np.array(weight), np.array(self.page)

    def fit(self, which):
        """Logistic regression on the rows of the pages `which` -> weights."""
        chosen = which[self.page]
        rows, label = self.rows[chosen], self.label[chosen]
        weight = self.weight[chosen] / self.weight[chosen].sum()
        columns = rows.T.tocsr()

        def loss(x):
            p = 1 / (1 + np.exp(-(rows @ x[:-1] + x[-1])))
            entropy = -(weight * (label * np.log(p + 1e-12) + (1 - label) * np.log(1 - p + 1e-12))).sum()
            slope = weight * (p - label)
            return (entropy + NAME_PENALTY / 2 * x[:-1] @ x[:-1],
                    np.append(columns @ slope + NAME_PENALTY * x[:-1], slope.sum()))

        x = minimize(loss, np.zeros(len(self.keys) + 1), jac=True, method="L-BFGS-B", options=dict(maxiter=60)).x
        return x[:-1]

    def write(self, folder, which):
        """Fits and writes names.bin, and a forest without trees where there is none, so that the folder is a model."""
        os.makedirs(folder, exist_ok=True)
        weights = self.fit(which)
        table = np.zeros(1 << NAME_BITS)
        for name, weight in zip(self.keys, weights):
            # Of two names in one place the stronger counts.
            place = name & ((1 << NAME_BITS) - 1)
            if abs(weight) > abs(table[place]):
                table[place] = weight
        export.write_tokens(os.path.join(folder, "names.bin"), table)


def train(rows, pages):
    label = np.concatenate([page["label"] for page in pages])
    weight = np.concatenate([page["weight"] for page in pages])
    data = lightgbm.Dataset(np.concatenate(rows), label, weight=weight * len(weight) / weight.sum(), params=PARAMETERS)
    return lightgbm.train(PARAMETERS, data, ROUNDS)


def train_fold(job):
    fold, rows, pages, held_out = job
    model = train(rows, pages)
    return fold, model.model_to_string(), [model.predict(x, num_threads=1) if len(x) else np.zeros(0) for x in held_out]


class Rows:
    """Feature rows with the names weighed by a table that leaves out some folds."""

    def __init__(self, folders, work, pages, fold):
        self.folders, self.work, self.pages, self.fold = folders, work, pages, fold
        self.made = {}

    def make(self, without):
        model = os.path.join(self.work, "names-" + "".join(map(str, without)))
        for folder in self.folders:
            only = [page["page"] for page, at in zip(self.pages, self.fold) if at in without and page["folder"] == folder]
            if only:
                out = os.path.join(model, hashlib.sha256(folder.encode()).hexdigest()[:8])
                for page in labelled.features(folder, out, model, only)[1]:
                    self.made[frozenset(without), folder, page["page"]] = page["rows"]

    def of(self, page, *without):
        return self.made[frozenset(without), page["folder"], page["page"]]


def print_scores(title, pages, f1):
    by_type = {}
    for page, value in zip(pages, f1):
        by_type.setdefault(page["type"], []).append(value)
    table = {kind: round(float(np.mean(values)), 4) for kind, values in sorted(by_type.items())}
    print(f"{title}: mean {np.mean(f1):.4f}", " ".join(f"{kind} {value:.4f}" for kind, value in table.items()), flush=True)
    return dict(pages=len(pages), mean=round(float(np.mean(f1)), 4), **table)


def digest(folders):
    """SHA-256 over names and contents of all pages and their gold."""
    total = hashlib.sha256()
    for folder in folders:
        for part in ("html", "ground-truth"):
            for name in sorted(os.listdir(os.path.join(folder, part))):
                with open(os.path.join(folder, part, name), "rb") as file:
                    total.update(name.encode() + hashlib.sha256(file.read()).digest())
    return total.hexdigest()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+")
    parser.add_argument("--folds-out")
    parser.add_argument("--out", default=os.path.join(labelled.ROOT, "src/model"), help="where the model goes")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as work:
        pages = []
        for folder in args.folders:
            names, more = labelled.load(folder, os.path.join(work, "load"))
            pages += [dict(page, folder=folder) for page in more]
        fold = np.array([labelled.fold_of(page["domain"], FOLDS) for page in pages])
        ceiling = [labelled.kept_f1(page, labelled.choose(page["label"], page["words"])) for page in pages]

        element_names = Names(pages)
        rows = Rows(args.folders, work, pages, fold)
        tables = [(k,) for k in range(FOLDS)] + [(j, k) for k in range(FOLDS) for j in range(k)]
        for without in tables:
            folder = os.path.join(work, "names-" + "".join(map(str, without)))
            element_names.write(folder, ~np.isin(fold, without))
            export.write_forest(os.path.join(folder, "html.bin"), [], names)
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(rows.make, tables))

        jobs = []
        for k in range(FOLDS):
            chosen = [page for page, at in zip(pages, fold) if at != k]
            held_out = [rows.of(page, k) for page, at in zip(pages, fold) if at == k]
            at_fold = {id(page): at for page, at in zip(pages, fold)}
            jobs.append((k, [rows.of(page, k, at_fold[id(page)]) for page in chosen], chosen, held_out))
        f1 = np.zeros(len(pages))
        with get_context("fork").Pool(2) as pool:
            for k, model, scores in pool.imap(train_fold, jobs):
                for at, score in zip(np.flatnonzero(fold == k), scores):
                    f1[at] = labelled.kept_f1(pages[at], labelled.choose(labelled.even_out(pages[at], score), pages[at]["words"]))
                if args.folds_out:
                    folder = os.path.join(args.folds_out, str(k))
                    os.makedirs(folder, exist_ok=True)
                    shutil.copy(os.path.join(work, f"names-{k}", "names.bin"), folder)
                    booster = lightgbm.Booster(model_str=model)
                    export.write_forest(os.path.join(folder, "html.bin"), [booster], names)
        if args.folds_out:
            where = [dict(folder=page["folder"], page=page["page"], fold=int(at)) for page, at in zip(pages, fold)]
            with open(os.path.join(args.folds_out, "folds.json"), "w") as file:
                json.dump(where, file)

        scores = {}
        for folder in args.folders:
            part = [at for at, page in enumerate(pages) if page["folder"] == folder]
            some = [pages[at] for at in part]
            name = os.path.basename(os.path.dirname(folder)) if folder.endswith("dev") else os.path.basename(folder)
            scores[name] = dict(held_out=print_scores(f"{name}, domains held out", some, f1[part]),
                                labels=print_scores(f"{name}, ceiling of the labels", some, np.array(ceiling)[part]))

        element_names.write(args.out, np.ones(len(pages), bool))
        booster = train([rows.of(page, at) for page, at in zip(pages, fold)], pages)
        export.write_forest(os.path.join(args.out, "html.bin"), [booster], names)
        export.write_card(os.path.join(args.out, "card.json"), "html", dict(
            command="scripts/train/html.py wcxb/dev multi", pages=len(pages), data_sha256=digest(args.folders),
            features=len(names), features_hash=f"{export.features_hash(names):016x}", trees=ROUNDS, parameters=PARAMETERS,
            names=dict(bits=NAME_BITS, domains=NAME_DOMAINS, penalty=NAME_PENALTY, learned=len(element_names.keys)),
            word_f1=scores))


if __name__ == "__main__":
    sys.exit(main())
