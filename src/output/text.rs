//! Plain text: the article's text as it is, with its title before it on demand.

use super::Page;

/// Appends the page: the title and a blank line where the caller wants them, then the text.
pub(super) fn write(page: &Page<'_>, out: &mut Vec<u8>) {
    if let Some(title) = page.article.metadata.title.as_ref().filter(|_| page.with_title) {
        out.extend_from_slice(title.as_bytes());
        out.extend_from_slice(b"\n");
        if !page.article.is_empty() {
            out.extend_from_slice(b"\n");
        }
    }
    out.extend_from_slice(page.article.text.as_bytes());
}

#[cfg(test)]
mod tests {
    use super::super::{article, page};
    use super::*;
    use crate::BlockKind::Paragraph;

    #[test]
    fn the_title_stands_before_the_text_on_demand() {
        let article = article(Some("Title"), &[(Paragraph, "Text.")]);
        for (with_title, expected) in [(true, "Title\n\nText.\n"), (false, "Text.\n")] {
            let mut out = Vec::new();
            write(&Page { with_title, ..page(&article) }, &mut out);
            assert_eq!(String::from_utf8(out).unwrap(), expected);
        }
    }
}
