//! `dehusk rules test`: the examples of a pack, then what it does to pages.
//!
//! A rule may match a line and leave it: another rule or the judgement took it, a guard keeps it, it stands where the
//! rule does not act, or the rule is weak and alone. Both are counted, the lines that it removed and those it matched.

use super::super::Verdict;
use super::super::args::RulesTestArgs;
use super::super::cleaner::read_text;
use super::super::config::Config;
use super::super::glob;
use super::super::{plural, say};
use super::stdout;
use anstyle::Style;
use anyhow::bail;
use dehusk::input::{Inputs, PageName, Record, printable, printable_text};
use dehusk::pipeline::visit;
use dehusk::{Article, Catalogue, Cleaner, LineMatcher, RuleEntry, RuleKind};
use serde::Serialize;
use std::io::{self, Write};
use std::path::PathBuf;

/// Characters of an excerpt.
const MAX_EXCERPT: usize = 80;

/// What a rule did to a page.
#[derive(Clone, Debug, Default, Serialize)]
struct Hits {
    path: String,
    /// Pieces that it removed, or, of a guard, lines that it matched and that stayed.
    hits: usize,
    /// Lines that it matched, removed or not; nothing for a selector.
    matches: usize,
    /// The first of these pieces.
    excerpt: String,
}

/// What a rule did to all pages.
#[derive(Debug, Serialize)]
struct Tested<'a> {
    id: &'a str,
    kind: RuleKind,
    hits: usize,
    matches: usize,
    pages: Vec<Hits>,
}

/// Runs the command.
pub(super) fn run(args: RulesTestArgs) -> anyhow::Result<Verdict> {
    let (mut builder, mut catalogue) = (Cleaner::builder().metadata(false), Catalogue::default());
    let mut told = Vec::new();
    let (packs, pages): (Vec<PathBuf>, Vec<PathBuf>) =
        args.named.into_iter().partition(|path| path.extension().is_some_and(|ending| ending == "toml"));
    if packs.is_empty() {
        bail!("no pack is named: one ends in `.toml`");
    }
    for path in &packs {
        let (name, content) = (printable(path), read_text(path, "rule pack")?);
        builder = builder.rules(&name, &content);
        let pack = Catalogue::read(&name, &content, &dehusk::Limits::default())?;
        told.push(examples(&name, &pack));
        catalogue.extend(pack);
    }
    // What only shows beside other packs: ids that are taken, too many rules.
    let cleaners = [builder.build()?];
    let inputs = Inputs::discover(pages.into_iter().map(glob::input).collect(), &[]);
    let rules = catalogue.rules();
    let matchers: Vec<Option<LineMatcher>> = rules.iter().map(RuleEntry::matcher).collect();
    let look = |_: usize, _: &PageName<'_>, record: Record| {
        let article = cleaners[0].clean(&record.bytes, &record.hints)?;
        Ok((0..rules.len()).map(|at| hits(&rules[at], matchers[at].as_ref(), &article)).collect::<Vec<_>>())
    };
    // The packs are looked at alone, whatever settings there are.
    let corpus = args.read.corpus(args.read.reading(&Config::default()), &inputs, (&[], &cleaners), args.jobs);
    let visited = visit(&corpus, look)?;
    let mut tested: Vec<Tested<'_>> = rules
        .iter()
        .map(|rule| Tested { id: &rule.id, kind: rule.kind, hits: 0, matches: 0, pages: Vec::new() })
        .collect();
    let (mut pages, mut failed) = (0, 0);
    for page in visited {
        match page.result {
            Ok(hits) => {
                pages += 1;
                for (rule, mut hits) in tested.iter_mut().zip(hits).filter(|(_, hits)| hits.hits + hits.matches > 0) {
                    (rule.hits, rule.matches) = (rule.hits + hits.hits, rule.matches + hits.matches);
                    hits.path.clone_from(&page.name);
                    rule.pages.push(hits);
                }
            }
            Err(error) => {
                failed += 1;
                say(&format!("dehusk: {}: {error}\n", page.name));
            }
        }
    }
    let mut out = stdout();
    if args.json {
        for rule in &tested {
            writeln!(out, "{}", serde_json::to_string(rule)?)?;
        }
    } else {
        told.iter().try_for_each(|line| writeln!(out, "{line}"))?;
        if !inputs.is_empty() {
            tell(&mut out, &tested, pages, args.max_pages)?;
        }
    }
    out.flush()?;
    Ok(if failed > 0 { Verdict::Failures } else { Verdict::Clean })
}

/// Says what was checked; a pack of which an example is not borne out does not get here.
fn examples(name: &str, pack: &Catalogue) -> String {
    let count = |of: fn(&RuleEntry) -> usize| pack.rules().iter().map(of).sum::<usize>();
    let (guards, rules): (Vec<_>, Vec<_>) =
        pack.rules().iter().partition(|rule| matches!(rule.kind, RuleKind::Guard | RuleKind::Topic));
    format!(
        "{name}: {}, {}: all {} are borne out",
        plural(rules.len(), "rule"),
        plural(guards.len(), "guard"),
        plural(count(|rule| rule.drops.len() + rule.keeps.len() + rule.passes.len()), "example"),
    )
}

/// What a rule did to a page.
fn hits(rule: &RuleEntry, matcher: Option<&LineMatcher>, article: &Article) -> Hits {
    let matches = |line: &&str| matcher.is_some_and(|matcher| matcher.matches(line));
    let stayed = article.text.lines().filter(matches);
    let removed = article.removals.iter().flat_map(|removal| removal.text.lines()).filter(matches);
    let is_guard = matches!(rule.kind, RuleKind::Guard | RuleKind::Topic);
    let by_rule = article.removals.iter().filter(|removal| removal.reason.id() == rule.id);
    let (count, first) = match is_guard {
        true => (stayed.clone().count(), stayed.clone().next()),
        false => (by_rule.clone().count(), by_rule.map(|removal| removal.text.as_str()).next()),
    };
    let first = first.or_else(|| stayed.clone().next()).or_else(|| removed.clone().next());
    Hits {
        path: String::new(),
        hits: count,
        matches: if matcher.is_some() { stayed.count() + removed.count() } else { count },
        excerpt: excerpt(first.unwrap_or_default()),
    }
}

/// The beginning of a piece, on one line and safe to print.
fn excerpt(text: &str) -> String {
    let mut line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if let Some((end, _)) = line.char_indices().nth(MAX_EXCERPT) {
        line.truncate(end);
        line.push('…');
    }
    printable_text(&line)
}

fn tell(out: &mut impl Write, tested: &[Tested<'_>], pages: usize, max_pages: usize) -> io::Result<()> {
    let bold = Style::new().bold();
    writeln!(out, "on {}:", plural(pages, "page"))?;
    for rule in tested {
        let verb = if matches!(rule.kind, RuleKind::Guard | RuleKind::Topic) { "keeps" } else { "removes" };
        let what = plural(rule.hits, if rule.kind == RuleKind::Selector { "piece" } else { "line" });
        let on = rule.pages.iter().filter(|page| page.hits > 0).count();
        write!(out, "\n{bold}{}{bold:#} {verb} {what} on {}", rule.id, plural(on, "page"))?;
        match rule.matches.saturating_sub(rule.hits) {
            0 => writeln!(out)?,
            more => writeln!(out, ", and matches {more} more")?,
        }
        let mut hits: Vec<&Hits> = rule.pages.iter().collect();
        hits.sort_by_key(|page| std::cmp::Reverse((page.hits, page.matches)));
        for page in hits.iter().take(max_pages) {
            let note = if page.hits == 0 { " (matched only)" } else { "" };
            writeln!(out, "  {:>3}  {}{note}: {}", page.hits.max(page.matches), page.path, page.excerpt)?;
        }
        if hits.len() > max_pages {
            writeln!(out, "       and {} (--max-pages)", plural(hits.len() - max_pages, "more page"))?;
        }
    }
    Ok(())
}
