//! Any text has the tokens that html5ever's own tokenizer gives, and their ranges lie in it.

use super::compare::difference;

/// Attributes that are read in the second comparison.
const READ: &[&str] = &["class", "id", "a"];

/// Compares the tokens of the bytes, taken for UTF-8, and panics at the first difference.
pub fn check(bytes: &[u8]) {
    let source = String::from_utf8_lossy(bytes);
    assert_eq!(difference(&source, &[]), None, "all attributes of {source:?}");
    assert_eq!(difference(&source, READ), None, "some attributes of {source:?}");
}
