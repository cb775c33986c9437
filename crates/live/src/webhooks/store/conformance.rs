//! What every operations store must do, run against each.

use std::time::Duration;

use domain::{JournalId, KeyId, PrincipalId, Sequence, Timestamp};

use super::{ATTEMPTS_KEPT, MemoryOperations, OperationsStore, SqliteOperations};
use crate::webhooks::record::{
    Attempt, Creation, Cursor, DisabledReason, Failure, KeptSecret, Outcome, Settings, Status,
    Webhook, WebhookId,
};
use crate::webhooks::signature::SigningSecret;

pub(super) fn webhook() -> Webhook {
    let secret = |byte| SigningSecret::from_bytes(vec![byte; 32]).unwrap();
    Webhook {
        id: WebhookId(0),
        principal: PrincipalId(3),
        key: KeyId(7),
        settings: Settings {
            url: "https://example.com/hook".to_owned(),
            description: "Ein Wörtchen".to_owned(),
            filter: "{}".to_owned(),
        },
        status: Status::Active,
        created_at: Timestamp(5),
        secrets: vec![
            KeptSecret {
                secret: secret(1),
                created_at: Timestamp(5),
                expires_at: Some(Timestamp(9)),
            },
            KeptSecret { secret: secret(2), created_at: Timestamp(6), expires_at: None },
        ],
        creation: Some(Creation { key: u128::MAX, fingerprint: 1 }),
        cursor: Cursor::after(Sequence(40)),
    }
}

pub(super) fn attempt(number: u64) -> Attempt {
    let failed = Outcome::Failed(Failure::Timeout);
    Attempt {
        message: format!("w-1-{number}"),
        event: number.is_multiple_of(2).then_some(Sequence(number)),
        kind: "trade.settled".to_owned(),
        attempt: 1,
        at: Timestamp(1_000),
        duration: Duration::from_micros(number),
        outcome: if number.is_multiple_of(3) { failed } else { Outcome::Answered(204) },
    }
}

fn on_each(check: impl Fn(&dyn OperationsStore)) {
    check(&MemoryOperations::default());
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("operations.db");
    check(&SqliteOperations::open(&path, JournalId(1)).unwrap());
}

#[test]
fn what_is_kept_comes_back_as_it_was() {
    on_each(|store| {
        assert_eq!(store.load().unwrap(), []);
        let mut first = webhook();
        first.id = store.create(&first).unwrap();
        let mut second = Webhook { creation: None, secrets: Vec::new(), ..webhook() };
        second.id = store.create(&second).unwrap();
        assert_eq!(store.load().unwrap(), [first.clone(), second.clone()]);

        second.status = Status::Disabled(DisabledReason::Gone, Timestamp(77));
        second.secrets = first.secrets.clone();
        second.settings.url = "https://example.org/".to_owned();
        second.cursor = Cursor {
            after: Sequence(41),
            attempts: 2,
            failing_since: Some(Timestamp(8)),
            next_at: Some(Timestamp(80)),
        };
        store.replace(&second).unwrap();
        first.status = Status::Paused;
        store.replace(&first).unwrap();
        assert_eq!(store.load().unwrap(), [first.clone(), second.clone()]);

        first.cursor = Cursor::after(Sequence(90));
        store.advance(first.id, &first.cursor, None).unwrap();
        assert_eq!(store.load().unwrap(), [first, second]);
    });
}

#[test]
fn numbers_are_never_used_again() {
    on_each(|store| {
        let first = store.create(&webhook()).unwrap();
        let second = store.create(&webhook()).unwrap();
        store.remove(second).unwrap();
        store.remove(first).unwrap();
        let third = store.create(&webhook()).unwrap();
        assert!(first < second && second < third, "{first} {second} {third}");
    });
}

#[test]
fn what_is_not_there_stays_so() {
    on_each(|store| {
        let gone = WebhookId(99);
        store.replace(&Webhook { id: gone, ..webhook() }).unwrap();
        store.advance(gone, &Cursor::default(), Some(&attempt(1))).unwrap();
        store.remove(gone).unwrap();
        assert_eq!(store.load().unwrap(), []);
        assert_eq!(store.attempts(gone, None, 10).unwrap(), []);
    });
}

#[test]
fn attempts_come_newest_first_and_the_oldest_go() {
    on_each(|store| {
        let [one, other] = [(); 2].map(|()| store.create(&webhook()).unwrap());
        let count = ATTEMPTS_KEPT + 20;
        for number in 1..=count {
            store.advance(one, &Cursor::after(Sequence(number)), Some(&attempt(number))).unwrap();
        }
        store.advance(other, &Cursor::default(), Some(&attempt(4))).unwrap();
        let mut found = Vec::new();
        let mut before = None;
        loop {
            let page = store.attempts(one, before, 64).unwrap();
            let Some((last, _)) = page.last() else { break };
            before = Some(*last);
            found.extend(page.into_iter().map(|(_, attempt)| attempt));
        }
        let kept = (count - ATTEMPTS_KEPT + 1..=count).rev();
        assert_eq!(found, kept.map(attempt).collect::<Vec<_>>());
        assert_eq!(store.attempts(other, None, 10).unwrap(), [(1, attempt(4))]);

        store.remove(one).unwrap();
        assert_eq!(store.attempts(one, None, 10).unwrap(), []);
        assert_eq!(store.load().unwrap().len(), 1);
    });
}
