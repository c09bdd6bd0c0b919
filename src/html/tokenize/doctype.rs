//! Doctypes: nobody reads them, but whether a page is in quirks mode decides where its tables go.

use super::{Sink, Tokenizer};
use html5ever::tendril::StrTendril;
use html5ever::tokenizer::{Doctype, Token};

/// How a part of a doctype ended.
#[derive(PartialEq)]
enum Next {
    /// Another part may follow.
    More,
    /// At something that does not belong there: all up to `>` is skipped.
    Bogus,
    /// At `>` or the end of the source.
    End,
}

impl<'s, S: Sink> Tokenizer<'s, S> {
    /// The doctype states; `<!doctype` stands at `open`.
    pub(super) fn doctype(&mut self, open: usize) {
        self.at = open + 9;
        let mut doctype = Doctype::default();
        if self.doctype_parts(&mut doctype) == Next::Bogus {
            self.at = self.find(b'>', self.at);
        }
        self.at = (self.at + 1).min(self.source.len());
        self.emit(open..self.at, Token::DoctypeToken(doctype));
    }

    /// The name and the identifiers; ends at the `>`, at the end of the source or at what is bogus.
    fn doctype_parts(&mut self, doctype: &mut Doctype) -> Next {
        let bytes = self.bytes();
        doctype.force_quirks = true;
        self.skip_spaces();
        let start = self.at;
        while bytes.get(self.at).is_some_and(|byte| *byte != b'>' && !super::tag::is_space(*byte)) {
            self.at += 1;
        }
        if start == self.at {
            return Next::End;
        }
        doctype.name = Some(StrTendril::from(super::tag::folded(&self.source[start..self.at])));
        self.skip_spaces();
        let keyword = bytes.get(self.at..self.at + 6).unwrap_or_default();
        let is_public = keyword.eq_ignore_ascii_case(b"public");
        if !is_public && !keyword.eq_ignore_ascii_case(b"system") {
            return self.doctype_end(doctype, Next::Bogus);
        }
        self.at += 6;
        if is_public {
            let next = self.identifier(&mut doctype.public_id);
            if next != Next::More {
                return next;
            }
            self.skip_spaces();
            if !matches!(bytes.get(self.at), Some(b'"' | b'\'')) {
                return self.doctype_end(doctype, Next::Bogus);
            }
        }
        let next = self.identifier(&mut doctype.system_id);
        if next != Next::More {
            return next;
        }
        // What follows here is skipped and does no harm.
        self.skip_spaces();
        doctype.force_quirks = self.at == bytes.len();
        Next::Bogus
    }

    /// At a `>` the doctype is in order; `otherwise` anything else.
    fn doctype_end(&self, doctype: &mut Doctype, otherwise: Next) -> Next {
        match self.bytes().get(self.at) {
            Some(b'>') => {
                doctype.force_quirks = false;
                Next::End
            }
            None => Next::End,
            Some(_) => otherwise,
        }
    }

    /// The identifier in quotes after white space.
    fn identifier(&mut self, id: &mut Option<StrTendril>) -> Next {
        let bytes = self.bytes();
        self.skip_spaces();
        let quote = match bytes.get(self.at) {
            Some(&quote @ (b'"' | b'\'')) => quote,
            Some(b'>') | None => return Next::End,
            Some(_) => return Next::Bogus,
        };
        let start = self.at + 1;
        self.at = memchr::memchr2(quote, b'>', &bytes[start..]).map_or(bytes.len(), |offset| start + offset);
        *id = Some(self.verbatim(start..self.at));
        if bytes.get(self.at) != Some(&quote) {
            return Next::End;
        }
        self.at += 1;
        Next::More
    }
}
