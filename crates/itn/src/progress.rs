//! A progress bar where work is long and a person watches; silence otherwise.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::console;

/// A bar or a spinner on standard error; draws nothing when that is not a terminal.
pub(crate) struct Progress {
    bar: ProgressBar,
}

impl Progress {
    /// A bar that fills towards `total`.
    pub(crate) fn bar(total: u64, what: &'static str) -> Self {
        let bar = ProgressBar::with_draw_target(Some(total), target());
        bar.set_style(style("{msg} [{wide_bar:.dim}] {human_pos}/{human_len} {eta}"));
        bar.set_message(what);
        Self { bar }
    }

    /// A bar of which only the part that is done means something, not the numbers.
    pub(crate) fn part() -> Self {
        let bar = ProgressBar::with_draw_target(Some(1), target());
        bar.set_style(style("{msg} [{wide_bar:.dim}] {percent}% {eta}"));
        Self { bar }
    }

    /// One line that is rewritten in place; for work without an end.
    pub(crate) fn line() -> Self {
        let bar = ProgressBar::with_draw_target(None, target());
        bar.set_style(style("{msg}"));
        bar.enable_steady_tick(Duration::from_millis(250));
        Self { bar }
    }

    /// Fills the bar to `position`.
    pub(crate) fn at(&self, position: u64) {
        self.bar.set_position(position);
    }

    /// Fills a bar that may have another length now; it does not go back.
    pub(crate) fn of(&self, position: u64, total: u64) {
        self.bar.set_length(total);
        self.bar.set_position(position.max(self.bar.position()));
    }

    /// Replaces the text of the line.
    pub(crate) fn show(&self, text: String) {
        self.bar.set_message(text);
    }

    /// Writes a line above the bar without tearing it.
    pub(crate) fn note(&self, line: &str) {
        self.bar.suspend(|| console::note(line));
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

fn target() -> ProgressDrawTarget {
    if console::is_watched() { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() }
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}
