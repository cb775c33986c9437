//! Writes: what is sent, with which key, and what came of it.

use std::future::{Future, IntoFuture};
use std::marker::PhantomData;
use std::pin::Pin;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::{Client, DryRun, Error, Request};

/// A write that was not sent yet: await it.
///
/// It has an idempotency key of its own making, so that it acts once however often it is sent. Give it
/// [a key](Self::key) of yours where it must act once across restarts of your program, too.
#[must_use = "a write does nothing until it is awaited"]
#[derive(Debug)]
pub struct Write<T> {
    client: Client,
    request: Result<Request, Error>,
    answer: PhantomData<fn() -> T>,
}

/// What came of a write.
#[derive(Debug, Clone, PartialEq)]
pub struct Written<T> {
    /// The server's answer.
    pub value: T,
    /// Whether it stood already, under the same key.
    pub is_replayed: bool,
    /// The status of HTTP: 201 for what is new.
    pub status: u16,
}

impl<T: DeserializeOwned> Write<T> {
    /// With a key.
    pub(crate) fn keyed(
        client: &Client,
        method: &'static str,
        path: String,
        body: Option<&impl Serialize>,
    ) -> Self {
        let request = Request::write(method, path, body, Some(String::new()));
        Self { client: client.clone(), request, answer: PhantomData }
    }

    /// Of an operation that takes none.
    pub(crate) fn once(
        client: &Client,
        method: &'static str,
        path: String,
        body: Option<&impl Serialize>,
    ) -> Self {
        let request = Request::write(method, path, body, None);
        Self { client: client.clone(), request, answer: PhantomData }
    }

    /// With this key: the same write with it acts once, however often and from wherever it is sent.
    /// Of an operation that takes no key, this is passed over.
    pub fn key(mut self, key: impl Into<String>) -> Self {
        if let Ok(Request { idempotency_key: Some(own), .. }) = &mut self.request {
            *own = key.into();
        }
        self
    }

    /// Sends it, and says also whether it stood already.
    pub async fn send(self) -> Result<Written<T>, Error> {
        let answer = self.client.send(&with_key(self.request?)?).await?.accepted()?;
        let is_replayed = answer.headers.contains_key("idempotency-replayed");
        Ok(Written { value: answer.json()?, is_replayed, status: answer.status })
    }

    /// Asks what would come of it now. Nothing is changed.
    pub async fn dry_run(self) -> Result<DryRun, Error> {
        let mut request = self.request?;
        request.path.push_str("?dryRun=true");
        request.idempotency_key = None;
        request.is_repeatable = true;
        self.client.send(&request).await?.accepted()?.json()
    }
}

impl<T: DeserializeOwned + Send + 'static> IntoFuture for Write<T> {
    type Output = Result<T, Error>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move { Ok(self.send().await?.value) })
    }
}

/// The same request; a key that is still empty is made.
fn with_key(mut request: Request) -> Result<Request, Error> {
    if let Some(key) = request.idempotency_key.as_mut().filter(|key| key.is_empty()) {
        *key = new_key(&request.path)?;
    }
    Ok(request)
}

/// A key that nobody else has: 128 random bits.
pub(crate) fn new_key(what: &str) -> Result<String, Error> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(|error| {
        // Without one a retry could act twice.
        crate::Failure::BadRequest(format!("no randomness for a key: {error}")).of(what, 0)
    })?;
    Ok(format!("{:032x}", u128::from_be_bytes(bytes)))
}
