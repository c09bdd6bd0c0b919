//! A code quality report of GitLab: an array of issues.
//!
//! <https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format>: description, check_name, fingerprint
//! (unique in the report), severity, and a path relative to the repository, without `./`.

use super::{Account, Reporter, sentence};
use crate::check::Finding;
use serde_json::json;

/// Writes the array.
#[derive(Default)]
pub(super) struct Gitlab {
    is_begun: bool,
}

impl Reporter for Gitlab {
    fn finding(&mut self, finding: &Finding, out: &mut Vec<u8>) {
        out.extend_from_slice(if self.is_begun { b",\n" } else { b"[\n" });
        self.is_begun = true;
        // It wants a line, also where the lines are not those of the file.
        let (begin, end) = if finding.is_record { (1, 1) } else { (finding.start.line, finding.end.line) };
        let issue = json!({
            "description": sentence(finding),
            "check_name": finding.rule,
            "fingerprint": finding.fingerprint,
            "severity": "minor",
            "location": {
                "path": finding.project_path,
                "lines": { "begin": begin, "end": end },
            },
        });
        serde_json::to_writer(out, &issue).expect("strings and numbers always are JSON");
    }

    fn finish(&mut self, _: &Account, out: &mut Vec<u8>) {
        out.extend_from_slice(if self.is_begun { b"\n]\n" } else { b"[]\n" });
    }
}

#[cfg(test)]
mod tests {
    use super::super::*;
    use serde_json::Value;

    #[test]
    fn an_issue_has_the_fields_that_gitlab_reads() {
        let value: Value = serde_json::from_str(&report("gitlab", &[hard(), hard()], &Account::default())).unwrap();
        let issues = value.as_array().unwrap();
        assert_eq!(issues.len(), 2);
        for field in ["description", "check_name", "fingerprint"] {
            assert!(issues[0][field].is_string(), "{field}");
        }
        assert_eq!(issues[0]["severity"], "minor");
        assert_eq!(issues[0]["location"]["lines"]["begin"], 3);
        assert_eq!(report("gitlab", &[], &Account::default()), "[]\n");
        let record = Finding { is_record: true, ..hard() };
        let issues: Value = serde_json::from_str(&report("gitlab", &[record], &Account::default())).unwrap();
        assert_eq!(issues[0]["location"]["lines"]["begin"], 1);
    }
}
