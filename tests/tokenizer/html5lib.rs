//! The tokenizer tests of html5lib, which are the tests of the standard.

use crate::tokens::{Shown, scanned_in};
use dehusk::tokenizer::Content;
use html5ever::tokenizer::states::RawKind;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;

/// Results of all files.
#[derive(Default)]
pub struct Score {
    pub passed: usize,
    /// Each with what was expected and what came.
    pub failed: Vec<String>,
    /// Reasons, and how many tests each excuses.
    pub excused: BTreeMap<&'static str, usize>,
}

/// Runs every `*.test` file of the folder.
pub fn run(folder: &Path) -> Score {
    let mut score = Score::default();
    let entries = std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut files: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    for file in files.iter().filter(|file| file.extension().is_some_and(|extension| extension == "test")) {
        let content: Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
        for test in content["xmlViolationTests"].as_array().into_iter().flatten() {
            let _ = test;
            *score.excused.entry("asks for the changes that make XML of a page").or_default() += 1;
        }
        for test in content["tests"].as_array().into_iter().flatten() {
            run_test(&file.file_name().unwrap().to_string_lossy(), test, &mut score);
        }
    }
    score
}

fn run_test(file: &str, test: &Value, score: &mut Score) {
    let is_escaped = test["doubleEscaped"] == true;
    let input = text(&test["input"], is_escaped);
    let expected: Option<Vec<Shown>> =
        test["output"].as_array().unwrap().iter().map(|token| token_of(token, is_escaped)).collect();
    let states = test["initialStates"].as_array().cloned().unwrap_or_else(|| vec!["Data state".into()]);
    for state in states {
        let (Some(input), Some(expected)) = (&input, &expected) else {
            *score.excused.entry("a lone surrogate, which no Rust string holds").or_default() += 1;
            continue;
        };
        let content = match state.as_str().unwrap() {
            "Data state" => Content::Data,
            "PLAINTEXT state" => Content::Plaintext,
            "RCDATA state" => Content::Raw(RawKind::Rcdata),
            "RAWTEXT state" => Content::Raw(RawKind::Rawtext),
            "Script data state" => Content::Raw(RawKind::ScriptData),
            "CDATA section state" => Content::Cdata,
            other => panic!("{other} is no state"),
        };
        let mut tokens = scanned_in(input, content, test["lastStartTag"].as_str());
        assert_eq!(tokens.pop(), Some(Shown::EndOfFile));
        // The tests do not say in which order attributes come.
        for token in &mut tokens {
            if let Shown::Start { attributes, .. } = token {
                attributes.sort();
            }
        }
        if tokens == *expected {
            score.passed += 1;
        } else {
            let name = &test["description"];
            score.failed.push(format!("{file} {name} in {state}: expected {expected:?}, came {tokens:?}"));
        }
    }
}

/// A string of a test; `None` when it holds a lone surrogate.
fn text(value: &Value, is_escaped: bool) -> Option<String> {
    let text = value.as_str().unwrap();
    if !is_escaped {
        return Some(text.to_owned());
    }
    let mut units: Vec<u16> = Vec::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        if let Some(code) = rest.strip_prefix("\\u").and_then(|code| u16::from_str_radix(code.get(..4)?, 16).ok()) {
            units.push(code);
            rest = &rest[6..];
        } else {
            units.extend(c.encode_utf16(&mut [0; 2]).iter());
            rest = &rest[c.len_utf8()..];
        }
    }
    String::from_utf16(&units).ok()
}

fn token_of(token: &Value, is_escaped: bool) -> Option<Shown> {
    let optional = |value: &Value| value.as_str().map(|_| text(value, is_escaped).unwrap());
    Some(match token[0].as_str().unwrap() {
        "Character" => Shown::Text(text(&token[1], is_escaped)?),
        "Comment" => Shown::Comment(text(&token[1], is_escaped)?),
        "EndTag" => Shown::End(text(&token[1], is_escaped)?),
        "StartTag" => {
            let attributes = token[2].as_object().unwrap().iter();
            let key = |name: &String| text(&Value::from(name.as_str()), is_escaped);
            let mut attributes: Vec<_> =
                attributes.map(|(name, value)| Some((key(name)?, text(value, is_escaped)?))).collect::<Option<_>>()?;
            attributes.sort();
            Shown::Start { name: text(&token[1], is_escaped)?, attributes, self_closing: token[3] == true }
        }
        "DOCTYPE" => Shown::Doctype {
            name: optional(&token[1]),
            public: optional(&token[2]),
            system: optional(&token[3]),
            force_quirks: token[4] == false,
        },
        other => panic!("{other} is no token"),
    })
}
