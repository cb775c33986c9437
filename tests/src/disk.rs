//! Bad luck made to order: `shim/disk.c`, compiled once and laid under a server.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use crate::process::{self, Process};
use crate::server::{Folder, Options, Server};

/// A data folder on a disk that can be made to fail or lose power.
#[derive(Debug)]
pub struct Disk {
    folder: Folder,
}

/// Which syncs reach the disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Syncs {
    /// All: an honest disk.
    Honest,
    /// None, as if `SQLite` ran with `synchronous=OFF`.
    Lost,
    /// All but those of the write-ahead log, as if `SQLite` ran with `synchronous=NORMAL`.
    LostInWal,
}

/// What goes wrong once [`Disk::trip`] is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Each sync fails with an I/O error.
    Sync,
    /// Each write fails for want of space, the first one after half of it was written.
    Full,
}

impl Disk {
    /// An empty disk.
    pub fn new() -> Self {
        let folder = Folder::new();
        fs::create_dir(folder.path().join("image")).unwrap();
        Self { folder }
    }

    /// The data folder as the process sees it.
    pub fn data(&self) -> PathBuf {
        self.folder.data()
    }

    /// The data folder as the disk has it: what a power loss now would leave.
    pub fn image(&self) -> PathBuf {
        self.folder.path().join("image")
    }

    /// A server that keeps [`Self::image`], with these syncs reaching it.
    pub fn power_loss_server(&self, syncs: Syncs) -> Options {
        let lie = match syncs {
            Syncs::Honest => "none",
            Syncs::Lost => "all",
            Syncs::LostInWal => "wal",
        };
        self.server().env("ITN_SHIM_IMAGE", self.image()).env("ITN_SHIM_LIE", lie)
    }

    /// `itn verify` with the same disk as [`Self::power_loss_server`], all syncs reaching it.
    pub fn power_loss_verify(&self) -> Process {
        let mut command = process::itn(["verify", "--data"]);
        command.arg(self.data()).env("LD_PRELOAD", library());
        command.env("ITN_SHIM_ROOT", self.data()).env("ITN_SHIM_IMAGE", self.image());
        Process::spawn(&mut command)
    }

    /// A server whose disk goes wrong in this way once [`Self::trip`] is called.
    pub fn failing_server(&self, fault: Fault) -> Options {
        let fault = match fault {
            Fault::Sync => "sync",
            Fault::Full => "full",
        };
        self.server().env("ITN_SHIM_FAULT", fault).env("ITN_SHIM_TRIGGER", self.trigger())
    }

    /// A server whose sync of this number, counted from 1 at the start, fails.
    pub fn server_failing_at_sync(&self, number: u32) -> Options {
        self.server().env("ITN_SHIM_FAIL_AT", number.to_string())
    }

    /// From now on the fault is there.
    pub fn trip(&self) {
        fs::write(self.trigger(), b"").unwrap();
    }

    /// A server on the data folder with nothing between it and the real disk.
    pub fn plain_server(&self) -> Options {
        Server::options(&self.data())
    }

    fn trigger(&self) -> PathBuf {
        self.folder.path().join("trigger")
    }

    fn server(&self) -> Options {
        self.plain_server().env("LD_PRELOAD", library()).env("ITN_SHIM_ROOT", self.data())
    }
}

impl Default for Disk {
    fn default() -> Self {
        Self::new()
    }
}

/// The compiled shim.
fn library() -> &'static Path {
    static LIBRARY: OnceLock<(PathBuf, Folder)> = OnceLock::new();
    let (path, _) = LIBRARY.get_or_init(|| {
        let folder = Folder::new();
        let path = folder.path().join("disk.so");
        let source = concat!(env!("CARGO_MANIFEST_DIR"), "/shim/disk.c");
        let compiled = Command::new("cc")
            .args(["-shared", "-fPIC", "-O1", "-Wall", "-Wextra", "-Werror", source, "-o"])
            .arg(&path)
            .args(["-ldl", "-lpthread"])
            .output()
            .expect("the C compiler `cc` is needed, as it is to build SQLite");
        assert!(compiled.status.success(), "{}", String::from_utf8_lossy(&compiled.stderr));
        (path, folder)
    });
    path
}
