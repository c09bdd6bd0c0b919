//! `dehusk clean`: the job that was typed runs, and people are told how it went.

use super::Verdict;
use super::args::{CleanArgs, ProgressArg};
use super::job::Job;
use dehusk::pipeline::{self, Finished, Outcome, Progress, Summary};
use std::io::{self, Write};

/// Failures that are named at the end of a run.
const MAX_NAMED: usize = 20;

/// Runs the command.
pub(super) fn run(args: CleanArgs) -> anyhow::Result<Verdict> {
    let job = Job::new(args)?;
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
        progress.update(summary);
    });
    progress.finish();
    let summary = result?;
    tell(&job, &summary);
    Ok(match summary.failed() {
        0 => Verdict::Clean,
        _ => Verdict::Failures,
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
    // Nobody is left to be told when standard error is gone.
    let _ = io::stderr().write_all(text.as_bytes());
}
