//! Every bound of the gateway, in one place, each with its reason.

use std::time::Duration;

use crate::limit_options::Quota;

/// Bytes of a body that holds one command: 100 lines with names of 64 bytes, metadata and all, are
/// about 40 KiB.
pub(crate) const BODY_BYTES_MAX: usize = 256 * 1024;
/// Bytes of a body that signs in: a key and its name, some 60 bytes. Whoever sends it is not known yet,
/// and so takes no room that others wait for.
pub(crate) const SESSION_BODY_BYTES_MAX: usize = 2 * 1024;
/// Bytes of a bulk body: it is read whole before anything is decided.
pub(crate) const BULK_BYTES_MAX: usize = 16 * 1024 * 1024;
/// Lines of a bulk body: what the engine's queue takes in one piece.
pub(crate) const BULK_LINES_MAX: usize = 16_384;
/// Bytes of a line of bulk.
pub(crate) const BULK_LINE_BYTES_MAX: usize = 64 * 1024;
/// Bulk bodies above this are parsed beside the runtime's threads: a fifth of a millisecond.
pub(crate) const BULK_INLINE_BYTES_MAX: usize = 64 * 1024;
/// Faults that are told of one request: a body of 256 KiB can have 100,000.
pub(crate) const FAULTS_MAX: usize = 100;
/// Faults that are told of one line of bulk: enough to mend it by.
pub(crate) const BULK_LINE_FAULTS_MAX: usize = 8;
/// Faults that are told of all lines of a bulk body, about a MiB; after that a line says only that it
/// is invalid.
pub(crate) const BULK_FAULTS_MAX: usize = 10_000;
/// Bytes of a body that any connection may hold without asking for room.
pub(crate) const BODY_SMALL_BYTES: usize = 16 * 1024;
/// KiB of larger bodies held at a time: sixteen of the largest.
pub(crate) const BODIES_KIB_MAX: usize = 256 * 1024;
/// KiB of them of one key: what one may take leaves as much to the others.
pub(crate) const BODIES_OF_KEY_KIB_MAX: usize = BODIES_KIB_MAX / 2;
/// How long a large body waits for room before it is refused.
pub(crate) const BODY_ROOM_WAIT: Duration = Duration::from_secs(5);
/// Items of a page, if nothing is said.
pub(crate) const PAGE_ITEMS_USUAL: usize = 100;
/// Items of a page at most: about half a MiB.
pub(crate) const PAGE_ITEMS_MAX: usize = 1_000;
/// Buckets of time in one answer: the minutes of a day, the hours of two months.
pub(crate) const BUCKETS_MAX: i64 = 1_500;
/// Reads of the journal at a time: each blocks a thread for up to some milliseconds.
pub(crate) const JOURNAL_READS_MAX: usize = 32;
/// Bytes that a connection may buffer of a request's head: hyper answers 431 past it.
pub(crate) const HEAD_BYTES_MAX: usize = 64 * 1024;
/// Connections at a time that are told that there are too many, past which they are just closed.
pub(crate) const REFUSALS_MAX: usize = 64;
/// Connections at a time, if nothing is said: room for the live readers' maximum and a few thousand
/// others. The process needs as many file descriptors.
pub(crate) const CONNECTIONS_USUAL: usize = 20_000;
/// How long a connection may take to send a request's head, and stay without a request, if nothing
/// is said: proxies keep connections open for about a minute.
pub(crate) const HEADER_READ_USUAL: Duration = Duration::from_secs(75);
/// How long a body may take to arrive, if nothing is said: 16 MiB at 5 Mbit/s.
pub(crate) const BODY_READ_USUAL: Duration = Duration::from_secs(30);
/// How long a response may make no progress because the client does not read, if nothing is said:
/// two missed heartbeats of a live reader.
pub(crate) const WRITE_USUAL: Duration = Duration::from_secs(30);
/// Values of one parameter of a filter: each event is compared with all of them.
pub(crate) const FILTER_VALUES_MAX: usize = 100;
/// Streams of a key that sees the whole network: three quarters of all, so that none takes all.
pub(crate) const READERS_OF_NETWORK_MAX: usize = 12_288;
/// Snapshots that streams begin with, under way at a time: while one is, each page of rows that
/// changes is copied.
pub(crate) const SNAPSHOTS_MAX: usize = 8;
/// Of those, the ones of a key: three quarters, so that slow readers of one do not take all.
pub(crate) const SNAPSHOTS_OF_KEY_MAX: usize = 6;
/// How long a client may take to receive a snapshot: a hundred thousand levels at 2 Mbit/s.
pub(crate) const SNAPSHOT_TIME: Duration = Duration::from_mins(1);
/// Bytes of one message of a snapshot, give or take an item.
pub(crate) const SNAPSHOT_PART_BYTES: usize = 64 * 1024;
/// Bytes of a message that a WebSocket client may send: a filter with all the values it may have.
pub(crate) const WEBSOCKET_MESSAGE_BYTES_MAX: usize = 64 * 1024;
/// How often a WebSocket client is pinged.
pub(crate) const PING_EVERY: Duration = Duration::from_secs(15);
/// How long a WebSocket client may say nothing, pongs included: it missed two pings.
pub(crate) const SILENCE_MAX: Duration = Duration::from_secs(45);
/// How long a stream token is good: time to open a stream with it.
pub(crate) const STREAM_TOKEN_TIME: Duration = Duration::from_mins(1);
/// Stream tokens at a time, of all keys: as many as there may be readers.
pub(crate) const STREAM_TOKENS_MAX: usize = 16_384;
/// Stream tokens of one key at a time.
pub(crate) const STREAM_TOKENS_OF_KEY_MAX: usize = 1_024;
/// How long a session is good without being used: a day's work, and the next one signs in again.
pub(crate) const SESSION_IDLE_MAX: Duration = Duration::from_hours(12);
/// Sessions at a time, of all keys: as many browsers as there may be readers, some MiB.
pub(crate) const SESSIONS_MAX: usize = 16_384;
/// Sessions of one key at a time: the browsers of everybody who shares it; and it takes 64 keys to
/// push out others.
pub(crate) const SESSIONS_OF_KEY_MAX: usize = 256;
/// Readers of levels at a time, of all keys: each telling is held against the filter of each.
pub(crate) const LEVEL_READERS_MAX: usize = 4_096;
/// Streams of a key of accounts: each event is held against what such a reader may see.
pub(crate) const READERS_OF_ACCOUNTS_MAX: usize = 256;
/// How long deliveries are signed with an older secret, too, if nothing is said: a day's work.
pub(crate) const SECRET_KEPT_SECONDS_USUAL: u64 = 86_400;
/// How long at most: one that leaked must end some time.
pub(crate) const SECRET_KEPT_SECONDS_MAX: u64 = 30 * 86_400;
/// Bytes of a request's identifier that a client may give: a trace's, a UUID's, and then some.
pub(crate) const REQUEST_ID_BYTES_MAX: usize = 64;
/// Lines about requests that the log gets a second of each kind, unless it is told everything: the
/// failures of an overload must not cost more than the requests.
pub(crate) const LOG_LINES_OF_KIND_MAX: u64 = 10;
/// How long a request may take before the log is told, if nothing is said: nobody waits longer gladly.
pub(crate) const SLOW_USUAL: Duration = Duration::from_secs(1);
/// Connections of the listener of `/metrics`: a few collectors, and some that hang.
pub(crate) const METRICS_CONNECTIONS_MAX: usize = 64;
/// Units a second and units at once of a budget at most: what its arithmetic is exact for.
pub(crate) const RATE_MAX: u32 = 1_000_000_000;
/// Budgets that are kept of each kind: one of 65,536 keys each, some 1.1 MiB.
pub(crate) const BUDGETS_MAX: usize = 65_536;
/// Wrong keys of an address, if nothing is said. Keys are not guessed in any time; whoever tries, or
/// has a program that does not notice, costs little and is seen.
pub(crate) const FAILURES_USUAL: Quota = Quota::new(100, 2_000).expect("within bounds");
/// Streams that a key opens, if nothing is said: all readers there may be come back at once after a
/// restart, and then each of them once in a minute and a half.
pub(crate) const STREAM_OPENINGS_USUAL: Quota = Quota::new(200, 16_384).expect("within bounds");
/// Requests at work, if nothing is said: a sixth of a second of single trades.
pub(crate) const AT_ONCE_USUAL: usize = 4_096;
/// Requests of a key at work, if nothing is said: one key cannot take the places of all others.
pub(crate) const AT_ONCE_OF_KEY_USUAL: usize = 2_048;
/// Bytes a second of a body on its way, if nothing is said: slower than any link, faster than whoever
/// means to be slow.
pub(crate) const BODY_RATE_USUAL: u32 = 512;
/// How long a body may be slower: a connection that lost packets waits so long.
pub(crate) const BODY_RATE_GRACE: Duration = Duration::from_secs(5);
/// How many times more bytes than it has itself gzip may say: what deflate can, at most.
pub(crate) const GZIP_RATIO_MAX: usize = 1_032;
/// Bodies that may unpack to more than this are unpacked beside the runtime's threads: a third of a
/// millisecond.
pub(crate) const UNPACK_INLINE_BYTES_MAX: usize = 128 * 1024;
/// Large bodies that are unpacked at a time: one processor gives half a GB/s, more than is decided.
pub(crate) const UNPACKING_MAX: usize = 1;
/// How much that yields to all other work, see nice(2): a tenth of a processor is left where others
/// want them all, so that honest bodies come through and bombs hold up nobody.
pub(crate) const UNPACK_NICENESS: i32 = 10;
/// Bytes that are unpacked before others have their turn at the processor: a tenth of a millisecond.
pub(crate) const UNPACK_STEP_BYTES: u64 = 64 * 1024;
/// How long a connection is not listened to after it was told to come later: whoever does not wait by
/// themselves waits so long at the most.
pub(crate) const REST_MAX: Duration = Duration::from_secs(1);
/// How much longer than that it is for some of them, so that those who were refused together do not
/// come back together.
pub(crate) const REST_SPREAD: Duration = Duration::from_secs(1);
/// How long a connection has rested at the least before it is closed to make room for another: whoever
/// asks every second keeps theirs.
pub(crate) const REST_BEFORE_LEAVING: Duration = Duration::from_secs(2);
/// Connections that are closed at a time to make room: to look for them is to look at all, some
/// 50 µs.
pub(crate) const LEAVING_AT_ONCE: usize = 64;
/// Bytes of a token: a page of claims. A request's head has room for eight times as much.
pub(crate) const TOKEN_BYTES_MAX: usize = 8 * 1024;
/// Bytes of a body that signs in, where tokens are taken: one of these and its name.
pub(crate) const SESSION_TOKEN_BODY_BYTES_MAX: usize = TOKEN_BYTES_MAX + 1024;
/// Good tokens that are remembered, some 120 bytes each: one for each key of a large network's users.
pub(crate) const KNOWN_TOKENS_MAX: usize = 16_384;
/// Keys that an issuer may have: usually it is two.
pub(crate) const ISSUER_KEYS_MAX: usize = 64;
/// Bytes of the document that has them.
pub(crate) const ISSUER_KEYS_BYTES_MAX: usize = 1024 * 1024;
/// How long the issuer may take to give it.
pub(crate) const ISSUER_KEYS_PATIENCE: Duration = Duration::from_secs(10);
/// When it is asked again: issuers show a new key for longer before they sign with it.
pub(crate) const ISSUER_KEYS_AGE: Duration = Duration::from_hours(1);
/// How long its keys are believed when it cannot be asked: a key that it took back is good no longer
/// than that.
pub(crate) const ISSUER_KEYS_AGE_MAX: Duration = Duration::from_hours(24);
/// How often it is asked for keys that are not known, whoever says that there are: anybody may.
pub(crate) const ISSUER_KEYS_RETRY: Duration = Duration::from_secs(30);
/// How often it is asked while there are no keys at all.
pub(crate) const ISSUER_KEYS_RETRY_WITHOUT: Duration = Duration::from_secs(5);
/// How often a file of keys is looked at.
pub(crate) const ISSUER_FILE_LOOK_EVERY: Duration = Duration::from_secs(5);
