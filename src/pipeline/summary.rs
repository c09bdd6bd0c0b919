//! The account of a run: every record counted once, under its outcome.
//!
//! [`Summary`] serializes to the JSON of `--summary` and prints as the table at the end of a run.

use super::record::{Finished, Outcome};
use crate::article::Degraded;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;

/// Failures that are kept by name, so that a run in which everything fails still ends.
const MAX_FAILURES: usize = 1_000;

/// What became of the records of a run.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    /// All records; equals the sum of the five outcomes.
    pub pages: u64,
    /// Articles that differ from their input.
    pub written: u64,
    /// Articles that equal their input, byte for byte.
    pub unchanged: u64,
    /// Pages of which nothing was kept.
    pub empty: u64,
    /// What is no page, by reason.
    pub skipped: BTreeMap<String, u64>,
    /// What could not be read or cleaned, by reason.
    pub failed: BTreeMap<String, u64>,
    /// The first 1,000 failures by name.
    pub failures: Vec<Failure>,
    /// Words of all pages before any cut.
    pub words_in: u64,
    /// Words of all articles.
    pub words_out: u64,
    /// Pieces that were removed, by family.
    pub removals: BTreeMap<String, u64>,
    /// Pages that passed a bound or have a fault, by kind.
    pub degraded: BTreeMap<String, u64>,
    /// Packed files with other bytes after their end, which were left out.
    pub trailing_bytes: u64,
    /// The page that took longest.
    pub slowest: Option<Slowest>,
    /// Bytes of all inputs as they lie on the disk.
    pub bytes: u64,
    /// Wall-clock time of the run.
    pub seconds: f64,
}

/// An input that failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// Its name, safe to print.
    pub path: String,
    /// The reason it is counted under.
    pub reason: String,
    /// What went wrong, in a sentence.
    pub message: String,
}

/// The page that took longest.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Slowest {
    /// Its name, safe to print.
    pub path: String,
    /// How long a worker had it.
    pub seconds: f64,
}

impl Summary {
    /// How many records were skipped, for whatever reason.
    pub fn skipped(&self) -> u64 {
        self.skipped.values().sum()
    }

    /// How many records failed, for whatever reason.
    pub fn failed(&self) -> u64 {
        self.failed.values().sum()
    }

    /// The share of all words that was removed, from 0 to 1.
    pub fn share_removed(&self) -> f64 {
        match self.words_in {
            0 => 0.0,
            words => self.words_in.saturating_sub(self.words_out) as f64 / words as f64,
        }
    }

    /// Counts what a step read, record or not.
    pub(super) fn add_bytes(&mut self, bytes: u64, trailing: bool) {
        self.bytes += bytes;
        self.trailing_bytes += u64::from(trailing);
    }

    pub(super) fn add(&mut self, finished: &Finished) {
        self.pages += 1;
        match finished.outcome {
            Outcome::Written => self.written += 1,
            Outcome::Unchanged => self.unchanged += 1,
            Outcome::Empty => self.empty += 1,
            Outcome::Skipped(why) => *self.skipped.entry(why.to_owned()).or_default() += 1,
            Outcome::Failed(why) => {
                *self.failed.entry(why.to_owned()).or_default() += 1;
                if self.failures.len() < MAX_FAILURES {
                    self.failures.push(Failure {
                        path: finished.name.clone(),
                        reason: why.to_owned(),
                        message: finished.message.clone(),
                    });
                }
            }
        }
        self.words_in += finished.words.0 as u64;
        self.words_out += finished.words.1 as u64;
        for (family, count) in &finished.removals {
            *self.removals.entry(family.clone()).or_default() += count;
        }
        for kind in &finished.degraded {
            *self.degraded.entry(kind_name(*kind)).or_default() += 1;
        }
        let seconds = finished.time.as_secs_f64();
        if self.slowest.as_ref().is_none_or(|slowest| seconds > slowest.seconds) {
            self.slowest = Some(Slowest { path: finished.name.clone(), seconds });
        }
    }
}

/// The name that the bound has in every JSON output.
fn kind_name(kind: Degraded) -> String {
    match serde_json::to_value(kind) {
        Ok(serde_json::Value::String(name)) => name,
        _ => format!("{kind:?}"),
    }
}

impl fmt::Display for Summary {
    /// The table for people: a row for each figure that is not zero, without a line end after the last.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let percent = self.share_removed() * 100.0;
        let words = format!("{} out, {percent:.1} % removed", grouped(self.words_out));
        let pages_a_second = self.pages as f64 / self.seconds.max(1e-3);
        let mib_a_second = self.bytes as f64 / f64::from(1 << 20) / self.seconds.max(1e-3);
        let speed = format!("{pages_a_second:.0} pages/s, {mib_a_second:.1} MiB/s");
        write!(f, "{:>12} {:>12}", "pages", grouped(self.pages))?;
        for (name, count, more) in [
            ("written", self.written, String::new()),
            ("unchanged", self.unchanged, String::new()),
            ("empty", self.empty, String::new()),
            ("skipped", self.skipped(), parts(&self.skipped)),
            ("failed", self.failed(), parts(&self.failed)),
            ("words in", self.words_in, words),
            ("removals", self.removals.values().sum(), parts(&self.removals)),
            ("degraded", self.degraded.values().sum(), parts(&self.degraded)),
            ("left out", self.trailing_bytes, "ends of packed files, behind what is packed".to_owned()),
        ] {
            if count > 0 {
                let row = format!("{name:>12} {:>12}  {more}", grouped(count));
                write!(f, "\n{}", row.trim_end())?;
            }
        }
        if let Some(slowest) = self.slowest.as_ref().filter(|slowest| slowest.seconds >= 0.1) {
            write!(f, "\n{:>12} {:>10.1} s  {}", "slowest", slowest.seconds, slowest.path)?;
        }
        // Below that it says more about the start of the program than about its speed.
        if self.seconds >= 0.1 {
            write!(f, "\n{:>12} {:>10.1} s  {speed}", "time", self.seconds)?;
        }
        Ok(())
    }
}

/// `1,200 comment, 400 login`, the largest first.
fn parts<K: AsRef<str>>(counts: &BTreeMap<K, u64>) -> String {
    let mut parts: Vec<_> = counts.iter().map(|(name, count)| (name.as_ref(), *count)).collect();
    parts.sort_by_key(|&(_, count)| std::cmp::Reverse(count));
    let parts: Vec<_> = parts.into_iter().map(|(name, count)| format!("{} {name}", grouped(count))).collect();
    parts.join(", ")
}

/// The digits of a number in groups of three: `1,234,567`.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_shows_what_is_not_zero() {
        let summary = Summary {
            pages: 1_234_567,
            written: 1_234_560,
            skipped: BTreeMap::from([("binary".to_owned(), 2), ("too large".to_owned(), 5)]),
            words_in: 1_000,
            words_out: 900,
            seconds: 2.0,
            ..Summary::default()
        };
        let table = summary.to_string();
        let rows: Vec<_> = table.lines().map(str::trim_start).collect();
        assert_eq!(rows[0], "pages    1,234,567");
        assert_eq!(rows[2], "skipped            7  5 too large, 2 binary");
        assert_eq!(rows[3], "words in        1,000  900 out, 10.0 % removed");
        assert_eq!(rows.len(), 5);
    }
}
