//! What signals do: a run that is told to end leaves no half file and ends by that same signal.
//!
//! SIGINT, SIGTERM and SIGHUP remove the files that are on their way and end the process as they do by default, so that
//! a shell sees 130, 143 or 129; a second one ends it at once. One that was ignored when the program started, as
//! `nohup` does, stays ignored. Past a limit on the size of files (SIGXFSZ) the write fails and is reported.

use dehusk::output::abandon;
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM, SIGXFSZ};
use signal_hook::iterator::Signals;
use signal_hook::{flag, low_level};
use std::io::{self, Write};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::{fs, thread};

/// Sets up the signals of the process.
///
/// # Errors
/// What the system says when it has no descriptor or thread left.
pub(super) fn handle() -> io::Result<()> {
    flag::register(SIGXFSZ, Arc::default())?;
    let ignored = ignored();
    let told = [SIGINT, SIGTERM, SIGHUP].into_iter().filter(|signal| ignored >> (signal - 1) & 1 == 0);
    let is_second = Arc::new(AtomicBool::new(false));
    let told: Vec<i32> = told.collect();
    for &signal in &told {
        // The first that is registered is asked first: it sees what the one before it has set.
        flag::register_conditional_default(signal, Arc::clone(&is_second))?;
        flag::register(signal, Arc::clone(&is_second))?;
    }
    let mut signals = Signals::new(told)?;
    let wait = move || {
        if let Some(signal) = signals.forever().next() {
            abandon();
            // Nobody is left to be told when standard error is gone.
            let _ =
                writeln!(io::stderr(), "dehusk: stopped by {}", low_level::signal_name(signal).unwrap_or("a signal"));
            // Ends the process.
            let _ = low_level::emulate_default_handler(signal);
        }
    };
    thread::Builder::new().name("signals".to_owned()).stack_size(64 << 10).spawn(wait)?;
    Ok(())
}

/// The signals that are ignored, as a bit set from signal 1 on; none where the system has no `/proc`.
fn ignored() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0)
}
