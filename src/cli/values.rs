//! Values of the command line and of `dehusk.toml`: how they are written, and what they may be.

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use dehusk::Format;
use dehusk::check::report::{REPORTS, ReportFormat};
use dehusk::input::{FORMATS, InputFormat, Reading, Statuses};
use dehusk::output::{OUTPUTS, OutputFormat};

/// The table of reports as a value of the command line.
pub(super) fn report_format() -> impl TypedValueParser<Value = &'static ReportFormat> {
    let values = REPORTS.iter().map(|format| PossibleValue::new(format.name).help(format.about));
    PossibleValuesParser::new(values)
        .map(|name| ReportFormat::by_name(&name).expect("the names come from the same table"))
}

/// The table of formats as a value of the command line.
pub(super) fn output_format() -> impl TypedValueParser<Value = &'static OutputFormat> {
    let values = OUTPUTS.iter().map(|format| PossibleValue::new(format.name).help(format.about));
    PossibleValuesParser::new(values)
        .map(|name| OutputFormat::by_name(&name).expect("the names come from the same table"))
}

/// How pages are read, by the names of the command line and of `dehusk.toml`.
const PAGES: &[(&str, &str, Reading)] = &[
    ("auto", "by content", Reading::Detected),
    ("text", "lines of text that an extractor left", Reading::Pages(Format::Text)),
    ("html", "pages as served, with tags", Reading::Pages(Format::Html)),
];

/// What is called so.
pub(super) fn reading_of(name: &str) -> Option<Reading> {
    let page = PAGES.iter().find(|(page, ..)| *page == name).map(|(.., reading)| *reading);
    page.or_else(|| InputFormat::by_name(name).map(Reading::Containers))
}

/// The table of formats as a value of the command line.
pub(super) fn reading() -> impl TypedValueParser<Value = Reading> {
    let values = PAGES.iter().map(|(name, about, _)| (*name, *about));
    let values = values.chain(FORMATS.iter().map(|format| (format.name, format.about)));
    let values: Vec<_> = values.map(|(name, about)| PossibleValue::new(name).help(about)).collect();
    PossibleValuesParser::new(values).map(|name| reading_of(&name).expect("the names come from the same tables"))
}

/// HTTP statuses as `200,203` or `2xx`.
pub(super) fn statuses(typed: &str) -> Result<Statuses, String> {
    Statuses::read(typed).ok_or_else(|| "write statuses such as 200, 200,203 or 2xx".to_owned())
}

/// A media type as `text/html`, all that begin so as `text/*`, or all as `*`.
pub(super) fn media_type(typed: &str) -> Result<String, String> {
    let name = typed.trim().to_ascii_lowercase();
    let is_one = name.split_once('/').is_some_and(|(kind, part)| !kind.is_empty() && !part.is_empty());
    if is_one || name == "*" {
        Ok(name)
    } else {
        Err("write a media type such as text/html, or text/* or *".to_owned())
    }
}

/// Places in a document are 32 bits wide.
const MAX_SIZE: f64 = u32::MAX as f64 + 1.0;

/// Reads `500k`, `64MiB`, `1.5G`: single letters and `iB` count in 1024, `B` alone after a letter in 1000.
pub(super) fn size(typed: &str) -> Result<usize, String> {
    let digits = typed.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(typed.len());
    let (number, unit) = typed.split_at(digits);
    let unit = unit.trim().to_ascii_lowercase();
    let (letter, base) = match unit.strip_suffix("ib") {
        Some(letter) => (letter, 1024.0_f64),
        None => match unit.strip_suffix('b') {
            Some(letter) => (letter, 1000.0),
            None => (&*unit, 1024.0),
        },
    };
    let power = ["", "k", "m", "g"].iter().position(|known| *known == letter);
    match (number.parse::<f64>(), power) {
        (Ok(number), Some(power)) if (1.0..=MAX_SIZE).contains(&(number * base.powi(power as i32))) => {
            Ok((number * base.powi(power as i32)) as usize)
        }
        _ => Err("write a size up to 4GiB, such as 500k, 64MiB or 1G".to_owned()),
    }
}

/// A number from 0 to 1.
pub(super) fn share(typed: &str) -> Result<f32, String> {
    match typed.parse() {
        Ok(share) if (0.0..=1.0).contains(&share) => Ok(share),
        _ => Err("a number from 0 to 1 is wanted, such as 0.5".to_owned()),
    }
}

/// A score from 0 to 1.
pub(super) fn score(typed: &str) -> Result<f64, String> {
    share(typed).map(|_| typed.parse().expect("it was parsed before"))
}

/// A share as `0.5%`, from 0 % to 100 %.
pub(super) fn percent(typed: &str) -> Result<f64, String> {
    let number = typed.trim().strip_suffix('%').and_then(|number| number.trim_end().parse::<f64>().ok());
    match number {
        Some(number) if (0.0..=100.0).contains(&number) => Ok(number / 100.0),
        _ => Err("write a share such as 0.5%".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn media_types_have_two_parts() {
        assert_eq!(media_type(" Text/HTML").as_deref(), Ok("text/html"));
        assert!(["*", "text/*", "application/xhtml+xml"].into_iter().all(|typed| media_type(typed).is_ok()));
        assert!(["", "html", "/", "text/", "/html"].into_iter().all(|typed| media_type(typed).is_err()));
    }

    #[test]
    fn shares_are_percents() {
        assert_eq!((percent("0.5%"), percent("100 %")), (Ok(0.005), Ok(1.0)));
        for wrong in ["", "%", "0.5", "101%", "-1%", "NaN%"] {
            assert!(percent(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn sizes_have_units() {
        for (typed, bytes) in [("7", 7), ("1k", 1024), ("1.5KiB", 1536), ("2MB", 2_000_000), ("3G", 3 << 30)] {
            assert_eq!(size(typed), Ok(bytes));
        }
        for wrong in ["", "k", "0", "-1", "1T", "1 2"] {
            assert!(size(wrong).is_err(), "{wrong}");
        }
    }
}
