//! An executor that makes a single trade by one call of a Postgres function, one transaction each.

use std::sync::atomic::{AtomicUsize, Ordering};

use domain::{Action, Command, Identifier, Timestamp};
use engine::{Answer, Refused};
use gateway::{Execute, Executing};
use tokio_postgres::{Client, NoTls, Statement};

use crate::console;
use crate::failure::{Doing as _, Failure, Outcome};
use crate::peer::echo::{Echo, is_trade};

/// Connections to the database: what cannot run at once on the machine's cores still shares a sync.
const CONNECTIONS: usize = 64;

const CALL: &str = "SELECT id, recorded_micros FROM trade($1, $2, $3, $4, $5, $6, $7, $8)";

/// A pool of connections with the call prepared on each.
pub(super) struct Postgres {
    connections: Vec<(Client, Statement)>,
    turn: AtomicUsize,
    /// Parties below this are stations.
    stations: u32,
    /// Everything but single trades, and the answers to these: what is rendered is not what the
    /// database said, but costs the same.
    echo: Echo,
}

impl Postgres {
    /// Connects them all.
    pub(super) async fn connect(config: &str, stations: u32, echo: Echo) -> Outcome<Self> {
        let doing = "connecting to Postgres";
        let mut connections = Vec::with_capacity(CONNECTIONS);
        for _ in 0..CONNECTIONS {
            let (client, connection) = tokio_postgres::connect(config, NoTls).await.doing(doing)?;
            tokio::spawn(async move {
                if let Err(error) = connection.await {
                    console::note(&format!("a connection to Postgres: {error}"));
                }
            });
            let call = client.prepare(CALL).await.doing(doing)?;
            connections.push((client, call));
        }
        Ok(Self { connections, turn: AtomicUsize::new(0), stations, echo })
    }

    async fn trade(&self, command: &Command) -> Outcome<()> {
        let doing = "calling the function";
        let turn = self.turn.fetch_add(1, Ordering::Relaxed) % self.connections.len();
        let bad = || Failure::new(doing, "not a trade of this network, with a key and one line");
        let (client, call) = self.connections.get(turn).ok_or_else(bad)?;
        let (Action::Trade(trade), Some(key)) = (&command.action, command.key) else {
            return Err(bad());
        };
        let mut lines = trade.lines.iter();
        let (Some(line), None) = (lines.next(), lines.next()) else { return Err(bad()) };
        let hash = key.hash.to_be_bytes();
        let station = number(&trade.station, "station-").ok_or_else(bad)?;
        let commodity = number(&line.commodity, "commodity-").ok_or_else(bad)?;
        let buyer = self.party(&trade.buyer).ok_or_else(bad)?;
        let seller = self.party(&trade.seller).ok_or_else(bad)?;
        let quantity = i64::try_from(line.quantity.get()).doing(doing)?;
        let unit_price = i64::try_from(line.unit_price.get()).doing(doing)?;
        let fingerprint = key.fingerprint.cast_signed();
        let row = client
            .query_one(
                call,
                &[
                    &&hash[..],
                    &fingerprint,
                    &station,
                    &buyer,
                    &seller,
                    &commodity,
                    &quantity,
                    &unit_price,
                ],
            )
            .await
            .doing(doing)?;
        // Both are read, as they would have to be for an answer of their own.
        let _: (i64, i64) = (row.try_get(0).doing(doing)?, row.try_get(1).doing(doing)?);
        Ok(())
    }

    async fn answer(&self, command: Command) -> Result<Answer, Refused> {
        let Some(answer) = self.echo.again().filter(|_| is_trade(&command)) else {
            return self.echo.execute(command).await;
        };
        match self.trade(&command).await {
            Ok(()) => Ok(answer),
            Err(failure) => {
                console::note(&failure.to_string());
                Err(Refused::OutcomeUnknown)
            }
        }
    }

    /// A party's number in the database: stations, then traders.
    fn party(&self, id: &Identifier) -> Option<i32> {
        let stations = i32::try_from(self.stations).ok()?;
        number(id, "station-").or_else(|| Some(stations + number(id, "trader-")?))
    }
}

fn number(id: &Identifier, prefix: &str) -> Option<i32> {
    id.as_str().strip_prefix(prefix)?.parse().ok()
}

impl Execute for Postgres {
    fn execute(&self, command: Command) -> Executing<'_, Answer> {
        Box::pin(self.answer(command))
    }

    fn execute_all(&self, commands: Vec<Command>) -> Executing<'_, Vec<Answer>> {
        self.echo.execute_all(commands)
    }

    fn now(&self) -> Timestamp {
        self.echo.now()
    }
}
