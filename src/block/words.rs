//! Words and sentences, the same for every script.
//!
//! Nothing here knows a language: scripts that write no spaces count by characters, and a sentence is told by its
//! end mark.

use super::word_count::plain_words;

/// Words of a text: runs between white space that hold a letter or digit; in scripts without spaces (Han, kana, Thai, Lao, Khmer, Burmese) two
/// characters make a word, rounded up, as the mean Chinese word has 1.5 to 2.
pub fn count(text: &str) -> usize {
    let (mut words, mut dense) = (0, 0);
    for line in Lines(text) {
        match plain_words(line) {
            Some(count) => words += count,
            None => {
                let count = count_any(line);
                words += count.0;
                dense += count.1;
            }
        }
    }
    words + usize::div_ceil(dense, 2)
}

/// A text cut after its line ends, where no word goes on.
struct Lines<'t>(&'t str);

impl<'t> Iterator for Lines<'t> {
    type Item = &'t str;

    fn next(&mut self) -> Option<&'t str> {
        let end = memchr::memchr(b'\n', self.0.as_bytes()).map_or(self.0.len(), |at| at + 1);
        let (line, rest) = self.0.split_at(end);
        self.0 = rest;
        (!line.is_empty()).then_some(line)
    }
}

/// Words of scripts with spaces, and characters of those without.
pub(super) fn count_any(text: &str) -> (usize, usize) {
    let (mut words, mut dense, mut in_word) = (0, 0, false);
    for c in text.chars() {
        if c.is_ascii() {
            let is_letter = c.is_ascii_alphanumeric();
            words += usize::from(is_letter & !in_word);
            in_word = (in_word | is_letter) & !c.is_ascii_whitespace();
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
    (words, dense)
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
pub const SENTENCE_WORDS: usize = 6;

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
    fn dates_of_many_languages_are_seen() {
        for line in ["9 March 2023", "12/04/2015", "le 22 mars à 18h04", "2017年5月21日", "um 5:00 Uhr"] {
            assert!(has_date(line), "{line}");
        }
        for line in ["Chapter 12", "1é2", "It cost 38,000 euros", "Level 2", "30 volunteers"] {
            assert!(!has_date(line), "{line}");
        }
    }
}
