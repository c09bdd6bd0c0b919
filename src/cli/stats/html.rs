//! Statistics as a page for a browser: figures, bars, and tables of what repeats and what is cut most.

use super::table::{duration, sampled, size};
use crate::cli::sheet::{Page, bar, escaped, group, percent};
use dehusk::pipeline::{Amount, CutPage, Part, Site, Stats, grouped};
use std::fmt::Write;

/// The whole file.
pub(super) fn page(stats: &Stats) -> String {
    let mut body = String::new();
    head(stats, &mut body);
    body.push_str("<main>\n");
    parts("Words removed, by family", &stats.families, stats.total, &mut body);
    parts("Words removed, by rule", &stats.rules, stats.total, &mut body);
    sites("By site", "site", &stats.sites, &mut body);
    sites("By language", "language", &stats.languages, &mut body);
    repeated(stats, &mut body);
    pages("Pages cut most", &stats.most_cut, &mut body);
    pages("Emptied pages", &stats.emptied, &mut body);
    body.push_str("</main>\n");
    let page = Page {
        title: "dehusk stats",
        style: include_str!("stats.css"),
        script: "",
        body: &body,
        keys: &[],
        data: "null",
    };
    page.write()
}

fn head(stats: &Stats, out: &mut String) {
    out.push_str(
        "<header class=\"head\">\n<div class=\"name\"><span><b>dehusk</b> stats</span><span class=\"joined\">",
    );
    out.push_str(
        "<button id=\"theme\">Theme: auto</button><button id=\"help\" aria-label=\"Keys\">?</button></span></div>\n",
    );
    let removed = percent(stats.removed.words, stats.total.words);
    let _ = writeln!(out, "<h1>{removed:.1} % of the words would go</h1>");
    let outcomes = stats.outcomes.iter().map(|(name, count)| format!("<span>{} {name}</span>", grouped(*count)));
    let _ = writeln!(out, "<p class=\"meta\">{}</p>", outcomes.collect::<String>());
    let time = &stats.time;
    let bytes = percent(stats.removed.bytes, stats.total.bytes);
    out.push_str("<dl class=\"figures\">\n");
    for (name, figure, more) in [
        ("pages", grouped(stats.pages), sampled(stats).unwrap_or_default()),
        ("words", grouped(stats.total.words), String::new()),
        ("words removed", grouped(stats.removed.words), format!("{removed:.1} %")),
        ("bytes of text removed", size(stats.removed.bytes), format!("{bytes:.1} %")),
        ("pages emptied", grouped(stats.outcomes.get("empty").copied().unwrap_or(0)), String::new()),
        ("for all inputs, estimated", duration(time.estimated_seconds), size(time.bytes)),
    ] {
        let _ = writeln!(out, "<div><dt>{name}</dt><dd>{figure} <small>{more}</small></dd></div>");
    }
    out.push_str("</dl>\n</header>\n");
}

fn parts(title: &str, parts: &[Part], total: Amount, out: &mut String) {
    if parts.is_empty() {
        return;
    }
    let _ = writeln!(
        out,
        "<section><h2 class=\"part\">{title}</h2>\n<table><thead><tr><th>name</th><th class=\"num\">words</th><th class=\"num\">%</th><th class=\"num less\">bytes %</th><th class=\"num\">pages</th><th></th></tr></thead>"
    );
    let most = parts.iter().map(|part| part.removed.words).max().unwrap_or(0);
    for Part { name, pages, removed } in parts {
        let family = name.split('/').next().unwrap_or_default();
        let _ = writeln!(
            out,
            "<tr class=\"g-{}\"><td>{}</td><td class=\"num\">{}</td><td class=\"num soft\">{:.2}</td><td class=\"num soft less\">{:.2}</td><td class=\"num soft\">{}</td><td class=\"chart\">{}</td></tr>",
            group(family),
            escaped(name),
            grouped(removed.words),
            percent(removed.words, total.words),
            percent(removed.bytes, total.bytes),
            grouped(*pages),
            bar(percent(removed.words, most))
        );
    }
    out.push_str("</table></section>\n");
}

fn sites(title: &str, name: &str, sites: &[Site], out: &mut String) {
    if sites.is_empty() {
        return;
    }
    let _ = writeln!(
        out,
        "<section><h2 class=\"part\">{title}</h2>\n<table class=\"share\"><thead><tr><th>{name}</th><th class=\"num\">pages</th><th class=\"num\">words</th><th class=\"num\">cut %</th><th class=\"num less\">bytes %</th><th></th></tr></thead>"
    );
    for Site { name, pages, total, removed } in sites {
        let share = percent(removed.words, total.words);
        let _ = writeln!(
            out,
            "<tr><td dir=\"auto\">{}</td><td class=\"num soft\">{}</td><td class=\"num\">{}</td><td class=\"num\">{share:.1}</td><td class=\"num soft less\">{:.1}</td><td class=\"chart\">{}</td></tr>",
            escaped(name),
            grouped(*pages),
            grouped(total.words),
            percent(removed.bytes, total.bytes),
            bar(share)
        );
    }
    out.push_str("</table></section>\n");
}

fn repeated(stats: &Stats, out: &mut String) {
    if stats.repeated.is_empty() {
        return;
    }
    out.push_str("<section class=\"wide\"><h2 class=\"part\">Lines on most pages</h2>\n<table><thead><tr><th class=\"num\">pages</th><th>line</th><th>what becomes of it</th></tr></thead>\n");
    for line in &stats.repeated {
        let (class, state) = match &line.rule {
            None => (" kept", "kept".to_owned()),
            Some(rule) if line.removed == line.pages => {
                ("", format!("removed: <span class=\"id\">{}</span>", escaped(rule)))
            }
            Some(rule) => {
                ("", format!("removed on {}: <span class=\"id\">{}</span>", grouped(line.removed), escaped(rule)))
            }
        };
        let _ = writeln!(
            out,
            "<tr><td class=\"num\">{}</td><td class=\"line\" dir=\"auto\">{}</td><td class=\"state{class}\">{state}</td></tr>",
            grouped(line.pages),
            escaped(&line.text)
        );
    }
    out.push_str("</table>\n");
    if stats.repeated_missed > 0 {
        let _ = writeln!(
            out,
            "<p class=\"note\">Counted in bounded memory: a line may stand on {} more pages than it says.</p>",
            grouped(stats.repeated_missed)
        );
    }
    out.push_str("</section>\n");
}

fn pages(title: &str, pages: &[CutPage], out: &mut String) {
    if pages.is_empty() {
        return;
    }
    let _ = writeln!(
        out,
        "<section><h2 class=\"part\">{title}</h2>\n<table><thead><tr><th>page</th><th class=\"num\">words</th><th class=\"num\">removed</th><th class=\"num\">%</th></tr></thead>"
    );
    for CutPage { path, words, removed } in pages {
        let _ = writeln!(
            out,
            "<tr><td dir=\"auto\">{}</td><td class=\"num soft\">{}</td><td class=\"num\">{}</td><td class=\"num\">{:.1}</td></tr>",
            escaped(path),
            grouped(*words),
            grouped(*removed),
            percent(*removed, *words)
        );
    }
    out.push_str("</table></section>\n");
}
