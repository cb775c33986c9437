//! What is sent, in which order, how often, and when no more.

use std::time::Duration;

use domain::{Event, KeyId, Sequence};

use super::network::{BEGIN, Network, SECRET, sequence, status, wanted};
use crate::webhooks::{
    Change, DisabledReason, Failure, Outcome, Sent, SigningSecret, Status, WebhookError, signatures,
};

fn is_disabled(status: Status, reason: DisabledReason) -> bool {
    matches!(status, Status::Disabled(found, _) if found == reason)
}

#[tokio::test(start_paused = true)]
async fn what_is_wanted_arrives_in_order_signed_and_once() {
    let network = Network::new();
    let mut server = network.start();
    server.commit([1, 2]);
    let all = server.create(wanted(0, "")).await;
    let some = server.create(wanted(0, "2 3")).await;
    let own = server.create(wanted(3, "")).await;
    server.commit([1, 2, 3, 1]);
    server.commit([3]);
    server.until("the last event", || network.receiver.accepted().len() == 5 + 3 + 2).await;
    let got = network.receiver.got.lock().clone();
    let of = |id| -> Vec<_> {
        let own = got.iter().filter(|(message, _)| message.webhook == id);
        own.filter_map(|(message, _)| sequence(message)).collect()
    };
    assert_eq!(of(all.id), [3, 4, 5, 6, 7]);
    assert_eq!(of(some.id), [4, 5, 7]);
    assert_eq!(of(own.id), [5, 7]);
    let (first, _) = got.iter().find(|(message, _)| message.webhook == all.id).unwrap();
    assert_eq!((first.id.as_str(), &first.body[..]), ("w-1-3-tag", &b"3"[..]));
    let secret = SigningSecret::from_bytes(SECRET.to_vec()).unwrap();
    assert_eq!(first.signature, signatures([&secret], "w-1-3-tag", first.at, b"3"));
    let log = server.log(some.id).await;
    let noted: Vec<_> = log.iter().map(|attempt| (attempt.event, attempt.outcome)).collect();
    let accepted = Outcome::Answered(204);
    assert_eq!(noted, [4, 5, 7].map(|event| (Some(Sequence(event)), accepted)));
    assert_eq!((log[0].kind.as_str(), log[0].attempt), ("credits.issued", 1));
}

#[tokio::test(start_paused = true)]
async fn what_is_not_accepted_is_tried_for_days_and_holds_back_what_follows() {
    let network = Network::new();
    network.receiver.answers(|message| match sequence(message) {
        Some(1) => status(500),
        _ => status(200),
    });
    let mut server = network.start();
    let webhook = server.create(wanted(0, "")).await;
    server.commit([1, 1]);
    let id = webhook.id;
    server
        .until("its end", || is_disabled(server.webhook(id).status, DisabledReason::Failing))
        .await;
    let times = network.receiver.times();
    let pauses: Vec<_> = times.windows(2).map(|pair| pair[1] - pair[0]).collect();
    let planned = [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400];
    assert_eq!(pauses.len(), planned.len());
    for (pause, planned) in pauses.iter().zip(planned) {
        assert!((planned..=planned + planned / 10 + 1).contains(pause), "{pauses:?}");
    }
    let got = network.receiver.got.lock().clone();
    assert!(got.iter().all(|(message, _)| message.id == "w-1-1-tag"));
    assert_eq!(server.log(id).await.len(), 10);
    let cursor = server.webhook(id).cursor;
    assert_eq!((cursor.after, cursor.attempts, cursor.next_at), (Sequence::ZERO, 10, None));
    assert_eq!(cursor.failing_since.map(|at| at.0 / 1_000_000), Some(got[0].0.at));

    // Its owner mends it: nothing was lost.
    network.receiver.answers(|_| status(200));
    let resumed = Change { active: Some(true), ..Change::default() };
    server.webhooks.change(id, resumed).await.unwrap();
    server.until("both", || network.receiver.accepted() == [1, 2]).await;
    assert_eq!(server.webhook(id).status, Status::Active);
}

#[tokio::test(start_paused = true)]
async fn a_failure_is_one_whatever_it_is_and_passes() {
    let network = Network::new();
    let mut failures = vec![
        Sent { retry_after: Some(Duration::from_mins(50)), ..status(503) },
        Failure::Timeout.into(),
        Failure::AddressRefused.into(),
        status(302),
        status(404),
    ];
    network.receiver.answers(move |_| failures.pop().unwrap_or_else(|| status(200)));
    let mut server = network.start();
    let webhook = server.create(wanted(0, "")).await;
    server.commit([1, 1]);
    server.until("both", || network.receiver.accepted() == [1, 2]).await;
    let outcomes: Vec<_> = server.log(webhook.id).await.iter().map(|at| at.outcome).collect();
    let expected = [
        Outcome::Answered(404),
        Outcome::Answered(302),
        Outcome::Failed(Failure::AddressRefused),
        Outcome::Failed(Failure::Timeout),
        Outcome::Answered(503),
        Outcome::Answered(200),
        Outcome::Answered(200),
    ];
    assert_eq!(outcomes, expected);
    // The fifth pause would be five hours: the receiver asked for less, and does not get it.
    let times = network.receiver.times();
    assert!(times[5] - times[4] >= 5 * 3_600, "{times:?}");
    assert_eq!(server.webhook(webhook.id).cursor.attempts, 0);
}

#[tokio::test(start_paused = true)]
async fn a_receiver_that_is_gone_gets_no_more() {
    let network = Network::new();
    network.receiver.answers(|_| status(410));
    let mut server = network.start();
    let id = server.create(wanted(0, "")).await.id;
    server.commit([1, 1]);
    server.until("its end", || is_disabled(server.webhook(id).status, DisabledReason::Gone)).await;
    server.commit([1]);
    tokio::time::sleep(Duration::from_hours(200)).await;
    assert_eq!(network.receiver.got.lock().len(), 1);
    assert_eq!(server.webhook(id).cursor.after, Sequence::ZERO);
}

#[tokio::test(start_paused = true)]
async fn without_its_key_it_ends_even_while_it_waits() {
    let network = Network::new();
    network.receiver.answers(|_| status(500));
    let mut server = network.start();
    let waiting = server.create(wanted(4, "")).await.id;
    let idle = server.create(wanted(4, "1")).await.id;
    let other = server.create(wanted(5, "")).await.id;
    server.commit([4]);
    server.until("a few attempts", || server.webhook(waiting).cursor.attempts == 4).await;
    network.keys.0.lock().remove(&KeyId(4));
    server.commit_all(std::iter::once(Event::KeyRevoked { key: KeyId(4) }));
    let before = network.now();
    let ended = |id| is_disabled(server.webhook(id).status, DisabledReason::KeyRevoked);
    server.until("their end", || ended(waiting) && ended(idle)).await;
    assert!(network.now().0 - before.0 < 60_000_000, "soon, and not at the next attempt");
    assert_eq!(server.webhook(other).status, Status::Active);
    let resumed = Change { active: Some(true), ..Change::default() };
    let refused = server.webhooks.change(idle, resumed.clone()).await;
    assert!(matches!(refused, Err(WebhookError::KeyRevoked)), "{refused:?}");
    let taken = Change { key: Some(KeyId(6)), ..resumed };
    assert_eq!(server.webhooks.change(idle, taken).await.unwrap().key, KeyId(6));
    assert_eq!(server.webhook(idle).status, Status::Active);
}

#[tokio::test(start_paused = true)]
async fn what_it_cannot_understand_ends_it() {
    let network = Network::new();
    let mut server = network.start();
    let id = server.create(wanted(0, "not-a-number")).await.id;
    server.commit([1]);
    server
        .until("its end", || is_disabled(server.webhook(id).status, DisabledReason::Invalid))
        .await;
}

#[tokio::test(start_paused = true)]
async fn a_pause_holds_everything_and_loses_nothing() {
    let network = Network::new();
    let mut server = network.start();
    let id = server.create(wanted(0, "")).await.id;
    let set = |active| Change { active: Some(active), ..Change::default() };
    server.webhooks.change(id, set(false)).await.unwrap();
    server.commit([1, 1]);
    tokio::time::sleep(Duration::from_hours(1)).await;
    assert!(network.receiver.got.lock().is_empty());
    server.webhooks.change(id, set(true)).await.unwrap();
    server.until("both", || network.receiver.accepted() == [1, 2]).await;
}

#[tokio::test(start_paused = true)]
async fn another_url_and_filter_hold_from_the_next_attempt_on() {
    let network = Network::new();
    network.receiver.answers(|message| match message.target.as_str() {
        "https://example.org/" => status(200),
        _ => status(500),
    });
    let mut server = network.start();
    let id = server.create(wanted(0, "")).await.id;
    server.commit([1, 2]);
    server.until("attempts", || server.webhook(id).cursor.attempts == 5).await;
    let change = Change {
        url: Some("https://example.org/".to_owned()),
        filter: Some("2".to_owned()),
        description: Some("mended".to_owned()),
        ..Change::default()
    };
    let before = network.now();
    server.webhooks.change(id, change).await.unwrap();
    server.until("the second", || network.receiver.accepted() == [2]).await;
    assert!(network.now().0 - before.0 < 60_000_000, "at once, and not at the next attempt");
    assert_eq!(server.webhook(id).settings.description, "mended");
    let wrong = Change { url: Some("http://example.org/".to_owned()), ..Change::default() };
    let refused = server.webhooks.change(id, wrong).await;
    assert!(matches!(refused, Err(WebhookError::Target(_))), "{refused:?}");
}

#[tokio::test(start_paused = true)]
async fn what_came_before_is_sent_again_on_request() {
    let network = Network::new();
    let mut server = network.start();
    let id = server.create(wanted(3, "3")).await.id;
    server.commit([3, 3, 1, 3]);
    server.until("all", || network.receiver.accepted() == [1, 2, 4]).await;
    server.webhooks.replay(id, Sequence(1)).await.unwrap();
    server.until("some again", || network.receiver.accepted() == [1, 2, 4, 2, 4]).await;
    let past = server.webhooks.replay(id, Sequence(5)).await;
    assert!(matches!(past, Err(WebhookError::UnknownPosition(Sequence(4)))), "{past:?}");

    let single = server.webhooks.resend(id, Sequence(2)).await.unwrap();
    assert_eq!(single.message, "w-1-2-tag");
    assert_eq!(network.receiver.accepted(), [1, 2, 4, 2, 4, 2]);
    assert_eq!(server.log(id).await.last(), Some(&single));
    // Of others, not to be seen, or not there at all.
    for unseen in [0, 3, 5, u64::MAX] {
        let refused = server.webhooks.resend(id, Sequence(unseen)).await;
        assert!(matches!(refused, Err(WebhookError::UnknownEvent)), "{unseen}: {refused:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_cursor_that_its_owner_moves_is_not_moved_back_by_what_is_under_way() {
    let network = Network::new();
    let mut server = network.start();
    let id = server.create(wanted(0, "")).await.id;
    let webhooks = server.webhooks.clone();
    let mut first = true;
    // The owner asks for everything again while the third is under way.
    network.receiver.answers(move |message| {
        if sequence(message) == Some(3) && std::mem::take(&mut first) {
            let webhooks = webhooks.clone();
            tokio::spawn(async move { webhooks.replay(id, Sequence::ZERO).await });
            return status(500);
        }
        status(200)
    });
    server.commit([1, 1, 1, 1]);
    server.until("all again", || network.receiver.accepted() == [1, 2, 1, 2, 3, 4]).await;
}

#[tokio::test(start_paused = true)]
async fn secrets_change_while_both_are_good() {
    let network = Network::new();
    let mut server = network.start();
    let id = server.create(wanted(0, "")).await.id;
    let next = SigningSecret::from_bytes(vec![8; 32]).unwrap();
    let hour = Duration::from_hours(1);
    server.webhooks.add_secret(id, next.clone(), hour).await.unwrap();
    server.commit([1]);
    server.until("one", || network.receiver.accepted() == [1]).await;
    tokio::time::sleep(hour).await;
    server.commit([1]);
    server.until("two", || network.receiver.accepted() == [1, 2]).await;
    let got = network.receiver.got.lock().clone();
    let first = SigningSecret::from_bytes(SECRET.to_vec()).unwrap();
    let signed = |at: usize, secrets: &[&SigningSecret]| {
        let message = &got[at].0;
        let expected = signatures(secrets.iter().copied(), &message.id, message.at, &message.body);
        assert_eq!(message.signature, expected);
    };
    signed(0, &[&first, &next]);
    signed(1, &[&next]);
    assert!(got[0].0.at >= BEGIN.0 / 1_000_000);
}
