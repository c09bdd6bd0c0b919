//! What the outputs of a run depend on beside its inputs, so that a run is not gone on with in another way.

use super::args::CleanArgs;
use anyhow::Context;
use dehusk::input::{Reading, printable};
use sha2::{Digest, Sha256};
use std::fmt::Debug;
use std::fs;
use std::path::PathBuf;

/// Names, as the user knows them, and values; files stand by their content.
pub(super) fn settings(args: &CleanArgs) -> anyhow::Result<Vec<(String, String)>> {
    let mut settings = vec![("the version of dehusk".to_owned(), env!("CARGO_PKG_VERSION").to_owned())];
    let mut set = |name: &str, value: String| settings.push((format!("`--{name}`"), value));
    set(
        "input-format",
        match args.input_format {
            Reading::Detected => "auto".to_owned(),
            Reading::Pages(format) => named(&format),
            Reading::Containers(format) => format.name.to_owned(),
        },
    );
    set("text-kind", named(&args.text_kind));
    set("max-bytes", args.max_bytes.map_or("the default".to_owned(), |bytes| bytes.to_string()));
    set("status", format!("{:?}", args.status));
    set("mime", args.mime.join(","));
    set("field", args.field.clone().unwrap_or_default());
    set("lang", args.lang.join(","));
    set("min-words", args.min_words.to_string());
    set("dedup", args.dedup.to_string());
    set("format", args.format.name.to_owned());
    set("compress", args.compress.map_or("off".to_owned(), |packed| named(&packed)));
    set("with-title", args.with_title.to_string());
    set("favor", named(&args.favor));
    set("min-score", args.min_score.to_string());
    set("captions", named(&args.captions));
    set("comments", named(&args.comments));
    for (name, path) in [("report", &args.report), ("ledger", &args.ledger)] {
        set(name, path.as_deref().map_or("off".to_owned(), printable));
    }
    for (name, files) in [("rules", &args.rules), ("keep", &args.keep)] {
        set(name, contents(files)?);
    }
    Ok(settings)
}

fn named(value: &impl Debug) -> String {
    format!("{value:?}").to_ascii_lowercase()
}

/// One hash of all files; it says nothing of their names.
fn contents(files: &[PathBuf]) -> anyhow::Result<String> {
    let mut hash = Sha256::new();
    for path in files {
        let bytes = fs::read(path).with_context(|| format!("cannot read {}", printable(path)))?;
        hash.update((bytes.len() as u64).to_le_bytes());
        hash.update(&bytes);
    }
    let hash: String = hash.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    Ok(if files.is_empty() { "off".to_owned() } else { format!("files of hash {hash}") })
}
