//! `itn key`: the API keys of a running server.
//!
//! A secret goes to standard output alone, so that it can be captured; everything about it to standard
//! error.

use std::process::ExitCode;

use itn_client::{Answer, Request};
use serde::Deserialize;
use serde_json::{Value, json};
use thiserror::Error;

use crate::client::{Client, ClientError, ServerOptions};
use crate::commands::{fail, whole};
use crate::console;

/// Random bytes of an idempotency key: no two commands are taken for one.
const IDEMPOTENCY_BYTES: usize = 16;

/// Make, list, rotate and end API keys
#[derive(Debug, clap::Subcommand)]
pub(crate) enum KeyCommand {
    /// Make a key; its secret is printed once, alone on standard output
    Create(Create),
    /// List all keys, those that have ended included
    List(List),
    /// Make another key in the place of one, which stays good for a while
    Rotate(Rotate),
    /// End a key, and what was opened with it
    Revoke(Revoke),
}

/// Options of `itn key create`.
#[derive(Debug, clap::Args)]
pub(crate) struct Create {
    /// For whom it speaks: created with the first key that names it
    #[arg(long, value_name = "NAME")]
    principal: String,
    /// What the principal may do: admin, operator, viewer, trader or carrier
    #[arg(long)]
    role: String,
    /// A trader that it acts for; for the roles trader and carrier, as often as there are accounts
    #[arg(long = "account", value_name = "TRADER")]
    accounts: Vec<String>,
    /// When it ends by itself, such as 90d, 12h, 30m or 45s of network time; never if not given
    #[arg(long, value_name = "DURATION", value_parser = seconds)]
    expires_in: Option<u64>,
    #[command(flatten)]
    common: Common,
}

/// Options of `itn key list`.
#[derive(Debug, clap::Args)]
pub(crate) struct List {
    #[command(flatten)]
    common: Common,
}

/// Options of `itn key rotate`.
#[derive(Debug, clap::Args)]
pub(crate) struct Rotate {
    /// The key, as the list says
    #[arg(value_name = "KEY_ID", value_parser = whole::<u32>(0, u64::from(u32::MAX)))]
    id: u32,
    /// How long the old key stays good, such as 1h; 0 ends it at once, which the last lasting key
    /// of an administrator is spared. A day if not given
    #[arg(long, value_name = "DURATION", value_parser = seconds)]
    keep_old: Option<u64>,
    /// When the new key ends by itself; after as long as the old one was to last if not given
    #[arg(long, value_name = "DURATION", value_parser = seconds)]
    expires_in: Option<u64>,
    #[command(flatten)]
    common: Common,
}

/// Options of `itn key revoke`.
#[derive(Debug, clap::Args)]
pub(crate) struct Revoke {
    /// The key, as the list says
    #[arg(value_name = "KEY_ID", value_parser = whole::<u32>(0, u64::from(u32::MAX)))]
    id: u32,
    #[command(flatten)]
    common: Common,
}

#[derive(Debug, clap::Args)]
struct Common {
    /// Print the server's answers as JSON, one a line
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    server: ServerOptions,
}

#[derive(Debug, Error)]
enum KeyError {
    #[error(transparent)]
    Client(ClientError),
    #[error("no random bytes: {0}")]
    Random(getrandom::Error),
    #[error("the server's answer is not understood: {0}")]
    NotUnderstood(serde_json::Error),
    /// The first answer was lost, and with it the only copy of the secret.
    #[error(
        "key {0} was made, but the answer that showed its secret was lost: rotate it, or \
         revoke it"
    )]
    SecretLost(u32),
}

impl<E: Into<ClientError>> From<E> for KeyError {
    fn from(error: E) -> Self {
        Self::Client(error.into())
    }
}

/// What the server says of a key.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Key {
    #[serde(rename = "keyId")]
    id: u32,
    principal: String,
    role: String,
    #[serde(default)]
    accounts: Vec<String>,
    #[serde(default)]
    status: String,
    expires_at: Option<String>,
    #[serde(default)]
    last_used_at: Option<String>,
    /// The secret, where it is shown.
    #[serde(default, rename = "key")]
    secret: Option<String>,
}

pub(crate) async fn run(command: KeyCommand) -> ExitCode {
    let done = match command {
        KeyCommand::Create(create) => create.run().await,
        KeyCommand::List(list) => list.run().await,
        KeyCommand::Rotate(rotate) => rotate.run().await,
        KeyCommand::Revoke(revoke) => revoke.run().await,
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(&error),
    }
}

impl Create {
    async fn run(self) -> Result<(), KeyError> {
        let mut body = json!({ "principal": self.principal, "role": self.role });
        if !self.accounts.is_empty() {
            body["accounts"] = json!(self.accounts);
        }
        if let Some(seconds) = self.expires_in {
            body["expiresInSeconds"] = json!(seconds);
        }
        let (key, _) = self.common.make("/api/keys".to_owned(), &body).await?;
        console::note(&format!("{}; it is shown this once", described(&key)));
        Ok(())
    }
}

impl Rotate {
    async fn run(self) -> Result<(), KeyError> {
        let mut body = json!({});
        if let Some(seconds) = self.keep_old {
            body["keepOldSeconds"] = json!(seconds);
        }
        if let Some(seconds) = self.expires_in {
            body["expiresInSeconds"] = json!(seconds);
        }
        let path = format!("/api/keys/{}/rotate", self.id);
        let (key, client) = self.common.make(path, &body).await?;
        console::note(&format!("{}; it is shown this once", described(&key)));
        // It is done, and the secret is out: that this cannot be told is no failure of the rotation.
        let keys = keys(&client).await.unwrap_or_default();
        for (old, _) in keys.into_iter().filter(|(old, _)| old.id == self.id) {
            let end = old.expires_at.filter(|_| old.status == "active");
            let end = end.map_or_else(|| "has ended".to_owned(), |end| format!("ends at {end}"));
            console::note(&format!("key {}, in whose place it is, {end}", self.id));
        }
        Ok(())
    }
}

impl List {
    async fn run(self) -> Result<(), KeyError> {
        let client = self.common.server.client()?;
        let keys = keys(&client).await?;
        if self.common.json {
            for (_, json) in &keys {
                console::say(&json.to_string());
            }
            return Ok(());
        }
        let row = |cells: [&str; 6]| {
            let [id, status, role, used, ends, who] = cells;
            let line = format!("{id:>5}  {status:<8} {role:<9} {used:<28} {ends:<28} {who}");
            console::say(&line);
        };
        row(["key", "status", "role", "last used", "expires", "principal"]);
        for (key, _) in &keys {
            let id = key.id.to_string();
            let used = key.last_used_at.as_deref().unwrap_or("never");
            let ends = key.expires_at.as_deref().unwrap_or("never");
            row([&id, &key.status, &key.role, used, ends, &key.principal]);
        }
        Ok(())
    }
}

impl Revoke {
    async fn run(self) -> Result<(), KeyError> {
        let client = self.common.server.client()?;
        let answer = write(&client, "DELETE", format!("/api/keys/{}", self.id), None).await?;
        if self.common.json {
            console::say(&answer.json::<Value>()?.to_string());
        }
        let key = answer.json::<Key>()?;
        let (id, whose) = (key.id, key.principal);
        console::note(&format!("key {id} of {whose} is {}", key.status));
        Ok(())
    }
}

impl Common {
    /// Has a key made, and prints its secret.
    async fn make(&self, path: String, body: &Value) -> Result<(Key, Client), KeyError> {
        let client = self.server.client()?;
        let answer = write(&client, "POST", path, Some(body)).await?;
        let key = answer.json::<Key>()?;
        let secret = key.secret.as_deref().ok_or(KeyError::SecretLost(key.id))?;
        if self.json {
            console::say(&answer.json::<Value>()?.to_string());
        } else {
            console::say(secret);
        }
        Ok((key, client))
    }
}

/// All keys, page by page, each as what is told of it and as the server said it.
async fn keys(client: &Client) -> Result<Vec<(Key, Value)>, KeyError> {
    let mut next = Some("/api/keys?limit=1000".to_owned());
    let mut keys = Vec::new();
    while let Some(path) = next.take() {
        let answer = client.send(&Request::get(path)).await?.accepted()?;
        let page: Value = answer.json()?;
        for item in page["items"].as_array().into_iter().flatten() {
            let key = Key::deserialize(item).map_err(KeyError::NotUnderstood)?;
            keys.push((key, item.clone()));
        }
        next = answer.next_page();
    }
    Ok(keys)
}

fn described(key: &Key) -> String {
    let accounts = if key.accounts.is_empty() {
        String::new()
    } else {
        format!(" for {}", key.accounts.join(", "))
    };
    let end = match &key.expires_at {
        None => "good until it is revoked".to_owned(),
        Some(end) => format!("good until {end}"),
    };
    format!("key {} of {}, {}{accounts}, {end}", key.id, key.principal, key.role)
}

/// What the server says to a write, which acts once however often it is sent.
async fn write(
    client: &Client,
    method: &'static str,
    path: String,
    body: Option<&Value>,
) -> Result<Answer, KeyError> {
    let request = Request::write(method, path, body, Some(idempotency_key()?))?;
    Ok(client.send(&request).await?.accepted()?)
}

/// A key under which this command alone is retried.
fn idempotency_key() -> Result<String, KeyError> {
    let mut random = [0_u8; IDEMPOTENCY_BYTES];
    getrandom::fill(&mut random).map_err(KeyError::Random)?;
    Ok(format!("{:032x}", u128::from_le_bytes(random)))
}

/// `90d`, `12h`, `30m`, `45s` or `45` as seconds.
fn seconds(text: &str) -> Result<u64, String> {
    let wrong = || "a whole number and s, m, h or d, such as 90d".to_owned();
    let (number, unit) = match text.char_indices().last() {
        Some((at, 's')) => (&text[..at], 1),
        Some((at, 'm')) => (&text[..at], 60),
        Some((at, 'h')) => (&text[..at], 3_600),
        Some((at, 'd')) => (&text[..at], 86_400),
        _ => (text, 1),
    };
    if !number.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(wrong());
    }
    let number = number.parse::<u64>().map_err(|_| wrong())?;
    number.checked_mul(unit).ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_numbers_with_a_unit() {
        let known = [("90d", 7_776_000), ("12h", 43_200), ("30m", 1_800), ("45s", 45), ("0", 0)];
        for (text, expected) in known {
            assert_eq!(seconds(text), Ok(expected), "{text}");
        }
        for wrong in ["", "d", "-1d", "+1d", "1.5h", "1 h", "1w", "99999999999999999999", "1é"] {
            assert!(seconds(wrong).is_err(), "{wrong}");
        }
        assert!(seconds(&format!("{}d", u64::MAX)).is_err());
    }
}
