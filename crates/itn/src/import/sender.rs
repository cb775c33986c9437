//! Sends planned lines in chunks, in order, and takes in what became of each.

use std::collections::{BTreeMap, BTreeSet};

use crate::client::{
    Client, ClientError, LINES_MAX, Line, LineOutcome, NetworkClock, ServerOptions, post_lines,
};
use crate::progress::Progress;

use super::ImportError;
use super::planned::PlannedLine;
use super::report::{Effect, Findings, Tally};

/// An import under way.
pub(super) struct Sender {
    client: Client,
    progress: Progress,
    /// Planned and not sent yet.
    pub(super) waiting: Vec<PlannedLine>,
    pub(super) findings: Findings,
    tally: Tally,
    /// What stands and other lines may need, with the server's identifier of it.
    standing: BTreeMap<String, Option<String>>,
}

impl Sender {
    /// Tells what is wrong with the files, whether or not there is a server; then looks for it.
    pub(super) async fn new(
        server: &ServerOptions,
        rows_count: u64,
        findings: Findings,
    ) -> Result<Self, ImportError> {
        let mut sender = Self {
            client: server.client().map_err(unsent)?,
            progress: Progress::bar(rows_count, "importing"),
            waiting: Vec::new(),
            findings,
            tally: Tally::default(),
            standing: BTreeMap::new(),
        };
        sender.tell();
        NetworkClock::read(&sender.client).await.map_err(unsent)?;
        Ok(sender)
    }

    /// Sends whole chunks of what waits, after `rows_done` rows.
    pub(super) async fn send_full(&mut self, rows_done: u64) -> Result<(), ImportError> {
        while self.waiting.len() >= LINES_MAX {
            self.send().await?;
            self.progress.at(rows_done);
        }
        Ok(())
    }

    /// Sends all that waits.
    pub(super) async fn finish(mut self) -> Result<(Findings, Tally), ImportError> {
        while !self.waiting.is_empty() {
            self.send().await?;
        }
        self.tell();
        Ok((self.findings, self.tally))
    }

    /// Sends one chunk of what waits and takes in the answers, in order.
    async fn send(&mut self) -> Result<(), ImportError> {
        let chunk = self.next_chunk();
        if chunk.is_empty() {
            return Ok(());
        }
        let lines_done = self.tally.standing_count();
        let failed = |error| ImportError::Server { error, lines_done };
        let lines: Result<Vec<_>, _> = chunk.iter().map(|line| Line::raw(&*line.json)).collect();
        let lines = lines.map_err(|error| failed(error.into()))?;
        let outcomes = post_lines(&self.client, &lines).await.map_err(failed)?;
        for (line, outcome) in chunk.into_iter().zip(outcomes) {
            let outcome = match outcome {
                // Others took all of it: it is as gone as it shall be.
                LineOutcome::Refused(problem)
                    if line.effect == Effect::Withdrawal && problem.code == "offer_closed" =>
                {
                    LineOutcome::Unchanged
                }
                outcome => outcome,
            };
            self.tally.take(line.effect, line.amount, &outcome);
            match outcome {
                LineOutcome::Refused(problem) => {
                    let (what, why) = (line.effect.to_string(), problem.to_string());
                    self.findings.refused(line.input, line.line, &what, &why);
                }
                LineOutcome::Accepted { id, .. } | LineOutcome::Replayed { id } => {
                    if let Some(subject) = line.gives {
                        self.standing.insert(subject, id);
                    }
                }
                LineOutcome::Unchanged => {
                    if let Some(subject) = line.gives {
                        self.standing.entry(subject).or_insert(None);
                    }
                }
            }
        }
        self.tell();
        Ok(())
    }

    /// The lines up to one that needs to know what becomes of another of them. What needs a line
    /// that was refused is not sent.
    fn next_chunk(&mut self) -> Vec<PlannedLine> {
        let mut chunk = Vec::new();
        let mut given = BTreeSet::new();
        let mut taken_count = 0;
        for line in &self.waiting {
            if chunk.len() == LINES_MAX {
                break;
            }
            let mut line = line.clone();
            if let Some(need) = &line.needs {
                if given.contains(&need.subject) {
                    break;
                }
                let standing = if need.ends {
                    self.standing.remove(&need.subject)
                } else {
                    self.standing.get(&need.subject).cloned()
                };
                match (standing, need.member) {
                    (Some(_), None) => {}
                    (Some(Some(id)), Some(member)) => line.name(member, &id),
                    (None, _) | (Some(None), Some(_)) => {
                        self.tally.hold_back();
                        taken_count += 1;
                        continue;
                    }
                }
            }
            if let Some(subject) = &line.gives {
                given.insert(subject.clone());
            }
            taken_count += 1;
            chunk.push(line);
        }
        self.waiting.drain(..taken_count);
        chunk
    }

    fn tell(&mut self) {
        for line in self.findings.take_lines() {
            self.progress.note(&line);
        }
    }
}

fn unsent(error: ClientError) -> ImportError {
    ImportError::Server { error, lines_done: 0 }
}

#[cfg(test)]
mod tests;
