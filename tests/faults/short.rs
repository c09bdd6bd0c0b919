//! A system that reads and writes less than it is asked for, as it may: a small library before the C library cuts every call.

use super::resume;
use super::site::{Ending, Site, ensure, run};
use libtest_mimic::{Completion, Failed};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Reads and writes 1 to 97 bytes at most, and leaves a file where it has cut one of each.
const CUTS: &str = r#"
use std::ffi::{c_int, c_long, c_uint, c_void};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

unsafe extern "C" {
    fn syscall(number: c_long, ...) -> c_long;
}

static CALLS: AtomicUsize = AtomicUsize::new(0);

fn cut(bytes: usize, is_marked: &AtomicBool, mark: &str) -> usize {
    let most = 1 + CALLS.fetch_add(1, Ordering::Relaxed) * 31 % 97;
    if bytes > most && !is_marked.swap(true, Ordering::Relaxed) {
        std::fs::File::create(std::env::var("CUTS_MARK").unwrap() + mark).unwrap();
    }
    bytes.min(most)
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn read(file: c_int, bytes: *mut c_void, count: usize) -> isize {
    static IS_MARKED: AtomicBool = AtomicBool::new(false);
    let count = cut(count, &IS_MARKED, ".read");
    unsafe { syscall(READ, file as c_uint, bytes, count) as isize }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn write(file: c_int, bytes: *const c_void, count: usize) -> isize {
    static IS_MARKED: AtomicBool = AtomicBool::new(false);
    let count = cut(count, &IS_MARKED, ".write");
    unsafe { syscall(WRITE, file as c_uint, bytes, count) as isize }
}
"#;

/// The numbers of the two calls, where this is known.
const CALLS: Option<(u32, u32)> = match cfg!(target_arch = "x86_64") {
    true => Some((0, 1)),
    false if cfg!(target_arch = "aarch64") => Some((63, 64)),
    false => None,
};

/// Builds the library; the error says why it cannot be.
fn build(folder: &Path) -> Result<PathBuf, String> {
    let Some((read, write)) = CALLS.filter(|_| cfg!(target_env = "gnu")) else {
        return Err("calls of this system are not known to the test".to_owned());
    };
    let (source, library) = (folder.join("cuts.rs"), folder.join("libcuts.so"));
    let numbers = format!("const READ: c_long = {read};\nconst WRITE: c_long = {write};\n");
    fs::write(&source, format!("{CUTS}{numbers}")).map_err(|e| e.to_string())?;
    let compiler = std::env::var_os("RUSTC").unwrap_or("rustc".into());
    let output = Command::new(compiler)
        .args(["--edition=2024", "--crate-type=cdylib", "-Cpanic=abort", "-o"])
        .args([&library, &source])
        .output()
        .map_err(|e| format!("no compiler: {e}"))?;
    match output.status.success() {
        true => Ok(library),
        false => Err(String::from_utf8_lossy(&output.stderr).into_owned()),
    }
}

/// Pages, a stream and shards come out as ever.
pub fn reads_and_writes() -> Ending {
    let folder = tempfile::tempdir()?;
    let library = match build(folder.path()) {
        Ok(library) => library,
        Err(why) => return Ok(Completion::ignored_with(why)),
    };
    let site = Site::new()?;
    let stream = |output| site.clean(&["in", "--format", "jsonl", "--quiet", "-o", output]);
    run(&mut stream("whole.jsonl"))?.ends_with(0)?;
    let cut = |mut command: Command| -> Result<(), Failed> {
        let mark = folder.path().join("mark");
        run(command.env("LD_PRELOAD", &library).env("CUTS_MARK", &mark))?.ends_with(0)?;
        for call in ["read", "write"] {
            let mark = mark.with_extension(call);
            ensure!(mark.exists(), "no {call} was cut");
            fs::remove_file(mark)?;
        }
        Ok(())
    };
    cut(site.clean(&["in", "-o", "out", "--quiet", "-j", "2"]))?;
    site.is_whole("out")?;
    fs::remove_dir_all(site.path("out"))?;
    cut(stream("cut.jsonl"))?;
    ensure!(fs::read(site.path("whole.jsonl"))? == fs::read(site.path("cut.jsonl"))?, "another stream");
    resume::crawl(&site)?;
    let (whole, _) = resume::undisturbed(&site)?;
    cut(site.clean(resume::RUN))?;
    resume::is_same(&site.path("out"), &whole)?;
    Ok(Completion::Completed)
}
