//! Runs over shards that are stopped and gone on with: the end is the same, byte for byte.

use super::site::{Check, Ending, Site, Tree, article, ensure, finish, run, tree};
use super::strace;
use libtest_mimic::{Completion, Failed};
use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

const SHARDS: usize = 4;
const RECORDS: usize = 60;
/// Times that a run is killed; more with `FAULTS_KILLS`.
const KILLS: usize = 10;
pub const RUN: &[&str] =
    &["in", "-o", "out/", "--format", "jsonl", "--compress", "zstd", "--report", "out/cuts.jsonl", "--quiet"];

/// WARC files with a gzip member for each record, besides the pages of the site.
pub fn crawl(site: &Site) -> Check {
    for shard in 0..SHARDS {
        let mut file = Vec::new();
        for record in 0..RECORDS {
            let text = format!("{}\nPlease refresh the page to be logged in\n", article(100 * shard + record));
            let block = format!("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n{text}");
            let head = format!(
                "WARC/1.0\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:{record}>\r\nWARC-Target-URI: \
                 https://example.org/{record}\r\nContent-Type: application/http\r\nContent-Length: {}\r\n\r\n",
                block.len()
            );
            let mut member = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
            member.write_all(format!("{head}{block}\r\n\r\n").as_bytes())?;
            file.extend(member.finish()?);
        }
        fs::write(site.path(&format!("in/{shard}.warc.gz")), file)?;
    }
    Ok(())
}

/// What an undisturbed run writes, in another folder of the same name.
pub fn undisturbed(site: &Site) -> Result<(Tree, Duration), Failed> {
    let begin = Instant::now();
    run(&mut site.clean(RUN))?.ends_with(0)?;
    let lasted = begin.elapsed();
    let whole = site.tree("out");
    ensure!(whole.len() == SHARDS + 2, "{:?}", whole.keys());
    fs::remove_dir_all(site.path("out"))?;
    Ok((whole, lasted))
}

/// Goes on to the end and compares.
fn ends_as(site: &Site, whole: &Tree) -> Check {
    run(site.clean(RUN).arg("--resume"))?.ends_with(0)?;
    is_same(&site.path("out"), whole)
}

pub fn is_same(folder: &Path, whole: &Tree) -> Check {
    let found = tree(folder);
    ensure!(found.keys().eq(whole.keys()), "{:?} and not {:?}", found.keys(), whole.keys());
    let differs = whole.iter().find(|&(name, bytes)| found[name] != *bytes);
    ensure!(differs.is_none(), "{:?} differs", differs.map(|(name, _)| name));
    Ok(())
}

/// Killed at random moments of one run, which goes on each time.
pub fn killed_at_random() -> Ending {
    let kills = std::env::var("FAULTS_KILLS").ok().and_then(|kills| kills.parse().ok()).unwrap_or(KILLS);
    let site = Site::new()?;
    crawl(&site)?;
    let (whole, lasted) = undisturbed(&site)?;
    let (mut killed, mut state) = (0, 7u64);
    for try_ in 0.. {
        ensure!(try_ < 20 * kills, "{killed} kills in {try_} runs");
        let mut command = site.clean(RUN);
        command.arg("--resume").stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn()?;
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        std::thread::sleep(lasted.mul_f64((state >> 40) as f64 / f64::from(1 << 24)));
        // One that has ended cannot be killed, and that is no fault.
        let _ = child.kill();
        let ran = finish(child)?;
        if ran.code() == 137 {
            killed += 1;
        } else {
            ran.ends_with(0)?;
            is_same(&site.path("out"), &whole)?;
            if killed >= kills {
                break;
            }
            fs::remove_dir_all(site.path("out"))?;
        }
        if killed >= kills {
            ends_as(&site, &whole)?;
            break;
        }
    }
    Ok(Completion::Completed)
}

/// Killed at each write, at each rename, and before the line of the journal that follows it.
pub fn killed_at_each_call() -> Ending {
    let site = Site::new()?;
    crawl(&site)?;
    let (whole, _) = undisturbed(&site)?;
    for (call, least) in [("write", 10), ("rename", SHARDS)] {
        let mut came = 0;
        loop {
            let fault = format!("{call}:signal=SIGKILL:when={}", came + 1);
            let (ran, _) = strace::start(&site, &[&fault], &[], RUN)?.finish()?;
            if ran.code() == 0 {
                is_same(&site.path("out"), &whole)?;
                break;
            }
            ensure!(ran.code() == 137, "{fault}: exit {}: {}", ran.code(), ran.stderr);
            ends_as(&site, &whole).map_err(|why| format!("{fault}: {why:?}"))?;
            fs::remove_dir_all(site.path("out"))?;
            came += 1;
        }
        fs::remove_dir_all(site.path("out"))?;
        ensure!(came >= least, "killed at {came} calls of {call} only");
    }
    Ok(Completion::Completed)
}

/// There is no space for the journal alone.
pub fn no_space_for_the_journal() -> Ending {
    let site = Site::new()?;
    crawl(&site)?;
    let (whole, _) = undisturbed(&site)?;
    let mut came = 0;
    loop {
        let fault = format!("write:error=ENOSPC:when={}", came + 1);
        let (ran, is_injected) = strace::start(&site, &[&fault], &["out/.dehusk-journal.jsonl"], RUN)?.finish()?;
        if !is_injected {
            break;
        }
        ran.ends_with(2)?;
        ensure!(ran.stderr.contains("journal"), "{}", ran.stderr);
        ends_as(&site, &whole).map_err(|why| format!("{fault}: {why:?}"))?;
        fs::remove_dir_all(site.path("out"))?;
        came += 1;
    }
    ensure!(came > SHARDS, "the fault came at {came} writes only");
    Ok(Completion::Completed)
}

/// A second run on the folder of one that lasts is refused and disturbs nothing.
pub fn second_run() -> Ending {
    let site = Site::new()?;
    crawl(&site)?;
    let (whole, _) = undisturbed(&site)?;
    let slow = strace::start(&site, &["rename:delay_enter=500000"], &[], RUN)?;
    super::site::wait_until("the run has begun", || site.tree("out").len() > 1)?;
    let second = run(&mut site.clean(RUN))?;
    second.ends_with(2)?;
    ensure!(second.stderr.contains("another run"), "{}", second.stderr);
    let (ran, _) = slow.finish()?;
    ran.ends_with(0)?;
    is_same(&site.path("out"), &whole)?;
    Ok(Completion::Completed)
}

/// A run that is told to end goes on later.
pub fn terminated() -> Ending {
    let site = Site::new()?;
    crawl(&site)?;
    let (whole, _) = undisturbed(&site)?;
    let slow = strace::start(&site, &["rename:delay_enter=200000"], &[], RUN)?;
    super::site::wait_until("the first shard is there", || site.path("out/0.jsonl.zst").exists())?;
    super::signals::send("TERM", &slow.child)?;
    let (ran, _) = slow.finish()?;
    ensure!(ran.code() == 143, "exit {}: {}", ran.code(), ran.stderr);
    ends_as(&site, &whole)?;
    Ok(Completion::Completed)
}
