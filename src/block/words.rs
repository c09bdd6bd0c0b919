//! Words, sentences and folded text, the same for every script.
//!
//! Nothing here knows a language: scripts that write no spaces count by characters, and a sentence is told by its
//! end mark.

use crate::normalize::normalize;

/// Words of a text: runs between white space that hold a letter or digit; in scripts without spaces (Han, kana, Thai, Lao, Khmer, Burmese) two
/// characters make a word, rounded up, as the mean Chinese word has 1.5 to 2.
pub fn count(text: &str) -> usize {
    let (mut words, mut dense, mut in_word) = (0, 0, false);
    for c in text.chars() {
        if c.is_ascii_alphanumeric() {
            words += usize::from(!in_word);
            in_word = true;
        } else if c.is_ascii() {
            in_word &= !c.is_ascii_whitespace();
        } else if is_dense(c) {
            dense += 1;
            in_word = false;
        } else if c.is_whitespace() {
            in_word = false;
        } else if !in_word && c.is_alphanumeric() {
            words += 1;
            in_word = true;
        }
    }
    words + usize::div_ceil(dense, 2)
}

/// True for letters of scripts that write no space between words.
pub fn is_dense(c: char) -> bool {
    matches!(
        c,
        '\u{0e00}'..='\u{0eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}' | '\u{3040}'..='\u{30ff}'
            | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3134f}'
    )
}

/// True for a mark that ends a sentence in any script.
pub fn ends_sentence(c: char) -> bool {
    matches!(c, '.' | '!' | '?' | '…' | '。' | '！' | '？' | '｡' | '؟' | '۔' | '।')
}

/// True for a text with a mark that ends a sentence.
pub fn has_sentence_end(text: &str) -> bool {
    memchr::memchr3(b'.', b'!', b'?', text.as_bytes()).is_some() || !text.is_ascii() && text.chars().any(ends_sentence)
}

/// Words that a block must have to count as prose.
const PROSE_WORDS: usize = 20;

/// True for running text: twenty words or more with a sentence end among them.
pub fn is_prose(text: &str, words: usize) -> bool {
    words >= PROSE_WORDS && has_sentence_end(text)
}

/// Words from which a sentence end makes a sentence and not a label.
const SENTENCE_WORDS: usize = 6;

/// True for a text of six words or more that ends as a sentence does.
pub fn is_sentence(text: &str, words: usize) -> bool {
    words >= SENTENCE_WORDS && is_ended(text)
}

/// True for a text that ends as a sentence does, closing quotes and brackets aside.
pub fn is_ended(text: &str) -> bool {
    let closing = |c: char| matches!(c, '"' | '”' | '’' | '\'' | '»' | ')' | '」' | '』' | '“');
    let text = text.trim_end().trim_end_matches(closing);
    text.ends_with(ends_sentence) && !ends_in_unit(text)
}

/// True for a text that ends in a number and a short word with a full stop: `4 Min.`, `12 kg.`
fn ends_in_unit(text: &str) -> bool {
    let mut words = text.rsplit(char::is_whitespace);
    let unit = words.next().is_some_and(|word| word.chars().count() <= 4 && word.ends_with('.'));
    unit && words.next().is_some_and(|word| word.ends_with(|c: char| c.is_ascii_digit()))
}

/// True for a text with a year or a time of day, as every calendar line has one: `2019`, `9:30`, `14h05`, `5月21日`.
pub fn has_date(text: &str) -> bool {
    let mut parts =
        text.split(|c: char| !c.is_alphanumeric()).filter(|part| part.starts_with(|c: char| c.is_ascii_digit()));
    let is_year = |part: &str| matches!(part.as_bytes(), [b'1', b'9', rest @ ..] | [b'2', b'0', rest @ ..] if rest.len() == 2 && rest.iter().all(u8::is_ascii_digit));
    let is_time = text.as_bytes().windows(4).any(|w| {
        w[0].is_ascii_digit() && matches!(w[1], b':' | b'h') && w[2].is_ascii_digit() && w[3].is_ascii_digit()
    });
    is_time || parts.any(|part| is_year(part) || part.contains('年') || part.contains('月'))
}

/// A text in the form that rules and repeats compare: normalized, lower case, white space squeezed to one space, quotes
/// and dashes made straight, three dots for an ellipsis, no list bullet.
///
/// Folding a folded text changes nothing, and a text folds as its normalized form does.
pub fn fold(text: &str) -> String {
    let text = normalize(text, true);
    if let Some(folded) = fold_plain(&text) {
        return folded;
    }
    let mut folded = String::with_capacity(text.len());
    let mut space = true;
    for c in text.chars() {
        if c.is_ascii_alphanumeric() {
            folded.push(c.to_ascii_lowercase());
            space = false;
            continue;
        }
        match c {
            '’' | '‘' | 'ʼ' | '`' => folded.push('\''),
            '“' | '”' | '„' | '«' | '»' | '″' => folded.push('"'),
            '–' | '—' | '‑' | '−' => folded.push('-'),
            '…' => folded.push_str("..."),
            c if c.is_whitespace() || c.is_control() => {
                if !space {
                    folded.push(' ');
                }
                space = true;
                continue;
            }
            c if c.is_ascii() => folded.push(c),
            c => folded.extend(c.to_lowercase()),
        }
        space = false;
    }
    folded.truncate(folded.trim_end().len());
    let bulleted = ["- ", "• ", "▪ ", "● "].iter().find(|bullet| folded.starts_with(**bullet));
    if let Some(bullet) = bulleted {
        let rest = folded[bullet.len()..].trim_start().to_owned();
        return rest;
    }
    folded
}

/// The folded form of what most lines are: ASCII with single spaces between the words.
fn fold_plain(text: &str) -> Option<String> {
    let text = text.trim_matches(' ');
    let text = text.strip_prefix("- ").map_or(text, str::trim_start);
    let is_other = |byte: u8| !(0x20..0x7f).contains(&byte) || byte == b'`';
    let has_other = text.bytes().fold(false, |other, byte| other | is_other(byte));
    let pairs = text.bytes().zip(text.bytes().skip(1));
    let has_gap = || pairs.fold(false, |gap, (one, next)| gap | (one == b' ' && next == b' '));
    (!has_other && !has_gap()).then(|| text.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_dense_scripts_are_pairs_of_characters() {
        assert_eq!(count("three plain words"), 3);
        assert_eq!(count("请刷新页面"), 3);
        assert_eq!(count("iPhone 的新功能"), 3);
        assert_eq!(count("Это – три слова"), 3);
    }

    #[test]
    fn folding_makes_quotes_and_spaces_plain() {
        assert_eq!(fold("  He said\u{a0}“STOP”…\n"), "he said \"stop\"...");
        assert_eq!(fold("- Share"), "share");
        assert_eq!(fold("Cafe\u{301}"), "café");
        assert_eq!(fold("\u{200b}É\u{ad}"), "é");
    }

    #[test]
    fn dates_of_many_languages_are_seen() {
        for line in ["9 March 2023", "12/04/2015", "le 22 mars à 18h04", "2017年5月21日", "um 5:00 Uhr"] {
            assert!(has_date(line), "{line}");
        }
        for line in ["Chapter 12", "1é2", "It cost 38,000 euros", "Level 2", "30 volunteers"] {
            assert!(!has_date(line), "{line}");
        }
    }
}
