//! A folder for one test, and commands in it.

use assert_cmd::Command;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

pub const PAGE: &str = "The council met on Tuesday and agreed on the new bridge.\n\n\
    Work is to begin in spring, when the river is low and the roads are dry.\n";

pub const HUSK: &str = "Please refresh the page or navigate to another page on the site to be automatically logged in";

/// A folder of its own for one test.
pub struct Place(tempfile::TempDir);

impl Place {
    /// A folder with `files` in it, each a [`PAGE`].
    pub fn with(files: &[&str]) -> Place {
        let place = Place(tempfile::tempdir().unwrap());
        for file in files {
            place.write(file, PAGE);
        }
        place
    }

    pub fn path(&self) -> &Path {
        self.0.path()
    }

    pub fn write(&self, file: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path().join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, bytes).unwrap();
        path
    }

    pub fn read(&self, file: &str) -> String {
        fs::read_to_string(self.path().join(file)).unwrap()
    }

    /// `dehusk clean ARGS` in this folder, with nothing on standard input.
    pub fn clean(&self, args: &[&str]) -> Command {
        self.run("clean", args)
    }

    /// `dehusk NAME ARGS` in this folder, with nothing on standard input.
    pub fn run(&self, name: &str, args: &[&str]) -> Command {
        let mut command = Command::cargo_bin("dehusk").unwrap();
        command.current_dir(self.path()).arg(name).args(args);
        command
    }

    /// `dehusk check ARGS` in this folder, with nothing on standard input.
    pub fn check(&self, args: &[&str]) -> Command {
        let mut command = Command::cargo_bin("dehusk").unwrap();
        command.current_dir(self.path()).arg("check").args(args);
        command
    }

    /// Every file below `folder` with its bytes.
    pub fn tree(&self, folder: &str) -> BTreeMap<String, Vec<u8>> {
        let root = self.path().join(folder);
        walkdir::WalkDir::new(&root)
            .into_iter()
            .map(|entry| entry.unwrap().into_path())
            .filter(|path| path.is_file())
            .map(|path| {
                let name = path.strip_prefix(&root).unwrap().to_string_lossy().into_owned();
                (name, fs::read(&path).unwrap())
            })
            .collect()
    }

    pub fn names(&self, folder: &str) -> Vec<String> {
        self.tree(folder).into_keys().collect()
    }

    pub fn json(&self, file: &str) -> Value {
        serde_json::from_str(&self.read(file)).unwrap()
    }

    pub fn lines(&self, file: &str) -> Vec<Value> {
        let lines = self.read(file);
        lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

/// True for a text with `text` in it.
pub fn contains(text: &str) -> predicates::str::ContainsPredicate {
    predicates::str::contains(text)
}
