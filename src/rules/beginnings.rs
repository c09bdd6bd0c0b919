//! What a text that a pattern matches must hold: the literals that the pattern can begin with, and words that come after.
//!
//! A pattern is divided at its alternations and options into branches; each has its own beginnings. In goes the source of a pattern,
//! out come [`Branch`]es: the pattern matches no text in which none of them is found. The build script asks for those
//! of the built-in packs, so that a run parses the patterns of a user's pack only.

use regex_syntax::hir::literal::{ExtractKind, Extractor, Literal};
use regex_syntax::hir::{Class, Hir, HirKind, Look};
use std::borrow::Cow;
use std::cmp::Reverse;

/// A way to match a pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Branch {
    /// True when it begins at the start of the text only.
    pub anchored: bool,
    /// What it can begin with; at the start of a text [`NUMBER`] stands for any number, [`YEAR`] for one that begins as a year does,
    /// and [`WORD_END`] after the others for the end of a word.
    pub literals: Literals,
    /// Longer beginnings at the start of a text, of which it has one; empty when nothing can be said.
    pub heads: Literals,
    /// True when all that it matches is one of the heads with characters behind it that its extent names.
    pub is_whole: bool,
    /// Of each of these lists one comes after the beginning.
    pub required: Vec<Literals>,
    /// How long a text may be that it matches from its start to its end; none when it may be of any length.
    pub extent: Option<Extent>,
}

/// The length of the texts that a branch matches as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Extent {
    /// Bytes before the characters that may stand at the end any number of times, at most.
    pub max_bytes: u16,
    /// The bytes of these characters.
    pub trailing: Bytes,
}

/// A set of bytes, a bit for each; all beyond ASCII are one.
pub type Bytes = [u8; 32];

/// Byte strings, in the program or made from a user's pattern.
pub type Literals = Vec<Cow<'static, [u8]>>;

/// What stands for the number that a text begins with: counts and dates begin many patterns, and only what comes after the
/// number tells them apart.
pub const NUMBER: u8 = b'0';
/// What stands for a number that begins with the century of a year: notices of copyright do, and few of the other texts that begin
/// with a number. No text holds this byte.
pub const YEAR: u8 = 0xfe;
/// What stands for the end of a word, where a short one is all that is known of a beginning: many words begin with "co". No text
/// holds this byte.
pub const WORD_END: u8 = 0xff;
/// Bytes of a beginning at the start of a text that are told apart.
pub const MAX_ANCHORED_BYTES: usize = 8;
/// Bytes of a beginning at the start of a text by which few texts pass that begin as the pattern does.
const MAX_HEAD_BYTES: usize = 24;
/// Such beginnings of a branch, at most.
const MAX_HEADS: usize = 48;
/// Literals that are all that a branch matches, at most.
const MAX_WHOLES: usize = 250;
/// Bytes of one of them.
const MAX_WHOLE_BYTES: usize = 64;
/// Lists of required words of a branch, at most.
const MAX_LISTS: usize = 6;
/// Bytes of a literal anywhere else that are told apart.
const MAX_FLOATING_BYTES: usize = 16;
/// Bytes that a literal must have at least when it may stand anywhere; shorter ones find every text.
const MIN_FLOATING_BYTES: usize = 3;
/// Bytes that a required word must have at least to tell anything.
const MIN_REQUIRED_BYTES: usize = 2;
/// Required words of a branch, at most: each is looked for on its own.
const MAX_REQUIRED: usize = 24;
/// Beginnings of a branch, at most; the second when the first would leave some too short.
const MAX_LITERALS: [usize; 2] = [32, 400];
/// Bytes from which a beginning is long enough.
const GOOD_BYTES: usize = 4;
/// Characters of a class that are literals of their own, at most.
const MAX_CLASS: usize = 40;
/// Branches into which a pattern is divided, at most.
const MAX_BRANCHES: usize = 400;

/// The branches of a pattern.
///
/// # Errors
/// Says why the pattern cannot be parsed, or that a branch has no literal to begin with.
pub fn branches(pattern: &str) -> Result<Vec<Branch>, String> {
    let hir = regex_syntax::parse(pattern).map_err(|why| why.to_string())?;
    divide(hir).into_iter().map(branch).collect()
}

/// The concatenations that an expression chooses from, as far as the choice stands first.
fn divide(hir: Hir) -> Vec<Vec<Hir>> {
    let mut open = vec![vec![hir]];
    let mut done = Vec::new();
    while let Some(mut parts) = open.pop() {
        let first = parts.iter().position(|part| !matches!(part.kind(), HirKind::Look(_))).unwrap_or(parts.len());
        let is_divided = |parts: &[Hir]| match parts.get(first).map(Hir::kind) {
            Some(HirKind::Alternation(choices)) => open.len() + done.len() + choices.len() <= MAX_BRANCHES,
            Some(HirKind::Repetition(repetition)) => repetition.min == 0 && repetition.max == Some(1),
            Some(HirKind::Concat(_) | HirKind::Capture(_)) => true,
            _ => false,
        };
        if !is_divided(&parts) {
            done.push(parts);
            continue;
        }
        let rest = parts.split_off(first + 1);
        let Some(part) = parts.pop() else { continue };
        let choices = match part.into_kind() {
            HirKind::Alternation(choices) => choices.into_iter().map(|choice| vec![choice]).collect(),
            HirKind::Concat(inner) => vec![inner],
            HirKind::Capture(capture) => vec![vec![*capture.sub]],
            HirKind::Repetition(repetition) => vec![vec![*repetition.sub], Vec::new()],
            _ => Vec::new(),
        };
        // From the last to the first, as they are taken from the end.
        for choice in choices.into_iter().rev() {
            open.push(parts.iter().cloned().chain(choice).chain(rest.iter().cloned()).collect());
        }
    }
    done
}

fn branch(mut parts: Vec<Hir>) -> Result<Branch, String> {
    let first = parts.iter().take_while(|part| matches!(part.kind(), HirKind::Look(_))).count();
    let after = parts.iter().skip(first + 1);
    let mut required: Vec<Literals> = after.flat_map(requirements).collect();
    // The rarest first, for it is asked first.
    required.sort_by_key(|words| Reverse(worth(words)));
    required.dedup();
    required.truncate(MAX_LISTS);
    let hir = Hir::concat(parts.clone());
    let anchored = hir.properties().look_set_prefix().contains(Look::Start);
    let extent = if anchored { extent(&parts) } else { None };
    let whole = if anchored && extent.is_some() { whole(&parts) } else { None };
    let is_whole = whole.is_some();
    let heads = whole.unwrap_or_else(|| if anchored { heads(&hir) } else { Vec::new() });
    if is_whole {
        required.clear();
    }
    let number = parts[first..].iter().take_while(|part| is_of_number(part)).count();
    if anchored && parts.get(first).is_some_and(|part| number > 0 && part.properties().minimum_len() > Some(0)) {
        let is_year = match parts[first].kind() {
            HirKind::Literal(literal) => begins_with_century(&literal.0),
            _ => false,
        };
        parts.splice(first..first + number, [Hir::literal([if is_year { YEAR } else { NUMBER }])]);
    }
    let ends_word = |part: &Hir| matches!(part.kind(), HirKind::Look(Look::WordUnicode | Look::WordAscii));
    let word = parts.iter().position(ends_word).filter(|_| anchored).map(|end| Hir::concat(parts[..end].to_vec()));
    let hir = Hir::concat(parts);
    let max_bytes = if anchored { MAX_ANCHORED_BYTES } else { MAX_FLOATING_BYTES };
    let min_bytes = if anchored { 1 } else { MIN_FLOATING_BYTES };
    let extract = |hir: &Hir, most: usize, is_word: bool| {
        let mut extractor = Extractor::new();
        extractor.kind(ExtractKind::Prefix).limit_total(most).limit_class(MAX_CLASS).limit_literal_len(max_bytes);
        let found = extractor.extract(hir);
        let shown = |literal: &Literal| {
            let bytes = literal.as_bytes();
            let mut shown = if anchored { Beginning::of(bytes).bytes().to_vec() } else { bytes.to_vec() };
            if is_word
                && literal.is_exact()
                && shown.len() < max_bytes
                && ![[NUMBER], [YEAR]].iter().any(|number| shown == number)
            {
                shown.push(WORD_END);
            }
            shown
        };
        let literals: Vec<Vec<u8>> = found.literals()?.iter().map(shown).collect();
        let shortest = literals.iter().map(Vec::len).min().unwrap_or(0);
        (shortest >= min_bytes).then_some((shortest, literals))
    };
    let of_all = MAX_LITERALS.iter().map(|most| (&hir, *most, false));
    let of_word = word.iter().map(|word| (word, MAX_LITERALS[0], true));
    let found = of_all.chain(of_word).filter_map(|(hir, most, is_word)| extract(hir, most, is_word));
    // The fewer, unless more are longer: a short one finds many texts.
    let found = found.reduce(|few, many| if many.0 > few.0 && few.0 < GOOD_BYTES { many } else { few });
    let (_, mut literals) = found
        .ok_or("the pattern must begin with a literal or an alternation of literals, such as '^(join|enter) the'")?;
    // One that begins with another is found with it.
    literals.sort();
    literals.dedup_by(|next, before| next.starts_with(before));
    let literals = literals.into_iter().map(Cow::Owned).collect();
    Ok(Branch { anchored, literals, heads, is_whole, required, extent })
}

fn begins_with_century(bytes: &[u8]) -> bool {
    matches!(bytes, [b'1', b'9', ..] | [b'2', b'0', ..])
}

/// True for an expression of characters that a number is made of.
fn is_of_number(hir: &Hir) -> bool {
    match hir.kind() {
        HirKind::Class(Class::Unicode(class)) => {
            let mut chars = class.ranges().iter().flat_map(|range| range.start()..=range.end());
            !class.ranges().is_empty() && chars.all(|c| u8::try_from(c).is_ok_and(|c| is_in_number(&c)))
        }
        HirKind::Literal(literal) => literal.0.iter().all(is_in_number),
        HirKind::Repetition(repetition) => is_of_number(&repetition.sub),
        HirKind::Capture(capture) => is_of_number(&capture.sub),
        HirKind::Concat(parts) => parts.iter().all(is_of_number),
        _ => false,
    }
}

/// Spaces are, since some languages group digits by them and a number in a list stands apart from what follows; so are
/// bars between the numbers of pages.
fn is_in_number(byte: &u8) -> bool {
    byte.is_ascii_digit() || matches!(byte, b'.' | b',' | b' ' | b'|')
}

/// The first bytes of a text, with [`NUMBER`] for the number that it begins with.
pub struct Beginning {
    /// Those that there are, and zeros.
    bytes: [u8; MAX_ANCHORED_BYTES],
    length: usize,
}

impl Beginning {
    /// How a text begins.
    pub fn of(text: &[u8]) -> Beginning {
        // Most texts are as long and begin with a letter.
        if let Some(bytes) = text.first_chunk().filter(|bytes| !is_in_number(&bytes[0])) {
            return Beginning { bytes: *bytes, length: MAX_ANCHORED_BYTES };
        }
        let mut bytes = [0; MAX_ANCHORED_BYTES];
        let digits = text.iter().take_while(|byte| is_in_number(byte)).count();
        let number = usize::from(digits > 0);
        bytes[..number].fill(NUMBER);
        let length = bytes.len().min(number + text.len() - digits);
        bytes[number..length].copy_from_slice(&text[digits..][..length - number]);
        Beginning { bytes, length }
    }

    /// How a text begins that begins as a year does, with [`YEAR`] for it.
    pub fn of_year(text: &[u8]) -> Option<Beginning> {
        begins_with_century(text).then(|| {
            let mut beginning = Beginning::of(text);
            beginning.bytes[0] = YEAR;
            beginning
        })
    }

    /// The bytes, as many as there are and are told apart.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes[..self.length]
    }

    /// The same as a number, the first byte in the lowest, and zeros for what is missing.
    pub fn number(&self) -> u64 {
        u64::from_le_bytes(self.bytes)
    }
}

/// The longer beginnings of an expression, when they are few and say more than the short ones.
fn heads(hir: &Hir) -> Literals {
    let mut extractor = Extractor::new();
    extractor.kind(ExtractKind::Prefix).limit_total(MAX_HEADS).limit_class(MAX_CLASS).limit_literal_len(MAX_HEAD_BYTES);
    let found = extractor.extract(hir);
    let Some(found) = found.literals() else { return Vec::new() };
    let mut heads: Vec<&[u8]> = found.iter().map(|literal| literal.as_bytes()).collect();
    heads.sort_unstable();
    heads.dedup_by(|next, before| next.starts_with(before));
    // Numbers are all the same at the beginning, and some patterns take years only: the century tells.
    let is_year = |head: &&[u8]| head.len() > 1 && head[..2].iter().all(u8::is_ascii_digit);
    let is_long = |head: &&[u8]| head.len() > MAX_ANCHORED_BYTES;
    let are_years = heads.iter().all(is_year);
    if are_years {
        heads.iter_mut().for_each(|head| *head = &head[..2]);
        heads.dedup();
    }
    let says_more = heads.len() <= MAX_HEADS && (heads.iter().any(is_long) || are_years);
    let heads = heads.into_iter().filter(|_| says_more);
    heads.map(|head| Cow::Owned(head.to_vec())).collect()
}

/// All that a concatenation with an extent matches before its trailing characters, when that is a few literals and the characters,
/// of one set, may be left out.
fn whole(parts: &[Hir]) -> Option<Literals> {
    let (before, _) = before_trailing(parts)?;
    let may_be_left_out = |part: &Hir| matches!(part.kind(), HirKind::Repetition(repetition) if repetition.min == 0);
    let [trailing @ .., _] = &parts[before.len()..] else { return None };
    let (first, literals) = before.split_first()?;
    let has_looks = |part: &Hir| !part.properties().look_set().is_empty();
    if trailing.len() > 1
        || !trailing.iter().all(may_be_left_out)
        || !matches!(first.kind(), HirKind::Look(Look::Start))
        || literals.iter().any(has_looks)
    {
        return None;
    }
    let mut extractor = Extractor::new();
    let extractor = extractor.kind(ExtractKind::Prefix).limit_total(MAX_WHOLES).limit_class(MAX_CLASS);
    let found = extractor.limit_literal_len(MAX_WHOLE_BYTES).extract(&Hir::concat(literals.to_vec()));
    let literals = found.literals()?;
    let is_whole = |literal: &Literal| literal.is_exact() && !literal.is_empty();
    let literals = (!literals.is_empty() && literals.iter().all(is_whole)).then_some(literals)?;
    Some(literals.iter().map(|literal| Cow::Owned(literal.as_bytes().to_vec())).collect())
}

/// What stands before the characters at the end of a concatenation that may come any number of times, and their bytes; none when
/// it does not go to the end of a text.
fn before_trailing(parts: &[Hir]) -> Option<(&[Hir], Bytes)> {
    let (last, mut parts) = parts.split_last()?;
    if !matches!(last.kind(), HirKind::Look(Look::End)) {
        return None;
    }
    let mut trailing = [0; 32];
    while let Some((last, before)) = parts.split_last() {
        let HirKind::Repetition(repetition) = last.kind() else { break };
        if repetition.max.is_some() || !push_bytes(&repetition.sub, &mut trailing) {
            break;
        }
        parts = before;
    }
    Some((parts, trailing))
}

/// The extent of a concatenation that begins at the start of a text, when it goes to the end and its length has a bound.
fn extent(parts: &[Hir]) -> Option<Extent> {
    let (parts, trailing) = before_trailing(parts)?;
    let lengths = parts.iter().map(|part| part.properties().maximum_len());
    let max_bytes = lengths.sum::<Option<usize>>()?;
    Some(Extent { max_bytes: u16::try_from(max_bytes).ok()?, trailing })
}

/// Adds the bytes of an expression that matches one character; false when it may match more.
fn push_bytes(hir: &Hir, bytes: &mut Bytes) -> bool {
    let mut push = |first: char, last: char| {
        // Of the characters beyond ASCII any byte may be one.
        let first = if first.is_ascii() { first as u8 } else { FIRST_BEYOND_ASCII };
        let last = if last.is_ascii() { last as u8 } else { u8::MAX };
        (first..=last).for_each(|byte| bytes[usize::from(byte / 8)] |= 1 << (byte % 8));
    };
    match hir.kind() {
        HirKind::Class(Class::Unicode(class)) => {
            class.ranges().iter().for_each(|range| push(range.start(), range.end()));
            true
        }
        HirKind::Literal(literal) => match literal.0[..] {
            [byte] => {
                push(byte.into(), byte.into());
                true
            }
            _ => false,
        },
        _ => false,
    }
}

/// The first byte that is none of ASCII.
const FIRST_BEYOND_ASCII: u8 = 0x80;

/// Lists of words: of each one stands in all that an expression matches.
fn requirements(hir: &Hir) -> Vec<Literals> {
    match hir.kind() {
        HirKind::Capture(capture) => requirements(&capture.sub),
        HirKind::Repetition(repetition) if repetition.min > 0 => requirements(&repetition.sub),
        HirKind::Concat(parts) => parts.iter().flat_map(requirements).collect(),
        _ => required(hir).into_iter().collect(),
    }
}

/// Words of which one stands in all that an expression matches.
fn required(hir: &Hir) -> Option<Literals> {
    match hir.kind() {
        HirKind::Literal(literal) if literal.0.len() >= MIN_REQUIRED_BYTES => {
            let first = &literal.0[..literal.0.len().min(MAX_FLOATING_BYTES)];
            Some(vec![Cow::Owned(first.to_vec())])
        }
        HirKind::Capture(capture) => required(&capture.sub),
        HirKind::Repetition(repetition) if repetition.min > 0 => required(&repetition.sub),
        HirKind::Concat(parts) => parts.iter().filter_map(required).max_by_key(worth),
        HirKind::Alternation(choices) => {
            let mut words: Vec<_> = choices.iter().map(required).collect::<Option<Vec<_>>>()?.concat();
            words.sort();
            words.dedup_by(|next, before| next.starts_with(before));
            (words.len() <= MAX_REQUIRED).then_some(words)
        }
        _ => None,
    }
}

/// The longer and the fewer the words, the less often one of them stands in a text by chance.
fn worth(words: &Literals) -> (usize, Reverse<usize>) {
    (words.iter().map(|word| word.len()).min().unwrap_or(0), Reverse(words.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(pattern: &str) -> Vec<(bool, Vec<String>, Vec<Vec<String>>)> {
        let text = |words: &Literals| words.iter().map(|word| String::from_utf8_lossy(word).into_owned()).collect();
        let branches = branches(pattern).unwrap();
        branches
            .iter()
            .map(|branch| (branch.anchored, text(&branch.literals), branch.required.iter().map(text).collect()))
            .collect()
    }

    fn words(words: &[&str]) -> Vec<String> {
        words.iter().map(|word| (*word).to_owned()).collect()
    }

    #[test]
    fn each_choice_has_its_own_beginning_and_requires_its_own_words() {
        assert_eq!(
            shape("^(?:sign up|[ab]+ (?:replies|[0-9]? posts))|log in"),
            [
                (true, words(&["sign up"]), vec![]),
                (true, words(&["a", "b"]), vec![words(&[" posts", "replies"])]),
                (false, words(&["log in"]), vec![]),
            ]
        );
    }

    #[test]
    fn numbers_at_the_start_are_one() {
        let begins = |pattern| shape(pattern).into_iter().flat_map(|(_, literals, _)| literals).collect::<Vec<_>>();
        assert_eq!(begins("^[0-9]+ ads?"), ["0ad"]);
        assert_eq!(begins("^[1-9][0-9.,]*k? ads"), ["0ads", "0k ads"]);
        assert_eq!(begins("^(?:24/7|2, ads|[.,]5)"), ["0/7", "0ads", "0"]);
        // It may be left out, or be none.
        assert_eq!(begins("^[0-9]*[ab]"), ["0", "a", "b"]);
        assert_eq!(begins("^[0-9x]+ ads"), ["0", "x"]);
        assert_eq!(begins("^[0-9]+[0-9x] ads"), ["0ads", "0x ads"]);
        assert_eq!(begins("24 ads"), ["24 ads"]);
    }

    #[test]
    fn a_short_word_ends_where_the_pattern_says_so() {
        let shown = |literal: Cow<[u8]>| String::from_utf8_lossy(&literal).replace('\u{fffd}', "$");
        let begins = |pattern| -> Vec<String> {
            branches(pattern).unwrap().into_iter().flat_map(|branch| branch.literals).map(shown).collect()
        };
        assert_eq!(begins(r"^(?:co|we\b.*go|our site)\b.*new"), ["co$", "we$", "our site"]);
        assert_eq!(begins(r"^[ab]\b.news"), ["a$", "b$"]);
        // What comes next says as much, a number is all that begins as one, and a word that may go on has no end.
        assert_eq!(begins(r"^we\b go"), ["we go"]);
        assert_eq!(begins(r"^[0-9]+\b.*news"), ["0"]);
        assert_eq!(begins(r"^we[a-z]+\b.*news").len(), 26);
        assert_eq!(begins(r"log\b.*in"), ["log"]);
    }

    #[test]
    fn every_part_after_the_beginning_requires_its_words() {
        assert_eq!(
            shape("^sign up (?:for|to) .{0,9}(?:our|the) (?:news )?letters"),
            [(true, words(&["sign up "]), vec![words(&["letters"]), words(&["our", "the"]), words(&["for", "to"])])]
        );
        let heads = branches("^sign up (?:for|to) [a-z]+").unwrap().remove(0).heads;
        assert_eq!(heads, [&b"sign up for "[..], b"sign up to "]);
        assert!(branches("^sign up").unwrap().remove(0).heads.is_empty());
    }

    #[test]
    fn what_is_matched_to_the_end_has_an_extent() {
        let extents = |pattern| branches(pattern).unwrap().into_iter().map(|branch| branch.extent).collect::<Vec<_>>();
        let some = |max_bytes, bytes: &str| {
            let mut trailing = [0; 32];
            bytes.bytes().for_each(|byte| trailing[usize::from(byte / 8)] |= 1 << (byte % 8));
            Some(Extent { max_bytes, trailing })
        };
        assert_eq!(extents("^(?:home|home page)[ .]*!*$"), [some(4, " .!"), some(9, " .!")]);
        assert_eq!(extents("^home(?: no| number) [0-9]{1,3}$"), [some(15, "")]);
        assert_eq!(extents("^home|home$|^home (?:on )+earth$|^home.*page$"), [None, None, None, None]);
        let beyond = extents("^home[é.]*$")[0].unwrap().trailing;
        assert_eq!(beyond[16..], [0xff; 16]);
        assert_eq!(beyond[..16].iter().map(|byte| byte.count_ones()).sum::<u32>(), 1);
    }

    #[test]
    fn nothing_is_required_of_what_may_be_left_out() {
        assert_eq!(shape("^[ab]+(?: posts)?$"), [(true, words(&["a", "b"]), vec![])]);
        assert_eq!(shape("^[ab]+(?: posts|.x?)"), [(true, words(&["a", "b"]), vec![])]);
    }

    #[test]
    fn patterns_without_a_beginning_are_refused() {
        assert!(branches("^(a|b)?the").is_ok());
        for pattern in ["^.*login", r"\w+ forum", "(the )?", "^[^a]b", "^the|^.*a"] {
            assert!(branches(pattern).is_err(), "{pattern}");
        }
    }
}
