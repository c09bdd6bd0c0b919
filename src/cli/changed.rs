//! What git says has changed: a revision in, the files that differ from it out.
//!
//! The comparison is with the commit at which the current branch left the revision, so that what others did to it since
//! counts for nothing. Files that git does not know yet and does not ignore are new and count too.

use super::glob::holds;
use anyhow::{Context, bail};
use dehusk::input::{Input, read_list};
use std::path::{Path, PathBuf};
use std::process::Command;

/// The files that changed since `rev`, in the order of their names, of those that `named` names; without names of those in
/// the current folder.
pub(super) fn since(rev: &str, named: &[Input]) -> anyhow::Result<Vec<Input>> {
    let here = std::env::current_dir()?.canonicalize()?;
    let changed = changed(rev)?;
    let below = |path: &Path| path.strip_prefix(&here).map_or_else(|_| path.to_owned(), Path::to_owned);
    let holders: Vec<_> = named.iter().map(holds).collect();
    let wanted = changed.into_iter().filter(|path| match &holders[..] {
        [] => path.starts_with(&here),
        holders => holders.iter().any(|holds| holds(path)),
    });
    let changed: Vec<Input> = wanted.map(|path| Input::Path(below(&path))).collect();
    // A name without a file is a mistake, and not something that did not change.
    let lost = named.iter().filter_map(|input| match input {
        Input::Path(path) if !path.exists() => Some(Input::Path(path.clone())),
        _ => None,
    });
    Ok(lost.chain(changed).collect())
}

fn changed(rev: &str) -> anyhow::Result<Vec<PathBuf>> {
    if rev.starts_with('-') {
        bail!("`--since {rev}`: a revision does not begin with a dash");
    }
    let top = git(Path::new("."), &["rev-parse", "--show-toplevel"])?;
    let [top] = &read_list(&top)[..] else { bail!("git does not say where the repository is") };
    let top = top.canonicalize().context("cannot find the repository")?;
    let commit = git(&top, &["rev-parse", "--verify", "--quiet", "--end-of-options", &format!("{rev}^{{commit}}")]);
    let commit = commit.with_context(|| format!("`--since {rev}`: git knows no such revision"))?;
    let commit = String::from_utf8_lossy(&commit).trim().to_owned();
    // Histories without a common commit are compared as they are.
    let base = git(&top, &["merge-base", &commit, "HEAD"]).map(|base| String::from_utf8_lossy(&base).trim().to_owned());
    let base = base.unwrap_or(commit);
    let mut names = git(&top, &["diff", "--name-only", "-z", "--diff-filter=d", "--no-renames", &base, "--"])?;
    names.extend(git(&top, &["ls-files", "-z", "--others", "--exclude-standard"])?);
    // What is no file is a repository within this one.
    let mut paths: Vec<PathBuf> = read_list(&names).into_iter().map(|name| top.join(name)).collect();
    paths.retain(|path| path.is_file());
    paths.sort();
    paths.dedup();
    Ok(paths)
}

/// What git prints.
fn git(folder: &Path, args: &[&str]) -> anyhow::Result<Vec<u8>> {
    let output = Command::new("git").arg("-C").arg(folder).args(args).output().context("cannot run git")?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        bail!("git {}: {}", args[0], said.lines().next().unwrap_or("failed"));
    }
    Ok(output.stdout)
}
