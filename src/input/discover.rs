//! Finds the pages: what the user named in, the list of [`Inputs`] out.
//!
//! Folders are walked in the order of the bytes of their names and links to folders are never followed, so
//! the walk ends and its order is the same everywhere. A link to a file is read only when it stays in the tree
//! and its target is not read anyway. The folder that the run writes to is no input, wherever it lies.

use super::{Inputs, Kind, Refusal, Root, Skip, Source, below};
use std::collections::HashSet;
use std::fs;
use std::path::{Component, Path, PathBuf};
use std::sync::OnceLock;
use walkdir::{DirEntry, WalkDir};

/// Says whether a path that was found in a folder belongs to the run; it gets the whole path.
pub type Filter = Box<dyn Fn(&Path) -> bool>;

/// One thing that the user named.
pub enum Input {
    /// Standard input.
    Stdin,
    /// A file, or a folder with everything in it.
    Path(PathBuf),
    /// The files of a folder that a pattern matches.
    Pattern {
        /// The pattern as it was written, for the message when nothing matches.
        typed: PathBuf,
        /// The folder to search, from which the outputs are named.
        folder: PathBuf,
        /// Which folders below it may hold a match; the others are not read at all.
        enters: Filter,
        /// What the pattern matches.
        accepts: Filter,
    },
}

impl Inputs {
    /// Walks everything in `named`; `outputs` are paths that the run will write and must not read.
    ///
    /// Never fails: a name without a file, or a folder that cannot be read, becomes an entry that says so.
    pub fn discover(named: Vec<Input>, outputs: &[PathBuf]) -> Inputs {
        let mut search = Search {
            found: Inputs::default(),
            outputs: outputs.iter().filter_map(|o| o.canonicalize().ok()).collect(),
            // With one root nothing can be found twice but through links, which are looked at in the end.
            seen: (named.len() > 1).then(HashSet::new),
            links: Vec::new(),
        };
        for input in named {
            search.add(input);
        }
        search.follow_links();
        let mut found = search.found;
        place_named_files(&mut found.roots);
        found
    }
}

struct Search {
    found: Inputs,
    outputs: Vec<PathBuf>,
    seen: Option<HashSet<PathBuf>>,
    /// Links inside a tree: the entry that stands for it, and the target without links.
    links: Vec<(usize, PathBuf)>,
}

impl Search {
    fn add(&mut self, input: Input) {
        match input {
            Input::Stdin => {
                self.root(PathBuf::new(), PathBuf::new(), None);
                self.push(Path::new("-"), Kind::Stdin);
            }
            Input::Path(path) => self.add_path(path),
            Input::Pattern { typed, folder, enters, accepts } => {
                let before = self.found.sources.len();
                self.root(folder.clone(), real(&folder), None);
                self.walk(&folder, Some((&enters, &accepts)));
                if self.found.sources.len() == before {
                    self.root(PathBuf::new(), PathBuf::new(), None);
                    self.fail(&typed, "no such file, and no file matches it as a pattern");
                }
            }
        }
    }

    fn add_path(&mut self, path: PathBuf) {
        let metadata = match fs::metadata(&path) {
            Ok(metadata) => metadata,
            Err(error) => {
                self.root(path.clone(), PathBuf::new(), None);
                return self.fail(&path, &format!("cannot read: {error}"));
            }
        };
        if metadata.is_dir() {
            self.root(path.clone(), real(&path), None);
            return self.walk(&path, None);
        }
        let place = lexical(&path);
        self.root(path.clone(), real(&path), Some(place));
        if metadata.is_file() {
            self.push_file(&path, || real(&path));
        } else {
            self.skip(&path, Skip::Special);
        }
    }

    fn walk(&mut self, folder: &Path, pattern: Option<(&Filter, &Filter)>) {
        let real_root = real(folder);
        let outputs = self.outputs.clone();
        let mine = |entry: &DirEntry| {
            if entry.depth() == 0 {
                return true;
            }
            let path = entry.path();
            let enters = !entry.file_type().is_dir() || pattern.is_none_or(|(enters, _)| enters(path));
            enters && (outputs.is_empty() || !outputs.contains(&real_root.join(below(path, folder))))
        };
        // Those that are compared lie in one folder: the whole paths are in the order of the names, which need not be cut out.
        let by_name = |one: &DirEntry, other: &DirEntry| one.path().as_os_str().cmp(other.path().as_os_str());
        let walk = WalkDir::new(folder).sort_by(by_name).min_depth(1);
        for entry in walk.into_iter().filter_entry(mine) {
            let entry = match entry {
                Ok(entry) => entry,
                Err(error) => {
                    let path = error.path().unwrap_or(folder).to_owned();
                    let why = match error.io_error() {
                        Some(error) => format!("cannot read: {error}"),
                        None => "cannot read".to_owned(),
                    };
                    self.fail(&path, &why);
                    continue;
                }
            };
            let kind = entry.file_type();
            let path = entry.path();
            if kind.is_dir() || pattern.is_some_and(|(_, accepts)| !accepts(path)) {
                continue;
            }
            if kind.is_symlink() {
                self.add_link(path, &real_root);
            } else if !kind.is_file() {
                self.skip(path, Skip::Special);
            } else {
                self.push_file(path, || real_root.join(below(path, folder)));
            }
        }
    }

    fn add_link(&mut self, path: &Path, real_root: &Path) {
        let Ok(target) = path.canonicalize() else {
            return self.skip(path, Skip::LinkBroken);
        };
        let written = self.outputs.iter().any(|output| target.starts_with(output));
        if written || !target.starts_with(real_root) {
            return self.skip(path, Skip::LinkOut);
        }
        // Its target is in the tree and so most likely in the list; what is not yet may still come.
        self.links.push((self.found.sources.len(), target));
        self.skip(path, Skip::Duplicate);
    }

    /// Reads the links whose target the walk left out, because a pattern does not match its name.
    fn follow_links(&mut self) {
        if self.links.is_empty() {
            return;
        }
        let found = &mut self.found;
        let mut seen = self.seen.take().unwrap_or_else(|| {
            (0..found.len())
                .filter(|&index| found.refusal(index).is_none())
                .map(|index| found.real_path(index))
                .collect()
        });
        for (index, target) in self.links.drain(..) {
            let is_file = fs::metadata(&target).is_ok_and(|metadata| metadata.is_file());
            if is_file && seen.insert(target) {
                found.sources[index].kind = Kind::File;
            }
        }
    }

    fn root(&mut self, typed: PathBuf, real: PathBuf, relative: Option<PathBuf>) {
        self.found.roots.push(Root { typed, real, relative });
    }

    /// Adds a file; `real` is its path without links.
    fn push_file(&mut self, path: &Path, real: impl FnOnce() -> PathBuf) {
        if self.seen.as_mut().is_none_or(|seen| seen.insert(real())) {
            self.push(path, Kind::File);
        } else {
            self.skip(path, Skip::Duplicate);
        }
    }

    fn skip(&mut self, path: &Path, skip: Skip) {
        self.push(path, Kind::Refused(Box::new(Refusal::Skip(skip))));
    }

    fn fail(&mut self, path: &Path, why: &str) {
        let refusal = Refusal::Fail(why.to_owned());
        self.push(path, Kind::Refused(Box::new(refusal)));
    }

    fn push(&mut self, path: &Path, kind: Kind) {
        let root = self.found.roots.len() - 1;
        self.found.sources.push(Source {
            path: path.into(),
            root: u32::try_from(root).expect("four billion arguments do not fit in memory"),
            stamp: OnceLock::new(),
            kind,
        });
    }
}

/// The path without links, or as it stands when that cannot be found out.
fn real(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| lexical(path))
}

/// The absolute path with `.` and `..` worked out by their spelling alone.
fn lexical(path: &Path) -> PathBuf {
    let mut clean = PathBuf::new();
    for part in std::path::absolute(path).unwrap_or_default().components() {
        match part {
            Component::ParentDir => {
                clean.pop();
            }
            Component::CurDir => {}
            part => clean.push(part),
        }
    }
    clean
}

/// Cuts the folder that all named files share from their paths, so that `x/1.html y/1.html` keep apart.
fn place_named_files(roots: &mut [Root]) {
    let mut shared: Option<PathBuf> = None;
    for place in roots.iter().filter_map(|root| root.relative.as_deref()) {
        let mut folder = match (&shared, place.parent()) {
            (Some(shared), _) => shared.clone(),
            (None, Some(parent)) => parent.to_owned(),
            (None, None) => continue,
        };
        while !place.starts_with(&folder) && folder.pop() {}
        shared = Some(folder);
    }
    let Some(shared) = shared else {
        return;
    };
    for place in roots.iter_mut().filter_map(|root| root.relative.as_mut()) {
        *place = below(place, &shared).to_owned();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(inputs: &Inputs) -> Vec<String> {
        (0..inputs.len())
            .filter(|&index| inputs.refusal(index).is_none())
            .map(|index| inputs.relative(index).display().to_string())
            .collect()
    }

    fn tree(files: &[&str]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for file in files {
            let path = folder.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "text\n").unwrap();
        }
        folder
    }

    fn paths(folder: &Path, names: &[&str]) -> Vec<Input> {
        names.iter().map(|name| Input::Path(folder.join(name))).collect()
    }

    #[test]
    fn a_folder_is_walked_in_the_order_of_bytes() {
        let folder = tree(&["b.html", "B.html", "a/z.html", "a/é.html", "a.html"]);
        let inputs = Inputs::discover(paths(folder.path(), &[""]), &[]);
        assert_eq!(names(&inputs), ["B.html", "a/z.html", "a/é.html", "a.html", "b.html"]);
        assert_eq!(inputs.bytes(), 25);
    }

    #[test]
    fn named_files_stand_below_the_folder_that_they_share() {
        let folder = tree(&["p/x/1.html", "p/y/1.html"]);
        let inputs = Inputs::discover(paths(folder.path(), &["p/x/1.html", "p/x/../y/1.html"]), &[]);
        assert_eq!(names(&inputs), ["x/1.html", "y/1.html"]);
        let inputs = Inputs::discover(paths(folder.path(), &["p/x/1.html"]), &[]);
        assert_eq!(names(&inputs), ["1.html"]);
        assert!(inputs.is_single());
    }

    #[test]
    fn a_file_named_twice_is_read_once() {
        let folder = tree(&["a/1.html", "a/2.html"]);
        let inputs = Inputs::discover(paths(folder.path(), &["a/2.html", "a", "a/../a/1.html"]), &[]);
        assert_eq!(names(&inputs), ["2.html", "1.html"]);
        assert_eq!(inputs.len(), 4);
    }

    #[cfg(unix)]
    #[test]
    fn links_out_of_the_tree_and_loops_are_not_followed() {
        use std::os::unix::fs::symlink;
        let folder = tree(&["in/a/page.html", "out/secret.html"]);
        let root = folder.path().join("in");
        symlink("../out/secret.html", root.join("b.html")).unwrap();
        symlink("../../in", root.join("a/loop")).unwrap();
        symlink("c.html", root.join("c.html")).unwrap();
        symlink("a/page.html", root.join("d.html")).unwrap();
        let inputs = Inputs::discover(vec![Input::Path(root)], &[]);
        let why: Vec<_> = (0..inputs.len()).map(|index| inputs.refusal(index)).collect();
        let skip = [Skip::Duplicate, Skip::LinkOut, Skip::LinkBroken, Skip::Duplicate];
        let [loops, out, broken, twice] = skip.map(Refusal::Skip);
        assert_eq!(why, [Some(&loops), None, Some(&out), Some(&broken), Some(&twice)]);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_whose_target_the_pattern_leaves_out_is_read() {
        let folder = tree(&["data/1.bin"]);
        std::os::unix::fs::symlink("data/1.bin", folder.path().join("1.html")).unwrap();
        let pattern = Input::Pattern {
            typed: "*.html".into(),
            folder: folder.path().to_owned(),
            enters: Box::new(|_| true),
            accepts: Box::new(|path| path.extension().is_some_and(|e| e == "html")),
        };
        assert_eq!(names(&Inputs::discover(vec![pattern], &[])), ["1.html"]);
    }

    #[test]
    fn what_the_run_writes_is_not_read() {
        let folder = tree(&["page.html", "out/page.txt", "report.jsonl"]);
        let outputs = ["out", "report.jsonl"].map(|name| folder.path().join(name));
        let inputs = Inputs::discover(paths(folder.path(), &[""]), &outputs);
        assert_eq!(names(&inputs), ["page.html"]);
    }

    #[test]
    fn a_missing_file_is_an_entry_that_fails() {
        let folder = tree(&["page.html"]);
        let inputs = Inputs::discover(paths(folder.path(), &["none.html", "page.html"]), &[]);
        assert!(matches!(inputs.refusal(0), Some(Refusal::Fail(_))));
        assert_eq!(inputs.len(), 2);
    }
}
