//! The report: one JSON object for each removal, in the order of the inputs and of the page.
//!
//! `start` and `end` are bytes of the input decoded to UTF-8; HTML inputs say `line` and `element` too.
//! `rule` is what a keep list names to veto the removal.

use crate::article::{Article, Place};
use serde::Serialize;

#[derive(Serialize)]
struct Line<'a> {
    path: &'a str,
    #[serde(flatten)]
    place: &'a Place,
    rule: &'a str,
    family: &'a str,
    score: f32,
    evidence: &'a str,
    text: &'a str,
}

/// Appends a line for each removal of the article that was made from the input `path`.
pub(super) fn write(path: &str, article: &Article, out: &mut Vec<u8>) {
    for removal in &article.removals {
        let line = Line {
            path,
            place: &removal.place,
            rule: removal.reason.id(),
            family: removal.reason.family(),
            score: removal.score,
            evidence: &removal.evidence,
            text: &removal.text,
        };
        serde_json::to_writer(&mut *out, &line).expect("strings and numbers always are JSON");
        out.push(b'\n');
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ElementPlace, Format, Metadata, Reason, Removal};

    #[test]
    fn each_removal_says_where_it_stood() {
        let removal = |element| Removal {
            place: Place { start: 0, end: 6, element },
            text: "Log in".to_owned(),
            reason: Reason::Rule("login/log-in".to_owned()),
            evidence: "log in".to_owned(),
            score: 1.0,
        };
        let element = ElementPlace { line: 3, path: "body>p".to_owned() };
        let article = Article {
            format: Format::Text,
            encoding: "UTF-8",
            degraded: Vec::new(),
            metadata: Metadata::default(),
            text: String::new(),
            blocks: Vec::new(),
            removals: vec![removal(None), removal(Some(element))],
            confidence: 0.5,
            words_in: 4,
            words_out: 0,
            unchanged: false,
        };
        let mut out = Vec::new();
        write("a.txt", &article, &mut out);
        let rest = r#""rule":"login/log-in","family":"login","score":1.0,"evidence":"log in","text":"Log in"}"#;
        let expected = format!(
            "{{\"path\":\"a.txt\",\"start\":0,\"end\":6,{rest}\n{{\"path\":\"a.txt\",\"start\":0,\"end\":6,\"line\":3,\"element\":\"body>p\",{rest}\n"
        );
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }
}
