//! A JSON object as a row: its members found in the bytes, so that all but the page can be written again as they are.
//!
//! Nothing is parsed into values and printed again: numbers keep their digits, members their order, strings their
//! escapes. Nesting costs no stack.

use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

/// The member of an object, and the column of a table, that the account of the article stands in.
pub(crate) const ACCOUNT: &str = "dehusk";

/// A line of JSON whose page is to be replaced.
#[derive(Debug)]
pub struct JsonRow {
    line: Vec<u8>,
    /// The value of the page in the line.
    page: Range<usize>,
    /// The value of an account that an earlier run left.
    account: Option<Range<usize>>,
}

impl JsonRow {
    /// Bytes that the row holds.
    pub fn size(&self) -> usize {
        self.line.len()
    }

    /// The line with `null` for the page.
    #[cfg(feature = "parquet")]
    pub(crate) fn without_page(&self) -> String {
        let (before, after) = (&self.line[..self.page.start], &self.line[self.page.end..]);
        String::from_utf8_lossy(&[before, b"null", after].concat()).into_owned()
    }

    /// Appends the line with `text` for the page and `account`, a JSON object, as the member `dehusk`.
    pub fn write(&self, text: &str, account: &[u8], out: &mut Vec<u8>) {
        let line = &self.line;
        let mut parts = vec![(self.page.clone(), None)];
        parts.extend(self.account.clone().map(|range| (range, Some(account))));
        parts.sort_by_key(|(range, _)| range.start);
        let mut at = 0;
        for (range, value) in parts {
            out.extend_from_slice(&line[at..range.start]);
            match value {
                Some(value) => out.extend_from_slice(value),
                None => serde_json::to_writer(&mut *out, text).expect("a string always is JSON"),
            }
            at = range.end;
        }
        if self.account.is_some() {
            out.extend_from_slice(&line[at..]);
        } else {
            let end = line.len() - 1;
            out.extend_from_slice(&line[at..end]);
            out.push(b',');
            serde_json::to_writer(&mut *out, ACCOUNT).expect("a string always is JSON");
            out.push(b':');
            out.extend_from_slice(account);
            out.extend_from_slice(&line[end..]);
        }
        out.push(b'\n');
    }
}

/// The members of an object, in order, equal names too.
pub(super) struct Members<'a> {
    line: &'a str,
    members: Vec<(Cow<'a, str>, &'a RawValue)>,
}

impl<'a> Members<'a> {
    /// Reads one object that fills `line`.
    pub fn read(line: &'a str) -> Result<Members<'a>, serde_json::Error> {
        let mut reader = serde_json::Deserializer::from_str(line);
        let members = (&mut reader).deserialize_map(Collect)?;
        reader.end()?;
        Ok(Members { line, members })
    }

    /// The value of a member; `a.b` is the member `b` of the object `a`. Of equal names the last counts, as for most readers.
    pub fn get(&self, path: &str) -> Option<&'a RawValue> {
        let of = |name: &str| self.members.iter().rev().find(|(member, _)| member == name).map(|(_, value)| *value);
        of(path).or_else(|| {
            let (outer, inner) = path.split_once('.')?;
            Members::read(of(outer)?.get()).ok()?.get(inner)
        })
    }

    /// The text of a member that is a string or a number, with something in it.
    pub fn text(&self, path: &str) -> Option<String> {
        let raw = self.get(path)?.get();
        let text = match raw.as_bytes()[0] {
            b'"' => serde_json::from_str(raw).ok()?,
            b'-' | b'0'..=b'9' => raw.to_owned(),
            _ => return None,
        };
        Some(text).filter(|text: &String| !text.is_empty())
    }

    /// Whether the value of a member stands where the account of the article goes.
    pub fn is_in_account(&self, path: &str) -> bool {
        self.count(path) == 0 && path.split('.').next() == Some(ACCOUNT) || path == ACCOUNT
    }

    /// How many members have this name.
    pub fn count(&self, name: &str) -> usize {
        self.members.iter().filter(|(member, _)| member == name).count()
    }

    /// The line as a row whose page is the member `name`.
    pub fn into_row(self, name: &str) -> Option<JsonRow> {
        let range = |value: &RawValue| {
            let start = value.get().as_ptr() as usize - self.line.as_ptr() as usize;
            start..start + value.get().len()
        };
        let page = range(self.get(name)?);
        let account = self.get(ACCOUNT).map(range);
        Some(JsonRow { line: self.line.as_bytes().to_vec(), page, account })
    }
}

struct Collect;

impl<'de> Visitor<'de> for Collect {
    type Value = Vec<(Cow<'de, str>, &'de RawValue)>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut members = Vec::new();
        while let Some((Name(name), value)) = map.next_entry()? {
            members.push((name, value));
        }
        Ok(members)
    }
}

/// A name that is borrowed where it has no escapes.
#[derive(serde::Deserialize)]
struct Name<'a>(#[serde(borrow)] Cow<'a, str>);

#[cfg(test)]
mod tests {
    use super::*;

    fn write(line: &str, name: &str) -> String {
        let mut out = Vec::new();
        Members::read(line).unwrap().into_row(name).unwrap().write("new \"text\"", br#"{"n":1}"#, &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn all_but_the_page_stays_byte_for_byte() {
        let line = r#"{ "n" : 1.0e+05, "text":"old \u0041" ,"b":[ 1, {"text":"x"}],"\u00e9":null }"#;
        let expected =
            r#"{ "n" : 1.0e+05, "text":"new \"text\"" ,"b":[ 1, {"text":"x"}],"\u00e9":null ,"dehusk":{"n":1}}"#;
        assert_eq!(write(line, "text"), format!("{expected}\n"));
    }

    #[test]
    fn an_account_of_an_earlier_run_is_replaced() {
        let line = r#"{"dehusk":{"old":[2]},"text":"a"}"#;
        assert_eq!(write(line, "text"), "{\"dehusk\":{\"n\":1},\"text\":\"new \\\"text\\\"\"}\n");
    }

    #[test]
    fn members_are_found_by_their_path() {
        let members = Members::read(r#"{"a":{"b":"x","b.c":7},"a.b":"y","n":1,"n":2,"z":null}"#).unwrap();
        assert_eq!(members.text("a.b").as_deref(), Some("y"));
        assert_eq!(members.text("a.b.c").as_deref(), Some("7"));
        assert_eq!(members.text("n").as_deref(), Some("2"));
        assert_eq!((members.text("z"), members.text("none"), members.count("n")), (None, None, 2));
    }

    #[test]
    fn nesting_costs_no_stack_and_what_is_no_object_is_an_error() {
        let deep = format!("{{\"text\":\"a\",\"d\":{}{}}}", "[".repeat(1_000_000), "]".repeat(1_000_000));
        assert!(write(&deep, "text").len() > 2_000_000);
        for wrong in ["", "[1]", "{", "{}x", "{\"a\":}", "7"] {
            assert!(Members::read(wrong).is_err(), "{wrong}");
        }
    }
}
