//! Lists of paths for `--files-from`: bytes in, paths out.
//!
//! One path a line. A list that holds a NUL byte is divided at the NULs instead (`find -print0`), for names
//! that hold a newline. Nothing is unquoted and nothing is a comment, since any byte may stand in a name.

use std::path::PathBuf;

/// The paths of a list, in its order; empty lines are left out.
///
/// A carriage return before a line end is no part of the name, unless the list is divided by NULs.
pub fn read_list(list: &[u8]) -> Vec<PathBuf> {
    let list = list.strip_prefix(b"\xef\xbb\xbf").unwrap_or(list);
    let nul = list.contains(&0);
    list.split(|&byte| byte == if nul { 0 } else { b'\n' })
        .map(|line| match line.strip_suffix(b"\r") {
            Some(line) if !nul => line,
            _ => line,
        })
        .filter(|line| !line.is_empty())
        .map(path)
        .collect()
}

#[cfg(unix)]
fn path(bytes: &[u8]) -> PathBuf {
    use std::os::unix::ffi::OsStrExt;
    PathBuf::from(std::ffi::OsStr::from_bytes(bytes))
}

#[cfg(not(unix))]
fn path(bytes: &[u8]) -> PathBuf {
    PathBuf::from(String::from_utf8_lossy(bytes).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_paths_and_windows_line_ends_are_none_of_them() {
        let paths = read_list(b"a.html\r\n\n-b c.html\nlast");
        assert_eq!(paths, ["a.html", "-b c.html", "last"].map(PathBuf::from));
    }

    #[test]
    fn a_nul_divides_names_that_hold_newlines() {
        assert_eq!(read_list(b"a\nb\0c\r\0"), ["a\nb", "c\r"].map(PathBuf::from));
    }
}
