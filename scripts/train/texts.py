"""The texts that the line models are trained on: leftovers of an extractor, clean articles, whole pages.

Each text is a dict: kind, id, domain, text, lines (a list of (text, label, weight factor) for each line, in order).
The label of a line is the share of it that belongs to the article.
"""
import json
import os
import random
import re

import pages as labelled

# Lines of a page around the article that an extractor leaves at most, and the longest inner menu that it leaves whole.
BEFORE, AFTER, MENU = 4, 12, 30
# Weight of a line that a reader could judge either way.
DOUBTFUL = 0.5
# The same of a line above the text, which may be part of the head.
UNMARKED = 0.25


def chance(*what):
    """-> a generator that depends on what is made and on nothing else."""
    return random.Random("/".join(what))


def joined(lines, blank):
    return ("\n\n" if blank else "\n").join(line for line, _, _ in lines) + "\n"


def text(kind, id, domain, lines, blank):
    return dict(kind=kind, id=id, domain=domain, lines=lines, text=joined(lines, blank))


def golds(folder):
    """-> id, url and gold text of each page of a folder."""
    for name in sorted(os.listdir(os.path.join(folder, "ground-truth"))):
        with open(os.path.join(folder, "ground-truth", name), encoding="utf-8") as file:
            page = json.load(file)
        yield name[:-5], page.get("url"), page["ground_truth"].get("main_content") or ""


def heads(folder):
    """-> id, and title, author and date of each page of a folder, as far as its gold has them."""
    for name in sorted(os.listdir(os.path.join(folder, "ground-truth"))):
        with open(os.path.join(folder, "ground-truth", name), encoding="utf-8") as file:
            gold = json.load(file)["ground_truth"]
        yield name[:-5], tuple(" ".join((gold.get(key) or "").split()) for key in ("title", "author", "publish_date"))


def leftovers(path, skip):
    with open(path, encoding="utf-8") as file:
        for page in map(json.loads, file):
            if page["id"] in skip:
                continue
            lines = []
            for line in page["lines"]:
                # Headline, byline, date and the first copy of a caption stay in a text, which has no other place for them.
                stays = line["keep"] or line.get("soft") or line.get("caption")
                doubtful = line.get("soft") or line.get("caption") or line.get("mixed")
                lines.append((line["text"], float(bool(stays)), DOUBTFUL if doubtful else 1.0))
            # Among the lines above the text are dates and bylines that nobody marked.
            first = next((at for at, line in enumerate(page["lines"]) if line["keep"]), 0)
            lines[:first] = [(line, label, min(factor, UNMARKED)) for line, label, factor in lines[:first]]
            yield text("leftovers", page["id"], labelled.domain(page["url"] or page["id"]), lines, page["blank"])


def cropped(page, seed):
    """The same text cut at other places, with other runs of dropped lines inside."""
    draw, lines = chance("crop", seed, page["id"]), page["lines"]
    kept = [at for at, (_, label, _) in enumerate(lines) if label >= 0.5]
    if not kept:
        return None
    before, after = draw.randint(0, BEFORE), draw.randint(0, AFTER)
    first, last = max(0, kept[0] - before), kept[-1] + after
    out, run = [], []
    for line in lines[first:last + 1] + [None]:
        if line is not None and line[1] < 0.5:
            run.append(line)
            continue
        inner = out and line is not None
        if not inner or draw.random() < 0.6:
            out += run
        run = []
        if line is not None:
            out.append(line)
    return text("cropped", page["id"], page["domain"], out, draw.random() < 0.5)


def lines_of(content):
    return [line for line in content.split("\n") if line.strip()]


def clean(articles, husk):
    """-> each article as it is, and once with one to three lines put in that other pages of its fold left."""
    for id, domain, content in articles:
        lines = [(line, 1.0, 1.0) for line in lines_of(content)]
        if not lines:
            continue
        yield dict(text("clean", id, domain, lines, True), text=content + "\n")
        draw, with_husk = chance("husk", id), list(lines)
        pool = husk(domain)
        if not pool:
            continue
        for _ in range(draw.randint(1, 3)):
            place = {0: 0, 1: len(with_husk)}.get(draw.randrange(4), draw.randint(0, len(with_husk)))
            with_husk.insert(place, (draw.choice(pool), 0.0, 1.0))
        yield text("husk", id, domain, with_husk, draw.random() < 0.5)


def headed(articles, heads, husk):
    """-> articles with headline, byline and date above them, half of them cut short, with up to four lines of husk: a
    short page is no less an article, and its head stays."""
    for id, domain, content in articles:
        body = [(line, 1.0, 1.0) for line in lines_of(content)]
        draw, (title, author, date) = chance("head", id), heads[id]
        if not body or not title:
            continue
        if draw.random() < 0.6:
            body = body[:draw.randint(2, 12)]
        author = author or draw.choice([head[1] for head in heads.values() if head[1]])
        date = date or draw.choice([head[2] for head in heads.values() if head[2]])
        head = [title] * (draw.random() < 0.85)
        if draw.random() < 0.75:
            head.append(draw.choice(["", "", "By ", "by ", "Von ", "Par ", "Por ", "di ", "Door ", "Av ", "Text: "]) + author)
        if draw.random() < 0.75:
            head.append(written(date, draw))
        lines = [(line, 1.0, 1.0) for line in head] + body
        pool = husk(domain)
        for _ in range(draw.randint(0, 4) if pool else 0):
            place = len(lines) if draw.random() < 0.5 else draw.randint(0, len(lines))
            lines.insert(place, (draw.choice(pool), 0.0, 1.0))
        yield text("headed", id, domain, lines, draw.random() < 0.5)


def written(date, draw):
    """-> a date as a page might write it."""
    found = re.match(r"(\d{4})-(\d\d)-(\d\d)", date)
    if not found:
        return date
    year, month, day = (int(part) for part in found.groups())
    names = draw.choice([
        "January February March April May June July August September October November December",
        "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
        "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
        "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
        "stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia",
    ]).split()
    name = names[(month - 1) % 12]
    return draw.choice([f"{day} {name} {year}", f"{name} {day}, {year}", f"{day}. {name} {year}", f"{day:02}.{month:02}.{year}",
                        f"{year}-{month:02}-{day:02}", f"{day}/{month}/{year}", f"{year}年{month}月{day}日",
                        f"{day} {name} {year} 18:02", f"Published {name} {day}, {year}"])


def whole(rendered, folder, skip):
    """-> the pages of a folder as their whole text, one line a block."""
    for id, url, gold in golds(folder):
        path = os.path.join(rendered, id + ".txt")
        if id in skip or not os.path.exists(path):
            continue
        with open(path, encoding="utf-8", newline="") as file:
            content = file.read()
        pieces = lines_of(content)
        labels = labelled.labels(pieces, gold)
        lines = [(line, float(label), 1.0) for line, label in zip(pieces, labels)]
        if lines:
            yield dict(text("whole", id, labelled.domain(url or id), lines, False), text=content, gold=len(labelled.words(gold)))


def made(cleaned, folder, skip):
    """-> what this program makes of the pages of a folder, all of which shall stay: cleaning a cleaned page finds nothing."""
    paths = {name[:-4]: os.path.join(where, name) for where, _, names in os.walk(cleaned) for name in names}
    for id, url, _ in golds(folder):
        if id in skip or id not in paths:
            continue
        with open(paths[id], encoding="utf-8", newline="") as file:
            content = file.read()
        lines = [(line, 1.0, 1.0) for line in lines_of(content)]
        if lines:
            yield dict(text("made", id, labelled.domain(url or id), lines, True), text=content)


def extracted(page):
    """What a mediocre extractor would leave of a whole page."""
    kept = [at for at, (_, label, _) in enumerate(page["lines"]) if label >= 0.5]
    if not kept:
        return None
    lines, run = [], []
    for line in page["lines"][max(0, kept[0] - BEFORE):kept[-1] + AFTER + 1] + [None]:
        if line is not None and line[1] < 0.5:
            run.append(line)
            continue
        lines += run if len(run) <= MENU else run[:5] + run[-5:]
        run = []
        if line is not None:
            lines.append(line)
    rounded = [(line, float(label >= 0.5), 1.0 if label in (0.0, 1.0) else DOUBTFUL) for line, label, _ in lines]
    return text("leftovers", page["id"], page["domain"], rounded, chance("blank", page["id"]).random() < 0.5)
