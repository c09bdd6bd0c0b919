//! What the outputs of a run depend on beside its inputs, so that a run is not gone on with in another way.

use super::args::CleanArgs;
use anyhow::Context;
use dehusk::input::{Reading, printable};
use sha2::{Digest, Sha256};
use std::fmt::Debug;
use std::fs;
use std::path::PathBuf;

/// Names, as the user knows them, and values; files stand by their content.
pub(super) fn settings(args: &CleanArgs, config: &[PathBuf]) -> anyhow::Result<Vec<(String, String)>> {
    let mut settings = vec![("the version of dehusk".to_owned(), env!("CARGO_PKG_VERSION").to_owned())];
    let mut set = |name: &str, value: String| settings.push((format!("`--{name}`"), value));
    set(
        "input-format",
        match args.read.input_format {
            None => "the default".to_owned(),
            Some(Reading::Detected) => "auto".to_owned(),
            Some(Reading::Pages(format)) => named(&format),
            Some(Reading::Containers(format)) => format.name.to_owned(),
        },
    );
    set("text-kind", named_or_default(&args.cleaner.text_kind));
    set("max-bytes", args.cleaner.max_bytes.map_or("the default".to_owned(), |bytes| bytes.to_string()));
    set("status", format!("{:?}", args.read.status));
    set("mime", args.read.mime.join(","));
    set("field", args.read.field.clone().unwrap_or_default());
    set("lang", args.lang.join(","));
    set("min-words", args.min_words.to_string());
    set("dedup", args.dedup.to_string());
    set("format", args.format.name.to_owned());
    set("compress", args.compress.map_or("off".to_owned(), |packed| named(&packed)));
    set("with-title", args.with_title.to_string());
    set("favor", named_or_default(&args.cleaner.favor));
    set("min-score", named_or_default(&args.cleaner.min_score));
    set("captions", named_or_default(&args.cleaner.captions));
    set("comments", named_or_default(&args.cleaner.comments));
    for (name, values) in
        [("off", &args.cleaner.off), ("only", &args.cleaner.only), ("languages", &args.cleaner.languages)]
    {
        set(name, values.join(","));
    }
    set("config", contents(config)?);
    for (name, path) in [("report", &args.report), ("ledger", &args.ledger)] {
        set(name, path.as_deref().map_or("off".to_owned(), printable));
    }
    for (name, files) in
        [("rules", &args.cleaner.rules[..]), ("keep", &args.cleaner.keep), ("retry", args.retry.as_slice())]
    {
        set(name, contents(files)?);
    }
    Ok(settings)
}

fn named(value: &impl Debug) -> String {
    format!("{value:?}").to_ascii_lowercase()
}

fn named_or_default(value: &Option<impl Debug>) -> String {
    value.as_ref().map_or("the default".to_owned(), |value| named(value))
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
