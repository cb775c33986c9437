//! The data folder: its files, the lock that keeps a second process out, and syncing names.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use crate::JournalError;

/// Where the journal's files are.
#[derive(Debug, Clone)]
pub(super) struct Files {
    folder: PathBuf,
}

impl Files {
    /// Makes the folder if there is none.
    pub(super) fn in_folder(folder: &Path) -> Result<Self, JournalError> {
        if !folder.is_dir() {
            fs::create_dir_all(folder).map_err(|error| failed("making", folder, &error))?;
            if let Some(parent) = folder.parent().filter(|parent| !parent.as_os_str().is_empty()) {
                sync_folder(parent)?;
            }
        }
        Ok(Self { folder: folder.to_owned() })
    }

    /// The database.
    pub(super) fn database(&self) -> PathBuf {
        self.folder.join("journal.db")
    }

    /// The database while it is being made.
    pub(super) fn new_database(&self) -> PathBuf {
        self.folder.join("journal.db.new")
    }

    /// SQLite's write-ahead log.
    pub(super) fn wal(&self) -> PathBuf {
        self.folder.join("journal.db-wal")
    }

    /// How far the journal must reach.
    pub(super) fn head(&self) -> PathBuf {
        self.folder.join("head")
    }

    /// The folder itself.
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Makes durable what the database and its WAL hold now: a killed process may have left commits
    /// that were never synced. Before this process opens them: closing a file takes away the locks
    /// that SQLite has on it.
    pub(super) fn sync_contents(&self) -> Result<(), JournalError> {
        for path in [self.wal(), self.database()] {
            match File::open(&path).and_then(|file| file.sync_data()) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    return Err(failed("syncing", &path, &error));
                }
                _ => {}
            }
        }
        // The WAL may be new, and its name not durable yet.
        sync_folder(&self.folder)
    }

    /// Keeps other processes out for as long as the file is open.
    pub(super) fn lock(&self) -> Result<File, JournalError> {
        let path = self.folder.join("lock");
        let file = File::options()
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .map_err(|error| failed("opening", &path, &error))?;
        match file.try_lock() {
            Ok(()) => Ok(file),
            Err(TryLockError::WouldBlock) => {
                Err(JournalError::InUse(self.folder.display().to_string()))
            }
            Err(TryLockError::Error(error)) => Err(failed("locking", &path, &error)),
        }
    }

    /// Whether there is a database. One that is gone while its companions are still there, or that
    /// is empty, is damage: our own databases appear under their name when they are complete.
    pub(super) fn has_database(&self) -> Result<bool, JournalError> {
        let damaged = |reason: String| JournalError::Damaged {
            place: format!("({})", self.database().display()),
            reason,
        };
        match length(&self.database())? {
            Some(0) => Err(damaged("the file is empty".to_owned())),
            Some(_) => Ok(true),
            None => {
                let backup = self.folder.join(super::backup::COPY);
                if length(&backup)?.is_some() {
                    return Err(JournalError::Backup(self.folder.display().to_string()));
                }
                for path in [self.wal(), self.head()] {
                    if length(&path)?.is_some() {
                        let name = path.display();
                        return Err(damaged(format!("the file is missing, but {name} is there")));
                    }
                }
                Ok(false)
            }
        }
    }

    /// Removes what an earlier creation left unfinished.
    pub(super) fn remove_unfinished(&self) -> Result<(), JournalError> {
        remove(&self.new_database())?;
        self.remove_companions()
    }

    /// Removes what SQLite may have left beside the new database when it closed it.
    pub(super) fn remove_companions(&self) -> Result<(), JournalError> {
        for suffix in ["-wal", "-shm", "-journal"] {
            let mut name = self.new_database().into_os_string();
            name.push(suffix);
            remove(Path::new(&name))?;
        }
        Ok(())
    }

    /// Gives the finished database its name, durably.
    pub(super) fn publish_database(&self) -> Result<(), JournalError> {
        let (from, to) = (self.new_database(), self.database());
        fs::rename(&from, &to).map_err(|error| failed("renaming", &from, &error))?;
        sync_folder(&self.folder)
    }
}

/// Makes the names in a folder durable.
pub(crate) fn sync_folder(folder: &Path) -> Result<(), JournalError> {
    File::open(folder)
        .and_then(|file| file.sync_all())
        .map_err(|error| failed("syncing", folder, &error))
}

/// An error of the file system, with what was being done.
pub(crate) fn failed(doing: &str, path: &Path, error: &io::Error) -> JournalError {
    JournalError::Storage {
        doing: format!("{doing} {}", path.display()),
        reason: error.to_string(),
    }
}

/// Removes a file that need not be there.
pub(super) fn remove(path: &Path) -> Result<(), JournalError> {
    match fs::remove_file(path) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(failed("removing", path, &error)),
    }
}

fn length(path: &Path) -> Result<Option<u64>, JournalError> {
    match fs::metadata(path) {
        Ok(metadata) => Ok(Some(metadata.len())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(failed("looking at", path, &error)),
    }
}
