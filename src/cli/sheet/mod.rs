//! The shell of the pages that dehusk writes for a browser: one file, no network, nothing of a page run.
//!
//! A policy in the head forbids every request, and every style and script but the two in the file, which it knows by
//! their digests. So what a page says could not run even where it was not escaped; it is escaped all the same.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;
use sha2::{Digest, Sha256};

const SHELL: &str = include_str!("shell.html");
const STYLE: &str = include_str!("sheet.css");
const SCRIPT: &str = include_str!("sheet.js");

/// What fills the shell.
pub(super) struct Page<'a> {
    /// The title, as text.
    pub(super) title: &'a str,
    /// Styles and scripts besides those of the shell.
    pub(super) style: &'static str,
    pub(super) script: &'static str,
    /// Markup, in which all that is no part of dehusk was escaped.
    pub(super) body: &'a str,
    /// Keys that the script knows, with what they do.
    pub(super) keys: &'a [(&'a str, &'a str)],
    /// JSON for the script.
    pub(super) data: &'a str,
}

impl Page<'_> {
    /// The whole file.
    pub(super) fn write(&self) -> String {
        let style = format!("\n{STYLE}\n{}", self.style);
        let script = format!("\n{SCRIPT}\n{}", self.script);
        let policy = format!(
            "default-src 'none'; style-src 'sha256-{}'; script-src 'sha256-{}'; base-uri 'none'; form-action 'none'",
            digest(&style),
            digest(&script)
        );
        let keys: Vec<_> = self.keys.iter().map(|(key, does)| format!("<dt>{key}</dt><dd>{does}</dd>")).collect();
        let mut page = String::with_capacity(self.body.len() + self.data.len() + style.len() + script.len() + 4_096);
        for (at, part) in SHELL.split("{{").enumerate() {
            // Only the shell's own marks are filled: what fills them is not looked at again.
            let (mark, rest) = if at == 0 { ("", part) } else { part.split_once("}}").unwrap_or(("", part)) };
            match mark {
                "policy" => page.push_str(&policy),
                "title" => escape(self.title, &mut page),
                "style" => page.push_str(&style),
                "body" => page.push_str(self.body),
                "keys" => page.push_str(&keys.concat()),
                "data" => page.push_str(self.data),
                "script" => page.push_str(&script),
                _ => {}
            }
            page.push_str(rest);
        }
        page
    }
}

fn digest(text: &str) -> String {
    STANDARD.encode(Sha256::digest(text.as_bytes()))
}

/// Appends text as it may stand in an element or a quoted attribute.
pub(super) fn escape(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
}

/// The same as a string of its own.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    escape(text, &mut out);
    out
}

/// JSON that may stand in a script element: no tag begins in it.
pub(super) fn json(value: &impl Serialize) -> String {
    let json = serde_json::to_string(value).expect("strings and numbers always are JSON");
    json.replace('<', "\\u003c")
}

/// A bar of which `percent` is full.
pub(super) fn bar(percent: f64) -> String {
    let percent = percent.clamp(0.0, 100.0);
    format!(
        "<svg class=\"bar\" viewBox=\"0 0 100 1\" preserveAspectRatio=\"none\" aria-hidden=\"true\"><rect width=\"{percent:.2}\" height=\"1\"/></svg>"
    )
}

/// The class that colours a family: rules share a colour, each stage has its own.
pub(super) fn group(family: &str) -> &'static str {
    match family {
        "judgement" => "judgement",
        "repeat" | "caption" | "headline" => "repeat",
        "finish" => "finish",
        _ => "rule",
    }
}

/// `part` of `whole` in percent; nothing of nothing is none.
pub(super) fn percent(part: u64, whole: u64) -> f64 {
    part as f64 * 100.0 / whole.max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fills_a_mark_is_not_filled_again() {
        let page = Page { title: "{{data}} <b>", style: "", script: "", body: "", keys: &[], data: "[7]" }.write();
        assert!(page.contains("<title>{{data}} &lt;b&gt;</title>"));
        assert_eq!(page.matches("[7]").count(), 1);
    }

    #[test]
    fn the_policy_knows_the_style_and_the_script_by_their_digests() {
        let page = Page { title: "", style: "p{}", script: "f()", body: "", keys: &[], data: "1" }.write();
        for (begin, end) in [("<style>", "</style>"), ("<script>", "</script>")] {
            let inner = page.split(begin).nth(1).and_then(|rest| rest.split(end).next()).expect("it is there");
            assert!(page.contains(&format!("'sha256-{}'", digest(inner))), "{begin}");
        }
    }

    #[test]
    fn json_in_a_script_begins_no_tag() {
        assert_eq!(json(&"</script><!--"), "\"\\u003c/script>\\u003c!--\"");
    }
}
