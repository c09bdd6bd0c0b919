//! A pattern as texts see it that hold few characters.
//!
//! Most texts are of ASCII, and classes such as `\w` have hundreds of ranges beyond, phrases in other scripts many letters:
//! without them a pattern is parsed and compiled in less time. So it is with those only that a pattern tells apart, where a
//! text has other ones. The build script asks for the forms of the built-in patterns, so that a run makes those of a
//! user's packs only.

use super::stored;
use regex_syntax::hir::{Class, ClassUnicode, ClassUnicodeRange, Hir, HirKind, Look, Repetition};
use regex_syntax::utf8::Utf8Sequences;
use std::borrow::Cow;
use std::sync::LazyLock;

/// What stands for a letter, digit or mark beyond ASCII, and what for any other character: no folded text holds a capital.
pub const STAND_INS: [char; 2] = ['Z', '\u{1}'];

/// A pattern in forms that match what it matches of some texts.
#[derive(Clone, Debug, Default)]
pub struct Forms {
    /// The form for texts of ASCII, as it is stored.
    pub ascii: Cow<'static, [u8]>,
    /// The form for texts of ASCII and of the characters that the pattern knows, as it is stored; empty when it knows none.
    pub known: Cow<'static, [u8]>,
    /// The characters beyond ASCII that the pattern knows, as the first and last of each range. Letters, digits and marks
    /// that it does not know are all the same to it, and so are other characters but white space: it matches a text of such if
    /// a form matches the text with stand-ins.
    pub alphabet: Cow<'static, str>,
}

/// The forms of a pattern; none when it cannot be parsed.
pub fn forms(pattern: &str) -> Option<Forms> {
    let hir = regex_syntax::parse(pattern).ok()?;
    let mut alphabet = ClassUnicode::empty();
    let ascii = only_ascii(hir.clone(), &mut alphabet).unwrap_or_else(Hir::fail);
    let bounds: String = alphabet.ranges().iter().flat_map(|range| [range.start(), range.end()]).collect();
    let mut known = Vec::new();
    if !bounds.is_empty() {
        alphabet.push(ClassUnicodeRange::new('\0', '\x7f'));
        known = stored::write(&only(hir, &alphabet));
    }
    Some(Forms { ascii: stored::write(&ascii).into(), known: known.into(), alphabet: bounds.into() })
}

/// What an expression says about texts of the characters of an alphabet. The parser bounds how deep it is.
fn only(hir: Hir, alphabet: &ClassUnicode) -> Hir {
    match hir.into_kind() {
        HirKind::Class(Class::Unicode(class)) => {
            let mut known = class.clone();
            known.intersect(alphabet);
            // What leaves out a letter or two is cut to pieces by an alphabet of many.
            Hir::class(Class::Unicode(if sequences(&known) < sequences(&class) { known } else { class }))
        }
        HirKind::Repetition(repetition) => {
            Hir::repetition(Repetition { sub: Box::new(only(*repetition.sub, alphabet)), ..repetition })
        }
        HirKind::Capture(capture) => only(*capture.sub, alphabet),
        HirKind::Concat(parts) => Hir::concat(parts.into_iter().map(|part| only(part, alphabet)).collect()),
        HirKind::Alternation(choices) => {
            Hir::alternation(choices.into_iter().map(|choice| only(choice, alphabet)).collect())
        }
        HirKind::Empty => Hir::empty(),
        HirKind::Literal(literal) => Hir::literal(literal.0),
        HirKind::Class(class) => Hir::class(class),
        HirKind::Look(look) => Hir::look(look),
    }
}

/// The sequences of ranges of bytes that a class is compiled to.
fn sequences(class: &ClassUnicode) -> usize {
    class.ranges().iter().map(|range| Utf8Sequences::new(range.start(), range.end()).count()).sum()
}

/// What an expression says about texts of ASCII, none when it matches none; adds the characters that it knows beyond. The
/// parser bounds how deep it is.
fn only_ascii(hir: Hir, known: &mut ClassUnicode) -> Option<Hir> {
    Some(match hir.into_kind() {
        HirKind::Empty => Hir::empty(),
        HirKind::Literal(literal) if literal.0.is_ascii() => Hir::literal(literal.0),
        HirKind::Literal(literal) => {
            let beyond = str::from_utf8(&literal.0).ok()?.chars().filter(|c| !c.is_ascii());
            beyond.for_each(|c| known.push(ClassUnicodeRange::new(c, c)));
            return None;
        }
        HirKind::Class(Class::Unicode(mut class)) => {
            known.union(&told_apart(&class));
            class.intersect(&ClassUnicode::new([ClassUnicodeRange::new('\0', '\x7f')]));
            if class.ranges().is_empty() {
                return None;
            }
            let bytes = class.to_byte_class();
            Hir::class(bytes.map_or(Class::Unicode(class), Class::Bytes))
        }
        HirKind::Class(class) => Hir::class(class),
        HirKind::Look(look) => Hir::look(match look {
            Look::WordUnicode => Look::WordAscii,
            Look::WordUnicodeNegate => Look::WordAsciiNegate,
            Look::WordStartUnicode => Look::WordStartAscii,
            Look::WordEndUnicode => Look::WordEndAscii,
            Look::WordStartHalfUnicode => Look::WordStartHalfAscii,
            Look::WordEndHalfUnicode => Look::WordEndHalfAscii,
            look => look,
        }),
        HirKind::Repetition(repetition) => match only_ascii(*repetition.sub, known) {
            Some(sub) => Hir::repetition(Repetition { sub: Box::new(sub), ..repetition }),
            None if repetition.min == 0 => Hir::empty(),
            None => return None,
        },
        HirKind::Capture(capture) => only_ascii(*capture.sub, known)?,
        HirKind::Concat(parts) => {
            let parts: Vec<_> = parts.into_iter().map(|part| only_ascii(part, known)).collect();
            Hir::concat(parts.into_iter().collect::<Option<_>>()?)
        }
        HirKind::Alternation(choices) => {
            let choices = choices.into_iter().filter_map(|choice| only_ascii(choice, known));
            let choices: Vec<_> = choices.collect();
            if choices.is_empty() {
                return None;
            }
            Hir::alternation(choices)
        }
    })
}

/// The characters beyond ASCII that a class holds though it does not hold their stand-in, or the other way round.
fn told_apart(class: &ClassUnicode) -> ClassUnicode {
    /// All but white space, then letters, digits and marks, then the others.
    static KINDS: LazyLock<[ClassUnicode; 3]> =
        LazyLock::new(|| [r"[^\s\x00-\x7f]", r"[\w--[\x00-\x7f]]", r"[^\w\s\x00-\x7f]"].map(class_of));
    let [all, kinds @ ..] = &*KINDS;
    let mut apart = class.clone();
    apart.intersect(all);
    for (kind, stand_in) in kinds.iter().zip(STAND_INS) {
        if class.ranges().iter().any(|range| (range.start()..=range.end()).contains(&stand_in)) {
            apart.symmetric_difference(kind);
        }
    }
    apart
}

fn class_of(source: &str) -> ClassUnicode {
    match regex_syntax::parse(source).map(Hir::into_kind) {
        Ok(HirKind::Class(Class::Unicode(class))) => class,
        other => unreachable!("{source} is a class, not {other:?}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_no_text_of_ascii_matches_is_left_out() {
        for (pattern, form) in [
            ("^(?:log in|anmelden|войти)$", r"(?:\A(?:(?:log in)|(?:anmelden))\z)"),
            ("^(?:войти|размер)+", r"[a&&b]"),
            ("log(?:ín|é)? in", r"(?:log in)"),
            (r"^[^a-y]+\b", r"(?:\A(?-u:[\x00-`z-\x7F])+(?-u:\b))"),
        ] {
            let found = stored::read(&forms(pattern).unwrap().ascii).unwrap();
            assert_eq!(found.to_string(), form, "{pattern}");
        }
    }

    #[test]
    fn a_pattern_knows_what_it_tells_apart() {
        let known = |pattern: &str| forms(pattern).unwrap().alphabet.into_owned();
        for pattern in [r"^log in\b.{0,9}[^a-z]\w+\S", r"^log\s[0-9]+$", "^[^b]+[~!]"] {
            assert_eq!(known(pattern), "", "{pattern}");
        }
        assert_eq!(known("^log é|á"), "ááéé");
        assert_eq!(known("^log [^ö-ü]"), "öü");
        // What holds a stand-in and not what it stands for.
        assert!(known("^log [A-Z]n").starts_with('ª'));
        assert!(known(r"^log \d").starts_with("٠٩"));
        assert!(!known(r"^(?i)kelvin").contains('é') && known(r"^(?i)kelvin").contains('\u{212a}'));
    }
}
