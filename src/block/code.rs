//! Lines of program code and markup in plain text.
//!
//! A page about programs has them between its paragraphs, and an extractor leaves them line by line: too short and too strange
//! to look like prose, with capitals inside of names that look like sentences without a space between them.

/// Signs that stand between the words of code, white space on both sides.
const BETWEEN: [&str; 6] = [" = ", " == ", " === ", " := ", " += ", " => "];
/// Signs that stand right behind a word of code.
const BEHIND: [&str; 2] = ["()", "::"];
/// Parts of what a template or a script of the page left: no code that the page shows.
const RESIDUES: [&str; 4] = ["{{", "${", "{\"", "{}"];

/// True for a line that is written in no human language: it ends as statements do, is a tag, or has the signs of code in it.
pub fn is_code(line: &str) -> bool {
    // Nearly all lines have none of the signs.
    if !line.bytes().fold(false, |found, byte| found | matches!(byte, b'{' | b'}' | b'=' | b'(' | b':' | b';' | b'>')) {
        return false;
    }
    let line = line.trim();
    let is_tag = || {
        let inner = line.strip_prefix('<').map(|rest| rest.strip_prefix('/').unwrap_or(rest));
        line.ends_with('>') && inner.is_some_and(|inner| inner.starts_with(|c: char| c.is_ascii_alphabetic()))
    };
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let stands_behind_word = |sign: &&str| line.match_indices(*sign).any(|(at, _)| line[..at].ends_with(is_word));
    let is_written = line.ends_with([';', '('])
        || line.contains(['{', '}'])
        || is_tag()
        || BETWEEN.iter().any(|sign| line.contains(sign))
        || BEHIND.iter().any(stands_behind_word);
    is_written && !RESIDUES.iter().any(|residue| line.contains(residue))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_is_told_from_prose_and_from_residues() {
        for line in [
            "const ferry = { name: 'Anna' };",
            "{ title: 'Anna', id: 1 },",
            "import { useState } from 'ferry'",
            "return (",
            "</div>",
            "<button type=\"submit\">Cross</button>",
            "total = fares + tips",
            "ferry.cross()",
            "use ferry::Boat",
            "fares.map(fare => fare.price)",
            ");",
        ] {
            assert!(is_code(line), "{line}");
        }
        for line in [
            "",
            "The ferry crosses at noon (and at six).",
            "Home :: Forum :: Boats",
            "{{ user.name }}",
            "${price} a ticket;",
            "{\"id\":26}",
            "{}",
            "Fares < 5 and > 2",
            "=================",
        ] {
            assert!(!is_code(line), "{line}");
        }
    }
}
