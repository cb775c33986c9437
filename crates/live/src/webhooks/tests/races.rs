//! What its owner asks for while something else is under way, and what is left of it when the owner
//! does not wait.

use std::time::Duration;

use domain::Sequence;

use super::network::{Network, Server, status, wanted};
use crate::webhooks::{Change, OperationsStore, SigningSecret, Status, Webhook, WebhookError};

/// Begins to do it, and lets it fall as a client does that goes.
async fn abandon(asked: impl Future) {
    tokio::select! {
        biased;
        _ = asked => panic!("it is done at once: nothing is tested"),
        () = std::future::ready(()) => {}
    }
}

/// Waits until the store says so, and the server says what the store says.
async fn agreed(
    network: &Network,
    server: &Server,
    what: &str,
    is_so: impl Fn(&[Webhook]) -> bool,
) {
    let agree = || {
        let stored = network.store.load().unwrap();
        is_so(&stored) && server.webhooks.all() == stored
    };
    server.until(what, agree).await;
}

#[tokio::test(start_paused = true)]
async fn what_was_asked_for_is_done_whole_though_nobody_waits() {
    let mut network = Network::new();
    network.options.webhooks_max = 1;
    let mut server = network.start();
    let webhooks = server.webhooks.clone();
    abandon(webhooks.create(wanted(0, ""))).await;
    agreed(&network, &server, "one", |stored| stored.len() == 1).await;
    // It is counted, and it delivers.
    assert!(webhooks.create(wanted(0, "")).await.is_err());
    server.commit([1, 1]);
    agreed(&network, &server, "both", |stored| stored[0].cursor.after.0 == 2).await;

    let id = webhooks.all()[0].id;
    let pause = Change { active: Some(false), ..Change::default() };
    abandon(webhooks.change(id, pause)).await;
    agreed(&network, &server, "a pause", |stored| stored[0].status == Status::Paused).await;
    let secret = SigningSecret::random().unwrap();
    abandon(webhooks.add_secret(id, secret, Duration::from_hours(1))).await;
    agreed(&network, &server, "two secrets", |stored| stored[0].secrets.len() == 2).await;
    abandon(webhooks.replay(id, Sequence::ZERO)).await;
    agreed(&network, &server, "a replay", |stored| stored[0].cursor.after.0 == 0).await;
    abandon(webhooks.send_test(id, "test", "nonce", "test".into())).await;
    let tried = || network.store.attempts(id, None, 9).unwrap().len() == 3;
    server.until("the test is noted", tried).await;
    abandon(webhooks.remove(id)).await;
    agreed(&network, &server, "nothing", <[_]>::is_empty).await;
}

#[tokio::test(start_paused = true)]
async fn what_was_mended_is_not_undone_by_an_attempt_at_what_it_was() {
    for (answer, attempts) in [(410, 1), (500, 5), (500, 10)] {
        let network = Network::new();
        network.receiver.answers(|_| status(500));
        let mut server = network.start();
        let id = server.create(wanted(0, "")).await.id;
        server.commit([1]);
        let got = || network.receiver.got.lock().len();
        server.until("attempts", || got() == attempts - 1).await;
        network.receiver.answers(move |_| status(answer));
        let held = network.receiver.hold.lock().await;
        server.until("the one under way", || got() == attempts).await;

        let change = Change { url: Some("https://example.org/".to_owned()), ..Change::default() };
        server.webhooks.change(id, change).await.unwrap();
        let before = network.now();
        network.receiver.answers(|_| status(200));
        drop(held);
        server.until("the event", || network.receiver.accepted() == [1]).await;
        assert!(network.now().0 - before.0 < 60_000_000, "at once, and not at the next attempt");
        assert_eq!(server.webhook(id).status, Status::Active, "{answer}, {attempts}");
        assert_eq!(server.log(id).await.len(), attempts + 1, "the old one is noted, too");
    }
}

#[tokio::test(start_paused = true)]
async fn who_sends_much_by_request_leaves_room_for_others() {
    let network = Network::new();
    let server = network.start();
    let mut of = Vec::new();
    for principal in [1, 1, 1, 2] {
        of.push(server.create(wanted(principal, "")).await.id);
    }
    let send = |id| {
        let webhooks = server.webhooks.clone();
        tokio::spawn(async move { webhooks.send_test(id, "test", "nonce", "test".into()).await })
    };
    let got = || network.receiver.got.lock().len();
    let held = network.receiver.hold.lock().await;
    let under_way = [send(of[0]), send(of[1])];
    server.until("two under way", || got() == 2).await;
    for id in &of[..3] {
        let refused = send(*id).await.unwrap();
        assert!(matches!(refused, Err(WebhookError::Busy)), "{refused:?}");
    }
    let other = send(of[3]);
    server.until("another's", || got() == 3).await;
    drop(held);
    for sent in under_way.into_iter().chain([other]) {
        assert!(sent.await.unwrap().unwrap().outcome.is_accepted());
    }
    assert!(send(of[2]).await.unwrap().is_ok());
}
