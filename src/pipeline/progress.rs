//! Progress on standard error: bytes and pages done, pages a second, the share removed, the time left.
//!
//! On a terminal it is a bar that goes away in the end. Elsewhere, where it was asked for, it is a plain line every
//! few seconds, as a log wants it. Lines that must stand above the bar go through [`Progress::say`].

use super::Summary;
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
    pages: usize,
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
        Progress { view, start: now, shown: now, pages }
    }

    /// Shows how far the run is; cheap enough to be called for each page.
    pub fn update(&mut self, summary: &Summary) {
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
        let seconds = (now - self.start).as_secs_f64();
        let figures = format!(
            "{}/{} pages, {:.0}/s, {:.1} % removed",
            summary.pages,
            self.pages,
            summary.pages as f64 / seconds,
            summary.share_removed() * 100.0
        );
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

fn bar(bytes: u64) -> ProgressBar {
    // Fits into 80 columns up to a million pages; what does not is cut at the message.
    let style = "{bar:10} {binary_bytes}/{binary_total_bytes} {wide_msg} {eta} left";
    let bar = ProgressBar::with_draw_target(Some(bytes), ProgressDrawTarget::stderr());
    bar.set_style(ProgressStyle::with_template(style).expect("the template is a constant"));
    // A slow page must not look like a halt.
    bar.enable_steady_tick(Duration::from_millis(500));
    bar
}
