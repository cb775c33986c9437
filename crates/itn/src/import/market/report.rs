//! What came of an import of market observations, in words and numbers.

use std::fmt;

use crate::console::grouped;

use super::super::report::{Effect, Findings, Tally};

/// The report at the end.
#[derive(Debug)]
pub(crate) struct MarketReport {
    pub(super) observations_read: u64,
    /// Prices that became no offer, as how much is for sale or wanted was never seen.
    pub(super) prices_unpromised: u64,
    pub(super) findings: Findings,
    pub(super) tally: Tally,
}

impl MarketReport {
    /// Whether the server took all that the rows said.
    pub(crate) fn is_complete(&self) -> bool {
        self.tally.is_complete()
    }
}

impl fmt::Display for MarketReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tally = &self.tally;
        let count = |effect| grouped(tally.count(effect));
        let amount = |effect| grouped(tally.amount(effect));
        writeln!(f, "read          {} observations", grouped(self.observations_read))?;
        self.findings.write_skipped(f)?;
        writeln!(f, "stations      {}", count(Effect::Station))?;
        writeln!(f, "commodities   {}", count(Effect::Commodity))?;
        writeln!(f, "stock counts  {}", count(Effect::Count))?;
        let (trades, value) = (count(Effect::Trade), amount(Effect::Trade));
        writeln!(f, "trades        {trades}, worth {value} credits")?;
        let (posted, withdrawn) = (count(Effect::Offer), count(Effect::Withdrawal));
        writeln!(f, "offers        {posted} posted, {withdrawn} withdrawn")?;
        let unpromised = grouped(self.prices_unpromised);
        writeln!(f, "no offer      for {unpromised} prices, as their quantity was never seen")?;
        let issued = amount(Effect::Credits);
        writeln!(f, "issued        {issued} credits, so that every payer could pay")?;
        write!(f, "{tally}")?;
        if tally.refused_count("count_stale") > 0 {
            write!(
                f,
                "\n              count_stale: the server holds other stock there than these files \
                 say; what is there was left as it is"
            )?;
        }
        if tally.refused_count("insufficient_stock") > 0 {
            write!(
                f,
                "\n              insufficient_stock: the server holds less there than these files \
                 say, so it was not promised"
            )?;
        }
        Ok(())
    }
}
