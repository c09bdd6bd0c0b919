//! The hidden command `dehusk rules docs`: the table of the README and the reference, for `scripts/docs`.

use super::super::Verdict;
use super::super::args::RulesDocsArgs;
use super::{catalogue, list};
use dehusk::{Catalogue, Family, RuleEntry, RuleKind};
use std::fmt::Write as _;
use std::io::{self, Write};

/// Examples of a kind that the reference gives of a rule.
const MAX_EXAMPLES: usize = 3;

/// Runs the command.
pub(super) fn run(args: RulesDocsArgs) -> anyhow::Result<Verdict> {
    let catalogue = catalogue(&[])?;
    let text = if args.table { table(&catalogue) } else { reference(&catalogue) };
    io::stdout().write_all(text.as_bytes())?;
    Ok(Verdict::Clean)
}

/// Families that remove something, by name, then the stages.
fn removing(catalogue: &Catalogue) -> Vec<Family> {
    let removes =
        |family: &&Family| catalogue.rules().iter().any(|rule| rule.family() == family.name && !protects(rule));
    let mut families: Vec<Family> = catalogue.families().iter().filter(removes).cloned().collect();
    families.sort_by(|a, b| a.name.cmp(&b.name));
    families.extend(Catalogue::stages());
    families
}

fn protects(rule: &RuleEntry) -> bool {
    matches!(rule.kind, RuleKind::Guard | RuleKind::Topic)
}

fn table(catalogue: &Catalogue) -> String {
    let mut text = String::from("| family | what goes | for example | languages |\n| --- | --- | --- | --- |\n");
    for Family { name, about, example, languages, .. } in removing(catalogue) {
        text += &format!("| `{name}` | {about} | {example} | {} |\n", languages.join(" ")).replace("|  |", "| |");
    }
    text
}

fn reference(catalogue: &Catalogue) -> String {
    let mut text = String::from(
        "# The rules\n\nMade by `scripts/docs` from the rule packs; do not edit. `dehusk rules show ID` says more about one rule: its \
         pattern and all its examples.\n\nA weak rule counts only beside a line that a rule removed, or in a run of three of \
         its family. `edge` is outside the prose of a page or near its ends, `tail` after its last prose. ✂ is a line that goes, ✓ one that \
         stays.\n",
    );
    for family in catalogue.families() {
        let rules: Vec<&RuleEntry> = catalogue
            .rules()
            .iter()
            .filter(|rule| rule.family() == family.name || family.name == "guards" && rule.kind == RuleKind::Topic)
            .collect();
        let count = if rules.len() == 1 { "1 rule".to_owned() } else { format!("{} rules", rules.len()) };
        _ = write!(
            text,
            "\n## {}\n\n{}. {count}; {}.\n\n{}\n",
            family.name,
            sentence(&family.about),
            family.languages.join(" "),
            escaped(&family.note)
        );
        for rule in rules {
            entry(&mut text, rule);
        }
    }
    text
}

fn entry(text: &mut String, rule: &RuleEntry) {
    let mut facts = vec![rule.languages.join(" ")];
    facts.extend((rule.status() != "alone").then(|| rule.status().to_owned()));
    facts.extend((list::place(rule) != "any").then(|| list::place(rule).to_owned()));
    match &rule.selector {
        Some(selector) => facts.push(format!("selector `{selector}`")),
        None => facts.push(format!("at most {} words", rule.max_words)),
    }
    facts.extend((!rule.families.is_empty()).then(|| format!("puts to rest {}", rule.families.join(", "))));
    _ = write!(text, "\n### `{}`\n\n{}. {}.\n\n", rule.id, sentence(&escaped(&rule.why)), facts.join("; "));
    let gone = rule.drops.iter().take(MAX_EXAMPLES).map(|line| ('✂', line));
    let kept = rule.keeps.iter().take(MAX_EXAMPLES).map(|line| ('✓', line));
    let passed = rule.passes.iter().take(MAX_EXAMPLES).map(|line| ('✂', line));
    for (mark, line) in gone.chain(kept).chain(passed) {
        _ = writeln!(text, "- {mark} {}", escaped(line));
    }
}

/// A phrase as the beginning of a sentence.
fn sentence(phrase: &str) -> String {
    let mut chars = phrase.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

/// A line as Markdown shows it and nothing else.
fn escaped(line: &str) -> String {
    let mut text = String::with_capacity(line.len());
    for c in line.chars() {
        if matches!(c, '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '#' | '|' | '~' | '$') {
            text.push('\\');
        }
        text.push(if c == '\n' { ' ' } else { c });
    }
    text
}
