//! Faults that strace puts into system calls of the real binary.
//!
//! A run says itself whether its fault came: strace marks the call in its log. Calls are counted for each thread, and
//! articles are written by one.

use super::site::{Check, Ending, PAGES, Ran, Site, ensure, finish, run, wait_until};
use libtest_mimic::{Completion, Failed};
use std::fs;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

/// Why faults cannot be put into calls here, if so.
pub fn missing() -> Option<String> {
    let probe = ["-D", "-f", "-o", "/dev/null", "-e", "inject=rename:error=EIO:when=1", "true"];
    match Command::new("strace").args(probe).output() {
        Err(_) => Some("strace is not installed".to_owned()),
        Ok(output) if !output.status.success() => {
            let said = String::from_utf8_lossy(&output.stderr);
            Some(format!("strace may not trace here: {}", said.lines().next().unwrap_or_default()))
        }
        Ok(_) => None,
    }
}

/// A run with a fault in it.
pub struct Injected {
    log: PathBuf,
    pub child: Child,
}

/// Starts `dehusk clean ARGS` with faults as strace writes them (`write:error=ENOSPC:when=3`), in calls that concern
/// one of `paths` in the site (all calls when empty). Its standard input stays open.
pub fn start(site: &Site, faults: &[&str], paths: &[&str], args: &[&str]) -> Result<Injected, Failed> {
    let log = site.path("strace.log");
    let clean = site.clean(args);
    let mut command = Command::new("strace");
    // The tracer is a grandchild: the child is dehusk itself, with its process id and its exit.
    command.args(["-D", "-f", "-q", "-o"]).arg(&log);
    let calls: Vec<&str> = faults.iter().filter_map(|fault| fault.split(':').next()).collect();
    command.arg("-e").arg(format!("trace={}", calls.join(",")));
    for fault in faults {
        command.arg("-e").arg(format!("inject={fault}"));
    }
    for path in paths {
        // The name that a call is given, and what a descriptor of a file that is not there yet will be.
        command.arg("-P").arg(path).arg("-P").arg(site.path(path));
    }
    command.arg("--").arg(clean.get_program()).args(clean.get_args()).current_dir(site.path(""));
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    Ok(Injected { log, child: command.spawn()? })
}

impl Injected {
    /// Waits for the end and says how it went and whether the fault came.
    pub fn finish(self) -> Result<(Ran, bool), Failed> {
        let pid = self.child.id().to_string();
        let mut ran = finish(self.child)?;
        // The tracer goes on for a moment.
        let mut log = String::new();
        let is_end = |line: &str| {
            let mut words = line.split_whitespace();
            words.next() == Some(&pid) && words.next() == Some("+++")
        };
        wait_until("the log of strace ends", || {
            log = fs::read_to_string(&self.log).unwrap_or_default();
            log.lines().any(is_end)
        })?;
        let said = ran.stderr.lines().filter(|line| !line.starts_with("strace: ")).map(|line| format!("{line}\n"));
        ran.stderr = said.collect();
        Ok((ran, log.contains("INJECTED") || log.contains("DELAYED")))
    }
}

/// Runs with one fault to the end; `Ok(None)` when the fault did not come.
fn inject(site: &Site, fault: &str, paths: &[&str], args: &[&str]) -> Result<Option<Ran>, Failed> {
    let (ran, came) = start(site, &[fault], paths, args)?.finish()?;
    Ok(came.then_some(ran))
}

const TREE: &[&str] = &["in", "-o", "out", "--quiet", "-j", "2"];
const SYNCED: &[&str] = &["in", "-o", "out", "--quiet", "-j", "2", "--sync"];

/// Puts the error into the k-th call, for every k that there is: nothing half stands under a name, the run ends with 2
/// and names the file, and the next run makes it whole.
fn at_each_call(fault: &str, args: &[&str], least: usize) -> Ending {
    let mut came = 0;
    loop {
        let site = Site::new()?;
        let fault = format!("{fault}:when={}", came + 1);
        let Some(ran) = inject(&site, &fault, &[], args)? else {
            site.is_whole("out")?;
            break;
        };
        ran.ends_with(2)?;
        ensure!(ran.stderr.contains("cannot write out"), "{fault}: no file is named: {}", ran.stderr);
        let articles = site.has_no_parts("out").map_err(|why| format!("{fault}: {why:?}"))?;
        ensure!(articles <= came, "{fault}: {articles} articles");
        // All of them begin alike; the last ones find the most.
        if came + 3 > PAGES {
            site.recovers(args, "out")?;
        }
        came += 1;
    }
    ensure!(came >= least, "the fault came at {came} calls only");
    Ok(Completion::Completed)
}

pub fn no_space_at_each_write() -> Ending {
    at_each_call("write:error=ENOSPC", TREE, PAGES)
}

pub fn write_error_at_each_write() -> Ending {
    at_each_call("write:error=EIO", TREE, PAGES)
}

pub fn rename_error_at_each_rename() -> Ending {
    at_each_call("rename:error=EIO", TREE, PAGES)
}

pub fn rename_to_another_device() -> Ending {
    at_each_call("rename:error=EXDEV", TREE, PAGES)
}

/// A file and its folder are waited for, so an error can come after the name is there.
pub fn fsync_error_at_each_fsync() -> Ending {
    let mut came = 0;
    loop {
        let site = Site::new()?;
        let Some(ran) = inject(&site, &format!("fsync:error=EIO:when={}", came + 1), &[], SYNCED)? else {
            site.is_whole("out")?;
            break;
        };
        ran.ends_with(2)?;
        site.has_no_parts("out")?;
        came += 1;
    }
    ensure!(came >= 2 * PAGES, "the fault came at {came} calls only");
    Ok(Completion::Completed)
}

/// A stream has one name, and it is not there before the stream is whole.
pub fn no_space_in_a_stream() -> Ending {
    for fault in ["write:error=ENOSPC:when=1", "rename:error=EIO:when=1"] {
        let site = Site::new()?;
        let args = ["in", "--format", "jsonl", "-o", "out/all.jsonl", "--quiet"];
        let Some(ran) = inject(&site, fault, &[], &args)? else { return Err("the fault did not come".into()) };
        ran.ends_with(2)?;
        ensure!(site.tree("out").is_empty(), "{:?} is left", site.tree("out").keys());
        run(&mut site.clean(&args))?.ends_with(0)?;
        ensure!(site.tree("out").len() == 1, "{:?}", site.tree("out").keys());
    }
    Ok(Completion::Completed)
}

/// The report fails, and the run with it: a run without the report that was asked for is no success.
pub fn no_space_for_the_report() -> Ending {
    let site = Site::new()?;
    let args = ["in", "--dry-run", "--report", "cuts.jsonl", "--quiet"];
    let Some(ran) = inject(&site, "write:error=ENOSPC:when=1", &[], &args)? else {
        return Err("the fault did not come".into());
    };
    ran.ends_with(2)?;
    ensure!(ran.stderr.contains("cuts.jsonl") && !site.path("cuts.jsonl").exists(), "{}", ran.stderr);
    Ok(Completion::Completed)
}

/// One page cannot be read: it failed and is named, and all the others are there.
pub fn read_error_in_one_page() -> Ending {
    let site = Site::new()?;
    let page = "in/north/04.txt";
    let args = ["in", "-o", "out", "--summary", "summary.json"];
    let Some(ran) = inject(&site, "read:error=EIO", &[page], &args)? else {
        return Err("the fault did not come".into());
    };
    ran.ends_with(1)?;
    ensure!(ran.stderr.contains("04.txt"), "the page is not named: {}", ran.stderr);
    let articles = site.has_no_parts("out")?;
    ensure!(articles == PAGES - 1, "{articles} articles");
    sums_match(&site, "summary.json")?;
    Ok(Completion::Completed)
}

/// Calls that are interrupted are made again.
pub fn interrupted_calls() -> Ending {
    // The loader of the program gives up on an interrupted call, so reads are counted for one page.
    let page: &[&str] = &["in/north/04.txt"];
    for (fault, paths) in [
        ("write:error=EINTR:when=1+2", &[][..]),
        ("read:error=EINTR:when=1", page),
        ("openat:error=EINTR:when=1", page),
    ] {
        let site = Site::new()?;
        let Some(ran) = inject(&site, fault, paths, TREE)? else { return Err(format!("{fault} did not come").into()) };
        ran.ends_with(0)?;
        site.is_whole("out")?;
    }
    Ok(Completion::Completed)
}

/// Killed at each write and at each rename; the next run makes it whole.
pub fn killed_at_each_call() -> Ending {
    for call in ["write", "rename"] {
        let mut came = 0;
        loop {
            let site = Site::new()?;
            let fault = format!("{call}:signal=SIGKILL:when={}", came + 1);
            // The mark that the fault came is in the exit.
            let (ran, _) = start(&site, &[&fault], &[], TREE)?.finish()?;
            if ran.code() == 0 {
                break;
            }
            ensure!(ran.code() == 137, "exit {}: {}", ran.code(), ran.stderr);
            site.is_partial("out")?;
            site.recovers(TREE, "out")?;
            came += 1;
        }
        ensure!(came >= PAGES, "killed at {came} calls only");
    }
    Ok(Completion::Completed)
}

/// The output folder goes away in the middle of a run.
pub fn output_folder_removed() -> Ending {
    let site = Site::new()?;
    let slow = start(&site, &["rename:delay_enter=100000"], &[], TREE)?;
    wait_until("the first article comes", || site.tree("out").keys().any(|name| name.ends_with("txt")))?;
    fs::remove_dir_all(site.path("out")).or_else(|_| fs::remove_dir_all(site.path("out")))?;
    let (ran, came) = slow.finish()?;
    ensure!(came, "the run was not slowed");
    ran.ends_with(2)?;
    Ok(Completion::Completed)
}

/// A page changes while it is read: half an old page and half a new one is no page.
pub fn page_changed_while_read() -> Ending {
    let site = Site::new()?;
    let page = "in/south/05.txt";
    let args = ["in", "-o", "out", "--summary", "summary.json"];
    let slow = start(&site, &["read:delay_exit=1500000"], &[page], &args)?;
    wait_until("the page is read", || {
        fs::read_to_string(site.path("strace.log")).is_ok_and(|log| log.contains("read("))
    })?;
    fs::write(site.path(page), "another page\n")?;
    let (ran, came) = slow.finish()?;
    ensure!(came, "the run was not slowed");
    ran.ends_with(1)?;
    ensure!(ran.stderr.contains("05.txt"), "the page is not named: {}", ran.stderr);
    ensure!(site.has_no_parts("out")? == PAGES - 1, "another count of articles");
    sums_match(&site, "summary.json")?;
    Ok(Completion::Completed)
}

/// Every page has one outcome.
pub fn sums_match(site: &Site, summary: &str) -> Check {
    let summary: serde_json::Value = serde_json::from_slice(&fs::read(site.path(summary))?)?;
    let count = |name: &str| match &summary[name] {
        serde_json::Value::Object(reasons) => reasons.values().filter_map(|count| count.as_u64()).sum(),
        count => count.as_u64().unwrap_or(0),
    };
    let sum: u64 = ["written", "unchanged", "empty", "skipped", "failed"].map(count).iter().sum();
    ensure!(sum == count("pages") && sum > 0, "{sum} outcomes of {} pages", count("pages"));
    Ok(())
}
