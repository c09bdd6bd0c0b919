//! Full and read-only places, and the limits of a shell.

use super::hostile;
use super::site::{Ending, PAGES, Site, ensure, run};
use super::strace::sums_match;
use libtest_mimic::{Completion, Failed};
use std::fs;
use std::process::Command;

fn skip(why: impl ToString) -> Ending {
    Ok(Completion::ignored_with(why))
}

pub fn full_device() -> Ending {
    let site = Site::new()?;
    for args in [
        &["in/north/00.txt"][..],
        &["in", "--format", "jsonl"],
        &["in", "--dry-run", "--report", "-"],
        &["in", "--format", "jsonl", "-o", "/dev/full"],
    ] {
        let ran = run(site.clean_after("exec >/dev/full", args).arg("--quiet"))?;
        ran.ends_with(2)?;
        ensure!(ran.stderr.contains("No space left"), "{}", ran.stderr);
    }
    Ok(Completion::Completed)
}

/// Standard error has no room for the counts, and the articles are there all the same.
pub fn full_standard_error() -> Ending {
    let site = Site::new()?;
    run(&mut site.clean_after("exec 2>/dev/full", &["in", "-o", "out", "--verbose"]))?.ends_with(0)?;
    site.is_whole("out")?;
    Ok(Completion::Completed)
}

/// A file may not be longer than the shell says.
pub fn file_size_limit() -> Ending {
    let site = Site::new()?;
    // A block of `ulimit -f` has 512 bytes, in some shells 1024.
    let ran = run(&mut site.clean_after("ulimit -f 2", &["in", "-o", "out", "--quiet"]))?;
    ran.ends_with(2)?;
    ensure!(site.has_no_parts("out")? == 0, "an article of 6 KB is there");
    let ran = run(&mut site.clean_after("ulimit -f 20", &["in", "-o", "all.jsonl", "--format", "jsonl", "--quiet"]))?;
    ran.ends_with(2)?;
    ensure!(!site.path("all.jsonl").exists() && !site.path(".all.jsonl.stream.dehusk.part").exists(), "a file is left");
    Ok(Completion::Completed)
}

/// With few descriptors all of a large tree is written.
pub fn few_descriptors() -> Ending {
    let site = Site::new()?;
    for number in 0..300 {
        fs::write(site.path(&format!("in/north/more-{number}.txt")), "The ferry crossed the sound twice a day.\n")?;
    }
    let args = ["in", "-o", "out", "-j", "8", "--quiet", "--summary", "summary.json"];
    run(&mut site.clean_after("ulimit -n 24", &args))?.ends_with(0)?;
    sums_match(&site, "summary.json")?;
    ensure!(site.tree("out").len() == PAGES + 300, "{} articles", site.tree("out").len());
    Ok(Completion::Completed)
}

macro_rules! by_name {
    ($($name:ident)+) => { &[$((stringify!($name), hostile::$name)),+] };
}

/// The pages of the test `hostile`.
const HOSTILE: &[(&str, hostile::Make)] = by_name! {
    div_deep div_deep_closed ul_li_deep span_deep blockquote_deep
    table_deep table_foster b_deep a_unclosed a_i_adopt
    b_div_close font_times_p lexbor_340 attr_cloned_by_p stray_end_tags
    template_deep svg_math_mix p_siblings body_attr_merge attrs_distinct
    attr_huge_value text_huge tag_name_huge entities nul_bytes
    unclosed_raw lt_storm repeated_caption distinct_captions utf16_bom_meta_utf8
    utf16_no_bom utf7_label iso2022jp_escape sjis_cut invalid_utf8
    controls_bidi calls_together comment_labels empty binary_png text_separators text_glued
    text_glued_sentences text_entity_layers text_short_lines text_prompts text_share_bars
    text_captions text_repeated_caption text_blank_lines text_spaces text_accents
};

/// With 1 GiB of addresses every hostile page has an outcome.
pub fn address_space() -> Ending {
    let site = Site::new()?;
    for (name, make) in HOSTILE {
        fs::write(site.path(&format!("in/{name}.page")), make(20_000))?;
    }
    let args = ["in", "-o", "out", "-j", "2", "--quiet", "--summary", "summary.json"];
    let ran = run(&mut site.clean_after("ulimit -v 1048576", &args))?;
    ensure!([0, 1].contains(&ran.code()), "exit {}: {}", ran.code(), ran.stderr);
    ran.ends_with(ran.code())?;
    sums_match(&site, "summary.json")?;
    let out = site.tree("out");
    let lost = site.clean.iter().find(|&(name, text)| out.get(name) != Some(text));
    ensure!(lost.is_none(), "{:?} is not as it should be", lost.map(|(name, _)| name));
    Ok(Completion::Completed)
}

/// A file system of its own below the site, taken away with it.
struct Mounted(std::path::PathBuf);

impl Mounted {
    /// `Ok(Err(why))` where nothing may be mounted.
    fn new(site: &Site, options: &str) -> Result<Result<Mounted, String>, Failed> {
        let path = site.path("small");
        fs::create_dir(&path)?;
        let output = Command::new("mount").args(["-t", "tmpfs", "-o", options, "tmpfs"]).arg(&path).output();
        Ok(match output {
            Ok(output) if output.status.success() => Ok(Mounted(path)),
            Ok(output) => Err(String::from_utf8_lossy(&output.stderr).trim().to_owned()),
            Err(error) => Err(error.to_string()),
        })
    }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        // A second try for a file system that is still in use for a moment.
        for arguments in [&[][..], &["-l"]] {
            if Command::new("umount").args(arguments).arg(&self.0).status().is_ok_and(|status| status.success()) {
                return;
            }
        }
    }
}

pub fn full_file_system() -> Ending {
    let site = Site::new()?;
    let _small = match Mounted::new(&site, "size=40k")? {
        Ok(mounted) => mounted,
        Err(why) => return skip(why),
    };
    let ran = run(&mut site.clean(&["in", "-o", "small/out", "--quiet"]))?;
    ran.ends_with(2)?;
    ensure!(ran.stderr.contains("No space left"), "{}", ran.stderr);
    let articles = site.has_no_parts("small/out")?;
    ensure!((1..PAGES).contains(&articles), "{articles} articles");
    Ok(Completion::Completed)
}

pub fn read_only_file_system() -> Ending {
    let site = Site::new()?;
    let small = match Mounted::new(&site, "size=400k")? {
        Ok(mounted) => mounted,
        Err(why) => return skip(why),
    };
    let remounted = Command::new("mount").args(["-o", "remount,ro"]).arg(&small.0).output()?;
    ensure!(remounted.status.success(), "it cannot be made read-only");
    for args in [&["in", "-o", "small/out"][..], &["in", "-o", "small/all.jsonl", "--format", "jsonl"]] {
        let ran = run(site.clean(args).arg("--quiet"))?;
        ran.ends_with(2)?;
        ensure!(ran.stderr.contains("Read-only"), "{}", ran.stderr);
    }
    Ok(Completion::Completed)
}

pub fn immutable_folder() -> Ending {
    let site = Site::new()?;
    let out = site.path("out");
    fs::create_dir(&out)?;
    let change = |flag: &str| Command::new("chattr").arg(flag).arg(&out).output();
    match change("+i") {
        Ok(output) if output.status.success() => {}
        Ok(output) => return skip(String::from_utf8_lossy(&output.stderr).trim().to_owned()),
        Err(_) => return skip("chattr is not installed"),
    }
    let ran = run(&mut site.clean(&["in", "-o", "out", "--quiet"]));
    change("-i")?;
    ran?.ends_with(2)?;
    ensure!(site.tree("out").is_empty(), "{:?}", site.tree("out").keys());
    Ok(Completion::Completed)
}
