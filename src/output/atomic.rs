//! Files that appear whole or not at all.
//!
//! A file is written as `.NAME.part` beside its place, which must not exist yet, and renamed when it is
//! complete: a run that is killed leaves `.part` files and no half pages, and the next run removes them. Pages and
//! streams have different names on the way, so that the search for leftovers never meets a stream that is open. A
//! power cut can still take what the system had not put on the disk; `sync` waits for the disk on each file.

use super::{Compression, OUTPUTS};
use crate::error::{Error, ErrorKind};
use crate::input::printable;
use parking_lot::Mutex;
use std::collections::{BTreeSet, HashSet};
use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

const PAGE: &str = ".part";
pub(super) const STREAM: &str = ".stream.part";

/// A folder of pages.
#[derive(Debug)]
pub struct Tree {
    root: PathBuf,
    /// Folders that exist and hold no leftovers.
    ready: HashSet<PathBuf>,
    start: SystemTime,
    sync: bool,
}

impl Tree {
    /// Pages will be written below `root`, which is made when the first one comes.
    pub fn new(root: PathBuf, sync: bool) -> Tree {
        Tree { root, ready: HashSet::new(), start: SystemTime::now(), sync }
    }

    /// Writes one whole page to `relative`, over what stands there; makes the folders on the way.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Io`], naming the file; nothing stands under its name then but what stood there before.
    pub fn write(&mut self, relative: &Path, bytes: &[u8]) -> Result<(), Error> {
        let target = self.root.join(relative);
        let folder = target.parent().unwrap_or(&self.root);
        if !self.ready.contains(folder) {
            make_ready(folder, self.start, |path| is_part(path, false)).map_err(|e| failed(folder, e))?;
            self.ready.insert(folder.to_owned());
        }
        let write = || {
            let part = Part::create(&target, PAGE, false)?;
            (&part.file).write_all(bytes)?;
            part.rename(self.sync)
        };
        write().map_err(|e| failed(&target, e))
    }
}

/// Makes a folder and removes what an earlier run that was killed left in it.
pub(super) fn make_ready(folder: &Path, start: SystemTime, is_part: impl Fn(&Path) -> bool) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        // What is newer belongs to another run that writes to the same folder now.
        if is_part(&entry.path()) && entry.metadata()?.modified()? < start {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

/// Whether a file is on its way to the name of a page, or of a `stream` of them.
pub(super) fn is_part(path: &Path, stream: bool) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let Some(name) = name.strip_prefix('.').and_then(|name| name.strip_suffix(if stream { STREAM } else { PAGE }))
    else {
        return false;
    };
    let packings = [Compression::Gzip, Compression::Zstd].map(Compression::ending);
    let name = packings.iter().find_map(|ending| name.strip_suffix(ending)).unwrap_or(name);
    let mut outputs = OUTPUTS.iter().filter(|output| output.together == stream);
    outputs.any(|output| name.strip_suffix(output.ending).is_some_and(|stem| stem.ends_with('.')))
}

/// Files on their way that nobody goes on with, of the whole process: a signal can end it while any thread writes. No code that
/// may panic runs under the lock.
static ON_THE_WAY: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());

/// Removes every file that is on its way and that no later run goes on with; for a process that is about to end.
///
/// No file arrives after it and none is begun: threads that try wait for ever.
pub fn abandon() {
    let parts = ON_THE_WAY.lock();
    for part in parts.iter() {
        // What cannot be removed is found by the next run.
        let _ = fs::remove_file(part);
    }
    std::mem::forget(parts);
}

/// A file on its way; removed when it never arrives, unless it `stays` for a run that goes on with it.
#[derive(Debug)]
pub(super) struct Part {
    pub(super) file: File,
    pub(super) path: PathBuf,
    target: PathBuf,
    arrived: bool,
    stays: bool,
}

impl Part {
    pub(super) fn create(target: &Path, ending: &str, stays: bool) -> io::Result<Part> {
        let path = part_path(target, ending)?;
        if ending == STREAM && path.exists() {
            // Of a run that was killed; two runs that write one stream are an error anyway.
            fs::remove_file(&path)?;
        }
        let mut parts = ON_THE_WAY.lock();
        let file = OpenOptions::new().write(true).create_new(true).open(&path)?;
        if !stays {
            parts.insert(path.clone());
        }
        Ok(Part { file, path, target: target.to_owned(), arrived: false, stays })
    }

    /// Goes on with the stream that an earlier run left, behind its first `bytes`.
    pub(super) fn resume(target: &Path, bytes: u64) -> io::Result<Part> {
        let path = part_path(target, STREAM)?;
        if !path.exists() && target.exists() {
            // That run was stopped between the end of the stream and the line of its journal that says so.
            fs::rename(target, &path)?;
        }
        let mut file = OpenOptions::new().write(true).open(&path)?;
        if file.metadata()?.len() < bytes {
            return Err(io::Error::other("it is shorter than the journal says"));
        }
        file.set_len(bytes)?;
        // It must not look like a leftover to the search for them.
        file.set_modified(SystemTime::now())?;
        file.seek(SeekFrom::End(0))?;
        Ok(Part { file, path, target: target.to_owned(), arrived: false, stays: true })
    }

    pub(super) fn rename(mut self, sync: bool) -> io::Result<()> {
        if sync {
            self.file.sync_all()?;
        }
        let mut parts = ON_THE_WAY.lock();
        fs::rename(&self.path, &self.target)?;
        parts.remove(&self.path);
        drop(parts);
        self.arrived = true;
        if sync && cfg!(unix) {
            // The name lives in the folder, which has to reach the disk as well.
            let folder = self.target.parent().filter(|f| !f.as_os_str().is_empty());
            File::open(folder.unwrap_or(Path::new(".")))?.sync_all()?;
        }
        Ok(())
    }
}

/// The name of a file on its way to `target`.
fn part_path(target: &Path, ending: &str) -> io::Result<PathBuf> {
    let mut name = OsString::from(".");
    name.push(target.file_name().ok_or(io::ErrorKind::IsADirectory)?);
    name.push(ending);
    Ok(target.with_file_name(name))
}

impl Drop for Part {
    fn drop(&mut self) {
        if !self.arrived && !self.stays {
            // A failure to remove it adds nothing to the failure that brought us here.
            let _ = fs::remove_file(&self.path);
            ON_THE_WAY.lock().remove(&self.path);
        }
    }
}

/// The error for a file that cannot be written.
pub(super) fn failed(path: &Path, error: io::Error) -> Error {
    let message = format!("cannot write {}", printable(path));
    Error::with_source(ErrorKind::Io, message, error)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        let mut names: Vec<_> = entries.map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn a_page_replaces_the_old_one_and_leftovers_go() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("page.txt"), "old").unwrap();
        fs::write(folder.path().join(".other.txt.part"), "half").unwrap();
        fs::write(folder.path().join(".mine.part"), "not ours").unwrap();
        let mut tree = Tree::new(folder.path().to_owned(), true);
        tree.write(Path::new("page.txt"), b"new").unwrap();
        tree.write(Path::new("a/b/page.txt"), b"new").unwrap();
        assert_eq!(names(folder.path()), [".mine.part", "a", "page.txt"]);
        assert_eq!(fs::read(folder.path().join("page.txt")).unwrap(), b"new");
    }
}
