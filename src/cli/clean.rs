//! `dehusk clean`: the job that was typed runs, and people are told how it went.

use super::args::{CleanArgs, ProgressArg};
use super::job::Job;
use super::{Verdict, plural, say};
use dehusk::pipeline::{self, Finished, Outcome, Progress, Retry, Summary};
use std::io::{self, Write};
use std::mem::ManuallyDrop;

/// Failures that are named at the end of a run.
const MAX_NAMED: usize = 20;

/// Runs the command.
pub(super) fn run(args: CleanArgs) -> anyhow::Result<Verdict> {
    // What it holds is many small pieces, and the process ends behind it.
    let job = ManuallyDrop::new(Job::new(args)?);
    let args = &job.args;
    let plan = job.plan()?;
    let mut progress = match args.progress {
        ProgressArg::Never => Progress::hidden(),
        ProgressArg::Auto if args.quiet => Progress::hidden(),
        when => Progress::new(&job.inputs, when == ProgressArg::Always),
    };
    let result = pipeline::run(&plan, &mut |finished, summary| {
        if args.verbose {
            name_page(&progress, finished);
        }
        progress.update(finished, summary);
    });
    progress.finish();
    let summary = result?;
    tell(&job, &summary);
    // A run that is gone on with does not meet what was done before.
    let unmet = plan.retry.as_ref().filter(|_| !args.resume).map(Retry::unmet).unwrap_or_default();
    tell_unmet(&unmet);
    Ok(match summary.failed() == 0 && unmet.is_empty() {
        true => Verdict::Clean,
        false => Verdict::Failures,
    })
}

fn name_page(progress: &Progress, finished: &Finished) {
    let Finished { name, message, .. } = finished;
    match finished.outcome {
        Outcome::Written | Outcome::Unchanged => {}
        Outcome::Empty => progress.say(&format!("{name}: empty")),
        outcome => progress.say(&format!("{name}: {}: {message}", outcome.name())),
    }
}

/// Names what the ledger says has failed and the inputs do not have.
fn tell_unmet(unmet: &[String]) {
    let mut text = String::new();
    for name in unmet.iter().take(MAX_NAMED) {
        text += &format!("dehusk: {name}: failed in the ledger and is not among the inputs\n");
    }
    if !unmet.is_empty() {
        text += &format!(
            "dehusk: {} of the ledger not met again: name the inputs as that run did, and do not change them in between\n",
            plural(unmet.len() as u64, "failure")
        );
    }
    let _ = io::stderr().write_all(text.as_bytes());
}

/// Says how it went on standard error.
fn tell(job: &Job, summary: &Summary) {
    let mut text = String::new();
    if !job.args.verbose {
        for failure in summary.failures.iter().take(MAX_NAMED) {
            text += &format!("dehusk: {}: {}\n", failure.path, failure.message);
        }
        let more = summary.failed().saturating_sub(MAX_NAMED as u64);
        if more > 0 {
            text += &format!("dehusk: and {more} more (see --summary)\n");
        }
    }
    // A filter in a pipe says nothing when there is an article.
    let silent = job.is_filter() && summary.skipped() + summary.empty == 0;
    if summary.pages == 0 {
        text += "dehusk: nothing was found to clean\n";
    } else if !job.args.quiet && (!silent || job.args.verbose) {
        text += &format!("{summary}\n");
        if job.args.dry_run {
            text += "dehusk: no article was written (--dry-run)\n";
        }
    }
    say(&text);
}
