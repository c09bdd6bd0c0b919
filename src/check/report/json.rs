//! JSON: one object with all that is known, one finding a line.

use super::{Account, Reporter};
use crate::check::Finding;
use serde::Serialize;

/// The version of the format, which changes when a field goes or means something else.
const VERSION: u32 = 1;

/// Writes the object.
#[derive(Default)]
pub(super) struct Json {
    is_begun: bool,
}

#[derive(Serialize)]
struct Line<'a> {
    path: &'a str,
    line: u32,
    column: u32,
    end_line: u32,
    end_column: u32,
    start: usize,
    end: usize,
    rule: &'a str,
    family: &'a str,
    message: &'a str,
    text: &'a str,
    excerpt: &'a str,
    fingerprint: &'a str,
}

impl Json {
    fn begin(&mut self, out: &mut Vec<u8>) {
        let begin = match self.is_begun {
            true => ",\n".to_owned(),
            false => format!("{{\"version\":{VERSION},\"findings\":[\n"),
        };
        out.extend_from_slice(begin.as_bytes());
        self.is_begun = true;
    }
}

impl Reporter for Json {
    fn finding(&mut self, finding: &Finding, out: &mut Vec<u8>) {
        self.begin(out);
        let line = Line {
            path: &finding.path,
            line: finding.start.line,
            column: finding.start.column,
            end_line: finding.end.line,
            end_column: finding.end.column,
            start: finding.range.start,
            end: finding.range.end,
            rule: &finding.rule,
            family: finding.family(),
            message: &finding.message,
            text: &finding.text,
            excerpt: &finding.excerpt.text,
            fingerprint: &finding.fingerprint,
        };
        serde_json::to_writer(out, &line).expect("strings and numbers always are JSON");
    }

    fn finish(&mut self, account: &Account, out: &mut Vec<u8>) {
        if !self.is_begun {
            self.begin(out);
        }
        out.extend_from_slice(b"\n],\"summary\":");
        serde_json::to_writer(&mut *out, account).expect("strings and numbers always are JSON");
        out.extend_from_slice(b"}\n");
    }
}

#[cfg(test)]
mod tests {
    use super::super::*;
    use serde_json::Value;

    #[test]
    fn an_object_holds_findings_and_counts() {
        for count in [0, 1, 2] {
            let account = Account { findings: count, ..Account::default() };
            let json = report("json", &vec![hard(); count as usize], &account);
            let value: Value = serde_json::from_str(&json).unwrap();
            assert_eq!(value["findings"].as_array().unwrap().len() as u64, count);
            assert_eq!(value["summary"]["findings"], count);
        }
        let value: Value = serde_json::from_str(&report("json", &[hard()], &Account::default())).unwrap();
        let finding = &value["findings"][0];
        assert_eq!((&finding["line"], &finding["column"], &finding["family"]), (&3.into(), &6.into(), &"login".into()));
        assert_eq!(finding["path"], "a b/50%,x:y\\n.txt");
    }
}
