//! The one error type of the library.
//!
//! Bad HTML is never an error: it degrades and says so in [`Article::degraded`](crate::Article). An
//! error means that no article could be made of this input at all, and names why.

use std::fmt;

/// What kept an input from becoming an article, or a configuration from being used.
///
/// Opaque, so that causes can be added: ask [`kind`](Error::kind) what to do about it, print it to say
/// why.
pub struct Error {
    kind: ErrorKind,
    message: String,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

/// The classes of failure that a caller can act on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The document is larger than [`Limits::max_document_bytes`](crate::Limits), packed or decoded.
    TooLarge,
    /// The bytes are no text in any encoding that a page may be in.
    Binary,
    /// A packed input is damaged: cut short, a wrong checksum, an unknown window.
    Corrupt,
    /// A record does not say what it must: a line that is no JSON, a row without a text.
    Malformed,
    /// Reading or writing failed.
    Io,
    /// A rule pack or a keep list cannot be used; the message names the rule and the remedy.
    Rules,
    /// A model file cannot be used.
    Model,
    /// A run cannot begin, or go on, in an output folder because of another one.
    Journal,
    /// A record made the program fail; the rest of the run is not touched.
    Panic,
}

impl ErrorKind {
    /// The short name that stands in reports and summaries.
    pub fn name(self) -> &'static str {
        match self {
            ErrorKind::TooLarge => "too large",
            ErrorKind::Binary => "binary",
            ErrorKind::Corrupt => "corrupt",
            ErrorKind::Malformed => "malformed",
            ErrorKind::Io => "i/o",
            ErrorKind::Rules => "rules",
            ErrorKind::Model => "model",
            ErrorKind::Journal => "journal",
            ErrorKind::Panic => "panic",
        }
    }
}

impl Error {
    /// An error of `kind` that says `message`.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Error { kind, message: message.into(), source: None }
    }

    /// The same with the failure that caused it, which is printed after the message.
    pub fn with_source(
        kind: ErrorKind,
        message: impl Into<String>,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Self {
        Error { kind, message: message.into(), source: Some(source.into()) }
    }

    /// The class of the failure.
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        match &self.source {
            Some(source) => write!(f, ": {source}"),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}: {self}", self.kind)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}
