//! JUnit XML: one test case a finding, one that passes when there is none, an error for what could not be read.
//!
//! Valid against the schema of Jenkins (`junit-10.xsd`), which GitLab and the others read too. No times and no host
//! stand in it, so that equal runs make equal files.

use super::{Account, Reporter};
use crate::check::Finding;

/// Collects the cases: their number stands before them.
#[derive(Default)]
pub(super) struct Junit {
    cases: String,
}

/// A text for an attribute or an element; characters that XML 1.0 cannot hold become U+FFFD.
fn xml(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\t' => escaped.push_str("&#9;"),
            '\n' => escaped.push_str("&#10;"),
            '\r' => escaped.push_str("&#13;"),
            '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => escaped.push('\u{fffd}'),
            c => escaped.push(c),
        }
    }
    escaped
}

impl Reporter for Junit {
    fn finding(&mut self, finding: &Finding, _: &mut Vec<u8>) {
        let start = finding.start;
        self.cases += &format!(
            "    <testcase classname=\"{path}\" name=\"{rule} at {line}:{column}\">\n      \
             <failure type=\"{rule}\" message=\"{message}\">{path}:{line}:{column}: {text}</failure>\n    </testcase>\n",
            path = xml(&finding.path),
            rule = xml(&finding.rule),
            line = start.line,
            column = start.column,
            message = xml(&finding.message),
            text = xml(&finding.text),
        );
    }

    fn finish(&mut self, account: &Account, out: &mut Vec<u8>) {
        for failure in &account.failed {
            let (path, message) = (xml(&failure.path), xml(&failure.message));
            self.cases += &format!(
                "    <testcase classname=\"{path}\" name=\"read\">\n      \
                 <error type=\"unreadable\" message=\"{message}\"/>\n    </testcase>\n"
            );
        }
        let (failures, errors) = (account.findings, account.failed.len());
        let tests = (failures + errors as u64).max(1);
        if self.cases.is_empty() {
            self.cases += "    <testcase classname=\"dehusk\" name=\"no findings\"/>\n";
        }
        let counts = format!("tests=\"{tests}\" failures=\"{failures}\" errors=\"{errors}\"");
        let document = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"dehusk\" {counts}>\n  \
             <testsuite name=\"dehusk check\" {counts}>\n{}  </testsuite>\n</testsuites>\n",
            self.cases
        );
        out.extend_from_slice(document.as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::super::*;

    #[test]
    fn marks_of_xml_are_escaped_and_the_counts_are_right() {
        let failed = vec![Failure { path: "x".to_owned(), message: "cannot <read>".to_owned() }];
        let account = Account { findings: 1, failed, ..Account::default() };
        let text = report("junit", &[hard()], &account);
        assert_eq!(text.matches("tests=\"2\" failures=\"1\" errors=\"1\"").count(), 2);
        assert_eq!(text.matches("<testcase ").count(), 2);
        assert!(text.contains("50% &lt;off&gt; &amp; &quot;more&quot;"));
        assert!(text.contains("shown&#10;to guests"));
        assert!(!text.contains("<read>") && !text.contains("<off>"));
    }

    #[test]
    fn without_findings_a_case_passes() {
        let text = report("junit", &[], &Account::default());
        assert!(text.contains("tests=\"1\" failures=\"0\"") && text.contains("name=\"no findings\"/>"));
    }
}
