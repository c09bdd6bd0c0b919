//! Progress on standard error: bytes and pages done, pages a second, the share removed, the time left.
//!
//! On a terminal it is a bar that goes away in the end. Elsewhere, where it was asked for, it is a plain line every
//! few seconds, as a log wants it. Lines that must stand above the bar go through [`Progress::say`].

use super::{Finished, Summary};
use crate::input::Inputs;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::{self, IsTerminal, Write};
use std::time::{Duration, Instant};

/// How often the figures are worked out: often enough for the eye, for a log.
const ON_TERMINAL: Duration = Duration::from_millis(100);
const IN_LOG: Duration = Duration::from_secs(5);

/// The progress display of one run.
pub struct Progress {
    view: View,
    start: Instant,
    shown: Instant,
    /// How many there are, until a record comes: how many a container holds nobody knows.
    pages: Option<usize>,
}

enum View {
    Hidden,
    Bar(ProgressBar),
    Lines,
}

impl Progress {
    /// A display for all of `inputs`: a bar on a terminal, and elsewhere lines when it is `wanted` anyway.
    pub fn new(inputs: &Inputs, wanted: bool) -> Progress {
        let view = match (io::stderr().is_terminal(), wanted) {
            (true, _) => View::Bar(bar(inputs.bytes())),
            (false, true) => View::Lines,
            (false, false) => View::Hidden,
        };
        Progress::with_view(view, inputs.len())
    }

    /// A display that shows nothing.
    pub fn hidden() -> Progress {
        Progress::with_view(View::Hidden, 0)
    }

    fn with_view(view: View, pages: usize) -> Progress {
        let now = Instant::now();
        Progress { view, start: now, shown: now, pages: Some(pages) }
    }

    /// Shows how far the run is after a page; cheap enough to be called for each.
    pub fn update(&mut self, finished: &Finished, summary: &Summary) {
        if finished.origin.is_some() {
            self.pages = None;
        }
        let interval = match &self.view {
            View::Hidden => return,
            View::Bar(_) => ON_TERMINAL,
            View::Lines => IN_LOG,
        };
        let now = Instant::now();
        if now - self.shown < interval {
            return;
        }
        self.shown = now;
        let figures = figures(self.pages, summary, now - self.start);
        match &self.view {
            View::Hidden => {}
            View::Bar(bar) => {
                bar.set_position(summary.bytes);
                bar.set_message(figures);
            }
            View::Lines => self.say(&figures),
        }
    }

    /// Prints a line on standard error, above the bar if there is one.
    pub fn say(&self, line: &str) {
        // Nobody is left to be told when standard error is gone.
        let print = || drop(writeln!(io::stderr(), "dehusk: {line}"));
        match &self.view {
            View::Bar(bar) => bar.suspend(print),
            View::Hidden | View::Lines => print(),
        }
    }

    /// Takes the bar away.
    pub fn finish(&self) {
        if let View::Bar(bar) = &self.view {
            bar.finish_and_clear();
        }
    }
}

/// What is shown of a run after so much time; `pages` is how many there are, if that is known.
fn figures(pages: Option<usize>, summary: &Summary, time: Duration) -> String {
    let of_all = pages.map(|pages| format!("/{pages}")).unwrap_or_default();
    let (done, removed) = (summary.pages, summary.share_removed() * 100.0);
    format!("{done}{of_all} pages, {:.0}/s, {removed:.1} % removed", done as f64 / time.as_secs_f64())
}

fn bar(bytes: u64) -> ProgressBar {
    // Fits into 80 columns up to a million pages; what does not is cut at the message.
    let style = "{bar:10} {binary_bytes}/{binary_total_bytes} {wide_msg} {eta} left";
    let bar = ProgressBar::with_draw_target(Some(bytes), ProgressDrawTarget::stderr());
    bar.set_style(ProgressStyle::with_template(style).expect("the template is a constant"));
    // A slow page must not look like a halt.
    bar.enable_steady_tick(Duration::from_millis(500));
    bar
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_how_many_pages_is_said_only_while_it_is_known() {
        let summary = Summary { pages: 1_200, words_in: 1_000, words_out: 750, ..Summary::default() };
        let shown = |pages| figures(pages, &summary, Duration::from_secs(4));
        assert_eq!(shown(Some(4_000)), "1200/4000 pages, 300/s, 25.0 % removed");
        assert_eq!(shown(None), "1200 pages, 300/s, 25.0 % removed");
    }
}
