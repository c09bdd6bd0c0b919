//! The real binary under faults: full disks, broken calls, signals, limits, damaged inputs.
//!
//! Each line of [`FAULTS`] is a test. After every fault: each page has one outcome and the sums match; no file stands
//! half under its name; nothing but `.part` files is left over, and the next run removes them; the exit code is that of
//! the table in the README; what is said is one line. A fault that a machine cannot make is printed as `SKIP` with the
//! reason, and is not counted as passed.

#[cfg(not(target_os = "linux"))]
fn main() {
    println!("SKIP faults: they are made with the tools of Linux");
}

#[cfg(target_os = "linux")]
#[path = "faults/damage.rs"]
mod damage;
#[cfg(target_os = "linux")]
#[path = "hostile/pages.rs"]
#[allow(dead_code, reason = "the test of hostile pages uses the rest")]
mod hostile;
#[cfg(target_os = "linux")]
#[path = "faults/limits.rs"]
mod limits;
#[cfg(target_os = "linux")]
#[path = "faults/resume.rs"]
mod resume;
#[cfg(target_os = "linux")]
#[path = "faults/short.rs"]
mod short;
#[cfg(target_os = "linux")]
#[path = "faults/signals.rs"]
mod signals;
#[cfg(target_os = "linux")]
#[path = "faults/site.rs"]
mod site;
#[cfg(target_os = "linux")]
#[path = "faults/strace.rs"]
mod strace;

#[cfg(target_os = "linux")]
fn main() {
    linux::main();
}

#[cfg(target_os = "linux")]
mod linux {
    use super::site::Ending;
    use super::{damage, limits, resume, short, signals, strace};
    use libtest_mimic::{Arguments, Completion, Trial};

    type Fault = fn() -> Ending;

    /// Faults that need no tool.
    const FAULTS: &[(&str, Fault)] = &[
        ("archive_cut::gzip", damage::gzip_cut),
        ("archive_cut::zstd", damage::zstd_cut),
        ("full::device", limits::full_device),
        ("full::standard_error", limits::full_standard_error),
        ("full::file_system", limits::full_file_system),
        ("read_only::file_system", limits::read_only_file_system),
        ("read_only::immutable_folder", limits::immutable_folder),
        ("limit::file_size", limits::file_size_limit),
        ("limit::descriptors", limits::few_descriptors),
        ("limit::address_space", limits::address_space),
        ("short::reads_and_writes", short::reads_and_writes),
        ("signal::terminated", signals::terminated),
        ("signal::interrupted", signals::interrupted),
        ("signal::interrupted_twice", signals::interrupted_twice),
        ("signal::hung_up", signals::hung_up),
        ("signal::ignored_hang_up", signals::ignored_hang_up),
        ("signal::stopped_and_continued", signals::stopped_and_continued),
        ("signal::reader_that_leaves", signals::reader_that_leaves),
        ("killed::at_random", signals::killed_at_random),
        ("shards::killed_at_random", resume::killed_at_random),
    ];

    /// Faults that strace makes.
    const INJECTED: &[(&str, Fault)] = &[
        ("write::no_space", strace::no_space_at_each_write),
        ("write::error", strace::write_error_at_each_write),
        ("write::no_space_in_a_stream", strace::no_space_in_a_stream),
        ("write::no_space_for_the_report", strace::no_space_for_the_report),
        ("rename::error", strace::rename_error_at_each_rename),
        ("rename::to_another_device", strace::rename_to_another_device),
        ("fsync::error", strace::fsync_error_at_each_fsync),
        ("read::error_in_one_page", strace::read_error_in_one_page),
        ("read::page_changed", strace::page_changed_while_read),
        ("interrupted_calls", strace::interrupted_calls),
        ("killed::at_each_call", strace::killed_at_each_call),
        ("shards::killed_at_each_call", resume::killed_at_each_call),
        ("shards::no_space_for_the_journal", resume::no_space_for_the_journal),
        ("shards::second_run", resume::second_run),
        ("shards::terminated", resume::terminated),
        ("output_folder_removed", strace::output_folder_removed),
        ("signal::terminated_among_pages", signals::terminated_among_pages),
    ];

    pub fn main() {
        let missing = strace::missing();
        let plain = FAULTS.iter().map(|&(name, fault)| trial(name, fault, None));
        let injected = INJECTED.iter().map(|&(name, fault)| trial(name, fault, missing.clone()));
        libtest_mimic::run(&Arguments::from_args(), plain.chain(injected).collect()).exit();
    }

    fn trial(name: &'static str, fault: Fault, missing: Option<String>) -> Trial {
        Trial::ignorable_test(name, move || {
            let ending = missing.map_or_else(fault, |why| Ok(Completion::ignored_with(why)));
            if let Ok(Completion::Ignored { reason }) = &ending {
                println!("SKIP {name}: {}", reason.as_deref().unwrap_or_default());
            }
            ending
        })
    }
}
