//! Bytes to text: which encoding a page is in, and whether it is a page at all.
//!
//! In goes a document as read, out comes [`Decoded`]: UTF-8 and the name of the encoding. The order is byte
//! order mark, UTF-8 check, HTTP header, `<meta>`, detection on a prefix. UTF-8 input is borrowed and keeps its
//! bytes, byte order mark included, so that ranges into the text are ranges into the file.

use crate::article::Format;
use crate::error::{Error, ErrorKind};
use crate::limits::Limits;
use crate::stride::{self, STRIDE, bits, is, within};
use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, ISO_2022_JP, UTF_8, UTF_16BE, UTF_16LE};
use fearless_simd::prelude::*;
use fearless_simd::{Level, Simd, dispatch, u8x64};
use std::borrow::Cow;

/// A document as text.
#[derive(Debug)]
pub struct Decoded<'a> {
    /// The text; borrowed when the bytes were UTF-8.
    pub text: Cow<'a, str>,
    /// The encoding's name in the Encoding Standard.
    pub encoding: &'static str,
    /// True when bytes that mean nothing in the encoding became U+FFFD.
    pub replaced: bool,
}

/// Bytes at the start that speak for the whole: enough for a detector, cheap for a large page.
const DETECTION_PREFIX: usize = 64 << 10;
/// Bytes in which a `<meta>` may name the encoding; the standard says 1,024, real heads are longer.
const META_PREFIX: usize = 4096;
/// Control characters that a stray few may be, in a text however short.
const MIN_CONTROLS: usize = 8;
/// First bytes of formats that are no text.
const BINARY_MAGIC: &[&[u8]] = &[
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"%PDF-",
    b"PK\x03\x04",
    b"PK\x05\x06",
    b"\x7fELF",
    b"MZ\x90",
    b"\x1f\x8b",
    b"\x28\xb5\x2f\xfd",
    b"BZh",
    b"\xfd7zXZ",
    b"7z\xbc\xaf",
    b"Rar!",
    b"RIFF",
    b"OggS",
    b"ID3",
    b"fLaC",
    b"\x00\x00\x01\x00",
    b"\x00asm",
    b"wOFF",
    b"wOF2",
    b"SQLite format 3\0",
    b"PAR1",
];

/// Decodes a document.
///
/// `charset` is the label of an HTTP header, if there was one. Labels that the Encoding Standard does not know
/// (utf-7, utf-32) are ignored.
///
/// # Errors
/// [`ErrorKind::Binary`] for bytes that are no text, [`ErrorKind::TooLarge`] when the text passes the bound.
pub fn decode<'a>(bytes: &'a [u8], charset: Option<&str>, limits: &Limits) -> Result<Decoded<'a>, Error> {
    check_size(bytes.len(), limits)?;
    let controls = Controls::of(bytes);
    if looks_binary(bytes, &controls) {
        return Err(Error::new(ErrorKind::Binary, "the bytes are not text"));
    }
    let decoded = choose(bytes, charset, controls.has_nul);
    check_size(decoded.text.len(), limits)?;
    Ok(decoded)
}

/// True for what [`decode`] refuses as no text.
pub fn is_binary(bytes: &[u8]) -> bool {
    looks_binary(bytes, &Controls::of(bytes))
}

fn looks_binary(bytes: &[u8], controls: &Controls) -> bool {
    let mut magic = BINARY_MAGIC.iter().filter(|magic| magic.first() == bytes.first());
    magic.any(|magic| bytes.starts_with(magic)) || controls.are_many(bytes)
}

fn check_size(bytes: usize, limits: &Limits) -> Result<(), Error> {
    if bytes <= limits.max_document_bytes && u32::try_from(bytes).is_ok() {
        return Ok(());
    }
    let message = format!("{bytes} bytes, more than the bound of {}", limits.max_document_bytes);
    Err(Error::new(ErrorKind::TooLarge, message))
}

fn choose<'a>(bytes: &'a [u8], charset: Option<&str>, has_nul: bool) -> Decoded<'a> {
    if let Some((encoding, _)) = Encoding::for_bom(bytes).filter(|(e, _)| *e != UTF_8) {
        return with(encoding, bytes);
    }
    if let Some(encoding) = has_nul.then(|| utf16_without_mark(bytes)).flatten() {
        return with(encoding, bytes);
    }
    let label =
        || charset.and_then(|label| Encoding::for_label(label.trim().as_bytes())).or_else(|| meta_encoding(bytes));
    // Faster than the check of the standard library.
    if let Some(text) = UTF_8.decode_without_bom_handling_and_without_replacement(bytes) {
        // ISO-2022-JP is plain ASCII to a UTF-8 check: its escapes tell, and only a page that says so is it.
        // A page ends in ASCII; an escape without a way back would turn the tags after it into kanji.
        let ends_in_ascii =
            memchr::memrchr(0x1b, bytes).is_some_and(|at| matches!(bytes.get(at + 1..at + 3), Some(b"(B" | b"(J")));
        if ends_in_ascii && label() == Some(ISO_2022_JP) {
            return with(ISO_2022_JP, bytes);
        }
        return Decoded { text, encoding: UTF_8.name(), replaced: false };
    }
    // A page that was cut or patched, and whose mark says what it is.
    if bytes.starts_with(b"\xef\xbb\xbf") {
        return with(UTF_8, bytes);
    }
    let encoding = match label() {
        Some(said) if !said.is_single_byte() => said,
        // No text in an encoding of single bytes is nearly all sound UTF-8: labels are wrong more often than that.
        _ if mostly_utf8(bytes) => UTF_8,
        said => said.unwrap_or_else(|| detect(bytes)),
    };
    with(encoding, bytes)
}

fn with<'a>(encoding: &'static Encoding, bytes: &'a [u8]) -> Decoded<'a> {
    let (text, replaced) = if encoding == UTF_8 {
        encoding.decode_without_bom_handling(bytes)
    } else {
        encoding.decode_with_bom_removal(bytes)
    };
    Decoded { text, encoding: encoding.name(), replaced }
}

fn prefix(bytes: &[u8], length: usize) -> &[u8] {
    &bytes[..bytes.len().min(length)]
}

/// The control characters at the start of a document.
#[derive(Default)]
struct Controls {
    /// Those that no text holds. NUL does not count: broken pages hold runs of it, and UTF-16 is half of it.
    count: usize,
    has_nul: bool,
}

impl Controls {
    fn of(bytes: &[u8]) -> Controls {
        let mut controls = Controls::default();
        dispatch!(Level::new(), simd => count_controls(simd, prefix(bytes, META_PREFIX), &mut controls));
        controls
    }

    /// True when they make up more than a fiftieth of the start of these bytes.
    fn are_many(&self, bytes: &[u8]) -> bool {
        self.count >= MIN_CONTROLS && self.count * 50 > prefix(bytes, META_PREFIX).len()
    }
}

// Nothing but loops and functions that are always inlined: what the compiler keeps apart has no vector instructions.
#[inline(always)]
fn count_controls<S: Simd>(simd: S, bytes: &[u8], controls: &mut Controls) {
    for begin in (0..bytes.len()).step_by(STRIDE) {
        // Line feeds stand behind the end, which are in most strides anyway.
        let at = u8x64::from_slice(simd, stride::from(bytes, begin, &mut [b'\n'; STRIDE]));
        if (at.simd_lt(0x20) & !is(at, b'\n') | is(at, 0x7f)).any_true() {
            let around_white_space = within(at, 0x01, 0x08) | is(at, 0x0b) | within(at, 0x0e, 0x1a);
            controls.count += bits(around_white_space | within(at, 0x1c, 0x1f) | is(at, 0x7f)).count_ones() as usize;
            controls.has_nul |= is(at, 0).any_true();
        }
    }
}

/// UTF-16 without a mark shows as NUL in nearly every second byte and in none of the others.
fn utf16_without_mark(bytes: &[u8]) -> Option<&'static Encoding> {
    let start = prefix(bytes, META_PREFIX);
    let (mut even, mut odd) = (0, 0);
    for pair in start.chunks_exact(2) {
        even += usize::from(pair[0] == 0);
        odd += usize::from(pair[1] == 0);
    }
    let most = start.len() / 2 * 7 / 10;
    match (even > most, odd > most) {
        (true, false) if odd == 0 => Some(UTF_16BE),
        (false, true) if even == 0 => Some(UTF_16LE),
        _ => None,
    }
}

/// The encoding that a `<meta charset>` or `<meta http-equiv>` in the head names.
fn meta_encoding(bytes: &[u8]) -> Option<&'static Encoding> {
    let start = prefix(bytes, META_PREFIX).to_ascii_lowercase();
    let finder = memchr::memmem::Finder::new(b"charset");
    finder.find_iter(&start).find_map(|at| {
        let rest = start[at + 7..].trim_ascii_start().strip_prefix(b"=")?;
        let rest = rest.trim_ascii_start();
        let rest = rest.strip_prefix(b"\"").or(rest.strip_prefix(b"'")).unwrap_or(rest);
        let end = rest.iter().position(|b| !(b.is_ascii_alphanumeric() || b"-_:.".contains(b)))?;
        // The page was read as ASCII up to here, so it is not UTF-16 whatever it says.
        Encoding::for_label(&rest[..end]).map(Encoding::output_encoding)
    })
}

/// True when nearly all multi-byte sequences are sound UTF-8: a page that was cut or patched, not another encoding.
fn mostly_utf8(bytes: &[u8]) -> bool {
    let (mut good, mut bad) = (0usize, 0usize);
    for chunk in prefix(bytes, DETECTION_PREFIX).utf8_chunks() {
        good += chunk.valid().bytes().filter(|&b| b >= 0xc0).count();
        bad += usize::from(!chunk.invalid().is_empty());
    }
    good > 20 * bad
}

fn detect(bytes: &[u8]) -> &'static Encoding {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    let start = prefix(bytes, DETECTION_PREFIX);
    detector.feed(start, start.len() == bytes.len());
    detector.guess(None, Utf8Detection::Allow)
}

/// Tells a page with tags from plain text by its content; `name` decides how much proof a `.txt` needs.
pub fn sniff(text: &str, name: Option<&str>) -> Format {
    let start = text.trim_start_matches(['\u{feff}', '\0']).trim_start();
    let name = name.map(|name| name.trim_end_matches(".gz").trim_end_matches(".zst"));
    // A text about HTML quotes many tags, and a page's article does not turn into a page again.
    if name.is_some_and(says_text) && (!start.starts_with('<') || quotes_one_tag(start)) {
        return Format::Text;
    }
    let head = prefix(start.as_bytes(), 64).to_ascii_lowercase();
    const OPENINGS: &[&[u8]] = &[b"<!doctype", b"<html", b"<head", b"<body", b"<?xml"];
    if OPENINGS.iter().any(|opening| head.starts_with(opening)) {
        return Format::Html;
    }
    let ending = name.and_then(|name| name.rsplit_once('.')).map(|(_, ending)| ending.to_ascii_lowercase());
    match ending.as_deref() {
        Some("html" | "htm" | "xhtml" | "shtml") => Format::Html,
        _ if tag_bytes_share(start) > 0.05 || opens_with_tag(&head) => Format::Html,
        _ => Format::Text,
    }
}

/// Whether a name says that its file is a text.
pub fn says_text(name: &str) -> bool {
    const ENDINGS: &[&str] = &["txt", "text", "md"];
    name.rsplit_once('.').is_some_and(|(_, ending)| ENDINGS.iter().any(|text| ending.eq_ignore_ascii_case(text)))
}

/// True for a text whose first line begins with a tag, as a title may that names one, and whose next lines have none: of a page they
/// would.
fn quotes_one_tag(start: &str) -> bool {
    const LINES: usize = 20;
    const MIN_LINES: usize = 5;
    let next = || start.lines().skip(1).filter(|line| !line.trim().is_empty()).take(LINES);
    next().count() >= MIN_LINES && !next().any(|line| line.contains('<'))
}

fn opens_with_tag(head: &[u8]) -> bool {
    const TAGS: &[&str] = &[
        "!--", "p", "div", "article", "main", "section", "table", "h1", "h2", "h3", "ul", "ol", "span", "a", "meta",
        "title", "link", "script", "style", "center", "font", "header", "nav", "b", "i", "img", "br",
    ];
    let ends_name = |after: &[u8]| matches!(after.first(), Some(b'>' | b' ' | b'\n' | b'\t' | b'/'));
    head.strip_prefix(b"<").is_some_and(|rest| {
        TAGS.iter().any(|tag| rest.strip_prefix(tag.as_bytes()).is_some_and(|rest| *tag == "!--" || ends_name(rest)))
    })
}

/// The share of the first bytes that stands in well-known closing tags and `<br>`, `<p>`: near 0 in text.
fn tag_bytes_share(text: &str) -> f64 {
    let start = prefix(text.as_bytes(), DETECTION_PREFIX);
    const TAGS: &[&[u8]] = &[b"</p>", b"</div>", b"</a>", b"</li>", b"</span>", b"<br", b"</td>", b"<p>"];
    let mut bytes = 0;
    for at in memchr::memchr_iter(b'<', start) {
        let tag = TAGS
            .iter()
            .find(|tag| start[at..].len() >= tag.len() && start[at..at + tag.len()].eq_ignore_ascii_case(tag));
        bytes += tag.map_or(0, |tag| tag.len());
    }
    bytes as f64 / start.len().max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(bytes: &[u8]) -> (String, &'static str) {
        let decoded = decode(bytes, None, &Limits::default()).expect("decodes");
        (decoded.text.into_owned(), decoded.encoding)
    }

    #[test]
    fn byte_order_mark_wins_over_meta() {
        let mut bytes = vec![0xff, 0xfe];
        for unit in "<meta charset=utf-8>é".encode_utf16() {
            bytes.extend(unit.to_le_bytes());
        }
        assert_eq!(decoded(&bytes), ("<meta charset=utf-8>é".into(), "UTF-16LE"));
    }

    #[test]
    fn utf16_without_a_mark_is_detected() {
        let bytes: Vec<u8> = "<p>plain words".encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert_eq!(decoded(&bytes), ("<p>plain words".into(), "UTF-16BE"));
    }

    #[test]
    fn meta_label_is_used_when_the_bytes_are_not_utf8() {
        assert_eq!(decoded(b"<meta charset=\"iso-8859-2\">\xb1").0, "<meta charset=\"iso-8859-2\">ą");
        assert_eq!(decoded(b"<meta content='text/html; charset=windows-1251'>\xe4").1, "windows-1251");
    }

    #[test]
    fn utf7_label_stays_literal() {
        assert_eq!(decoded(b"<meta charset=utf-7>+ADw-").0, "<meta charset=utf-7>+ADw-");
    }

    #[test]
    fn one_bad_byte_does_not_turn_utf8_into_latin() {
        let text = "é".repeat(100);
        let bytes = [text.as_bytes(), b"\xff"].concat();
        assert_eq!(decoded(&bytes), (text.clone() + "\u{fffd}", "UTF-8"));
        // Whatever the page says, unless it says little; and whatever it says where its mark says it too.
        for label in ["iso-8859-1", "windows-1251"] {
            let limits = Limits::default();
            let page = decode(&bytes, Some(label), &limits).expect("a text");
            assert_eq!((&*page.text, page.replaced), (&*format!("{text}\u{fffd}"), true), "{label}");
        }
        let marked = [b"\xef\xbb\xbf<meta charset=gbk>M\xc3\xbcller", &b"\xff"[..]].concat();
        assert_eq!(decoded(&marked).1, "UTF-8");
    }

    #[test]
    fn iso2022jp_without_a_way_back_is_read_as_ascii() {
        let (text, encoding) = decoded(b"<meta charset=iso-2022-jp>\x1b$B<p>words");
        assert_eq!(encoding, "UTF-8");
        assert!(text.ends_with("<p>words"));
        assert_eq!(decoded(b"<meta charset=iso-2022-jp>\x1b$B$\"\x1b(B").0, "<meta charset=iso-2022-jp>あ");
    }

    #[test]
    fn images_are_binary_and_runs_of_nul_are_not() {
        let limits = Limits::default();
        let error = decode(b"\x89PNG\r\n\x1a\n", None, &limits).expect_err("binary");
        assert_eq!(error.kind(), ErrorKind::Binary);
        assert!(decode(b"<p>\0\0\0\0\0\0\0\0words", None, &limits).is_ok());
    }

    #[test]
    fn size_is_counted_again_after_decoding() {
        let limits = Limits { max_document_bytes: 10, ..Limits::default() };
        let error = decode(b"\xe9\xe9\xe9\xe9\xe9\xe9\xe9", Some("latin1"), &limits).expect_err("14 bytes");
        assert_eq!(error.kind(), ErrorKind::TooLarge);
    }

    #[test]
    fn text_that_quotes_tags_is_text() {
        assert_eq!(sniff("Use <p> and </p> for paragraphs.\n", Some("a.txt")), Format::Text);
        assert_eq!(sniff("One <b>word</b> in a long line of plain prose, nothing more.", None), Format::Text);
        assert_eq!(sniff("<p>One</p><p>two</p>", None), Format::Html);
        assert_eq!(sniff("\u{feff} <!DOCTYPE html><p>", Some("a.txt")), Format::Html);
        let reference =
            "<p>: the paragraph\nHTML\nElements\nLists\n\nIt stands for a paragraph.\nIt ends of its own.\n";
        assert_eq!(sniff(reference, Some("a.txt")), Format::Text);
        assert_eq!(sniff(&reference.replace("own.", "own.</p>"), Some("a.txt")), Format::Html);
    }
}
