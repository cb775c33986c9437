//! The journal of one machine: SQLite in the data folder (docs/storage.md).
//!
//! Must not show what is not durable, must not write after a failure, and must not open what is not
//! exactly what was written.

mod backup;
mod checkpoint;
mod connection;
mod files;
mod head;
mod reader;
mod schema;
mod space;
mod verify;
mod writer;

use std::fs::File;
use std::path::Path;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use crossbeam_channel::Sender;
use domain::{Epoch, EventReader, JournalId, Lineage, Sequence};
use parking_lot::Mutex;
use rusqlite::Connection;

use self::checkpoint::Checkpoints;
use self::connection::{Access, connect, failed};
use self::files::Files;
use self::head::{Head, HeadFile};
use self::reader::{Batches, Published, SqliteReader};
use self::space::Space;
use self::writer::{SqliteAppender, WriteSide};
use crate::{
    Appender, BatchIterator, ChainHash, Completion, FreeSpace, Journal, JournalError, Meters,
    PendingMigration,
};

pub use self::backup::{
    BackupError, BackupFolder, BackupOptions, BackupSource, BackupStep, Copied, OnBackup, Restored,
    restore,
};
pub(crate) use self::files::{failed as file_failed, sync_folder};

/// How the journal is opened.
#[derive(Debug, Clone)]
pub struct OpenOptions {
    /// Free bytes in the data folder below which [`FreeSpace::is_low`]: room to finish what is under
    /// way, a checkpoint of the whole WAL included.
    pub free_bytes_min: u64,
    /// Bytes of the WAL from which on it is begun again; it may pass that by half. The longer, the
    /// rarer the writer's pause for it, and the longer the reading of the WAL at a start.
    pub wal_bytes_max: u64,
    /// Bytes of a database page, when the journal is created.
    pub page_bytes: u32,
    /// Whether a commit waits for the disk. Only a test may say no.
    pub sync: bool,
}

impl Default for OpenOptions {
    fn default() -> Self {
        Self {
            free_bytes_min: 256 * 1024 * 1024,
            wal_bytes_max: 64 * 1024 * 1024,
            page_bytes: 4096,
            sync: true,
        }
    }
}

/// Told how far opening has come: the last event checked, and the journal's last.
pub type OnProgress<'a> = &'a mut dyn FnMut(Sequence, Sequence);

/// A journal in a data folder, which no other process can open meanwhile. Dropped together with its
/// appenders, it leaves all in the database and an empty WAL.
pub struct SqliteJournal {
    shared: Arc<Shared>,
    reader: Arc<SqliteReader>,
}

/// What the journal and its appenders share.
#[derive(Debug)]
struct Shared {
    id: JournalId,
    lineage: Lineage,
    write_side: Mutex<WriteSide>,
    published: Arc<Published>,
    checkpoints: Arc<Checkpoints>,
    checkpointer: Option<Checkpointer>,
    space: Space,
    meters: Arc<Meters>,
    /// Open, and so locked, until everything else is closed: fields are dropped in order.
    _lock: File,
}

#[derive(Debug)]
struct Checkpointer {
    due: Sender<()>,
    thread: JoinHandle<()>,
}

impl SqliteJournal {
    /// Opens the journal in `folder`, or makes one; applies pending migrations. Checks every row,
    /// and refuses a journal that is damaged or ends before its head.
    pub fn open(folder: &Path, options: OpenOptions) -> Result<Self, JournalError> {
        Self::open_with_progress(folder, options, None)
    }

    /// The same, telling how far it is.
    pub fn open_with_progress(
        folder: &Path,
        options: OpenOptions,
        on_progress: Option<OnProgress<'_>>,
    ) -> Result<Self, JournalError> {
        let files = Files::in_folder(folder)?;
        let lock = files.lock()?;
        files.remove_unfinished()?;
        if !files.has_database()? {
            create(&files, &options)?;
        } else if options.sync {
            // What is read from here on will be shown and built upon: no power loss may take it back.
            files.sync_contents()?;
        }
        let mut connection = connect(&files.database(), Access::Write, &options)?;
        check_mode(&connection)?;
        let pending = schema::pending(&connection)?;
        schema::apply(&mut connection, &pending)?;

        let id = verify::journal_id(&connection)?;
        let (mut head, noted) = HeadFile::open(&files.head())?;
        let walk = verify::walk(&connection, id, noted.as_ref(), on_progress)?;
        if noted.is_none() && walk.last > Sequence::ZERO {
            let last = walk.last.0;
            tracing::warn!(last, "no intact head file: an end lost to damage would go unnoticed");
        }
        let epoch = verify::newest_epoch(&connection, &walk)?;
        let lineage = verify::lineage(&connection, id)?;
        // Gives the WAL back, unless a reader of another process is in the way.
        checkpoint::empty_wal(&connection)
            .map_err(|error| failed("copying the WAL into the database", &error))?;
        head.write(&Head { journal: id, last: walk.last, chain: walk.chain })
            .map_err(|error| file_failed("writing", &files.head(), &error))?;

        let page_bytes = checkpoint::page_bytes(&connection)
            .map_err(|error| failed("reading the page size", &error))?;
        let write_side = WriteSide {
            connection,
            head,
            last: walk.last,
            chain: walk.chain,
            epoch: Epoch(epoch),
            failed: None,
            page_bytes,
            wal_bytes: 0,
        };
        Self::assemble(&files, options, lineage, write_side, lock)
    }

    fn assemble(
        files: &Files,
        options: OpenOptions,
        lineage: Lineage,
        write_side: WriteSide,
        lock: File,
    ) -> Result<Self, JournalError> {
        let id = lineage.journal();
        let published = Arc::new(Published::default());
        published.set(write_side.last);
        let meters = Arc::<Meters>::default();
        let checkpoints = Arc::new(Checkpoints::new(options.wal_bytes_max, Arc::clone(&meters)));
        let checkpointer = start_checkpointer(files, &options, Arc::clone(&checkpoints))?;
        let shared = Shared {
            id,
            lineage,
            write_side: Mutex::new(write_side),
            published: Arc::clone(&published),
            checkpoints,
            checkpointer: Some(checkpointer),
            space: Space::new(files.folder().to_owned(), options.free_bytes_min),
            meters,
            _lock: lock,
        };
        let reader = SqliteReader::new(files.database(), options, id, published);
        Ok(Self { shared: Arc::new(shared), reader: Arc::new(reader) })
    }

    /// The longest that the writer stood still for a checkpoint, since it was opened.
    pub fn longest_checkpoint_pause(&self) -> Duration {
        self.shared.checkpoints.longest_pause()
    }
}

impl Journal for SqliteJournal {
    fn id(&self) -> JournalId {
        self.shared.id
    }

    fn lineage(&self) -> Lineage {
        self.shared.lineage.clone()
    }

    fn reader(&self) -> Arc<dyn EventReader> {
        Arc::clone(&self.reader) as Arc<dyn EventReader>
    }

    fn batches(&self, after: Sequence) -> Result<BatchIterator, JournalError> {
        let batches = Batches::behind(&self.reader, after)?;
        Ok(Box::new(batches.into_iter().flatten()))
    }

    fn chain(&self, at: Sequence) -> Result<Option<ChainHash>, JournalError> {
        self.reader.chain(at)
    }

    fn claim(&self, completions: Sender<Completion>) -> Result<Box<dyn Appender>, JournalError> {
        let epoch = self.shared.write_side.lock().claim()?;
        let appender = SqliteAppender::start(Arc::clone(&self.shared), epoch, completions)?;
        Ok(Box::new(appender))
    }

    fn free_space(&self) -> Option<FreeSpace> {
        self.shared.space.free()
    }

    fn meters(&self) -> Arc<Meters> {
        Arc::clone(&self.shared.meters)
    }
}

/// The migrations that opening would apply; all of them if there is no journal yet. Changes nothing
/// in a journal.
pub fn pending_migrations(folder: &Path) -> Result<Vec<PendingMigration>, JournalError> {
    let files = Files::in_folder(folder)?;
    let _lock = files.lock()?;
    if !files.has_database()? {
        return Ok(schema::all());
    }
    schema::pending(&connect(&files.database(), Access::Write, &OpenOptions::default())?)
}

/// Applies what is pending and gives what that was; opening does so, too. There must be a journal.
pub fn migrate(folder: &Path) -> Result<Vec<PendingMigration>, JournalError> {
    let files = Files::in_folder(folder)?;
    let _lock = files.lock()?;
    if !files.has_database()? {
        return Err(JournalError::Storage {
            doing: format!("migrating {}", files.database().display()),
            reason: "there is no journal".to_owned(),
        });
    }
    let mut connection = connect(&files.database(), Access::Write, &OpenOptions::default())?;
    let pending = schema::pending(&connection)?;
    schema::apply(&mut connection, &pending)?;
    Ok(pending)
}

/// Makes a complete database under another name, so that one that has the name is always complete.
fn create(files: &Files, options: &OpenOptions) -> Result<(), JournalError> {
    let mut id = [0; 16];
    getrandom::fill(&mut id).map_err(|error| JournalError::Storage {
        doing: "choosing the journal's id".to_owned(),
        reason: error.to_string(),
    })?;
    create_as(files, options, JournalId(u128::from_be_bytes(id)), &schema::all())?;
    files.publish_database()
}

/// Makes the database of this journal, empty and whole, under the name of one that is being made.
fn create_as(
    files: &Files,
    options: &OpenOptions,
    id: JournalId,
    migrations: &[PendingMigration],
) -> Result<(), JournalError> {
    let mut connection = connect(&files.new_database(), Access::Create, options)?;
    fill(&mut connection, id, migrations)?;
    let closing = "closing the new database";
    connection.close().map_err(|(_, error)| failed(closing, &error))?;
    // SQLite names the new mode before it has written it, and an error of that writing is lost: only
    // what is in the file is so. Bytes 18 and 19 of the header are 2 for WAL (SQLite's file format,
    // section 1.3.3).
    let path = files.new_database();
    let stored = std::fs::read(&path).map_err(|error| JournalError::Storage {
        doing: format!("reading {}", path.display()),
        reason: error.to_string(),
    })?;
    if stored.get(18..20) != Some(&[2, 2]) {
        return Err(JournalError::Storage {
            doing: "making the database".to_owned(),
            reason: "I/O error: what was written is not there".to_owned(),
        });
    }
    files.remove_companions()
}

fn fill(
    connection: &mut Connection,
    id: JournalId,
    migrations: &[PendingMigration],
) -> Result<(), JournalError> {
    let doing = "making the database";
    let mode: String = connection
        .pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get(0))
        .map_err(|error| failed(doing, &error))?;
    if mode != "wal" {
        let reason = format!("the file system cannot do WAL, only {mode}");
        return Err(JournalError::Storage { doing: doing.to_owned(), reason });
    }
    schema::apply(connection, migrations)?;
    connection
        .execute("INSERT INTO journal (id) VALUES (?1)", [id.0.to_be_bytes()])
        .map_err(|error| failed(doing, &error))?;
    checkpoint::empty_wal(connection).map_err(|error| failed(doing, &error))
}

/// A database that says it has no WAL would ignore the one that it has.
fn check_mode(connection: &Connection) -> Result<(), JournalError> {
    let mode: String = connection
        .query_row("PRAGMA journal_mode", (), |row| row.get(0))
        .map_err(|error| failed("reading the journal mode", &error))?;
    if mode == "wal" {
        return Ok(());
    }
    Err(JournalError::Damaged {
        place: "(in journal.db, in its header)".to_owned(),
        reason: format!("the journal mode is {mode} and should be wal"),
    })
}

fn start_checkpointer(
    files: &Files,
    options: &OpenOptions,
    checkpoints: Arc<Checkpoints>,
) -> Result<Checkpointer, JournalError> {
    let connection = connect(&files.database(), Access::Write, options)?;
    let (due, receiver) = crossbeam_channel::bounded(1);
    let thread = std::thread::Builder::new()
        .name("journal-checkpoint".to_owned())
        .spawn(move || checkpoint::run_checkpointer(&connection, &checkpoints, &receiver))
        .map_err(|error| JournalError::Storage {
            doing: "starting the checkpointer".to_owned(),
            reason: error.to_string(),
        })?;
    Ok(Checkpointer { due, thread })
}

impl Shared {
    /// Says that another step is due; one message says it as well as many.
    fn checkpoint_due(&self) {
        if let Some(checkpointer) = &self.checkpointer {
            let _ = checkpointer.due.try_send(());
        }
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        if let Some(Checkpointer { due, thread }) = self.checkpointer.take() {
            drop(due);
            if thread.join().is_err() {
                tracing::error!("the checkpointer panicked");
            }
        }
        let failure = self.checkpoints.failure();
        let side = self.write_side.get_mut();
        // After a failure the files are left as they are, for the next start to look at.
        if side.failed.is_some() || failure.is_some() {
            return;
        }
        if let Err(error) = checkpoint::empty_wal(&side.connection) {
            tracing::warn!(%error, "the WAL could not be emptied; the next start reads it");
        }
    }
}

/// Damage in the row that should hold, or begin with, this event.
fn damaged_row(at: Sequence, reason: &dyn std::fmt::Display) -> JournalError {
    JournalError::Damaged {
        place: format!("(in journal.db, in the row of event {at})"),
        reason: reason.to_string(),
    }
}
