//! Where rows go: standard output, or a file that takes its name when it is whole.

use std::fs::Permissions;
use std::io::{self, BufWriter, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use super::ExportError;
use crate::console;

/// Saves calls of the system; a page of a thousand rows is a few of these.
const BUFFER_BYTES: usize = 64 * 1024;

/// Where rows go. A file that is not finished is gone when this is dropped.
pub(super) struct Output {
    to: To,
    target: Target,
}

enum To {
    Stdout(BufWriter<Box<dyn Write>>),
    File(BufWriter<NamedTempFile>),
}

/// What an output is called, for errors: a file's path, or nothing for standard output.
#[derive(Debug, Clone)]
pub(super) struct Target(Option<PathBuf>);

impl Target {
    /// What a write that failed means.
    pub(super) fn failure(&self, error: io::Error) -> ExportError {
        match &self.0 {
            None => ExportError::Stdout(error),
            Some(path) => ExportError::File { path: path.clone(), error },
        }
    }
}

impl Output {
    /// Opens it. The temporary file lies beside the target, as only there it can be renamed.
    pub(super) fn open(path: Option<&Path>) -> Result<Self, ExportError> {
        let Some(path) = path else {
            let stdout: Box<dyn Write> = Box::new(console::results());
            let to = To::Stdout(BufWriter::with_capacity(BUFFER_BYTES, stdout));
            return Ok(Self { to, target: Target(None) });
        };
        let failed = |error| ExportError::File { path: path.to_owned(), error };
        // Of a link, it is what the link names that is replaced; a device is no file to replace.
        let path = match path.canonicalize() {
            Ok(there) if there.is_file() => there,
            Ok(_) => return Err(ExportError::NotAFile(path.to_owned())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => path.to_owned(),
            Err(error) => return Err(failed(error)),
        };
        let folder = match path.parent() {
            Some(folder) if folder != Path::new("") => folder,
            _ => Path::new("."),
        };
        let file = tempfile::Builder::new()
            .prefix(".itn-export-")
            // As any new file: what the umask leaves of it.
            .permissions(Permissions::from_mode(0o666))
            .tempfile_in(folder)
            .map_err(failed)?;
        // What nobody else could read stays so.
        if let Ok(there) = path.metadata() {
            file.as_file().set_permissions(there.permissions()).map_err(failed)?;
        }
        let to = To::File(BufWriter::with_capacity(BUFFER_BYTES, file));
        Ok(Self { to, target: Target(Some(path)) })
    }

    pub(super) fn target(&self) -> Target {
        self.target.clone()
    }

    /// All rows are written: they are made durable, and then the file takes its name.
    pub(super) fn finish(self) -> io::Result<()> {
        let file = match self.to {
            To::Stdout(mut out) => return out.flush(),
            To::File(file) => file.into_inner().map_err(io::IntoInnerError::into_error)?,
        };
        file.as_file().sync_all()?;
        if let Some(path) = &self.target.0 {
            file.persist(path).map_err(|error| error.error)?;
        }
        Ok(())
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.to {
            To::Stdout(out) => out.write(bytes),
            To::File(file) => file.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match &mut self.to {
            To::Stdout(out) => out.flush(),
            To::File(file) => file.flush(),
        }
    }
}
