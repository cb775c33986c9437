//! Every metric, with its help text, from who measured it. docs/observing.md lists them all, which a
//! test holds it to.

use domain::Sequence;
use domain::meter::Counter;
use engine::EngineHandle;

use super::exposition::Exposition;
use super::machine::Machine;
use super::meters::{Connections, Meters, OTHER, Problems, STATUSES};
use crate::executor::Executor;
use crate::gateway::{App, Services};
use crate::limits::BODIES_KIB_MAX;

/// All that is known now. Asks the machine, and so may block for some milliseconds.
pub(crate) fn exposed(app: &App) -> String {
    let mut out = Exposition::default();
    server(&mut out, app);
    http(&mut out, app);
    let services = app.ready().ok();
    writes(&mut out, app.meters(), services.and_then(engine));
    if let Some(services) = services {
        views(&mut out, services);
        streams(&mut out, app.meters(), services);
        webhooks(&mut out, services);
        alerts(&mut out, services);
    }
    process(&mut out, &app.options().observe.machine.ask());
    out.finish()
}

fn engine(services: &Services) -> Option<&EngineHandle> {
    match &services.executor {
        Executor::Engine(engine) => Some(engine),
        Executor::Other(_) => None,
    }
}

fn server(out: &mut Exposition, app: &App) {
    out.gauge("itn_build_info", "Always 1; its label says which version runs.")
        .sample(&[("version", env!("CARGO_PKG_VERSION"))], 1);
    let current = app.status();
    let mut states =
        out.gauge("itn_state", "1 for the state that the server is in, as in /readyz.");
    for state in ["recovering", "ready", "stopping"] {
        states.sample(&[("state", state)], u8::from(state == current));
    }
    let (replayed, total) = app.recovery();
    out.gauge("itn_recovery_replayed_events", "How far the replay at the start has come.")
        .is(replayed);
    out.gauge("itn_recovery_last_event", "The last event to be replayed at the start.").is(total);
    out.gauge("itn_recovery_seconds", "How long the start took, or has taken so far.")
        .is(app.recovery_time().as_secs_f64());
}

fn http(out: &mut Exposition, app: &App) {
    let meters = app.meters();
    let mut requests =
        out.counter("itn_http_requests_total", "Requests answered, by route, method and status.");
    for (route, method, row) in meters.routes.all() {
        for (at, counter) in row.statuses.iter().enumerate().filter(|(_, one)| one.get() > 0) {
            let status = STATUSES.get(at).map_or(OTHER.to_owned(), u16::to_string);
            let labels = [("route", route), ("method", method), ("status", status.as_str())];
            requests.sample(&labels, counter.get());
        }
    }
    let help = "From a request's head to the head of its answer, which for a stream is its begin; \
                without the rest of up to a second that its connection may have to take before.";
    let mut durations = out.histogram("itn_http_request_duration_seconds", help);
    for (route, method, row) in meters.routes.all() {
        if row.duration.read().count() > 0 {
            durations.durations(&[("route", route), ("method", method)], &row.duration);
        }
    }
    out.gauge("itn_http_requests_in_flight", "Requests that wait for their answer.")
        .is(meters.in_flight.get());
    out.counter("itn_http_requests_abandoned_total", "Requests whose clients went away before.")
        .is(meters.abandoned.get());
    let Connections { accepted, refused, open } = &*meters.connections;
    out.gauge("itn_http_connections", "Connections that are open, those of streams included.")
        .is(open.get());
    out.gauge("itn_http_connections_limit", "How many may be.").is(app.options().connections_max);
    out.counter("itn_http_connections_accepted_total", "Connections that were taken.")
        .is(accepted.get());
    out.counter("itn_http_connections_refused_total", "Connections past the limit.")
        .is(refused.get());
    let left = app.body_room().free_kib();
    out.gauge("itn_http_body_bytes", "Room that large bodies take now.")
        .is(BODIES_KIB_MAX.saturating_sub(left) * 1024);
    out.gauge("itn_http_body_limit_bytes", "Room that large bodies may take.")
        .is(BODIES_KIB_MAX * 1024);
    let help = "Refusals and failures by their code, of whole requests.";
    problems(out, ("itn_problems_total", help), &meters.problems);
    let help = "Refusals and failures by their code, of lines of bulk.";
    problems(out, ("itn_line_problems_total", help), &meters.line_problems);
}

fn problems(out: &mut Exposition, (name, help): (&'static str, &str), problems: &Problems) {
    let mut family = out.counter(name, help);
    for (code, count) in problems.all() {
        family.sample(&[("code", code)], count);
    }
}

fn writes(out: &mut Exposition, meters: &Meters, engine: Option<&EngineHandle>) {
    let own = &meters.stages;
    let help = "The stages of a write: receive, parse, execute and render are of each request, queue \
                of each request of the engine, decide of each turn, commit and release of each batch.";
    let mut stages = out.histogram("itn_write_stage_seconds", help);
    for (stage, histogram) in [
        ("receive", &own.receive),
        ("parse", &own.parse),
        ("execute", &own.execute),
        ("render", &own.render),
    ] {
        stages.durations(&[("stage", stage)], histogram);
    }
    let Some(engine) = engine else { return };
    let measured = engine.meters();
    for (stage, histogram) in [
        ("queue", &measured.queue),
        ("decide", &measured.decide),
        ("commit", &measured.commit),
        ("release", &measured.release),
    ] {
        stages.durations(&[("stage", stage)], histogram);
    }
    queues(out, engine);
    let of = &measured.commands;
    let mut commands = out.counter("itn_commands_total", "Commands by what became of them.");
    let outcomes: [(&str, &Counter); 7] = [
        ("accepted", &of.accepted),
        ("unchanged", &of.unchanged),
        ("replayed", &of.replayed),
        ("key_reused", &of.key_reused),
        ("rejected", &of.rejected),
        ("rehearsed", &of.rehearsed),
        ("failed", &of.failed),
    ];
    for (outcome, counter) in outcomes {
        commands.sample(&[("outcome", outcome)], counter.get());
    }
    out.histogram("itn_batch_commands", "Commands that were answered with one batch.")
        .sizes(&[], &measured.batch_commands);
    out.histogram("itn_batch_events", "Events of a batch.").sizes(&[], &measured.batch_events);
    journal(out, engine);
}

fn queues(out: &mut Exposition, engine: &EngineHandle) {
    let (commands, commands_max) = engine.queue();
    out.gauge("itn_queue_commands", "Commands that wait to be decided.").is(commands);
    out.gauge("itn_queue_limit_commands", "How many may; past it is 503.").is(commands_max);
    let (requests, requests_max) = engine.queued_requests();
    out.gauge("itn_queue_requests", "Requests that wait to be decided.").is(requests);
    out.gauge("itn_queue_limit_requests", "How many may; past it is 503.").is(requests_max);
    out.gauge(
        "itn_taking_writes",
        "1 if commands are taken: not when space is low, nor at the end.",
    )
    .is(u8::from(engine.is_running()));
}

fn journal(out: &mut Exposition, engine: &EngineHandle) {
    let (measured, journal) = (engine.meters(), engine.journal_meters());
    out.histogram("itn_journal_sync_seconds", "Commits of the journal, their sync included.")
        .durations(&[], &journal.sync);
    out.histogram("itn_journal_commit_bytes", "Bytes of events in one commit of the journal.")
        .sizes(&[], &journal.commit_bytes);
    let help = "How long the journal's writer stood still to finish a checkpoint.";
    out.histogram("itn_journal_checkpoint_pause_seconds", help)
        .durations(&[], &journal.checkpoint_pause);
    out.gauge("itn_journal_wal_bytes", "The WAL's length at the last checkpoint.")
        .is(journal.wal_bytes.get());
    out.gauge("itn_free_bytes", "Free space where the journal is.").is(measured.free_bytes.get());
    out.gauge("itn_free_limit_bytes", "Below so much free space writes are refused.")
        .is(measured.free_bytes_min.get());
    let mut snapshots = out.counter("itn_snapshots_total", "Snapshots by what became of them.");
    snapshots.sample(&[("outcome", "written")], measured.snapshots.get());
    snapshots.sample(&[("outcome", "failed")], measured.snapshots_failed.get());
    out.histogram("itn_snapshot_seconds", "How long a snapshot took to write, beside the rest.")
        .durations(&[], &measured.snapshot);
    out.gauge("itn_snapshot_sequence", "The last event of this process's newest snapshot.")
        .is(measured.snapshot_sequence.get());
    out.gauge(
        "itn_replayed_events",
        "Events behind the ledger's snapshot that the start replayed.",
    )
    .is(measured.replayed.get());
}

fn views(out: &mut Exposition, services: &Services) {
    let (as_of, store_error) =
        (services.views.read().as_of().sequence, services.views.store_error());
    out.counter("itn_events_total", "The last committed event: so many there ever were.")
        .is(as_of.0);
    let past = services.past.progress();
    let mut position =
        out.gauge("itn_view_sequence", "The last event that a view has, or a stream may show.");
    position.sample(&[("view", "state")], as_of.0);
    position.sample(&[("view", "stream")], services.hub.last().0);
    for (view, progress) in &past {
        position.sample(&[("view", view)], progress.position.0);
    }
    let behind = |position: Sequence| as_of.0.saturating_sub(position.0);
    let mut lag = out.gauge("itn_view_lag_events", "How many events a view is behind the state.");
    for (view, progress) in &past {
        lag.sample(&[("view", view)], behind(progress.position));
    }
    let mut failing = out.gauge("itn_view_failing", "1 while a view does not go on.");
    failing.sample(&[("view", "state")], u8::from(store_error.is_some()));
    for (view, progress) in &past {
        failing.sample(&[("view", view)], u8::from(progress.error.is_some()));
    }
}

fn streams(out: &mut Exposition, meters: &Meters, services: &Services) {
    let hub = services.hub.meters();
    let mut readers = out.gauge("itn_readers", "Live readers by how they read.");
    readers.sample(&[("transport", "sse")], meters.sse_readers.get());
    readers.sample(&[("transport", "websocket")], meters.websocket_readers.get());
    out.counter("itn_stream_updates_total", "Updates given to readers, of one event or several.")
        .is(hub.updates.get());
    out.counter("itn_stream_bytes_total", "Bytes of those updates.").is(hub.update_bytes.get());
    out.counter("itn_stream_lagged_total", "Readers that were too slow and were let go.")
        .is(hub.lagged.get());
    out.counter("itn_stream_catch_ups_total", "Reads of the journal for readers far behind.")
        .is(hub.catch_ups.get());
    out.histogram(
        "itn_stream_wave_seconds",
        "How long it took to tell all who were behind the last commit, or to wake them.",
    )
    .durations(&[], &hub.wave);
}

fn webhooks(out: &mut Exposition, services: &Services) {
    let standing = services.webhooks.standing();
    let mut webhooks = out.gauge("itn_webhooks", "Webhooks by their status.");
    webhooks.sample(&[("status", "active")], standing.active);
    webhooks.sample(&[("status", "paused")], standing.paused);
    webhooks.sample(&[("status", "disabled")], standing.disabled);
    out.gauge("itn_webhooks_failing", "Active webhooks whose last attempt failed.")
        .is(standing.failing);
    out.gauge("itn_webhook_lag_events", "How many events an active webhook is behind at most.")
        .is(standing.events_behind);
    let measured = services.webhooks.meters();
    let mut attempts = out.counter("itn_webhook_attempts_total", "Deliveries that were tried.");
    attempts.sample(&[("outcome", "accepted")], measured.accepted.get());
    attempts.sample(&[("outcome", "failed")], measured.failed.get());
    out.histogram("itn_webhook_attempt_seconds", "How long a receiver took to answer, or not.")
        .durations(&[], &measured.attempt);
}

fn alerts(out: &mut Exposition, services: &Services) {
    let counts = services.views.read().alert_counts();
    let mut alerts = out.gauge("itn_alerts", "Open alerts of the network by severity.");
    alerts.sample(&[("severity", "info")], counts.info);
    alerts.sample(&[("severity", "warning")], counts.warning);
    alerts.sample(&[("severity", "critical")], counts.critical);
}

fn process(out: &mut Exposition, machine: &Machine) {
    if let Some(bytes) = machine.resident_bytes {
        out.gauge("process_resident_memory_bytes", "Memory that the process has.").is(bytes);
    }
    if let Some(seconds) = machine.cpu_seconds {
        out.counter("process_cpu_seconds_total", "Processor time that it took.").is(seconds);
    }
    if let Some(seconds) = machine.started_at {
        out.gauge("process_start_time_seconds", "When it was started, since 1970.").is(seconds);
    }
    if let Some(files) = machine.open_files {
        out.gauge("process_open_fds", "Files and sockets that it has open.").is(files);
    }
    if let Some(files) = machine.open_files_max {
        out.gauge("process_max_fds", "How many it may have open.").is(files);
    }
    let mut storage = out.gauge("itn_storage_bytes", "What the data folder holds, by file.");
    for (file, bytes) in &machine.storage {
        storage.sample(&[("file", file)], bytes);
    }
    out.counter("itn_log_lines_lost_total", "Lines of the log that nobody read in time.")
        .is(machine.log_lines_lost);
}
