//! How many there may be, and what a retry of their creation does.

use domain::{KeyId, PrincipalId, Sequence};

use super::network::{Network, wanted};
use crate::webhooks::{
    Change, Created, Creation, NewWebhook, Settings, SigningSecret, WebhookError, WebhookId,
};

#[tokio::test(start_paused = true)]
async fn there_are_so_many_and_no_more() {
    let mut network = Network::new();
    network.options.webhooks_max = 3;
    network.options.webhooks_per_key_max = 2;
    let server = network.start();
    let one = server.create(wanted(1, "")).await;
    server.create(wanted(1, "")).await;
    let refused = server.webhooks.create(wanted(1, "")).await;
    assert!(matches!(refused, Err(WebhookError::TooManyOfKey(2))), "{refused:?}");
    server.create(wanted(2, "")).await;
    let refused = server.webhooks.create(wanted(3, "")).await;
    assert!(matches!(refused, Err(WebhookError::TooMany(3))), "{refused:?}");
    server.webhooks.remove(one.id).await.unwrap();
    server.create(wanted(3, "")).await;
    assert_eq!(server.webhooks.all().len(), 3);
    for gone in [one.id, WebhookId(99)] {
        let refused = server.webhooks.remove(gone).await;
        assert!(matches!(refused, Err(WebhookError::Unknown)), "{refused:?}");
        assert!(server.webhooks.get(gone).is_none());
    }
}

/// One that goes over to another key of its principal is one more of that key's.
#[tokio::test(start_paused = true)]
async fn no_key_takes_over_more_than_it_may_make() {
    let mut network = Network::new();
    network.options.webhooks_per_key_max = 2;
    let server = network.start();
    let first = server.create(wanted(1, "")).await;
    let second = server.create(wanted(1, "")).await;
    server.create(wanted(2, "")).await;
    let take = |id| {
        let change = Change { active: Some(true), key: Some(KeyId(2)), ..Change::default() };
        server.webhooks.change(id, change)
    };
    assert_eq!(take(first.id).await.unwrap().key, KeyId(2));
    let refused = take(second.id).await;
    assert!(matches!(refused, Err(WebhookError::TooManyOfKey(2))), "{refused:?}");
    assert_eq!(server.webhook(second.id).key, second.key, "nothing of it is done");
    // What it has already, it may set going again.
    assert_eq!(take(first.id).await.unwrap().key, KeyId(2));
}

#[tokio::test(start_paused = true)]
async fn secrets_are_bounded_and_those_that_ended_make_room() {
    let network = Network::new();
    let server = network.start();
    let id = server.create(wanted(0, "")).await.id;
    let hour = std::time::Duration::from_hours(1);
    let add = |keep| server.webhooks.add_secret(id, SigningSecret::random().unwrap(), keep);
    for _ in 0..3 {
        add(hour).await.unwrap();
    }
    let refused = add(hour).await;
    assert!(matches!(refused, Err(WebhookError::TooManySecrets(4))), "{refused:?}");
    assert_eq!(server.webhook(id).secrets.len(), 4);
    // Those before it may end at once.
    assert_eq!(add(std::time::Duration::ZERO).await.unwrap().secrets.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn the_same_request_makes_it_once() {
    let network = Network::new();
    let server = network.start();
    let creation = Some(Creation { key: 1, fingerprint: 2 });
    let new = NewWebhook { creation, ..wanted(1, "") };
    let made = server.create(new.clone()).await;
    match server.webhooks.create(new.clone()).await.unwrap() {
        Created::Before(webhook) => assert_eq!(webhook, made),
        Created::Now(webhook) => panic!("{webhook:?} is a second one"),
    }
    let other = Some(Creation { key: 1, fingerprint: 3 });
    let reused = server.webhooks.create(NewWebhook { creation: other, ..new.clone() }).await;
    assert!(matches!(reused, Err(WebhookError::KeyReused)), "{reused:?}");
    // Another principal's key is another one.
    server.create(NewWebhook { principal: PrincipalId(2), ..new }).await;
}

#[tokio::test(start_paused = true)]
async fn what_could_not_be_delivered_is_not_made() {
    let network = Network::new();
    let server = network.start();
    let url = |url: &str| NewWebhook {
        settings: Settings { url: url.to_owned(), ..wanted(0, "").settings },
        ..wanted(0, "")
    };
    for wrong in ["http://example.com/", "https://127.0.0.1/", "https://u:p@example.com/", "x"] {
        let refused = server.webhooks.create(url(wrong)).await;
        assert!(matches!(refused, Err(WebhookError::Target(_))), "{wrong}: {refused:?}");
    }
    let past = server.webhooks.create(NewWebhook { after: Some(Sequence(1)), ..wanted(0, "") });
    let past = past.await;
    assert!(matches!(past, Err(WebhookError::UnknownPosition(Sequence::ZERO))), "{past:?}");
    assert!(server.webhooks.all().is_empty());
}
