//! Signals: a run that is told to end leaves no half file, and ends by the signal that it got.
//!
//! The run reads standard input, which stays open: it has begun its output and waits.

use super::site::{Check, Ending, Ran, Site, article, ensure, finish, page, run, wait_until};
use super::strace;
use libtest_mimic::{Completion, Failed};
use std::io::{Read, Write};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// What a pipe of Linux holds.
const PIPE_BYTES: usize = 64 << 10;

pub fn send(signal: &str, child: &Child) -> Check {
    let status = Command::new("kill").arg(format!("-{signal}")).arg(child.id().to_string()).status()?;
    ensure!(status.success(), "no signal was sent");
    Ok(())
}

/// Starts a run that has begun its output and waits for its input.
fn waiting(site: &Site, prelude: &str) -> Result<Child, Failed> {
    let mut command = site.clean_after(prelude, &["-", "-o", "out/page.txt", "--quiet"]);
    let child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    wait_until("the output is begun", || site.path("out/.page.txt.stream.dehusk.part").exists())?;
    Ok(child)
}

fn ends_by(signal: &str, code: i32) -> Ending {
    let site = Site::new()?;
    let child = waiting(&site, ":")?;
    send(signal, &child)?;
    let ran = finish(child)?;
    ensure!(ran.code() == code, "exit {}: {}", ran.code(), ran.stderr);
    ensure!(!ran.stderr.contains("panicked") && ran.stderr.lines().count() == 1, "it said {:?}", ran.stderr);
    ensure!(site.tree("out").is_empty(), "{:?} is left", site.tree("out").keys());
    Ok(Completion::Completed)
}

pub fn terminated() -> Ending {
    ends_by("TERM", 143)
}

pub fn interrupted() -> Ending {
    ends_by("INT", 130)
}

pub fn hung_up() -> Ending {
    ends_by("HUP", 129)
}

fn give(child: &mut Child, text: &str) -> Check {
    child.stdin.take().ok_or("standard input is a pipe")?.write_all(text.as_bytes())?;
    Ok(())
}

fn wrote_the_page(site: &Site, ran: &Ran) -> Check {
    ran.ends_with(0)?;
    ensure!(site.tree("out").get("page.txt").is_some_and(|text| *text == article(1).into_bytes()), "no article");
    Ok(())
}

/// What `nohup` ignores stays ignored.
pub fn ignored_hang_up() -> Ending {
    let site = Site::new()?;
    let mut child = waiting(&site, "trap '' HUP")?;
    send("HUP", &child)?;
    std::thread::sleep(Duration::from_millis(200));
    give(&mut child, &page(1))?;
    wrote_the_page(&site, &finish(child)?)?;
    Ok(Completion::Completed)
}

pub fn stopped_and_continued() -> Ending {
    let site = Site::new()?;
    let mut child = waiting(&site, ":")?;
    send("STOP", &child)?;
    give(&mut child, &page(1))?;
    std::thread::sleep(Duration::from_millis(200));
    ensure!(child.try_wait()?.is_none(), "it did not stop");
    send("CONT", &child)?;
    wrote_the_page(&site, &finish(child)?)?;
    Ok(Completion::Completed)
}

/// In the middle of a tree: what is there is whole, and the next run makes the rest.
pub fn terminated_among_pages() -> Ending {
    let site = Site::new()?;
    let args = ["in", "-o", "out", "--quiet"];
    let slow = strace::start(&site, &["rename:delay_enter=100000"], &[], &args)?;
    wait_until("the first article comes", || site.tree("out").contains_key("north/00.txt"))?;
    send("TERM", &slow.child)?;
    let (ran, came) = slow.finish()?;
    ensure!(came && ran.code() == 143, "exit {}: {}", ran.code(), ran.stderr);
    let articles = site.has_no_parts("out")?;
    ensure!(articles < site.clean.len(), "it was done before");
    site.recovers(&args, "out")?;
    Ok(Completion::Completed)
}

/// The first SIGINT cannot say what it has to say, as nobody reads it; the second does not wait for that.
pub fn interrupted_twice() -> Ending {
    let site = Site::new()?;
    let (reader, mut writer) = std::io::pipe()?;
    writer.write_all(&[b' '; PIPE_BYTES])?;
    let mut command = site.clean(&["-", "-o", "out/page.txt", "--quiet"]);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(writer).spawn()?;
    wait_until("the output is begun", || site.path("out/.page.txt.stream.dehusk.part").exists())?;
    send("INT", &child)?;
    wait_until("the part is removed", || site.tree("out").is_empty())?;
    std::thread::sleep(Duration::from_millis(200));
    ensure!(child.try_wait()?.is_none(), "nothing held it up");
    let second = Instant::now();
    send("INT", &child)?;
    let ran = finish(child)?;
    ensure!(ran.code() == 130, "exit {}", ran.code());
    ensure!(second.elapsed() < Duration::from_secs(10), "it took {:?}", second.elapsed());
    drop(reader);
    Ok(Completion::Completed)
}

/// A reader that has enough ends the run quietly.
pub fn reader_that_leaves() -> Ending {
    let site = Site::new()?;
    let mut command = site.clean(&["in", "in", "in", "--format", "jsonl", "--quiet"]);
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    let mut reader = child.stdout.take().ok_or("standard output is a pipe")?;
    reader.read_exact(&mut [0; 10])?;
    drop(reader);
    let ran = finish(child)?;
    ran.ends_with(0)?;
    ensure!(ran.stderr.is_empty(), "it said {:?}", ran.stderr);
    Ok(Completion::Completed)
}

/// Killed at any moment, again and again; then a run makes it whole.
pub fn killed_at_random() -> Ending {
    let site = Site::new()?;
    let args = ["in", "-o", "out", "--quiet"];
    let whole = Instant::now();
    run(&mut site.clean(&["in", "-o", "other", "--quiet"]))?.ends_with(0)?;
    let whole = whole.elapsed();
    let mut killed = 0;
    for step in 0..12 {
        let mut command = site.clean(&args);
        let child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
        std::thread::sleep(whole * step / 12);
        // It may have ended by itself.
        let _ = send("KILL", &child);
        killed += usize::from(finish(child)?.code() == 137);
        site.is_partial("out")?;
    }
    ensure!(killed >= 4, "it was killed {killed} times only");
    site.recovers(&args, "out")?;
    Ok(Completion::Completed)
}
