//! Reports of a check: findings in, the bytes of one format out.
//!
//! [`REPORTS`] is the one table of formats: help texts and tests come from it, and a new format is one file and one
//! line. A [`Reporter`] is given the findings in their order and then the [`Account`] of the whole run; what it holds
//! back until then is bounded or is its own output.

mod github;
mod gitlab;
#[cfg(feature = "cli")]
mod human;
mod json;
mod junit;
mod sarif;

use super::{BaselineEntry, Finding};
use serde::Serialize;

/// How a run went, beside its findings.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Account {
    /// Files and other inputs that were looked at.
    pub files: u64,
    /// Those with a finding that is not forgiven.
    pub files_with_findings: u64,
    /// Findings that are not forgiven.
    pub findings: u64,
    /// Findings that the baseline forgives.
    pub forgiven: u64,
    /// Findings that were taken out of their files.
    pub fixed: u64,
    /// Inputs that are no text, such as images.
    pub skipped: u64,
    /// Words of all inputs, when a share was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub words: Option<u64>,
    /// Words of the findings that are not forgiven.
    pub words_found: u64,
    /// Inputs that could not be read: name and what went wrong.
    pub failed: Vec<Failure>,
    /// Entries of the baseline that forgave less than they count.
    pub stale: Vec<BaselineEntry>,
}

/// An input that could not be checked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Failure {
    /// Its name, safe to print.
    pub path: String,
    /// What went wrong, in a sentence.
    pub message: String,
}

/// Writes one format.
pub trait Reporter {
    /// Appends what can be said about a finding now.
    fn finding(&mut self, finding: &Finding, out: &mut Vec<u8>);
    /// Appends the rest.
    fn finish(&mut self, account: &Account, out: &mut Vec<u8>);
}

/// How a report may look.
#[derive(Clone, Copy, Debug, Default)]
pub struct Style {
    /// Whether it may hold colours.
    pub color: bool,
}

/// A format of reports.
#[derive(Debug)]
pub struct ReportFormat {
    /// The name that stands on the command line.
    pub name: &'static str,
    /// One line for the help text.
    pub about: &'static str,
    /// Begins a report.
    pub new: fn(Style) -> Box<dyn Reporter>,
}

/// Every format; the first is the default of the command.
pub const REPORTS: &[ReportFormat] = &[
    #[cfg(feature = "cli")]
    ReportFormat {
        name: "human",
        about: "for people: the line, a mark under what was found, the rule, how to keep it",
        new: |style| Box::new(human::Human::new(style)),
    },
    ReportFormat {
        name: "json",
        about: "one JSON object: findings, stale entries, failures, counts",
        new: |_| Box::new(json::Json::default()),
    },
    ReportFormat { name: "github", about: "annotations of GitHub Actions", new: |_| Box::new(github::Github) },
    ReportFormat {
        name: "gitlab",
        about: "a code quality report of GitLab",
        new: |_| Box::new(gitlab::Gitlab::default()),
    },
    ReportFormat {
        name: "sarif",
        about: "SARIF 2.1.0, at most 4,900 results",
        new: |_| Box::new(sarif::Sarif::default()),
    },
    ReportFormat {
        name: "junit",
        about: "JUnit XML, one test case a finding",
        new: |_| Box::new(junit::Junit::default()),
    },
];

impl ReportFormat {
    /// The format of that name.
    pub fn by_name(name: &str) -> Option<&'static ReportFormat> {
        REPORTS.iter().find(|format| format.name == name)
    }
}

/// A path as a link in a report: percent signs for what a URI does not hold as it stands.
fn uri(path: &str) -> String {
    let mut uri = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => uri.push(char::from(byte)),
            byte => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    uri
}

/// The message of a finding that stands alone: what it is and what it says.
fn sentence(finding: &Finding) -> String {
    const CHARS: usize = 160;
    let mut text: String = finding.text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(CHARS).collect();
    if finding.text.chars().nth(CHARS).is_some() {
        text.push('…');
    }
    format!("{}: {text}", finding.message)
}

/// Findings for the tests of the formats.
#[cfg(test)]
fn report(format: &str, findings: &[Finding], account: &Account) -> String {
    let mut reporter = (ReportFormat::by_name(format).expect("the format exists").new)(Style::default());
    let mut out = Vec::new();
    findings.iter().for_each(|finding| reporter.finding(finding, &mut out));
    reporter.finish(account, &mut out);
    String::from_utf8(out).expect("reports are UTF-8")
}

/// A finding that is hard to write: marks of every format in its path and in its text, wide characters and a tab.
#[cfg(test)]
fn hard() -> Finding {
    use super::{Excerpt, Position};
    let line = "\t新闻: 50% <off> & \"more\" \u{202e}😀 Log in";
    let start = line.find("50%").expect("it is there");
    Finding {
        path: "a b/50%,x:y\\n.txt".to_owned(),
        project_path: "a b/50%,x:y\n.txt".to_owned(),
        rule: "login/log-in-en".to_owned(),
        message: "a login link: it is shown\nto guests".to_owned(),
        range: 20 + start..20 + line.len(),
        start: Position { line: 3, column: 6, utf16: 6 },
        end: Position { line: 3, column: 32, utf16: 33 },
        is_record: false,
        text: line[start..].to_owned(),
        excerpt: Excerpt { text: line.to_owned(), mark: start..line.len(), cut_before: false, cut_after: false },
        words: 5,
        fingerprint: "f1".to_owned(),
        kin: "f".to_owned(),
    }
}
