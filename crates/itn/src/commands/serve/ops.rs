//! How long what can be counted again is kept.

use views::analytics::Retention;

use crate::commands::whole;

/// More days than any network has.
const DAYS_MAX: u64 = 36_500;

/// What `itn serve` keeps.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Keeping {
    /// Days of network time that figures are kept by the minute; by the day they are kept for ever
    #[arg(long, env = "ITN_RETAIN_MINUTES", default_value_t = Retention::default().minutes_days,
          value_name = "DAYS", value_parser = whole::<u32>(1, DAYS_MAX))]
    retain_minutes: u32,
    /// Days of network time that figures are kept by the hour
    #[arg(long, env = "ITN_RETAIN_HOURS", default_value_t = Retention::default().hours_days,
          value_name = "DAYS", value_parser = whole::<u32>(1, DAYS_MAX))]
    retain_hours: u32,
}

impl Keeping {
    pub(crate) fn retention(&self) -> Retention {
        Retention { minutes_days: self.retain_minutes, hours_days: self.retain_hours }
    }
}
