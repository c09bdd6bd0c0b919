//! `dehusk rules list`: one line a rule.

use super::super::Verdict;
use super::super::args::RulesListArgs;
use super::{catalogue, stdout};
use anstyle::Style;
use anyhow::bail;
use dehusk::{Catalogue, RuleEntry, Where};
use std::collections::BTreeSet;
use std::io::Write;

/// Runs the command.
pub(super) fn run(args: RulesListArgs) -> anyhow::Result<Verdict> {
    let catalogue = catalogue(&args.rules)?;
    let families: BTreeSet<&str> = catalogue.rules().iter().map(RuleEntry::family).collect();
    if let Some(wrong) = args.family.iter().find(|family| !families.contains(family.as_str())) {
        bail!("no family is called {wrong}: there are {}", Vec::from_iter(families).join(", "));
    }
    let languages: BTreeSet<&str> =
        catalogue.rules().iter().flat_map(|rule| &rule.languages).map(String::as_str).collect();
    if let Some(wrong) = args.lang.iter().find(|language| !languages.contains(language.as_str())) {
        bail!("no rule is written for {wrong}: there are {}", Vec::from_iter(languages).join(", "));
    }
    let is_wanted = |rule: &&RuleEntry| {
        let family = args.family.is_empty() || args.family.iter().any(|family| *family == rule.family());
        family && (args.lang.is_empty() || args.lang.iter().any(|language| rule.languages.contains(language)))
    };
    let rules: Vec<&RuleEntry> = catalogue.rules().iter().filter(is_wanted).collect();
    match args.json {
        true => json(&rules),
        false => table(&catalogue, &rules),
    }?;
    Ok(Verdict::Clean)
}

fn json(rules: &[&RuleEntry]) -> anyhow::Result<()> {
    let mut out = stdout();
    for rule in rules {
        writeln!(out, "{}", serde_json::to_string(rule)?)?;
    }
    Ok(out.flush()?)
}

/// Where a rule acts, in a word.
pub(super) fn place(rule: &RuleEntry) -> &'static str {
    match rule.place {
        Where::Any => "any",
        Where::Edge => "edge",
        Where::Tail => "tail",
    }
}

/// Languages that a line of the table names.
const MAX_LANGUAGES: usize = 4;

fn languages(languages: &[String]) -> String {
    match languages.len().saturating_sub(MAX_LANGUAGES) {
        0 => languages.join(" "),
        more => format!("{} +{more}", languages[..MAX_LANGUAGES].join(" ")),
    }
}

fn table(catalogue: &Catalogue, rules: &[&RuleEntry]) -> anyhow::Result<()> {
    let mut out = stdout();
    let bold = Style::new().bold();
    let rows: Vec<[String; 4]> = rules
        .iter()
        .map(|rule| [rule.id.clone(), rule.status().to_owned(), place(rule).to_owned(), languages(&rule.languages)])
        .collect();
    let names = ["rule", "status", "where", "languages"];
    let width =
        |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0).max(names[column].len());
    let widths = [0, 1, 2, 3].map(width);
    let mut line = |style: Style, cells: [&str; 4], why: &str| {
        for (cell, width) in cells.iter().zip(widths) {
            write!(out, "{style}{cell:width$}{style:#}  ")?;
        }
        writeln!(out, "{style}{why}{style:#}")
    };
    line(bold, names, "why")?;
    for (rule, row) in rules.iter().zip(&rows) {
        line(Style::new(), [&row[0], &row[1], &row[2], &row[3]], &rule.why)?;
    }
    if rules.len() < catalogue.rules().len() {
        writeln!(out, "{} of {} rules", rules.len(), catalogue.rules().len())?;
    } else {
        writeln!(out, "{} rules", rules.len())?;
    }
    Ok(out.flush()?)
}
