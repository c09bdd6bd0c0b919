//! JSON lines: one object a page, always with the same fields in the same order.
//!
//! What a page does not state is `null`, so that every line has one schema and a loader need not guess. A page that
//! stood in a row of JSON is written as that row, with its text replaced and an account of it added.

use super::Page;
use crate::article::{Degraded, Format};
use crate::input::Row;
use serde::Serialize;

#[derive(Serialize)]
struct Line<'a> {
    path: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    offset: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<Option<&'a str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fetched: Option<Option<&'a str>>,
    url: Option<&'a str>,
    title: Option<&'a str>,
    description: Option<&'a str>,
    author: Option<&'a str>,
    date: Option<&'a str>,
    site: Option<&'a str>,
    language: Option<&'a str>,
    format: Format,
    encoding: &'a str,
    outcome: &'a str,
    confidence: f32,
    words_in: usize,
    words_out: usize,
    degraded: &'a [Degraded],
    text: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    row: Option<&'a str>,
}

/// What became of a page, in a row that is somebody else's.
#[derive(Serialize)]
struct Account<'a> {
    outcome: &'a str,
    confidence: f32,
    words_in: usize,
    words_out: usize,
    removals: usize,
    degraded: &'a [Degraded],
}

/// Appends the page as one line.
pub(super) fn write(page: &Page<'_>, out: &mut Vec<u8>) {
    match page.row {
        Some(Row::Json(row)) => row.write(&page.article.text, &account(page), out),
        #[cfg(feature = "parquet")]
        Some(Row::Table(row)) => row.write(&page.article.text, &account(page), out),
        None => line(page, None, out),
    }
}

/// What became of a page, as a JSON object.
pub(super) fn account(page: &Page<'_>) -> Vec<u8> {
    let article = page.article;
    let account = Account {
        outcome: page.outcome,
        confidence: article.confidence,
        words_in: article.words_in,
        words_out: article.words_out,
        removals: article.removals.len(),
        degraded: &article.degraded,
    };
    serde_json::to_vec(&account).expect("strings and numbers always are JSON")
}

/// Appends the page as a line of its own, with the row that it stood in where that cannot be written in its place.
pub(super) fn line(page: &Page<'_>, row: Option<&str>, out: &mut Vec<u8>) {
    let article = page.article;
    let metadata = &article.metadata;
    let line = Line {
        path: page.path,
        offset: page.origin.map(|origin| origin.offset),
        id: page.origin.map(|origin| origin.id.as_deref()),
        fetched: page.origin.map(|origin| origin.date.as_deref()),
        url: metadata.url.as_deref(),
        title: metadata.title.as_deref(),
        description: metadata.description.as_deref(),
        author: metadata.author.as_deref(),
        date: metadata.date.as_deref(),
        site: metadata.site.as_deref(),
        language: metadata.language.as_deref(),
        format: article.format,
        encoding: article.encoding,
        outcome: page.outcome,
        confidence: article.confidence,
        words_in: article.words_in,
        words_out: article.words_out,
        degraded: &article.degraded,
        text: &article.text,
        row,
    };
    serde_json::to_writer(&mut *out, &line).expect("strings and numbers always are JSON");
    out.push(b'\n');
}

#[cfg(test)]
mod tests {
    use super::super::{article, page};
    use super::*;
    use crate::BlockKind::Paragraph;

    #[test]
    fn a_page_is_one_line_with_every_field() {
        let article = article(None, &[(Paragraph, "One\ntwo")]);
        let mut out = Vec::new();
        write(&page(&article), &mut out);
        let expected = concat!(
            r#"{"path":"a/b.html","url":null,"title":null,"description":null,"author":null,"date":null,"site":null,"#,
            r#""language":null,"format":"html","encoding":"UTF-8","outcome":"written","confidence":0.5,"words_in":2,"#,
            r#""words_out":1,"degraded":["depth"],"text":"One\ntwo\n"}"#,
            "\n"
        );
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }
}
