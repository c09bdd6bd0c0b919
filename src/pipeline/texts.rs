//! Labelled texts on the disk: a folder of `.txt` and `.json` files, or a file of JSON lines, by id.
//!
//! Only ids and places are held; a text is read when its page is scored. A page finds its text by the path below the
//! folder that was named, without its ending, then by its name alone if no other has it, then by its address.

use crate::error::{Error, ErrorKind};
use crate::eval::{Key, Label};
use crate::input::{PageName, Record, printable};
use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

/// Texts by id.
#[derive(Debug)]
pub struct Texts {
    /// Ids with their places, in the order of the ids.
    texts: Vec<(String, Place)>,
    by_id: HashMap<String, usize>,
    /// The last part of an id, without an ending, of those that no other text has.
    by_name: HashMap<String, Option<usize>>,
    /// Whether the ids are paths of files without their endings.
    are_files: bool,
    /// By address, of those that no other text has.
    by_url: HashMap<String, Option<usize>>,
}

#[derive(Debug)]
enum Place {
    File(PathBuf),
    Line { file: PathBuf, number: usize, start: u64, bytes: usize },
}

impl Texts {
    /// Lists the texts in a folder or a file of JSON lines.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Io`] for what cannot be read, and for a folder without texts, a line that is none, an id that is
    /// there twice; the message names file and line.
    pub fn open(path: &Path) -> Result<Texts, Error> {
        let mut found = if path.is_dir() { folder(path)? } else { lines(path)? };
        if found.is_empty() {
            return Err(fault(format!("{} has no text: .txt or .json files, or lines of JSON", printable(path))));
        }
        found.sort_by(|a, b| a.0.id.cmp(&b.0.id));
        let mut texts = Texts {
            texts: Vec::with_capacity(found.len()),
            by_id: HashMap::new(),
            by_name: HashMap::new(),
            are_files: path.is_dir(),
            by_url: HashMap::new(),
        };
        for (at, (key, place)) in found.into_iter().enumerate() {
            if texts.by_id.insert(key.id.clone(), at).is_some() {
                return Err(fault(format!("{}: two texts have the id {:?}", printable(path), key.id)));
            }
            let name = last(if texts.are_files { &key.id } else { bare(&key.id) });
            texts.by_name.entry(name.to_owned()).and_modify(|other| *other = None).or_insert(Some(at));
            if let Some(url) = key.url {
                texts.by_url.entry(url).and_modify(|other| *other = None).or_insert(Some(at));
            }
            texts.texts.push((key.id, place));
        }
        Ok(texts)
    }

    /// How many texts there are.
    pub fn len(&self) -> usize {
        self.texts.len()
    }

    /// True without any; [`open`](Texts::open) gives none of these.
    pub fn is_empty(&self) -> bool {
        self.texts.is_empty()
    }

    /// The id of a text.
    pub fn id(&self, at: usize) -> &str {
        &self.texts[at].0
    }

    /// The text that belongs to a page.
    pub fn of(&self, page: &PageName<'_>, record: &Record) -> Option<usize> {
        let origin = page.origin.as_ref();
        let by_id = || origin.and_then(|origin| self.by_id.get(origin.id.as_ref()?));
        let by_url = || {
            let url = record.hints.url.as_ref().or(origin.and_then(|origin| origin.url.as_ref()))?;
            self.by_url.get(url).copied().flatten().or_else(|| self.by_id.get(url).copied())
        };
        // The path of a container is that of all its records.
        let has_path = origin.is_none_or(|origin| origin.path.is_some());
        let by_path = || self.named(&page.relative().to_string_lossy());
        has_path.then(by_path).flatten().or_else(|| by_id().copied()).or_else(by_url)
    }

    /// The text with the id of another list's.
    pub fn same_as(&self, other: &Texts, at: usize) -> Option<usize> {
        let id = other.id(at);
        if other.are_files { self.known(id) } else { self.named(id) }
    }

    /// The text that a path below the folder that was named stands for.
    fn named(&self, path: &str) -> Option<usize> {
        let path = path.strip_suffix(".gz").or_else(|| path.strip_suffix(".zst")).unwrap_or(path);
        self.by_id.get(path).copied().or_else(|| self.known(bare(path)))
    }

    /// The text that a path without its ending stands for.
    fn known(&self, bare: &str) -> Option<usize> {
        self.by_id.get(bare).copied().or_else(|| self.by_name.get(last(bare)).copied().flatten())
    }

    /// Reads a text.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Io`], naming the file, for what cannot be read or has changed.
    pub fn read(&self, at: usize) -> Result<Label, Error> {
        let (name, label) = match &self.texts[at].1 {
            Place::File(path) => {
                let content = fs::read(path).map_err(|e| unreadable(path, e))?;
                let content = String::from_utf8_lossy(&content);
                let is_json = path.extension().is_some_and(|ending| ending == "json");
                let label = if is_json { Label::of_wcxb(&content) } else { Ok(Label::of_text(&content)) };
                (printable(path), label)
            }
            Place::Line { file, number, start, bytes } => {
                let mut line = vec![0; *bytes];
                let mut open = File::open(file).map_err(|e| unreadable(file, e))?;
                open.seek(SeekFrom::Start(*start)).map_err(|e| unreadable(file, e))?;
                open.read_exact(&mut line).map_err(|e| unreadable(file, e))?;
                (format!("{}:{number}", printable(file)), Label::of_json_line(&String::from_utf8_lossy(&line)))
            }
        };
        label.map_err(|why| fault(format!("{name}: {why}")))
    }
}

/// A path without its ending.
fn bare(path: &str) -> &str {
    let name = last(path);
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    if stem.is_empty() { path } else { &path[..path.len() - name.len() + stem.len()] }
}

/// The last part of a path.
fn last(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or_default()
}

fn folder(root: &Path) -> Result<Vec<(Key, Place)>, Error> {
    let mut found = Vec::new();
    for entry in walkdir::WalkDir::new(root).sort_by_file_name() {
        let entry = entry.map_err(|e| fault(format!("cannot read {}: {e}", printable(root))))?;
        let path = entry.into_path();
        if path.extension().is_some_and(|ending| ending == "txt" || ending == "json") && path.is_file() {
            let below = path.strip_prefix(root).unwrap_or(&path).with_extension("");
            let parts: Vec<_> = below.iter().map(|part| part.to_string_lossy()).collect();
            found.push((Key { id: parts.join("/"), url: None }, Place::File(path)));
        }
    }
    Ok(found)
}

fn lines(path: &Path) -> Result<Vec<(Key, Place)>, Error> {
    let mut reader = BufReader::new(File::open(path).map_err(|e| unreadable(path, e))?);
    let (mut found, mut start, mut line) = (Vec::new(), 0, Vec::new());
    for number in 1.. {
        line.clear();
        let bytes = reader.read_until(b'\n', &mut line).map_err(|e| unreadable(path, e))?;
        if bytes == 0 {
            break;
        }
        let content = String::from_utf8_lossy(&line);
        if !content.trim().is_empty() {
            let key =
                Key::of_json_line(&content).map_err(|why| fault(format!("{}:{number}: {why}", printable(path))))?;
            found.push((key, Place::Line { file: path.to_owned(), number, start, bytes }));
        }
        start += bytes as u64;
    }
    Ok(found)
}

fn fault(message: String) -> Error {
    Error::new(ErrorKind::Io, message)
}

fn unreadable(path: &Path, source: std::io::Error) -> Error {
    Error::with_source(ErrorKind::Io, format!("cannot read {}", printable(path)), source)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::{Input, Inputs, Looking, ReadOptions, Reading};
    use crate::limits::Limits;
    use std::ops::ControlFlow;

    fn place(files: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (name, content) in files {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, content).unwrap();
        }
        folder
    }

    #[test]
    fn a_page_finds_its_text_by_path_then_by_name() {
        let folder = place(&[("a/one.txt", "1"), ("b/one.txt", "2"), ("b/two.v2.txt", "3"), ("b/notes.md", "no")]);
        let texts = Texts::open(folder.path()).unwrap();
        assert_eq!(texts.len(), 3);
        let id = |path: &str| texts.named(path).map(|at| texts.id(at));
        assert_eq!(id("a/one.html"), Some("a/one"));
        assert_eq!(id("b/one.html.gz"), Some("b/one"));
        assert_eq!(id("b/two.v2.html"), Some("b/two.v2"));
        assert_eq!(id("c/two.v2.html"), Some("b/two.v2"));
        assert_eq!((id("c/two.html"), id("c/two")), (None, None));
        let other = place(&[("two.v2.txt", ""), ("two.v3.txt", ""), ("two.txt", "")]);
        let other = Texts::open(other.path()).unwrap();
        let same = (0..3).map(|at| (other.id(at), texts.same_as(&other, at).map(|at| texts.id(at))));
        assert!(same.eq([("two", None), ("two.v2", Some("b/two.v2")), ("two.v3", None)]));
        // Two texts are called so.
        assert_eq!(id("one.html"), None);
        assert_eq!(id("b/notes.html"), None);
        assert_eq!(texts.read(0).unwrap(), Label::of_text("1"));
    }

    #[test]
    fn an_address_that_two_texts_have_is_that_of_neither() {
        let line = |id: &str, url: &str| format!("{{\"id\":\"{id}\",\"url\":\"{url}\",\"text\":\"t\"}}\n");
        let lines = [line("a", "http://x.example/"), line("b", "http://y.example/"), line("c", "http://x.example/")];
        let folder = place(&[("gold.jsonl", &lines.concat()), ("page.html", "")]);
        let texts = Texts::open(&folder.path().join("gold.jsonl")).unwrap();
        let inputs = Inputs::discover(vec![Input::Path(folder.path().join("page.html"))], &[]);
        let (options, limits) = (ReadOptions::default(), Limits::default());
        let looking = Looking { reading: Reading::Detected, options: &options, limits: &limits };
        let of = |url: &str| {
            let mut found = None;
            inputs.each_page(0, looking, &mut |page, record| {
                let mut record = record.unwrap();
                record.hints.url = Some(url.to_owned());
                found = texts.of(page, &record).map(|at| texts.id(at));
                ControlFlow::Continue(())
            });
            found
        };
        assert_eq!((of("http://x.example/"), of("http://y.example/")), (None, Some("b")));
    }

    #[test]
    fn lines_are_read_when_they_are_wanted() {
        let folder = place(&[("gold.jsonl", "{\"id\":\"b\",\"text\":\"two\"}\n\n{\"id\":\"a\",\"text\":\"one\"}")]);
        let texts = Texts::open(&folder.path().join("gold.jsonl")).unwrap();
        assert_eq!((texts.id(0), texts.id(1)), ("a", "b"));
        assert_eq!(texts.read(0).unwrap().text, "one");
        assert_eq!(texts.read(1).unwrap().text, "two");
        assert_eq!(texts.named("x/a.html"), Some(0));
    }

    #[test]
    fn what_is_wrong_is_named_with_its_line() {
        let folder = place(&[("gold.jsonl", "{\"id\":\"a\",\"text\":\"\"}\n{\"text\":1}\n"), ("empty/x.md", "")]);
        let error = |path: &str| Texts::open(&folder.path().join(path)).unwrap_err().to_string();
        assert!(error("gold.jsonl").contains("gold.jsonl:2: there is no `id`"), "{}", error("gold.jsonl"));
        assert!(error("empty").contains("no text"));
        assert!(error("absent").contains("absent"));
        fs::write(folder.path().join("gold.jsonl"), "{\"id\":\"a\"}\n{\"id\":\"a\"}\n").unwrap();
        assert!(error("gold.jsonl").contains("two texts"));
    }
}
