//! `dehusk rules show`: everything about one rule.

use super::super::Verdict;
use super::super::args::RulesShowArgs;
use super::{catalogue, list, stdout};
use anstyle::{AnsiColor, Style};
use anyhow::bail;
use dehusk::input::printable_text;
use dehusk::{Catalogue, Family, RuleEntry, RuleKind};
use std::io::Write;

/// How alike (Jaro-Winkler) two ids are when one may be meant by the other.
const MIN_LIKENESS: f64 = 0.75;
const MAX_SUGGESTIONS: usize = 3;

/// Runs the command.
pub(super) fn run(args: RulesShowArgs) -> anyhow::Result<Verdict> {
    let catalogue = catalogue(&args.rules)?;
    let Some(rule) = catalogue.get(&args.id) else {
        return show_other(&catalogue, &args);
    };
    let mut out = stdout();
    match args.json {
        true => writeln!(out, "{}", serde_json::to_string_pretty(rule)?)?,
        false => show(&mut out, rule)?,
    }
    out.flush()?;
    Ok(Verdict::Clean)
}

/// A stage such as `repeat` has no rules, and a typo has neighbours.
fn show_other(catalogue: &Catalogue, args: &RulesShowArgs) -> anyhow::Result<Verdict> {
    if let Some(stage) = Catalogue::stages().into_iter().find(|stage| stage.name == args.id) {
        let mut out = stdout();
        match args.json {
            true => writeln!(out, "{}", serde_json::to_string_pretty(&stage)?)?,
            false => writeln!(out, "{}: {}\n\nA stage of the cleaning and no rule.", stage.name, stage.about)?,
        }
        return Ok(Verdict::Clean);
    }
    let family = args.id.trim_end_matches('*').trim_end_matches('/');
    if let Some(Family { name, about, .. }) = catalogue.families().iter().find(|known| known.name == family) {
        bail!("{name} is a family ({about}): list its rules with `dehusk rules list --family {name}`");
    }
    let near = near(catalogue, &args.id);
    match near.is_empty() {
        true => bail!("no rule is called {}: `dehusk rules list` names all of them", printable_text(&args.id)),
        false => bail!("no rule is called {}: did you mean {}?", printable_text(&args.id), near.join(", ")),
    }
}

/// The ids that are most like what was typed.
fn near<'a>(catalogue: &'a Catalogue, typed: &str) -> Vec<&'a str> {
    let slug = |id: &'a str| id.split_once('/').map_or(id, |(_, slug)| slug);
    let likeness = |id: &'a str| {
        let whole = strsim::jaro_winkler(id, typed);
        if typed.contains('/') { whole } else { whole.max(strsim::jaro_winkler(slug(id), typed)) }
    };
    let mut ids: Vec<(f64, &str)> =
        catalogue.rules().iter().map(|rule| (likeness(&rule.id), rule.id.as_str())).collect();
    ids.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(b.1)));
    ids.into_iter()
        .take_while(|(likeness, _)| *likeness >= MIN_LIKENESS)
        .take(MAX_SUGGESTIONS)
        .map(|(_, id)| id)
        .collect()
}

fn show(out: &mut impl Write, rule: &RuleEntry) -> anyhow::Result<()> {
    let bold = Style::new().bold();
    let (red, green) = (AnsiColor::Red.on_default(), AnsiColor::Green.on_default());
    writeln!(out, "{bold}{}{bold:#}: {}\n", rule.id, rule.why)?;
    let what = match (rule.kind, rule.alone) {
        (RuleKind::Guard, _) => "keeps a line that matches, whatever else is said about it",
        (RuleKind::Topic, _) => "puts families of rules to rest on a page whose headline matches",
        (_, true) => "removes what matches",
        (_, false) => {
            "weak: removes what matches beside a line that a rule removed, or in a run of three of its family"
        }
    };
    let place = match list::place(rule) {
        "edge" => "outside the prose of a page or near its ends",
        "tail" => "after the last prose of a page or near its end",
        _ => "anywhere on a page",
    };
    writeln!(out, "what       {what}")?;
    if !rule.families.is_empty() {
        writeln!(out, "families   {}", rule.families.join(", "))?;
    }
    writeln!(out, "where      {place}")?;
    writeln!(out, "languages  {}", rule.languages.join(", "))?;
    match (&rule.pattern, &rule.selector) {
        (_, Some(selector)) => writeln!(out, "selector   {selector}")?,
        (pattern, None) => {
            writeln!(out, "max words  {}", rule.max_words)?;
            writeln!(out, "match      {}", pattern.as_deref().unwrap_or_default())?;
        }
    }
    let guards = matches!(rule.kind, RuleKind::Guard | RuleKind::Topic);
    for (title, style, examples) in [
        ("drops", red, &rule.drops),
        (if guards { "keeps" } else { "leaves alone" }, green, &rule.keeps),
        ("does not protect", red, &rule.passes),
    ] {
        if !examples.is_empty() {
            writeln!(out, "\n{title}")?;
        }
        for example in examples {
            writeln!(out, "  {style}{example}{style:#}")?;
        }
    }
    Ok(())
}
