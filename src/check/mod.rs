//! Findings: what a page holds that would be removed, where it stands, and under which name it is known again.
//!
//! In go an [`Inspection`] and the names of its page, out come [`Finding`]s in the order of the source. A finding knows its place
//! in bytes, lines and columns, what the source line looks like around it, and a fingerprint that does not depend on
//! where in the file it stands. [`report`] writes findings, [`Baseline`] forgives those that were there before and
//! [`fix`] takes them out of a text.

mod baseline;
pub mod fix;
mod place;
pub mod report;

pub use baseline::{Baseline, BaselineEntry};
pub use place::{Excerpt, Position};

use crate::article::{Reason, Removal};
use crate::block::fold::fold;
use crate::block::words;
use crate::cleaner::{Cleaner, Inspection};
use place::Places;
use std::collections::HashMap;
use std::ops::Range;

/// A piece of a page that would be removed.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// The input as it was named, safe to print.
    pub path: String,
    /// The file of the input below the folder of the project, with `/`: what fingerprints are made of.
    pub project_path: String,
    /// Rule id, or `repeat` and the like.
    pub rule: String,
    /// What the rule is about, in a sentence without a full stop.
    pub message: String,
    /// Bytes of the input decoded to UTF-8, end excluded.
    pub range: Range<usize>,
    /// Where it begins.
    pub start: Position,
    /// Where it ends; the column is one past its last character.
    pub end: Position,
    /// True in a record of a container, whose lines are not those of the file.
    pub is_record: bool,
    /// What it says, normalized.
    pub text: String,
    /// The source line that it begins on, or what is near in a long one.
    pub excerpt: Excerpt,
    /// Words of it.
    pub words: usize,
    /// 32 hexadecimal digits of rule, path, folded text, and how often these came before in the file.
    pub fingerprint: String,
    /// The same without the count.
    pub kin: String,
}

impl Finding {
    /// The part of the rule's id before the slash.
    pub fn family(&self) -> &str {
        self.rule.split('/').next().unwrap_or_default()
    }
}

/// The names of a page.
#[derive(Clone, Copy, Debug)]
pub struct PageName<'a> {
    /// As it was named, safe to print.
    pub path: &'a str,
    /// Its file below the folder of the project.
    pub project_path: &'a str,
    /// Whether it stands in a container.
    pub is_record: bool,
}

/// The findings of a page, in the order of its source.
///
/// The headline is none: it is removed only because it is kept as the title. Their fingerprints are empty until all
/// of the file are [numbered](number).
pub fn findings(cleaner: &Cleaner, inspection: &Inspection<'_>, name: PageName<'_>) -> Vec<Finding> {
    let mut removals: Vec<&Removal> = inspection.removals.iter().filter(|r| r.reason != Reason::Headline).collect();
    if removals.is_empty() {
        return Vec::new();
    }
    // The parser moves text out of tables that may not hold it; people read the source.
    removals.sort_by_key(|removal| (removal.place.start, removal.place.end));
    let range = |removal: &Removal| {
        let said = &inspection.text[removal.place.start..removal.place.end];
        let start = removal.place.start + said.len() - said.trim_start().len();
        start..start + said.trim().len()
    };
    let ends = removals.iter().map(|removal| range(removal)).flat_map(|range| [range.start, range.end]);
    let places = Places::new(&inspection.text, ends.collect());
    let findings = removals.into_iter().map(|removal| {
        let range = range(removal);
        let rule = removal.reason.id();
        Finding {
            path: name.path.to_owned(),
            project_path: name.project_path.to_owned(),
            rule: rule.to_owned(),
            message: message(cleaner, &removal.reason),
            start: places.position(range.start),
            end: places.position(range.end),
            is_record: name.is_record,
            excerpt: places.excerpt(&range),
            range,
            words: words::count(&removal.text),
            text: removal.text.clone(),
            fingerprint: String::new(),
            kin: fingerprint(&[rule, name.project_path, &fold(&removal.text)]),
        }
    });
    findings.collect()
}

/// Gives findings their fingerprints, by which those of one kin are told apart; `seen` counts the findings of the file before
/// these, which may hold many pages.
pub fn number(findings: &mut [Finding], seen: &mut HashMap<String, u32>) {
    for finding in findings {
        let count = seen.entry(finding.kin.clone()).or_default();
        *count += 1;
        finding.fingerprint = fingerprint(&[&finding.kin, &count.to_string()]);
    }
}

/// What a reason means, for people: one line without a full stop.
fn message(cleaner: &Cleaner, reason: &Reason) -> String {
    let why = match reason {
        Reason::Rule(id) => cleaner.why(id).unwrap_or("a rule"),
        Reason::Repeat => "second copy of a line or caption of this page",
        Reason::Caption => "caption, and none is wanted",
        Reason::Headline => "headline, which is kept as the title",
        Reason::Judgement => "the judgement takes it for furniture",
        Reason::Finish => "small furniture around the article",
    };
    let words: Vec<&str> = why.split_whitespace().collect();
    words.join(" ").trim_end_matches('.').to_owned()
}

/// A hash that is the same on every machine and in every version: FNV-1a of 128 bits over the parts, each ended by a NUL.
fn fingerprint(parts: &[&str]) -> String {
    const BASIS: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
    const PRIME: u128 = 0x0000_0000_0100_0000_0000_0000_0000_013b;
    let bytes = parts.iter().flat_map(|part| part.bytes().chain(std::iter::once(0)));
    format!("{:032x}", bytes.fold(BASIS, |hash, byte| (hash ^ u128::from(byte)).wrapping_mul(PRIME)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Hints;

    fn found(text: &str, path: &str) -> Vec<Finding> {
        let cleaner = Cleaner::builder().judgement(false).build().unwrap();
        let inspection = cleaner.inspect(text.as_bytes(), &Hints::default()).unwrap();
        let mut found = findings(&cleaner, &inspection, PageName { path, project_path: path, is_record: false });
        number(&mut found, &mut HashMap::new());
        found
    }

    const PROSE: &str = "The mill was sold on Monday to a family from the next valley.";
    const HUSK: &str = "Please refresh the page to be logged in";

    #[test]
    fn a_finding_says_where_it_stands() {
        let text = format!("{PROSE}\n\n{HUSK}\n");
        let [finding] = &found(&text, "a.txt")[..] else { panic!("one") };
        assert_eq!((&text[finding.range.clone()], &*finding.rule), (HUSK, "login/refresh-to-be-logged-in-en"));
        assert_eq!((finding.start.line, finding.start.column, finding.end.column), (3, 1, HUSK.len() as u32 + 1));
        assert_eq!((finding.words, finding.family()), (8, "login"));
        assert_eq!(finding.excerpt.text, HUSK);
    }

    #[test]
    fn a_fingerprint_stays_when_the_line_moves_and_when_its_spelling_is_folded_away() {
        let first = found(&format!("{PROSE}\n\n{HUSK}\n"), "a.txt");
        let moved = found(&format!("{PROSE}\n\n{PROSE} It stood empty.\n\n{}\n", HUSK.to_uppercase()), "a.txt");
        assert_eq!(first[0].fingerprint, moved[0].fingerprint);
        assert_ne!(first[0].fingerprint, found(&format!("{PROSE}\n\n{HUSK}\n"), "b.txt")[0].fingerprint);
    }

    #[test]
    fn the_same_line_twice_has_two_fingerprints_of_one_kin() {
        let twice = found(&format!("{PROSE}\n\n{HUSK}\n\n{HUSK}\n"), "a.txt");
        assert_eq!(twice.len(), 2);
        assert_eq!(twice[0].kin, twice[1].kin);
        assert_ne!(twice[0].fingerprint, twice[1].fingerprint);
    }

    #[test]
    fn the_hash_is_fnv_of_128_bits() {
        // The hash of "a", computed apart from this code, with the NUL that ends a part.
        let of_a = (0x6c62_272e_07bb_0142_62b8_2175_6295_c58d_u128 ^ 0x61).wrapping_mul((1 << 88) + 0x13b);
        assert_eq!(format!("{of_a:032x}"), "d228cb696f1a8caf78912b704e4a8964");
        assert_eq!(fingerprint(&["a"]), format!("{:032x}", of_a.wrapping_mul((1 << 88) + 0x13b)));
    }
}
