#!/usr/bin/env python3
"""Train the judges of plain-text lines: src/model/text.bin, page.bin, kind.bin and dirt.bin with their token tables.

    cargo build --release
    pip install -r scripts/train/requirements.txt
    wet.py FOLDER TEXTS                                       # ../shared/bench: the whole text of each page
    KEEP=DIR scripts/accuracy FOLDS                           # each page cleaned by a model that has not seen its domain
    scripts/train/lines.py --pages FOLDER TEXTS CLEANED [--pages ...] --leftovers FILE --clean FILE [--skip IDS]
                           [--out DIR] [--folds-out DIR] [--cache DIR]

FOLDER holds html/ID.html and ground-truth/ID.json, TEXTS its pages as text, CLEANED as articles (DIR/SET/held-out); the two FILEs are leftovers of
an extractor with a mark for each line, and clean articles. --skip names a file of page ids whose gold is known to be wrong.
--folds-out gets a folder of models for each fold, that have not seen its domains, and folds.json, which says what
page is in which fold.

`text` judges texts that went through an extractor, `page` whole pages, `kind` says which a text is, `dirt` whether there is
husk in a text that went through an extractor. The weights of words that a row holds come from a table that has not seen the
row's domain, and the scores of lines that `dirt` and `kind` look at from a `text` that has not. Deterministic: two runs write equal
bytes.
"""
import argparse
import hashlib
import itertools
import json
import os
import shutil
import subprocess
import sys
import tempfile

for threads in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(threads, "1")

import lightgbm
import numpy as np
from scipy.optimize import minimize
from scipy.sparse import csr_matrix

import export
import pages as labelled
import texts

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
FOLDS = 5
# Of a token table: the power of two of its places, the penalty on large weights, and the steps of the fit.
BITS, PENALTY, STEPS = 19, 1.0, 30
# What tables are fitted on, and what a page weighs in the fit; crops and articles with husk put in say the same words again.
TABLES = {"text": {"leftovers": 0.5, "clean": 1.5, "headed": 1.0}, "page": {"whole": 1.0}}
# What the judges of lines are trained on, and what a page weighs. `text` learns what husk is where there is some; `dirt` says
# where there is none.
KINDS = {"text": {"leftovers": 0.5, "cropped": 0.5, "husk": 0.5, "headed": 0.2}, "page": {"whole": 1.0}}
# The power of the number of its lines that the weight of a page grows with: what a judge of texts leaves and loses is counted
# over the lines of all texts.
LINES = {"text": 0.5, "page": 0.0}
# Texts with husk in them and texts without, and what a text weighs where it is asked which of the two it is.
DIRT = {"leftovers": (1.0, 1.0), "clean": (0.0, 0.6), "made": (0.0, 0.4)}
# Lines of leftovers that weigh 0.7 where it is asked whether a text is a whole page, others by the root of how many they are:
# what a wrong answer loses is counted in lines. Probability from which src/model/lines.rs calls a text a whole page.
LEFT_LINES, SURELY_PAGE = 60, 0.99
BOOSTER = dict(objective="cross_entropy", num_leaves=31, feature_fraction=0.3, bagging_fraction=0.35, bagging_freq=1,
               min_data_in_leaf=100, lambda_l2=3.0, max_bin=63, use_missing=False, zero_as_missing=False, verbose=-1,
               deterministic=True, force_col_wise=True, num_threads=1, seed=7, min_sum_hessian_in_leaf=1e-2)
SETTINGS = {"text": dict(learning_rate=0.1, trees=150), "page": dict(learning_rate=0.1, trees=140),
            "kind": dict(learning_rate=0.08, trees=400, num_leaves=8, min_data_in_leaf=20, bagging_fraction=0.6),
            "dirt": dict(learning_rate=0.08, trees=100, num_leaves=8, min_data_in_leaf=20, bagging_fraction=0.5)}


# Texts.

def mix(args, skip):
    """-> all texts of the training, in a fixed order."""
    whole = [page for folder, rendered, _ in args.pages for page in texts.whole(rendered, folder, skip)]
    left = list(texts.leftovers(args.leftovers, skip))
    of_extractor = {page["id"] for page in left}
    with open(args.clean, encoding="utf-8") as file:
        articles = {page["id"]: page["text"] for page in map(json.loads, file)}
    domains, golds = {}, {}
    for number, (folder, _, _) in enumerate(args.pages):
        for id, url, gold in texts.golds(folder):
            domains[id] = labelled.domain(url or id)
            # The first folder has its clean articles in a file of their own.
            if number:
                golds[id] = gold
    # Pages without leftovers of their own get them from their whole text.
    left += [made for page in whole if page["id"] in golds and page["id"] not in of_extractor
             for made in [texts.extracted(page)] if made]
    crops = [made for page in left for made in [texts.cropped(page, "1")] if made]
    pools = {}
    for page in left:
        pool = pools.setdefault(labelled.fold_of(page["domain"], FOLDS), [])
        pool += [line for line, label, factor in page["lines"] if label == 0 and factor == 1]
    known = [(id, domains[id], content) for id, content in {**articles, **golds}.items() if id not in skip]
    clean = list(texts.clean(known, lambda domain: pools.get(labelled.fold_of(domain, FOLDS))))
    heads = {id: head for folder, _, _ in args.pages for id, head in texts.heads(folder)}
    clean += texts.headed(known, heads, lambda domain: pools.get(labelled.fold_of(domain, FOLDS)))
    made = [page for folder, _, cleaned in args.pages for page in texts.made(cleaned, folder, skip)]
    pages = left + crops + clean + made + whole
    for page in pages:
        page["fold"] = labelled.fold_of(page["domain"], FOLDS)
    return pages


# Rows, as the program computes them.

def dump(program, pages, tables=None, raw=False, forest=None):
    """-> for each page spans and rows of its lines, without tables the tokens of its lines, and with a forest that judges
    its lines the row that tells whether it is a whole page and whether there is husk in it."""
    with tempfile.TemporaryDirectory() as folder:
        prefix = os.path.join(folder, "out")
        source = os.path.join(folder, "in")
        with open(source, "w", encoding="utf-8") as file:
            for page in pages:
                file.write(json.dumps({"id": page["id"], "text": page["text"]}) + "\n")
        command = [program, "line-features", prefix] + (["--tokens", *tables] if tables else []) + (["--raw"] if raw else [])
        command += ["--forest", forest] if forest else []
        with open(source, encoding="utf-8") as file:
            subprocess.run(command, stdin=file, check=True)
        with open(prefix + ".jsonl", encoding="utf-8") as file:
            names = json.loads(next(file))
            spans = [json.loads(line)["spans"] for line in file]
        rows = np.fromfile(prefix + ".rows", dtype="<f4").reshape(-1, len(names["names"]))
        tokens = None if tables else np.fromfile(prefix + ".tokens", dtype="<u4")
        dirt = np.fromfile(prefix + ".dirt", dtype="<f4").reshape(-1, len(names["dirt_names"]))
    return dict(names=names, spans=spans, rows=rows, tokens=tokens, dirt=dirt)


def judged(program, pages, tables):
    """-> the rows of texts as the judgement meets them: first with what rules removed, then without, as crops are read;
    whole pages are judged after the rules only. Spans and pages stand in the order of the rows."""
    late = [page for page in pages if page["kind"] in ("cropped", "whole")]
    early = [page for page in pages if page["kind"] not in ("cropped", "whole")]
    parts = [(early, dump(program, early, tables, raw=True))] if early else []
    parts += [(late, dump(program, late, tables))] if late else []
    return dict(names=parts[0][1]["names"], pages=[page for pages, _ in parts for page in pages],
                spans=[spans for _, rows in parts for spans in rows["spans"]],
                rows=np.concatenate([rows["rows"] for _, rows in parts]))


def labels(page, spans):
    """-> label and weight of each block of a text, from the lines that it overlaps; weights of a page add up to about one."""
    content = page["text"].encode()
    bounds, at = [], 0
    for line, label, factor in page["lines"]:
        line = line.encode()
        start = content.index(line, at)
        at = start + len(line)
        bounds.append((start, at, label, factor))
    label, factor, count = [], [], []
    line = 0
    for start, end in spans:
        while line < len(bounds) and bounds[line][1] <= start:
            line += 1
        parts, at = [], line
        while at < len(bounds) and bounds[at][0] < end:
            parts.append((min(end, bounds[at][1]) - max(start, bounds[at][0]), bounds[at][2], bounds[at][3]))
            at += 1
        size = sum(part[0] for part in parts) or 1
        label.append(sum(part[0] * part[1] for part in parts) / size)
        factor.append(sum(part[0] * part[2] for part in parts) / size)
        count.append(len(labelled.words(content[start:end].decode())) + 0.5)
    label, factor, count = (np.array(values, dtype=np.float64) for values in (label, factor, count))
    if page["kind"] == "whole":
        weight = count / np.sqrt(count.sum() * (page["gold"] + 1))
        weight *= min(1.0, 3.0 / max(weight.sum(), 1e-9))
    else:
        weight = factor * (0.5 * count / count.sum() + 0.5 * np.sqrt(count) / np.sqrt(count).sum())
    return label, weight


# Token tables.

def bags(tokens):
    """-> a sparse row for each line: its tokens, scaled as serving scales them."""
    lengths, at = [], 0
    while at < len(tokens):
        lengths.append(int(tokens[at]))
        at += lengths[-1] + 1
    lengths = np.array(lengths)
    ends = np.cumsum(lengths)
    is_token = np.ones(len(tokens), dtype=bool)
    is_token[np.r_[0, ends[:-1] + np.arange(1, len(lengths))]] = False
    columns = (tokens[is_token] & ((1 << BITS) - 1)).astype(np.int32)
    values = np.repeat(1 / np.sqrt(lengths), lengths)
    return csr_matrix((values, columns, np.r_[0, ends]), shape=(len(lengths), 1 << BITS))


def fit_table(bag, label, weight):
    """-> the weights of a logistic regression on soft labels."""
    weight = weight / weight.mean()
    transposed = bag.T.tocsr()

    def loss(x):
        odds = bag @ x[:-1] + x[-1]
        value = (weight * (np.logaddexp(0, odds) - label * odds)).sum() + PENALTY * (x[:-1] @ x[:-1]) / 2
        slope = weight * (1 / (1 + np.exp(-odds)) - label)
        return value, np.r_[transposed @ slope + PENALTY * x[:-1], slope.sum()]

    # The odds of each token alone are a good start.
    counts = [transposed @ (weight * part) + 0.5 for part in (label, 1 - label)]
    start = np.r_[np.log(counts[0] / counts[1]) / 2, 0.0]
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options=dict(maxiter=STEPS))
    limit = np.quantile(np.abs(found.x[:-1]), 0.999)
    return np.clip(found.x[:-1], -limit, limit)


def fit_tables(folder, name, pages, program, cache=None):
    """Fits a table without each fold and each pair of folds, and one on everything. -> their paths by what they leave out."""
    pages = [page for page in pages if page["kind"] in TABLES[name]]
    rows = dump(program, pages, raw=True)
    bag = bags(rows["tokens"])
    parts = [labels(page, spans) for page, spans in zip(pages, rows["spans"])]
    label = np.concatenate([part[0] for part in parts])
    weight = np.concatenate([part[1] * TABLES[name][page["kind"]] for page, part in zip(pages, parts)])
    fold = np.concatenate([np.full(len(part[0]), page["fold"]) for page, part in zip(pages, parts)])
    paths = {}
    left_out = [()] + [(fold,) for fold in range(FOLDS)] + list(itertools.combinations(range(FOLDS), 2))
    for out in left_out:
        chosen = ~np.isin(fold, out)
        place = folder
        if cache:
            digest = hashlib.sha256(b"".join(part.tobytes() for part in (bag.indices, bag.data, label, weight, fold)))
            place = os.path.join(cache, digest.hexdigest()[:16])
            os.makedirs(place, exist_ok=True)
        path = os.path.join(place, name + "".join(f"-{fold}" for fold in out) + ".tokens.bin")
        if os.path.exists(path):
            paths[out] = path
            continue
        export.write_tokens(path, fit_table(bag[chosen], label[chosen], weight[chosen]))
        paths[out] = path
    return paths


# Models.

def train(name, rows, label, weight, feature_names):
    settings = dict(SETTINGS[name])
    trees = settings.pop("trees")
    data = lightgbm.Dataset(rows, np.clip(label, 0, 1), weight=weight / weight.mean(), feature_name=feature_names,
                            params={**BOOSTER, **settings})
    return lightgbm.train({**BOOSTER, **settings}, data, num_boost_round=trees)


def line_models(name, pages, program, tables):
    """-> the model of each fold and, last, the one of all pages; `tables` are those that words are looked up in, by the
    folds that they leave out."""
    pages = [page for page in pages if page["kind"] in KINDS[name]]
    by_fold = [[page for page in pages if page["fold"] == fold] for fold in range(FOLDS)]
    models, marked = [], {}
    for held_out in [*range(FOLDS), None]:
        parts = []
        for fold in range(FOLDS):
            if fold == held_out or not by_fold[fold]:
                continue
            out = (fold,) if held_out is None else tuple(sorted((fold, held_out)))
            rows = judged(program, by_fold[fold], tables[out])
            if fold not in marked:
                marks = [labels(page, spans) for page, spans in zip(rows["pages"], rows["spans"])]
                weights = [mark[1] * len(mark[1]) ** LINES[name] * KINDS[name][page["kind"]]
                           for page, mark in zip(rows["pages"], marks)]
                marked[fold] = [np.concatenate([mark[0] for mark in marks]), np.concatenate(weights)]
            parts.append((rows["rows"], *marked[fold]))
            names = rows["names"]["names"]
        rows, label, weight = (np.concatenate([part[i] for part in parts]) for i in range(3))
        booster = train(name, rows, label, weight, names)
        models.append((booster, names))
        print(f"{name}: {'all' if held_out is None else held_out} trained on {len(rows)} lines", file=sys.stderr, flush=True)
    return models


def spreads(pages, judges, program, folder, tables):
    """-> the pages by fold, and a row for each: its statistics, and how the scores of its lines are spread that line models
    give which have not seen the text; and the names of the values."""
    ordered, rows = [], []
    for number in range(FOLDS):
        own = [page for page in pages if page["fold"] == number]
        booster, names = judges[number]
        path = os.path.join(folder, f"text-{number}.bin")
        export.write_forest(path, [booster], names)
        found = dump(program, own, tables[(number,)], raw=True, forest=path)
        rows.append(found["dirt"])
        ordered += own
    return ordered, np.concatenate(rows), found["names"]["dirt_names"]


def text_models(name, rows, label, weight, fold, names):
    """-> the models of each fold and of all texts over the rows of texts, and the scores of those that were held out."""
    models, scores = [], np.zeros(len(rows))
    for held_out in [*range(FOLDS), None]:
        chosen = fold != held_out if held_out is not None else np.ones(len(rows), dtype=bool)
        booster = train(name, rows[chosen], label[chosen], weight[chosen], names)
        models.append((booster, names))
        if held_out is not None:
            scores[~chosen] = booster.predict(rows[~chosen])
    return models, scores


def dirt_models(pages, rows, names):
    """The models that say whether there is husk in a text."""
    chosen = np.array([page["kind"] in DIRT for page in pages])
    pages = [page for page in pages if page["kind"] in DIRT]
    label, weight = (np.array([DIRT[page["kind"]][part] for page in pages]) for part in (0, 1))
    return text_models("dirt", rows[chosen], label, weight, np.array([page["fold"] for page in pages]), names)[0]


def kind_models(pages, rows, names):
    """The models that say whether a text is a whole page."""
    label = np.array([float(page["kind"] == "whole") for page in pages])
    lines = np.array([len(page["lines"]) for page in pages])
    weight = np.where(label == 1, 1.0, 0.5)
    is_left = np.array([page["kind"] == "leftovers" for page in pages])
    weight[is_left] = 0.7 * np.clip(np.sqrt(lines[is_left] / LEFT_LINES), 0.3, 3)
    models, scores = text_models("kind", rows, label, weight, np.array([page["fold"] for page in pages]), names)
    for kind in sorted({page["kind"] for page in pages}):
        own = scores[[page["kind"] == kind for page in pages]]
        print(f"kind: {kind}: {np.mean(own > SURELY_PAGE):.4f} are surely whole pages", file=sys.stderr)
    return models


def write(folder, models, tables):
    os.makedirs(folder, exist_ok=True)
    for name, (booster, names) in models.items():
        export.write_forest(os.path.join(folder, name + ".bin"), [booster], names)
    for name, table in zip(TABLES, tables):
        shutil.copyfile(table, os.path.join(folder, name + ".tokens.bin"))


def card(args, models):
    """-> what made the models: data, features, parameters."""
    digest = hashlib.sha256()
    for path in (args.leftovers, args.clean):
        with open(path, "rb") as file:
            digest.update(file.read())
    command = "scripts/train/lines.py --pages wcxb/dev TEXTS CLEANED --pages multi TEXTS CLEANED --leftovers FILE --clean FILE --skip IDS"
    made = {name: dict(features=len(names), features_hash=f"{export.features_hash(names):016x}", **SETTINGS[name])
            for name, names in models.items()}
    return dict(command=command, texts_sha256=digest.hexdigest(), models=made, parameters=BOOSTER,
                weights=dict(KINDS, dirt={kind: weight for kind, (_, weight) in DIRT.items()}, tables=TABLES), lines=LINES,
                kind=dict(left_lines=LEFT_LINES, surely_page=SURELY_PAGE),
                tokens=dict(bits=BITS, penalty=PENALTY))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", nargs=3, action="append", required=True, metavar=("FOLDER", "TEXTS", "CLEANED"))
    parser.add_argument("--leftovers", required=True)
    parser.add_argument("--clean", required=True)
    parser.add_argument("--skip")
    parser.add_argument("--out", default=os.path.join(ROOT, "src/model"))
    parser.add_argument("--folds-out")
    parser.add_argument("--cache", help="keeps token tables between runs")
    parser.add_argument("--program", default=os.path.join(ROOT, "target/release/dehusk"))
    parser.add_argument("--only", choices=[*KINDS], action="append", help="`text` with `dirt` and `kind`, which read its scores")
    args = parser.parse_args()
    skip = set(open(args.skip).read().split()) if args.skip else set()
    pages = mix(args, skip)
    wanted = args.only or KINDS
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        paths = [fit_tables(folder, name, pages, args.program, args.cache) for name in TABLES]
        tables = {out: [own[out] for own in paths] for out in paths[0]}
        for name in KINDS:
            if name in wanted:
                found[name] = line_models(name, pages, args.program, tables)
        if "text" in found:
            spread = spreads(pages, found["text"], args.program, folder, tables)
            found["dirt"] = dirt_models(*spread)
            found["kind"] = kind_models(*spread)
        write(args.out, {name: models[-1] for name, models in found.items()}, tables[()])
        if len(found) == len(SETTINGS):
            made = {name: models[-1][1] for name, models in found.items()}
            export.write_card(os.path.join(args.out, "card.json"), "lines", card(args, made))
        if args.folds_out:
            for fold in range(FOLDS):
                write(os.path.join(args.folds_out, str(fold)), {name: models[fold] for name, models in found.items()},
                      tables[(fold,)])
            with open(os.path.join(args.folds_out, "folds.json"), "w") as file:
                json.dump({page["id"]: page["fold"] for page in pages}, file, sort_keys=True)


if __name__ == "__main__":
    main()
