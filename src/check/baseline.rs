//! The baseline: findings that were there before and are forgiven, so that only new ones fail.
//!
//! A file of JSON with one entry a line in the order of paths, so that two branches that change it can be merged. An
//! entry forgives `count` findings with the same rule, path and folded text, wherever in the file they stand. What it
//! forgives and is no longer there is stale.

use super::Finding;
use crate::error::{Error, ErrorKind};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap};

/// Findings that are forgiven.
#[derive(Clone, Debug, Default)]
pub struct Baseline {
    entries: BTreeMap<Key, BaselineEntry>,
    /// The entries by what their findings have in common, and how many of each were met.
    met: HashMap<String, u32>,
}

/// Findings of one file that say the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BaselineEntry {
    /// The file below the folder of the project.
    pub path: String,
    /// Rule id, or `repeat` and the like.
    pub rule: String,
    /// What the findings say, for the reader of the file; long ones are cut.
    pub text: String,
    /// Hash of rule, path and folded text.
    pub fingerprint: String,
    /// How many findings it stands for.
    pub count: u32,
}

/// Path, rule, fingerprint: the order of the file.
type Key = (String, String, String);

const VERSION: u32 = 1;
/// Characters of a finding that an entry shows.
const TEXT_CHARS: usize = 120;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    version: u32,
    findings: Vec<BaselineEntry>,
}

impl Baseline {
    /// Reads a baseline; `name` stands in error messages.
    ///
    /// # Errors
    /// [`ErrorKind::Rules`] with the file and the line of the fault.
    pub fn parse(name: &str, json: &str) -> Result<Baseline, Error> {
        let fault = |line: usize, why: String| Error::new(ErrorKind::Rules, format!("{name}:{line}: {why}"));
        let file: File = serde_json::from_str(json).map_err(|e| fault(e.line(), format!("no baseline: {e}")))?;
        if file.version != VERSION {
            let why = format!("version {} is not known; write it anew with --write-baseline", file.version);
            return Err(fault(1, why));
        }
        let mut baseline = Baseline::default();
        for entry in file.findings {
            let count = entry.count;
            baseline.entry(entry).count += count;
        }
        Ok(baseline)
    }

    /// The file that [`parse`](Baseline::parse) reads.
    pub fn to_json(&self) -> String {
        let entries = self.entries.values();
        let lines = entries.map(|entry| serde_json::to_string(entry).expect("strings and numbers always are JSON"));
        let lines: Vec<String> = lines.map(|line| format!("    {line}")).collect();
        let end = if lines.is_empty() { "" } else { "\n  " };
        let begin = if lines.is_empty() { "" } else { "\n" };
        format!("{{\n  \"version\": {VERSION},\n  \"findings\": [{begin}{}{end}]\n}}\n", lines.join(",\n"))
    }

    /// True when the baseline forgives the finding; each entry does so as often as it counts.
    pub fn forgives(&mut self, finding: &Finding) -> bool {
        let Some(entry) = self.entries.get(&key(finding)) else { return false };
        let met = self.met.entry(entry.fingerprint.clone()).or_default();
        *met += 1;
        *met <= entry.count
    }

    /// Adds a finding.
    pub fn add(&mut self, finding: &Finding) {
        let (path, rule, fingerprint) = key(finding);
        let mut text: String = finding.text.chars().take(TEXT_CHARS).collect();
        if text.len() < finding.text.len() {
            text.push('…');
        }
        self.entry(BaselineEntry { path, rule, text, fingerprint, count: 0 }).count += 1;
    }

    /// Takes over the entries of another baseline whose paths are `wanted`; of an entry that both have the larger count.
    pub fn extend(&mut self, other: &Baseline, wanted: impl Fn(&str) -> bool) {
        for (key, entry) in other.entries.iter().filter(|(_, entry)| wanted(&entry.path)) {
            let own = self.entries.entry(key.clone()).or_insert_with(|| entry.clone());
            own.count = own.count.max(entry.count);
        }
    }

    /// The entries that forgave fewer findings than they count, with how many they did not meet, of the files that `was_read`
    /// is true for.
    pub fn stale(&self, was_read: impl Fn(&str) -> bool) -> Vec<BaselineEntry> {
        let stale = self.entries.values().filter(|entry| was_read(&entry.path)).filter_map(|entry| {
            let met = self.met.get(&entry.fingerprint).copied().unwrap_or(0);
            let missing = entry.count.saturating_sub(met);
            (missing > 0).then(|| BaselineEntry { count: missing, ..entry.clone() })
        });
        stale.collect()
    }

    /// How many findings it forgives.
    pub fn len(&self) -> usize {
        self.entries.values().map(|entry| entry.count as usize).sum()
    }

    /// True when it forgives nothing.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    fn entry(&mut self, entry: BaselineEntry) -> &mut BaselineEntry {
        let key = (entry.path.clone(), entry.rule.clone(), entry.fingerprint.clone());
        self.entries.entry(key).or_insert(BaselineEntry { count: 0, ..entry })
    }
}

fn key(finding: &Finding) -> Key {
    (finding.project_path.clone(), finding.rule.clone(), finding.kin.clone())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::{Excerpt, Position};

    fn finding(path: &str, kin: &str) -> Finding {
        let at = Position { line: 1, column: 1, utf16: 1 };
        Finding {
            path: path.to_owned(),
            project_path: path.to_owned(),
            rule: "login/log-in-en".to_owned(),
            message: "login link".to_owned(),
            range: 0..6,
            start: at,
            end: at,
            is_record: false,
            text: "Log in".to_owned(),
            excerpt: Excerpt { text: "Log in".to_owned(), mark: 0..6, cut_before: false, cut_after: false },
            words: 2,
            fingerprint: format!("{kin}-1"),
            kin: kin.to_owned(),
        }
    }

    #[test]
    fn what_was_written_forgives_as_often_as_it_was_found() {
        let mut written = Baseline::default();
        for found in [finding("b.txt", "1"), finding("a.txt", "2"), finding("b.txt", "1")] {
            written.add(&found);
        }
        let json = written.to_json();
        assert_eq!(json.lines().filter(|line| line.contains("fingerprint")).count(), 2);
        assert!(json.find("a.txt") < json.find("b.txt"));
        let mut read = Baseline::parse("base.json", &json).unwrap();
        assert_eq!((read.to_json(), read.len()), (json, 3));
        let forgiven: Vec<bool> = (0..3).map(|_| read.forgives(&finding("b.txt", "1"))).collect();
        assert_eq!(forgiven, [true, true, false]);
        assert!(!read.forgives(&finding("c.txt", "1")));
        let stale = read.stale(|_| true);
        assert_eq!((stale.len(), &*stale[0].path, stale[0].count), (1, "a.txt", 1));
        assert!(read.stale(|path| path == "b.txt").is_empty());
    }

    #[test]
    fn an_empty_baseline_can_be_read_again() {
        let json = Baseline::default().to_json();
        assert!(Baseline::parse("base.json", &json).unwrap().is_empty());
    }

    #[test]
    fn what_is_no_baseline_is_refused_with_its_line() {
        for (json, place) in
            [("{\n  \"version\": 1,\n  \"x\": 2}", "base.json:3"), ("{\"version\":7,\"findings\":[]}", "version 7")]
        {
            let error = Baseline::parse("base.json", json).unwrap_err().to_string();
            assert!(error.contains(place), "{error}");
        }
    }

    #[test]
    fn what_is_taken_over_lowers_no_count() {
        let of = |findings: &[(&str, usize)]| {
            let mut baseline = Baseline::default();
            for (path, count) in findings {
                (0..*count).for_each(|_| baseline.add(&finding(path, path)));
            }
            baseline
        };
        let mut new = of(&[("a.txt", 5), ("b.txt", 1)]);
        new.extend(&of(&[("a.txt", 3), ("b.txt", 2), ("c.txt", 1), ("d.txt", 1)]), |path| path != "d.txt");
        assert_eq!(new.len(), 5 + 2 + 1);
    }
}
