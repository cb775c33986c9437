//! Who decides commands: the engine; a benchmark may put something else in its place.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use domain::{Command, Timestamp};
use engine::{Answer, EngineHandle, Refused};

use crate::observe::{Stage, pass};

/// A future of [`Execute`].
pub type Executing<'a, T> = Pin<Box<dyn Future<Output = Result<T, Refused>> + Send + 'a>>;

/// Whatever stands in for the engine.
pub trait Execute: Send + Sync {
    /// As [`EngineHandle::execute`].
    fn execute(&self, command: Command) -> Executing<'_, Answer>;

    /// As [`EngineHandle::execute_all`].
    fn execute_all(&self, commands: Vec<Command>) -> Executing<'_, Vec<Answer>>;

    /// As [`EngineHandle::dry_run`]. A stand-in that knows no dry run refuses.
    fn dry_run(&self, commands: Vec<Command>) -> Executing<'_, Vec<Answer>> {
        drop(commands);
        Box::pin(std::future::ready(Err(Refused::Stopping)))
    }

    /// As [`EngineHandle::now`].
    fn now(&self) -> Timestamp;
}

/// The engine, called directly, or a stand-in, called through a pointer.
#[derive(Clone)]
pub enum Executor {
    /// The engine.
    Engine(EngineHandle),
    /// A stand-in.
    Other(Arc<dyn Execute>),
}

impl From<EngineHandle> for Executor {
    fn from(engine: EngineHandle) -> Self {
        Self::Engine(engine)
    }
}

impl From<Arc<dyn Execute>> for Executor {
    fn from(other: Arc<dyn Execute>) -> Self {
        Self::Other(other)
    }
}

impl Executor {
    pub(crate) async fn execute(&self, command: Command) -> Result<Answer, Refused> {
        pass(Stage::Given);
        let answered = match self {
            Self::Engine(engine) => engine.execute(command).await,
            Self::Other(other) => other.execute(command).await,
        };
        pass(Stage::Answered);
        answered
    }

    pub(crate) async fn execute_all(&self, commands: Vec<Command>) -> Result<Vec<Answer>, Refused> {
        pass(Stage::Given);
        let answered = match self {
            Self::Engine(engine) => engine.execute_all(commands).await,
            Self::Other(other) => other.execute_all(commands).await,
        };
        pass(Stage::Answered);
        answered
    }

    pub(crate) async fn dry_run(&self, commands: Vec<Command>) -> Result<Vec<Answer>, Refused> {
        match self {
            Self::Engine(engine) => engine.dry_run(commands).await,
            Self::Other(other) => other.dry_run(commands).await,
        }
    }

    pub(crate) fn now(&self) -> Timestamp {
        match self {
            Self::Engine(engine) => engine.now(),
            Self::Other(other) => other.now(),
        }
    }
}
