//! Dates as pages write them, to one form.
//!
//! In goes a statement, out comes `YYYY-MM-DD`, with `Thh:mm:ss` and the offset (`Z`, `+02:00`) behind it when the
//! statement has a time. Two numbers that could both be the month are told apart by the language of the page; where that
//! does not help there is no date.

use foldhash::HashMap;
use std::ops::Range;
use std::sync::LazyLock;

/// Names of the months and their short forms: en de fr es it pt pl nl sv da ru tr.
const MONTHS: [&str; 12] = [
    "january jan januar janner jänner janvier janv enero ene gennaio gen janeiro stycznia styczeń januari \
     января янв ocak",
    "february feb februar februari février fevrier févr fevr fév febrero febbraio fevereiro fev lutego luty февраля фев şubat",
    "march mar märz mär mrz maerz mars marzo março marco marca marzec maart mrt marts марта мар mart",
    "april apr avril avr abril abr aprile kwietnia kwiecień апреля апр nisan",
    "may mai mayo maggio mag maio maja maj mei мая май mayıs",
    "june jun juni juin junio giugno giu junho czerwca czerwiec июня июн haziran",
    "july jul juli juillet juil julio luglio lug julho lipca lipiec июля июл temmuz",
    "august aug août aout agosto ago ago sierpnia sierpień augustus augusti августа авг ağustos",
    "september sep sept septembre septiembre setiembre settembre set setembro września wrzesień сентября сен eylül",
    "october oct oktober okt octobre octubre ottobre ott outubro out października październik октября окт ekim",
    "november nov novembre noviembre novembro listopada listopad ноября ноя kasım",
    "december dec dezember dez décembre decembre déc diciembre dic dicembre dezembro grudnia grudzień декабря дек aralık",
];

/// Bytes of a statement that are looked at; no date needs more.
const MAX_BYTES: usize = 200;

/// The first date in `text`; `language` is the page's, as a BCP 47 tag.
pub fn parse(text: &str, language: Option<&str>) -> Option<String> {
    find(text, language).map(|found| found.date)
}

/// A date and how much of its statement it is.
pub struct Found {
    /// In the one form.
    pub date: String,
    /// Words of the statement that are not part of the date.
    pub other_words: usize,
    /// Bytes at which it begins and ends.
    pub range: Range<usize>,
}

/// The first date in `text`, and how much else stands there.
pub fn find(text: &str, language: Option<&str>) -> Option<Found> {
    let text = &text[..text.floor_char_boundary(MAX_BYTES)];
    // Most texts that are asked are names; a year alone has four digits.
    if text.bytes().filter(u8::is_ascii_digit).count() < 4 {
        return None;
    }
    let tokens = tokens(text);
    for at in 0..tokens.len() {
        let Some((day, used)) = day_at(&tokens[at..], language) else { continue };
        let (time, more) = time_at(&tokens[at + used..]);
        let end = tokens.get(at + used + more).map_or(text.len(), |token| token.start);
        let rest = tokens[..at].iter().chain(&tokens[at + used + more..]);
        let other_words = rest.filter(|token| matches!(token.kind, Kind::Word(_))).count();
        return Some(Found { date: format!("{day}{time}"), other_words, range: tokens[at].start..end });
    }
    None
}

#[derive(Clone, Copy, Debug)]
enum Kind<'a> {
    /// Its value and how many digits it has.
    Number(u32, usize),
    Word(&'a str),
    Mark(char),
    Space,
}

#[derive(Clone, Copy, Debug)]
struct Token<'a> {
    kind: Kind<'a>,
    start: usize,
}

fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(c) = text[at..].chars().next() {
        let is_cjk_unit = |c| matches!(c, '年' | '月' | '日' | '년' | '월' | '일');
        let run = |same: fn(char) -> bool| {
            let rest = &text[at..];
            rest.find(|c| !same(c) || is_cjk_unit(c)).unwrap_or(rest.len())
        };
        let (kind, length) = if c.is_ascii_digit() {
            let length = run(|c| c.is_ascii_digit());
            (Kind::Number(text[at..at + length].parse().unwrap_or(u32::MAX), length), length)
        } else if is_cjk_unit(c) {
            (Kind::Mark(c), c.len_utf8())
        } else if c.is_alphabetic() {
            let length = run(char::is_alphabetic);
            (Kind::Word(&text[at..at + length]), length)
        } else if c.is_whitespace() {
            (Kind::Space, run(char::is_whitespace).max(c.len_utf8()))
        } else {
            (Kind::Mark(c), c.len_utf8())
        };
        tokens.push(Token { kind, start: at });
        at += length;
    }
    tokens
}

fn month(word: &str) -> Option<u32> {
    static BY_NAME: LazyLock<HashMap<&str, u32>> = LazyLock::new(|| {
        let named = MONTHS.iter().zip(1..13).rev();
        named.flat_map(|(names, month)| names.split_ascii_whitespace().map(move |name| (name, month))).collect()
    });
    BY_NAME.get(word.to_lowercase().as_str()).copied()
}

/// The date at the beginning of `tokens` and how many of them it takes.
fn day_at(tokens: &[Token<'_>], language: Option<&str>) -> Option<(String, usize)> {
    match tokens.first()?.kind {
        Kind::Number(number, 8) => {
            let (year, rest) = (number / 10_000, number % 10_000);
            written(year, rest / 100, rest % 100).map(|day| (day, 1))
        }
        Kind::Number(year, 4) => year_first(year, tokens),
        Kind::Number(first, 1 | 2) => day_and_name(first, tokens).or_else(|| three_numbers(first, tokens, language)),
        Kind::Word(word) => name_first(month(word)?, tokens),
        _ => None,
    }
}

/// `2024-03-12`, `2024/3/12`, `2024年3月12日`.
fn year_first(year: u32, tokens: &[Token<'_>]) -> Option<(String, usize)> {
    let mut walk = Walk { tokens, at: 1 };
    let cjk = |c: char| matches!(c, '年' | '년' | '月' | '월');
    walk.skip_space();
    let mark = walk.mark(|c| "-/.–".contains(c) || cjk(c))?;
    walk.skip_space();
    let month = walk.number(2)?;
    walk.skip_space();
    walk.mark(|c| c == mark || cjk(c))?;
    walk.skip_space();
    let day = walk.number(2)?;
    if cjk(mark) {
        walk.skip_space();
        walk.mark(|c| matches!(c, '日' | '일'));
    }
    written(year, month, day).map(|day| (day, walk.at))
}

/// `12 March 2024`, `12. März 2024`, `12 de marzo de 2024`, `1er mars 2024`, `12th of March, 2024`, `12-Mar-2024`.
fn day_and_name(day: u32, tokens: &[Token<'_>]) -> Option<(String, usize)> {
    let mut walk = Walk { tokens, at: 1 };
    walk.word(|word| matches!(word, "st" | "nd" | "rd" | "th" | "er" | "º"));
    walk.gap(".-/º");
    walk.word(|word| matches!(word, "of" | "de"));
    walk.gap("");
    let month = walk.month()?;
    walk.gap(".,-/");
    walk.word(|word| matches!(word, "de" | "del"));
    walk.gap("");
    let year = walk.number_of(4)?;
    written(year, month, day).map(|day| (day, walk.at))
}

/// `March 12, 2024`, `Mar. 12th 2024`.
fn name_first(month: u32, tokens: &[Token<'_>]) -> Option<(String, usize)> {
    let mut walk = Walk { tokens, at: 1 };
    walk.gap(".-");
    let day = walk.number(2)?;
    walk.word(|word| matches!(word, "st" | "nd" | "rd" | "th"));
    walk.gap(",-");
    let year = walk.number_of(4)?;
    written(year, month, day).map(|day| (day, walk.at))
}

/// `12.03.2024` (day first everywhere) and `03/12/2024`, which the language decides unless the numbers do.
fn three_numbers(first: u32, tokens: &[Token<'_>], language: Option<&str>) -> Option<(String, usize)> {
    let mut walk = Walk { tokens, at: 1 };
    let mark = walk.mark(|c| "./-".contains(c))?;
    walk.skip_space();
    let second = walk.number(2)?;
    walk.mark(|c| c == mark)?;
    walk.skip_space();
    let year = walk.number_of(4)?;
    let month_first = match (first, second) {
        _ if mark == '.' => false,
        (first, second) if first == second => false,
        (13.., _) => false,
        (_, 13..) => true,
        _ => is_month_first(language?)?,
    };
    let (day, month) = if month_first { (second, first) } else { (first, second) };
    written(year, month, day).map(|day| (day, walk.at))
}

/// Whether a language writes the month first; English alone does not say, nor does Canada.
fn is_month_first(language: &str) -> Option<bool> {
    let language = language.to_ascii_lowercase().replace('_', "-");
    let mut parts = language.split('-');
    let (name, region) = (parts.next()?, parts.next_back());
    match (name, region) {
        ("en" | "es", Some("us")) | ("en", Some("ph")) => Some(true),
        ("en", None | Some("ca")) | (_, Some("ca")) => None,
        _ => Some(false),
    }
}

/// The date in its form, when there is such a day.
fn written(year: u32, month: u32, day: u32) -> Option<String> {
    let is_leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let days = match month {
        2 => 28 + u32::from(is_leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return None,
    };
    // What an editor leaves empty becomes year 1 or 1970, what a template counts is above.
    let is_day = (1900..2100).contains(&year) && (1..=days).contains(&day) && (year, month, day) != (1970, 1, 1);
    is_day.then(|| format!("{year:04}-{month:02}-{day:02}"))
}

/// The time behind a date, in its form (empty when there is none), and how many tokens it takes.
fn time_at(tokens: &[Token<'_>]) -> (String, usize) {
    let mut walk = Walk { tokens, at: 0 };
    if walk.word(|word| word == "t").is_none() {
        walk.gap(",");
    }
    let start = walk.at;
    let Some((hour, minute)) = walk.clock().filter(|_| start > 0) else { return (String::new(), 0) };
    let second = match walk.mark(|c| c == ':') {
        Some(_) => walk.number_of(2).unwrap_or(0),
        None => 0,
    };
    if walk.mark(|c| c == '.' || c == ',').is_some() && walk.any_number().is_none() {
        walk.at -= 1;
    }
    let before_zone = walk.at;
    walk.gap("");
    // Half a clock: without a figure that is surely meant, the day is enough.
    if hour > 23 || minute > 59 || second > 60 || walk.word(|word| matches!(word, "am" | "pm" | "a" | "p")).is_some() {
        return (String::new(), 0);
    }
    let zone = walk.zone();
    if zone.is_none() {
        walk.at = before_zone;
    }
    (format!("T{hour:02}:{minute:02}:{:02}{}", second.min(59), zone.unwrap_or_default()), walk.at)
}

/// A place in the tokens; each step moves it only when it fits.
struct Walk<'a> {
    tokens: &'a [Token<'a>],
    at: usize,
}

impl<'a> Walk<'a> {
    fn kind(&self) -> Option<Kind<'a>> {
        self.tokens.get(self.at).map(|token| token.kind)
    }

    fn skip_space(&mut self) {
        self.at += usize::from(matches!(self.kind(), Some(Kind::Space)));
    }

    /// Spaces and at most one of the marks.
    fn gap(&mut self, marks: &str) {
        self.skip_space();
        if self.mark(|c| marks.contains(c)).is_some() {
            self.skip_space();
        }
    }

    fn mark(&mut self, fits: impl Fn(char) -> bool) -> Option<char> {
        match self.kind() {
            Some(Kind::Mark(c)) if fits(c) => {
                self.at += 1;
                Some(c)
            }
            _ => None,
        }
    }

    fn word(&mut self, fits: impl Fn(&str) -> bool) -> Option<()> {
        match self.kind() {
            Some(Kind::Word(word)) if fits(&word.to_lowercase()) => {
                self.at += 1;
                Some(())
            }
            _ => None,
        }
    }

    fn month(&mut self) -> Option<u32> {
        match self.kind() {
            Some(Kind::Word(word)) => month(word).inspect(|_| self.at += 1),
            _ => None,
        }
    }

    fn any_number(&mut self) -> Option<(u32, usize)> {
        match self.kind() {
            Some(Kind::Number(number, digits)) => {
                self.at += 1;
                Some((number, digits))
            }
            _ => None,
        }
    }

    /// A number of at most so many digits.
    fn number(&mut self, max_digits: usize) -> Option<u32> {
        self.any_number().filter(|&(_, digits)| digits <= max_digits).map(|(number, _)| number)
    }

    fn number_of(&mut self, digits: usize) -> Option<u32> {
        self.any_number().filter(|&(_, has)| has == digits).map(|(number, _)| number)
    }

    /// `10:05`.
    fn clock(&mut self) -> Option<(u32, u32)> {
        let hour = self.number(2)?;
        self.mark(|c| c == ':')?;
        Some((hour, self.number_of(2)?))
    }

    /// `Z`, `GMT`, `UTC+1`, `+02:00`, `-0500`.
    fn zone(&mut self) -> Option<String> {
        if self.word(|word| matches!(word, "gmt" | "utc")).is_some() {
            let alone = self.at;
            // `GMT+0100` is what JavaScript prints. What is no offset is no part of the zone.
            if let Some(offset) = self.offset(1) {
                return Some(offset);
            }
            self.at = alone;
            return Some("Z".to_owned());
        }
        if self.word(|word| word == "z").is_some() {
            return Some("Z".to_owned());
        }
        self.offset(2)
    }

    /// `+02:00`, `-0500`, `+02`; hours alone have at least `min_digits`.
    fn offset(&mut self, min_digits: usize) -> Option<String> {
        let sign = self.mark(|c| matches!(c, '+' | '-' | '−'))?;
        let (hours, minutes) = match self.any_number()? {
            (number, 4) => (number / 100, number % 100),
            (hours, digits) if (min_digits..=2).contains(&digits) => {
                (hours, self.mark(|c| c == ':').and_then(|_| self.number_of(2)).unwrap_or(0))
            }
            _ => return None,
        };
        let sign = if sign == '+' { '+' } else { '-' };
        match (hours, minutes) {
            (0, 0) => Some("Z".to_owned()),
            (0..=15, 0..=59) => Some(format!("{sign}{hours:02}:{minutes:02}")),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Option<String> {
        parse(text, None)
    }

    #[test]
    fn machine_dates_keep_their_time_and_offset() {
        assert_eq!(day("2024-03-12").as_deref(), Some("2024-03-12"));
        assert_eq!(day("2024-03-12T10:05:09.123Z").as_deref(), Some("2024-03-12T10:05:09Z"));
        assert_eq!(day("2024-03-12 10:05:09 +0100 +0100").as_deref(), Some("2024-03-12T10:05:09+01:00"));
        assert_eq!(day("2024-03-12T10:05-05:00").as_deref(), Some("2024-03-12T10:05:00-05:00"));
        assert_eq!(day("Tue, 12 Mar 2024 10:05:09 GMT").as_deref(), Some("2024-03-12T10:05:09Z"));
        for (zone, offset) in [
            ("GMT+0100 (CET)", "+01:00"),
            ("GMT-05:00", "-05:00"),
            ("UTC+1", "+01:00"),
            ("UTC+5:30", "+05:30"),
            ("GMT+0000", "Z"),
            ("UTC - 5 comments", "Z"),
            ("GMT-2024", "Z"),
        ] {
            let date = day(&format!("Thu Jan 02 2024 10:00:00 {zone}"));
            assert_eq!(date, Some(format!("2024-01-02T10:00:00{offset}")), "{zone}");
        }
        assert_eq!(day("Thu, 09/25/2025 - 11:38").as_deref(), Some("2025-09-25"));
        assert_eq!(day("20240312").as_deref(), Some("2024-03-12"));
    }

    #[test]
    fn written_dates_of_many_languages_are_read() {
        for text in [
            "12 March 2024",
            "March 12, 2024",
            "Published on Mar. 12th, 2024 by Ann",
            "12. März 2024",
            "12 mars 2024",
            "12 de marzo de 2024",
            "12 marzo 2024",
            "12 de março de 2024",
            "12 marca 2024",
            "12 maart 2024",
            "12 марта 2024 г.",
            "12.03.2024",
            "12. 3. 2024",
            "2024年3月12日",
            "2024년 3월 12일",
            "2024/3/12",
            "12-Mar-2024",
            "March 12, 2024 at 3:05 pm",
        ] {
            assert_eq!(day(text).as_deref(), Some("2024-03-12"), "{text}");
        }
        assert_eq!(day("1er août 2023").as_deref(), Some("2023-08-01"));
    }

    #[test]
    fn the_language_decides_between_day_and_month() {
        assert_eq!(parse("03/04/2024", Some("en-US")).as_deref(), Some("2024-03-04"));
        assert_eq!(parse("03/04/2024", Some("en-GB")).as_deref(), Some("2024-04-03"));
        assert_eq!(parse("03/04/2024", Some("fr")).as_deref(), Some("2024-04-03"));
        assert_eq!(parse("03/04/2024", Some("en")), None);
        assert_eq!(parse("03/04/2024", None), None);
        assert_eq!(parse("03/25/2024", None).as_deref(), Some("2024-03-25"));
    }

    #[test]
    fn what_is_no_day_is_no_date() {
        for text in ["", "2024", "March 2024", "31 February 2024", "29.02.2023", "1970-01-01", "0001-01-01", "12/07/16"]
        {
            assert_eq!(day(text), None, "{text}");
        }
        assert_eq!(day(&"9".repeat(10_000)), None);
        assert_eq!(day("192.168.2024"), None);
        assert_eq!(day("é年月日 ±+:"), None);
    }
}
