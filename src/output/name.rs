//! Names of outputs: the input tree in, a tree of the same shape out, without collisions.
//!
//! `a/b/page.html` becomes `a/b/page.txt`. Pages that would share a name, on a file system that folds case
//! too, are told apart by the whole name of the input (`page.html.txt`) and then by a number
//! (`page.html-2.txt`). Names depend on the set of inputs only: not on their order, not on threads. A name never
//! leads out of the output folder.
//!
//! A container has a name for the file that its records go to, and a folder for records that have a file each. The name
//! of a record depends on the record only, so that none of them need be remembered.

use crate::input::{FORMATS, Origin};
use crate::limits::Limits;
use std::collections::{HashMap, HashSet};
use std::ffi::{OsStr, OsString};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Component, Path, PathBuf};
use unicode_normalization::UnicodeNormalization;

/// Endings that say how a page is packed, then what it is; the ending of the output takes their place.
const PACKINGS: &[&str] = &["gz", "gzip", "zst", "zstd"];
const PAGES: &[&str] = &["html", "htm", "xhtml", "xht", "shtml", "php", "asp", "aspx", "jsp", "txt", "text", "md"];

/// Names that Windows keeps for devices, whatever their ending.
const DEVICES: &[&str] = &["con", "prn", "aux", "nul", "com", "lpt"];

/// Where each page of a run goes, below the output folder.
///
/// Holds only the names that had to be told apart; the others are made from the page's own path.
#[derive(Debug)]
pub struct Names {
    kind: Kind,
    /// The ending with its point.
    ending: String,
    max_bytes: usize,
    apart: HashMap<usize, PathBuf>,
}

/// What the names are for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Pages,
    Shards,
    Folders,
}

impl Names {
    /// Plans a name for each of the inputs `0..inputs` as a page; `origin` gives the path that it is made from and a name to
    /// tell equal ones apart, `None` for what will not be written. The ending comes without its point.
    ///
    /// Takes time and, until it returns, memory for a number a page.
    pub fn of_pages(
        inputs: usize,
        origin: impl Fn(usize) -> Option<(PathBuf, String)>,
        ending: &str,
        limits: &Limits,
    ) -> Names {
        Names::plan(Kind::Pages, inputs, origin, format!(".{ending}"), &[], limits)
    }

    /// The same for the files that the records of a container go to; none of them will be one of `taken`.
    pub fn of_shards(
        inputs: usize,
        origin: impl Fn(usize) -> Option<(PathBuf, String)>,
        ending: &str,
        taken: &[PathBuf],
        limits: &Limits,
    ) -> Names {
        Names::plan(Kind::Shards, inputs, origin, format!(".{ending}"), taken, limits)
    }

    /// The same for the folders of the records of a container, which have its whole name.
    pub fn of_folders(inputs: usize, origin: impl Fn(usize) -> Option<(PathBuf, String)>, limits: &Limits) -> Names {
        Names::plan(Kind::Folders, inputs, origin, String::new(), &[], limits)
    }

    fn plan(
        kind: Kind,
        pages: usize,
        origin: impl Fn(usize) -> Option<(PathBuf, String)>,
        ending: String,
        others: &[PathBuf],
        limits: &Limits,
    ) -> Names {
        let mut names = Names { kind, ending, max_bytes: limits.max_output_name_bytes, apart: HashMap::new() };
        let mut claims = Vec::new();
        let mut folders: HashSet<u64> = others.iter().map(|path| key(path)).collect();
        for index in 0..pages {
            let Some((relative, _)) = origin(index) else {
                continue;
            };
            let path = names.plain(&relative);
            let parents = path.ancestors().skip(1).filter(|p| !p.as_os_str().is_empty());
            folders.extend(parents.map(key));
            claims.push((key(&path), index));
        }
        claims.sort_unstable();
        let mut taken: HashSet<u64> = folders.clone();
        taken.extend(claims.iter().map(|&(key, _)| key));
        let mut losers = Vec::new();
        for group in claims.chunk_by(|a, b| a.0 == b.0) {
            let folder = folders.contains(&group[0].0);
            if group.len() == 1 && !folder {
                continue;
            }
            let mut group: Vec<_> = group.iter().filter_map(|&(_, i)| Some((origin(i)?, i))).collect();
            // Who has the name already keeps it; then the order of the names decides.
            group.sort_by_cached_key(|((relative, name), index)| {
                let same = *relative == names.plain(relative);
                (!same, relative.clone(), name.clone(), *index)
            });
            losers.extend(group.into_iter().skip(usize::from(!folder)));
        }
        losers.sort_by_cached_key(|((relative, name), index)| (relative.clone(), name.clone(), *index));
        // Where the search for a free number goes on, or a thousand equal names would ask a million times.
        let mut next = HashMap::new();
        for ((relative, _), index) in losers {
            let number = next.entry(key(&names.full(&relative, 1))).or_insert(1);
            let path = loop {
                let path = names.full(&relative, *number);
                *number += 1;
                if taken.insert(key(&path)) {
                    break path;
                }
            };
            names.apart.insert(index, path);
        }
        names
    }

    /// Where page `index` goes, which came from `relative`.
    pub fn get(&self, index: usize, relative: &Path) -> PathBuf {
        match self.apart.get(&index) {
            Some(path) => path.clone(),
            None => self.plain(relative),
        }
    }

    /// The name that the page has when no other wants it.
    fn plain(&self, relative: &Path) -> PathBuf {
        let (folder, name) = split(relative, self.max_bytes);
        let name = match self.kind {
            Kind::Pages => strip(strip(&name, |ending| PACKINGS.contains(&ending)), |ending| PAGES.contains(&ending)),
            Kind::Shards => strip(strip(&name, |ending| PACKINGS.contains(&ending)), is_container),
            Kind::Folders => &name,
        };
        folder.join(self.cut(name, &self.ending))
    }

    /// The name that keeps the whole name of the input, with a number from the second on.
    fn full(&self, relative: &Path, number: usize) -> PathBuf {
        let (folder, name) = split(relative, self.max_bytes);
        let ending = match number {
            1 => self.ending.clone(),
            number => format!("-{number}{}", self.ending),
        };
        folder.join(self.cut(&name, &ending))
    }

    fn cut(&self, name: &OsStr, ending: &str) -> OsString {
        let mut cut = shorten(name, self.max_bytes.saturating_sub(ending.len()));
        cut.push(ending);
        safe(cut)
    }
}

/// The safe folder and the bare name of a path; what leads upwards or to another root is dropped.
fn split(relative: &Path, max_bytes: usize) -> (PathBuf, OsString) {
    let mut parts: Vec<&OsStr> = relative
        .components()
        .filter_map(|part| match part {
            Component::Normal(name) => Some(name),
            _ => None,
        })
        .collect();
    let name = parts.pop().unwrap_or(OsStr::new("page"));
    let folder = parts.into_iter().map(|part| safe(shorten(part, max_bytes)));
    (folder.collect(), name.to_owned())
}

/// Without its ending, if it is such a one and something stands before it.
fn strip(name: &OsStr, is_ending: impl Fn(&str) -> bool) -> &OsStr {
    let path = Path::new(name);
    match (path.file_stem(), path.extension().and_then(OsStr::to_str)) {
        (Some(stem), Some(ending)) if is_ending(&ending.to_ascii_lowercase()) => stem,
        _ => name,
    }
}

fn is_container(ending: &str) -> bool {
    FORMATS.iter().any(|format| format.endings.contains(&ending))
}

/// The name of a record's file in the folder of its container: its place, and its path there, its
/// address or its id to recognize it by.
pub fn record_name(origin: &Origin, ending: &str, limits: &Limits) -> PathBuf {
    let path = origin.path.as_ref().map(|path| path.to_string_lossy());
    let address = path.as_deref().or(origin.url.as_deref()).or(origin.id.as_deref()).unwrap_or("record");
    let address = address.split_once("://").map_or(address, |(_, rest)| rest);
    let mut name = format!("{:07}-", origin.index);
    for c in address.chars() {
        let c = if c.is_alphanumeric() || matches!(c, '.' | '_') { c } else { '-' };
        if c != '-' || !name.ends_with('-') {
            name.push(c);
        }
        if name.len() >= limits.max_output_name_bytes {
            break;
        }
    }
    // The place alone tells records apart, so that all of it stays.
    let place = name.find('-').unwrap_or(name.len());
    let most = limits.max_output_name_bytes.saturating_sub(ending.len() + 1).max(place);
    let name = shorten(OsStr::new(name.trim_end_matches(['-', '.'])), most);
    let mut name = PathBuf::from(name).into_os_string();
    name.push(".");
    name.push(ending);
    name.into()
}

/// A device of Windows gets a mark before its name, wherever the run takes place: names must not differ.
fn safe(name: OsString) -> OsString {
    let lower = name.to_string_lossy().to_ascii_lowercase();
    let stem = lower.split('.').next().unwrap_or_default().trim_end();
    let digit = stem.len() == 4 && stem.ends_with(|c: char| c.is_ascii_digit());
    let device = if digit { &stem[..3] } else { stem };
    let numbered = ["com", "lpt"].contains(&device);
    if DEVICES.contains(&device) && numbered == digit {
        let mut marked = OsString::from("_");
        marked.push(name);
        return marked;
    }
    name
}

/// The first bytes of a name, up to the boundary of a character.
#[cfg(unix)]
fn shorten(name: &OsStr, max_bytes: usize) -> OsString {
    use std::os::unix::ffi::OsStrExt;
    let bytes = name.as_bytes();
    if bytes.len() <= max_bytes {
        return name.to_owned();
    }
    let mut end = max_bytes;
    while end > 0 && bytes[end] & 0xc0 == 0x80 {
        end -= 1;
    }
    OsStr::from_bytes(&bytes[..end]).to_owned()
}

#[cfg(not(unix))]
fn shorten(name: &OsStr, max_bytes: usize) -> OsString {
    let mut name = name.to_string_lossy().into_owned();
    while name.len() > max_bytes {
        name.pop();
    }
    name.into()
}

/// Equal for paths that some file system takes for one.
///
/// A number instead of the folded path, as there is one for each page; should two ever meet by chance, a
/// page is told apart that need not have been.
fn key(path: &Path) -> u64 {
    let mut hasher = DefaultHasher::new();
    let path = path.to_string_lossy();
    match path.is_ascii() {
        true => path.to_ascii_lowercase().hash(&mut hasher),
        false => path.to_lowercase().nfc().collect::<String>().hash(&mut hasher),
    }
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(pages: &[&str]) -> Vec<String> {
        let origin = |index: usize| Some((PathBuf::from(pages[index]), pages[index].to_owned()));
        let names = Names::of_pages(pages.len(), origin, "txt", &Limits::default());
        (0..pages.len()).map(|i| names.get(i, Path::new(pages[i])).display().to_string()).collect()
    }

    #[test]
    fn the_tree_is_mirrored() {
        let pages = ["a/b/page.html", "a/page.HTM.gz", "notes", "v1.2", ".html", "x.tar.zst"];
        let names = ["a/b/page.txt", "a/page.txt", "notes.txt", "v1.2.txt", ".html.txt", "x.tar.txt"];
        assert_eq!(plan(&pages), names);
    }

    #[test]
    fn pages_that_want_one_name_are_told_apart_in_any_order() {
        assert_eq!(plan(&["page.html", "page.txt"]), ["page.html.txt", "page.txt"]);
        assert_eq!(plan(&["page.txt", "page.html"]), ["page.txt", "page.html.txt"]);
        assert_eq!(plan(&["page.html", "page.html"]), ["page.txt", "page.html.txt"]);
        assert_eq!(plan(&["page.html", "page.html", "page.html"]), ["page.txt", "page.html.txt", "page.html-2.txt"]);
    }

    #[test]
    fn case_and_composition_do_not_tell_names_apart() {
        assert_eq!(plan(&["A/Page.html", "a/page.htm"]), ["A/Page.txt", "a/page.htm.txt"]);
        assert_eq!(plan(&["\u{e9}.html", "e\u{301}.htm"])[0], "\u{e9}.html.txt");
    }

    #[test]
    fn a_name_told_apart_takes_no_other_page_s_name() {
        assert_eq!(
            plan(&["page.html", "page.html.html", "page.txt"]),
            ["page.html-2.txt", "page.html.txt", "page.txt"]
        );
    }

    #[test]
    fn a_file_does_not_take_the_name_of_a_folder() {
        assert_eq!(plan(&["a.html", "a.txt/b.html"]), ["a.html.txt", "a.txt/b.txt"]);
    }

    #[test]
    fn no_name_leads_out_of_the_folder_or_to_a_device() {
        let pages = ["../../etc/page.html", "/abs/page.html", "CON.html", "nul/com1.txt", "common.html"];
        let names = ["etc/page.txt", "abs/page.txt", "_CON.txt", "_nul/_com1.txt", "common.txt"];
        assert_eq!(plan(&pages), names);
    }

    #[test]
    fn long_names_are_cut_between_characters_and_told_apart() {
        let long = "é".repeat(120);
        let pages = [format!("{long}a.html"), format!("{long}b.html")];
        let names = plan(&[&pages[0], &pages[1]]);
        assert_eq!(names[0], format!("{}.txt", "é".repeat(98)));
        assert_eq!(names[1], format!("{}-2.txt", "é".repeat(97)));
    }

    #[test]
    fn a_shard_has_the_name_of_its_container_and_takes_no_other() {
        let files = ["a/crawl-1.warc.gz", "a/crawl-1.jsonl.zst", "b.tsv", "dehusk.jsonl"];
        let origin = |index: usize| Some((PathBuf::from(files[index]), files[index].to_owned()));
        let taken = [PathBuf::from("dehusk.jsonl.gz")];
        let names = Names::of_shards(files.len(), origin, "jsonl.gz", &taken, &Limits::default());
        let names: Vec<_> = (0..files.len()).map(|i| names.get(i, Path::new(files[i])).display().to_string()).collect();
        assert_eq!(
            names,
            ["a/crawl-1.warc.gz.jsonl.gz", "a/crawl-1.jsonl.gz", "b.tsv.jsonl.gz", "dehusk.jsonl.jsonl.gz"]
        );
    }

    #[test]
    fn the_name_of_a_record_is_safe_and_short() {
        let name = |index, url: &str| {
            let origin = Origin { index, url: Some(url.to_owned()), ..Origin::default() };
            record_name(&origin, "txt", &Limits::default()).display().to_string()
        };
        assert_eq!(name(7, "https://a.example/b/../c?d=e&f#"), "0000007-a.example-b-..-c-d-e-f.txt");
        assert_eq!(name(1, "../../etc\n/passwd/"), "0000001-..-..-etc-passwd.txt");
        assert_eq!(name(12_345_678, &"é".repeat(200)).len(), 200 - 1);
        assert_eq!(record_name(&Origin::default(), "md", &Limits::default()), Path::new("0000000-record.md"));
        for max_output_name_bytes in [1, 10] {
            let limits = Limits { max_output_name_bytes, ..Limits::default() };
            assert_eq!(record_name(&Origin::default(), "txt", &limits), Path::new("0000000.txt"));
        }
    }
}
