//! Lists: items one by one, read page by page.

use std::collections::VecDeque;

use futures_util::Stream;
use futures_util::stream::try_unfold;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::query::{Query, address};
use crate::{AsOf, Client, Error, Failure, Request};

/// A part of a list.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Page<T> {
    /// Of this page.
    pub items: Vec<T>,
    /// Where the next page begins; none at the end.
    pub next_cursor: Option<String>,
    /// How far the read has seen.
    pub as_of: AsOf,
}

/// A list that is read as far as it is asked for.
#[derive(Debug)]
pub struct Pages<T> {
    client: Client,
    /// The page to read next.
    next: Option<String>,
    items: VecDeque<T>,
}

impl Client {
    /// A list at a path, for what has no method of its own; `T` may be
    /// [`RawValue`](serde_json::value::RawValue) in a box, which is the server's very bytes.
    pub fn pages<T: DeserializeOwned>(
        &self,
        path: impl AsRef<str>,
        query: &(impl Query + ?Sized),
    ) -> Pages<T> {
        let next = Some(address(path.as_ref(), query));
        Pages { client: self.clone(), next, items: VecDeque::new() }
    }
}

impl<T: DeserializeOwned> Pages<T> {
    /// The next item; none at the end.
    pub async fn next(&mut self) -> Result<Option<T>, Error> {
        while self.items.is_empty() {
            match self.next_page().await? {
                Some(page) => self.items.extend(page.items),
                None => return Ok(None),
            }
        }
        Ok(self.items.pop_front())
    }

    /// The next page; none at the end. A page that cannot be read may be asked for again.
    pub async fn next_page(&mut self) -> Result<Option<Page<T>>, Error> {
        let Some(path) = &self.next else {
            return Ok(None);
        };
        let request = Request::get(path.clone());
        let answer = self.client.send(&request).await?.accepted()?;
        let page: Page<T> = answer.json()?;
        // The link has all that was asked, whatever the parameter is called that goes on.
        self.next = answer.next_page();
        if page.next_cursor.is_some() != self.next.is_some() {
            let why = "a list does not say where its next page is".to_owned();
            return Err(Failure::NotUnderstood(why).of(request.what(), 1));
        }
        Ok(Some(page))
    }

    /// The items up to so many.
    pub async fn collect(mut self, items_max: usize) -> Result<Vec<T>, Error> {
        let mut items = Vec::new();
        while items.len() < items_max
            && let Some(item) = self.next().await?
        {
            items.push(item);
        }
        Ok(items)
    }

    /// The items as a stream, for combinators.
    pub fn into_stream(self) -> impl Stream<Item = Result<T, Error>> {
        try_unfold(
            self,
            |mut pages| async move { Ok(pages.next().await?.map(|item| (item, pages))) },
        )
    }
}
