//! What `dehusk check --fix` and `--diff` do to one text: findings in, the text without them out.
//!
//! What is left is looked at again until nothing is found, since the edge of a text moves when lines go. Findings that
//! the baseline forgives stay.

use dehusk::check::{Finding, PageName, findings, fix};
use dehusk::input::printable_text;
use dehusk::output::{Compression, Place, Sink, Writing};
use dehusk::{Cleaner, Format, Hints};
use similar::TextDiff;
use std::collections::HashMap;
use std::fs;
use std::path::Path;

/// A text without its findings.
pub(super) struct Patch {
    pub(super) text: String,
    /// How many findings went.
    pub(super) fixed: u64,
    /// Findings that are left all the same.
    pub(super) left: Vec<Finding>,
}

/// Rounds after which a text is left as it is; texts take one or two.
const MAX_ROUNDS: usize = 20;

/// Takes the findings out of a text; `forgiven` ones stay.
pub(super) fn patch(
    cleaner: &Cleaner,
    text: &str,
    found: Vec<Finding>,
    forgiven: &[Finding],
) -> Result<Patch, dehusk::Error> {
    let mut patch = Patch { text: text.to_owned(), fixed: 0, left: found };
    for _ in 0..MAX_ROUNDS {
        let ranges: Vec<_> = patch.left.iter().map(|finding| finding.range.clone()).collect();
        let Some(first) = patch.left.first() else { break };
        let (path, project_path) = (first.path.clone(), first.project_path.clone());
        patch.fixed += patch.left.len() as u64;
        patch.text = fix::cut(&patch.text, &ranges);
        let hints = Hints { format: Some(Format::Text), ..Hints::default() };
        let inspection = cleaner.inspect(patch.text.as_bytes(), &hints)?;
        let name = PageName { path: &path, project_path: &project_path, is_record: false };
        patch.left = without_forgiven(findings(cleaner, &inspection, name), forgiven);
    }
    patch.fixed -= patch.left.len().min(patch.fixed as usize) as u64;
    Ok(patch)
}

fn without_forgiven(mut found: Vec<Finding>, forgiven: &[Finding]) -> Vec<Finding> {
    let mut allowed: HashMap<&str, u32> = HashMap::new();
    forgiven.iter().for_each(|finding| *allowed.entry(&finding.kin).or_default() += 1);
    found.retain(|finding| match allowed.get_mut(&*finding.kin) {
        Some(count) if *count > 0 => {
            *count -= 1;
            false
        }
        _ => true,
    });
    found
}

/// True when the file holds this text byte for byte, so that it can be written back.
pub(super) fn is_plain(file: &Path, text: &str) -> bool {
    fs::read(file).is_ok_and(|bytes| bytes == text.as_bytes())
}

/// Replaces a file; it appears whole or not at all and keeps its permissions, which it has from the start.
pub(super) fn write(file: &Path, text: &str) -> Result<(), dehusk::Error> {
    let writing = Writing { keeps_permissions: true, ..Writing::default() };
    let mut sink = Sink::open(&Place::File(file.to_owned()), Compression::Plain, writing, None)?;
    sink.write(text.as_bytes())?;
    sink.finish()
}

/// The name of a file in the header of a diff, as git writes it: odd ones stand in quotes, and a tab ends those with a space.
fn header_name(side: &str, path: &Path) -> String {
    let is_odd = |c: char| c.is_control() || matches!(c, '"' | '\\');
    if let Some(path) = path.to_str().filter(|path| !path.contains(is_odd)) {
        return format!("{side}/{path}{}", if path.contains(' ') { "\t" } else { "" });
    }
    let quoted = path.as_os_str().as_encoded_bytes().iter().map(|byte| match byte {
        b'\n' => "\\n".to_owned(),
        b'\t' => "\\t".to_owned(),
        b'"' | b'\\' => format!("\\{}", char::from(*byte)),
        b' '..=b'~' => char::from(*byte).to_string(),
        byte => format!("\\{byte:03o}"),
    });
    format!("\"{side}/{}\"", quoted.collect::<String>())
}

/// The change as a unified diff; in colour it is for people, and nothing of the text reaches the terminal raw.
pub(super) fn diff(path: &Path, before: &str, after: &str, terminal: bool, color: bool) -> String {
    // What programs that apply it take for lines: a CR alone ends none.
    let [before, after] = [before, after].map(|text| text.split_inclusive('\n').collect::<Vec<_>>());
    let diff = TextDiff::configure().newline_terminated(true).diff_slices(&before, &after);
    let header = |side: &str| header_name(side, path);
    let plain = diff.unified_diff().context_radius(3).header(&header("a"), &header("b")).to_string();
    if !terminal && !color {
        return plain;
    }
    let mut shown = String::new();
    for line in plain.split_inclusive('\n') {
        let (content, end) = line.strip_suffix('\n').map_or((line, ""), |content| (content, "\n"));
        let safe = content.split('\t').map(printable_text).collect::<Vec<_>>().join("\t");
        let paint = match content.as_bytes().first() {
            Some(b'+') => "\x1b[32m",
            Some(b'-') => "\x1b[31m",
            Some(b'@') => "\x1b[36m",
            _ => "",
        };
        let reset = if paint.is_empty() { "" } else { "\x1b[0m" };
        match color {
            true => shown += &format!("{paint}{safe}{reset}{end}"),
            false => shown += &format!("{safe}{end}"),
        }
    }
    shown
}
