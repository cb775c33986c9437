//! The Rust client, through a proxy that loses connections and with a server that is killed under it: nothing is
//! lost, nothing happens twice, and a follower is told everything once.

use std::collections::BTreeSet;
use std::time::Duration;

use itn_client::{
    Begin, Client, ClientOptions, Command, Error, Follow, Follower, Line, LineOutcome,
    ListTradesQuery, NewTrade, NewTradeLine, PutStation, ReadTraderQuery, Retry, StationKind,
};
use itn_tests::lossy::Lossy;
use itn_tests::random::Seed;
use itn_tests::server::ADMIN_KEY;
use itn_tests::{Server, bodies, given, wait};

const WRITERS: u64 = 3;
const TRADES_EACH: u64 = 40;
const BULK_LINES: u64 = 1_200;
const KILLS: u64 = 4;
const LIMIT: Duration = Duration::from_mins(2);

fn patient(url: String) -> Client {
    let retry = Retry {
        attempts_max: 1_000,
        wait_first: Duration::from_millis(5),
        wait_max: Duration::from_millis(200),
        time_max: LIMIT,
    };
    let key = Some(ADMIN_KEY.to_owned());
    Client::new(&ClientOptions { key, retry, ..ClientOptions::new(url) }).unwrap()
}

fn trade(reference: String) -> NewTrade {
    let line = NewTradeLine {
        commodity: bodies::COMMODITY.to_owned(),
        quantity: 1,
        unit_price: Some(1),
        ..NewTradeLine::default()
    };
    NewTrade {
        station: bodies::STATION.to_owned(),
        buyer: bodies::BUYER.to_owned(),
        seller: bodies::SELLER.to_owned(),
        lines: vec![line],
        reference: Some(reference),
        ..NewTrade::default()
    }
}

async fn write(client: Client, writer: u64) -> Result<Vec<u64>, Error> {
    let mut sequences = Vec::new();
    for number in 0..TRADES_EACH {
        let trade = client.create_trade(&trade(format!("w{writer}-{number}"))).await?;
        sequences.push(trade.sequence);
    }
    Ok(sequences)
}

async fn post(client: Client) -> Result<Vec<LineOutcome>, Error> {
    let line = |number| {
        let data = trade(format!("b-{number}"));
        Line::new(&Command::Trade { data }, &format!("bulk-{number}"))
    };
    let lines = (0..BULK_LINES).map(line).collect::<Result<Vec<_>, _>>()?;
    let mut outcomes = Vec::new();
    for lines in lines.chunks(50) {
        outcomes.extend(client.post_lines(lines).await?);
    }
    Ok(outcomes)
}

/// Follows until it has been told of this sequence.
async fn follow(mut follower: Follower, told: &mut Vec<u64>, last: u64) -> Result<(), Error> {
    while told.last().is_none_or(|sequence| *sequence < last) {
        told.push(follower.next_event().await?.sequence);
    }
    Ok(())
}

#[test]
fn nothing_is_lost_and_nothing_happens_twice_however_often_it_is_cut_off() {
    let seed = Seed::new();
    let (server, _, folder) = given::open_market();
    let address = server.address().to_string();
    let lossy = Lossy::new(server.address(), seed.random(1), 30_000);
    let mut chance = seed.random(2);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let client = patient(lossy.url());
    let before = runtime.block_on(client.read_network()).unwrap().sequence;

    let writers: Vec<_> = (0..WRITERS).map(|n| runtime.spawn(write(client.clone(), n))).collect();
    let bulk = runtime.spawn(post(client.clone()));
    let follower =
        client.follow(Follow { begin: Begin::After("0".to_owned()), ..Follow::default() });
    let last = before + WRITERS * TRADES_EACH + BULK_LINES;
    let following = runtime.spawn(async move {
        let mut told = Vec::new();
        follow(follower, &mut told, last).await.map(|()| told)
    });
    let mut server = server;
    for _ in 0..KILLS {
        // Not a wait for anything: this is the random moment.
        std::thread::sleep(Duration::from_millis(50 + chance.below(300)));
        server.kill();
        server = Server::options(&folder.data()).listen(&address).start();
    }

    let ended = || writers.iter().all(tokio::task::JoinHandle::is_finished) && bulk.is_finished();
    wait::until("the writers", LIMIT, || ended().then_some(()));
    let mut sequences = BTreeSet::new();
    for writer in writers {
        sequences.extend(runtime.block_on(writer).unwrap().unwrap());
    }
    assert_eq!(
        sequences.len() as u64,
        WRITERS * TRADES_EACH,
        "two writes were answered with one trade"
    );
    let outcomes = runtime.block_on(bulk).unwrap().unwrap();
    assert_eq!(outcomes.len() as u64, BULK_LINES);
    for outcome in &outcomes {
        let stands = matches!(outcome, LineOutcome::Accepted { .. } | LineOutcome::Replayed { .. });
        assert!(stands, "{outcome:?}");
    }

    // Each acted once: every reference is there, once, and so are the units and the credits.
    let listed = runtime.block_on(async {
        let query = ListTradesQuery { limit: Some(20), ..ListTradesQuery::default() };
        client.list_trades(&query).collect(usize::MAX).await
    });
    let listed = listed.unwrap();
    let references: BTreeSet<_> =
        listed.iter().filter_map(|trade| trade.reference.clone()).collect();
    let count = WRITERS * TRADES_EACH + BULK_LINES;
    assert_eq!((listed.len() as u64, references.len() as u64), (count, count));
    let buyer = runtime.block_on(client.read_trader(bodies::BUYER, &ReadTraderQuery::default()));
    assert_eq!(buyer.unwrap().balance, Some(1_000_000 - count));
    given::assert_balanced(&mut server.client());

    wait::until("the follower", LIMIT, || following.is_finished().then_some(()));
    let told = runtime.block_on(following).unwrap().unwrap();
    assert!(told.iter().copied().eq(1..=last), "not each once and in order: {told:?}");
    assert!(lossy.cuts() > 10, "only {} connections were cut", lossy.cuts());
    server.stop();
}

/// Every kind of line is taken, alone and in bulk, as this client writes it.
#[test]
fn every_command_is_one_that_the_server_knows() {
    let (server, _, _folder) = given::open_market();
    let client = patient(server.url());
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let station = PutStation {
            name: "Vesta".to_owned(),
            kind: StationKind::Outpost,
            system: "sol".to_owned(),
            ..PutStation::default()
        };
        let made = client.put_station("vesta", &station).send().await.unwrap();
        assert_eq!(
            (made.status, made.is_replayed, made.value.kind),
            (201, false, StationKind::Outpost)
        );
        let again = client.put_station("vesta", &station).await.unwrap();
        assert_eq!(again.sequence, made.value.sequence);

        let rehearsed = client.create_trade(&trade("r".to_owned())).dry_run().await.unwrap();
        assert!(rehearsed.dry_run && rehearsed.events[0].kind == "trade.settled", "{rehearsed:?}");
        let written = client.create_trade(&trade("k".to_owned())).key("k-1").send().await.unwrap();
        let replayed = client.create_trade(&trade("k".to_owned())).key("k-1").send().await.unwrap();
        assert!(!written.is_replayed && replayed.is_replayed);
        assert_eq!(written.value, replayed.value);
        let error = client.create_trade(&trade("other".to_owned())).key("k-1").await.unwrap_err();
        assert!(error.is("key_reused"), "{error}");

        let trade = written.value;
        let reverse = itn_client::NewReversal { reason: "wrong".to_owned(), ..Default::default() };
        let command = Command::Reverse { id: trade.transaction_id.clone(), data: reverse };
        let line = Line::new(&command, "reverse").unwrap();
        let outcomes = client.post_lines(&[line]).await.unwrap();
        assert!(matches!(&outcomes[0], LineOutcome::Accepted { .. }), "{outcomes:?}");
        // The same, alone: the same key is the same command.
        let answer = client.send(&command.request("reverse").unwrap()).await.unwrap();
        let reversed: itn_client::Trade = answer.accepted().unwrap().json().unwrap();
        assert_eq!(reversed.status, itn_client::TradeStatus::Reversed);
        let read = client.read_trade(&trade.transaction_id).await.unwrap();
        assert_eq!(read, reversed);
        assert!(client.read_trade("nonsense").await.unwrap_err().is("unknown_trade"));
        assert!(client.audit().await.unwrap().balanced);
    });
}
