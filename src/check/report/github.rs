//! Workflow commands of GitHub Actions: one `::error` line a finding.
//!
//! <https://docs.github.com/actions/reference/workflow-commands-for-github-actions>. GitHub shows ten errors a step as
//! annotations and the others in the log only, where the lines stand too.

use super::{Account, Reporter, sentence};
use crate::check::Finding;

/// Writes the lines.
pub(super) struct Github;

/// The text after `::`, which ends at the line.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// A value before `::`, which ends at a comma or a colon too.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

impl Reporter for Github {
    fn finding(&mut self, finding: &Finding, out: &mut Vec<u8>) {
        let (start, end) = (finding.start, finding.end);
        // Columns are only read when both lines are the same.
        let columns = match start.line == end.line {
            true => format!(",col={},endColumn={}", start.column, end.column),
            false => String::new(),
        };
        let place = match finding.is_record {
            true => String::new(),
            false => format!(",line={},endLine={}{columns}", start.line, end.line),
        };
        let line = format!(
            "::error file={}{place},title={}::{}\n",
            property(&finding.project_path),
            property(&finding.rule),
            data(&sentence(finding)),
        );
        out.extend_from_slice(line.as_bytes());
    }

    fn finish(&mut self, account: &Account, out: &mut Vec<u8>) {
        for failure in &account.failed {
            let line = format!("::error file={}::{}\n", property(&failure.path), data(&failure.message));
            out.extend_from_slice(line.as_bytes());
        }
        for entry in &account.stale {
            let message = data(&format!("stale entry of the baseline: {} {}", entry.rule, entry.text));
            let line = format!("::notice file={}::{message}\n", property(&entry.path));
            out.extend_from_slice(line.as_bytes());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::*;

    #[test]
    fn what_ends_a_property_or_a_line_is_escaped() {
        let text = report("github", &[hard()], &Account::default());
        assert_eq!(text.lines().count(), 1);
        let begin = "::error file=a b/50%25%2Cx%3Ay%0A.txt,line=3,endLine=3,col=6,endColumn=32,title=login/log-in-en::";
        let end = "a login link: it is shown%0Ato guests: 50%25 <off> & \"more\" \u{202e}😀 Log in\n";
        assert_eq!(text, format!("{begin}{end}"));
        let record = report("github", &[Finding { is_record: true, ..hard() }], &Account::default());
        assert_eq!(record, text.replace(",line=3,endLine=3,col=6,endColumn=32", ""));
    }
}
