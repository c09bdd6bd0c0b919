//! A member of an archive as a page: the path that it has there and its bytes, packed or not.

use super::Skip;
use super::container::{HEAD, InputFormat, Origin, Raw, Read, Record, Refused};
use super::page::page_name;
use super::printable;
use super::unpack::unpack;
use crate::cleaner::Hints;
use crate::decode::is_binary;
use crate::error::{Error, ErrorKind};
use std::borrow::Cow;
use std::path::{Path, PathBuf};

/// A member as it was split off.
pub(super) fn raw(path: &[u8], content: &[u8]) -> Raw {
    Raw { bytes: [path, content].concat(), head: path.len(), ..Raw::default() }
}

/// A member that is no file, such as a folder or a link: its path ends in a slash here, as no path of a file does.
pub(super) fn no_file(path: &[u8]) -> Raw {
    let path = path.strip_suffix(b"/").unwrap_or(path);
    raw(&[path, b"/"].concat(), b"")
}

/// The error of a member that cannot be split off, with its path.
pub(super) fn named(path: &[u8], error: &Error) -> Error {
    Error::new(error.kind(), format!("{}: {error}", printable(&to_path(path))))
}

pub(super) fn parse(raw: Raw, origin: &mut Origin, read: &Read<'_>) -> Result<Record, Refused> {
    let mut bytes = raw.bytes;
    let path = origin.path.insert(to_path(&bytes[..raw.head]));
    if bytes[..raw.head].ends_with(b"/") {
        return Err(Refused::Skip(Skip::NoText, "a folder, a link or another member that is no file".to_owned()));
    }
    bytes.drain(..raw.head);
    let page = unpack(bytes, read.limits)?;
    let name = page_name(path, page.levels).map(Cow::into_owned);
    let container = InputFormat::of(&page.bytes[..page.bytes.len().min(HEAD)], true);
    // What is no text is no page anyway: an archive of a site may hold files to download.
    if let Some(format) = container.filter(|_| !is_binary(&page.bytes)) {
        let message = format!("a {} file in an archive: unpack the archive and name the file", format.name);
        return Err(Error::new(ErrorKind::Malformed, message).into());
    }
    let hints = Hints { name, ..Hints::default() };
    Ok(Record { bytes: page.bytes, hints, trailing: page.trailing, row: None })
}

#[cfg(unix)]
fn to_path(bytes: &[u8]) -> PathBuf {
    use std::os::unix::ffi::OsStrExt;
    Path::new(std::ffi::OsStr::from_bytes(bytes)).to_owned()
}

#[cfg(not(unix))]
fn to_path(bytes: &[u8]) -> PathBuf {
    Path::new(&*String::from_utf8_lossy(bytes)).to_owned()
}
