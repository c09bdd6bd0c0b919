//! Files that appear whole or not at all.
//!
//! A file is written as `.NAME.dehusk.part` beside its place and renamed when it is complete: a run that is killed leaves such
//! files and no half pages, and the next run removes them. A run holds a lock on what it writes, so that one that lasts is told
//! from one that was killed: two runs never write one file. Pages and streams have different names on the way, since a stream
//! that was stopped may be gone on with. A power cut can still take what the system had not put on the disk; `sync` waits for
//! the disk on each file.

use super::{Compression, OUTPUTS};
use crate::error::{Error, ErrorKind};
use crate::input::printable;
use parking_lot::Mutex;
use std::collections::{BTreeSet, HashSet};
use std::ffi::OsString;
use std::fs::{self, File, OpenOptions, Permissions, TryLockError};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// What names end with on the way; it says whose they are, since they are removed unasked.
const PAGE: &str = ".dehusk.part";
pub(super) const STREAM: &str = ".stream.dehusk.part";

/// A folder of pages.
#[derive(Debug)]
pub struct Tree {
    root: PathBuf,
    /// Folders that exist and hold no leftovers.
    ready: HashSet<PathBuf>,
    sync: bool,
}

impl Tree {
    /// Pages will be written below `root`, which is made when the first one comes.
    pub fn new(root: PathBuf, sync: bool) -> Tree {
        Tree { root, ready: HashSet::new(), sync }
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
            make_ready(folder, false).map_err(|e| failed(folder, e))?;
            self.ready.insert(folder.to_owned());
        }
        let write = || {
            let part = Part::create(&target, PAGE, false, None)?;
            (&part.file).write_all(bytes)?;
            part.rename(self.sync)
        };
        write().map_err(|e| failed(&target, e))
    }
}

/// Makes a folder and removes what runs that were killed left in it, of pages or of `streams`.
pub(super) fn make_ready(folder: &Path, streams: bool) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if is_part(&path, streams) {
            // Where no lock tells what is left from what is written, it waits for a file of its name.
            remove_left(&path, false)?;
        }
    }
    Ok(())
}

/// Removes a file on its way that no run writes; false when it stays, for one does. Where the file system has no locks
/// `unlocked` says which it is.
fn remove_left(path: &Path, unlocked: bool) -> io::Result<bool> {
    let remove = || {
        // What is no file comes from no run, and to open it could take for ever.
        if fs::symlink_metadata(path)?.is_file() {
            let file = OpenOptions::new().write(true).open(path)?;
            match file.try_lock() {
                Err(TryLockError::WouldBlock) => return Ok(false),
                Err(TryLockError::Error(_)) if !unlocked => return Ok(false),
                _ => {}
            }
            // The lock is held until it is gone: the run that finds another file under the name does not have this one.
            return if is_same(&file, path)? { fs::remove_file(path).map(|()| true) } else { Ok(true) };
        }
        fs::remove_file(path).map(|()| true)
    };
    match remove() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(true),
        removed => removed,
    }
}

/// Makes a file and takes its lock; what a run that was killed left there goes. Nobody else can read a `private` one. For one that
/// `lasts` it is made sure that no other run took it for a leftover before it had its lock; a page would only fail to get its name.
fn create_locked(path: &Path, private: bool, lasts: bool) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    if private {
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    }
    #[cfg(not(unix))]
    let _ = private;
    loop {
        match options.open(path) {
            Ok(file) if lock(&file) && (!lasts || is_same(&file, path)?) => return Ok(file),
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                if !remove_left(path, true)? {
                    return Err(taken());
                }
            }
            Err(error) => return Err(error),
        }
    }
}

fn taken() -> io::Error {
    io::Error::other("another run writes to it: wait for its end or name another file")
}

/// Takes the lock of a file that a run writes to; false when another run has it. Where the file system has no locks
/// everybody gets it: a run is not worse off there than without.
pub(crate) fn lock(file: &File) -> bool {
    !matches!(file.try_lock(), Err(TryLockError::WouldBlock))
}

/// Whether an open file still stands at a path.
#[cfg(unix)]
pub(crate) fn is_same(file: &File, path: &Path) -> io::Result<bool> {
    use std::os::unix::fs::MetadataExt;
    let own = file.metadata()?;
    Ok(fs::metadata(path).is_ok_and(|there| (own.dev(), own.ino()) == (there.dev(), there.ino())))
}

#[cfg(not(unix))]
pub(crate) fn is_same(_: &File, path: &Path) -> io::Result<bool> {
    Ok(path.exists())
}

/// Whether a file is on its way to the name of a page, or of a `stream` of them.
fn is_part(path: &Path, stream: bool) -> bool {
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
    /// Begins a file. With `permissions` it has these, and nobody can open it before.
    pub(super) fn create(
        target: &Path,
        ending: &str,
        stays: bool,
        permissions: Option<Permissions>,
    ) -> io::Result<Part> {
        let path = part_path(target, ending)?;
        let mut parts = ON_THE_WAY.lock();
        let file = create_locked(&path, permissions.is_some(), ending == STREAM)?;
        if !stays {
            parts.insert(path.clone());
        }
        drop(parts);
        let part = Part { file, path, target: target.to_owned(), arrived: false, stays };
        if let Some(permissions) = permissions {
            part.file.set_permissions(permissions)?;
        }
        Ok(part)
    }

    /// Goes on with the stream that an earlier run left, behind its first `bytes`.
    pub(super) fn resume(target: &Path, bytes: u64) -> io::Result<Part> {
        let path = part_path(target, STREAM)?;
        if !path.exists() && target.exists() {
            // That run was stopped between the end of the stream and the line of its journal that says so.
            fs::rename(target, &path)?;
        }
        let mut file = OpenOptions::new().write(true).open(&path)?;
        if !lock(&file) || !is_same(&file, &path)? {
            return Err(taken());
        }
        if file.metadata()?.len() < bytes {
            return Err(io::Error::other("it is shorter than the journal says"));
        }
        file.set_len(bytes)?;
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
        fs::write(folder.path().join(".other.txt.dehusk.part"), "half").unwrap();
        let not_ours = [".mine.dehusk.part", ".notes.txt.part"];
        not_ours.iter().for_each(|name| fs::write(folder.path().join(name), "not ours").unwrap());
        let mut tree = Tree::new(folder.path().to_owned(), true);
        tree.write(Path::new("page.txt"), b"new").unwrap();
        tree.write(Path::new("a/b/page.txt"), b"new").unwrap();
        assert_eq!(names(folder.path()), [not_ours[0], not_ours[1], "a", "page.txt"]);
        assert_eq!(fs::read(folder.path().join("page.txt")).unwrap(), b"new");
    }

    #[test]
    fn the_longest_name_has_room_on_its_way() {
        let name = "_".to_owned() + &"n".repeat(*crate::Limits::OUTPUT_NAME_BYTES.end());
        for ending in [PAGE, STREAM] {
            assert!(part_path(Path::new(&name), ending).unwrap().as_os_str().len() <= 255, "{ending}");
        }
    }

    #[test]
    fn a_leftover_goes_however_young_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let mut tree = Tree::new(folder.path().to_owned(), false);
        tree.write(Path::new("other.txt"), b"new").unwrap();
        for name in [".page.txt.dehusk.part", ".next.txt.dehusk.part"] {
            let left = File::create(folder.path().join(name)).unwrap();
            left.set_modified(std::time::SystemTime::now() + std::time::Duration::from_secs(1 << 20)).unwrap();
        }
        // The folder was looked at before they came; they go when their names are wanted, or by the next run.
        tree.write(Path::new("page.txt"), b"new").unwrap();
        Tree::new(folder.path().to_owned(), false).write(Path::new("other.txt"), b"new").unwrap();
        assert_eq!(names(folder.path()), ["other.txt", "page.txt"]);
    }

    #[test]
    fn what_is_written_is_no_leftover_and_has_one_writer() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("page.txt");
        let part = Part::create(&target, PAGE, false, None).unwrap();
        let refused = Tree::new(folder.path().to_owned(), false).write(Path::new("page.txt"), b"other").unwrap_err();
        assert!(refused.to_string().ends_with("wait for its end or name another file"), "{refused}");
        (&part.file).write_all(b"whole").unwrap();
        part.rename(false).unwrap();
        assert_eq!(names(folder.path()), ["page.txt"]);
        assert_eq!(fs::read(target).unwrap(), b"whole");
    }
}
