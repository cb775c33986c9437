//! Embeds the files of `dashboard/` into the binary, whatever is there, by name; each also as brotli
//! and gzip, where that is smaller.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

use flate2::write::GzEncoder;

/// What a browser may ask for, and the licences of what is not ours; what tools and tests need stays
/// out.
const SERVED: [&str; 7] = ["html", "js", "css", "svg", "png", "ico", "woff2"];
const LICENCE: &str = "LICENSE";
const KEPT_OUT: [&str; 2] = ["node_modules", "tests"];
/// What is compressed by its own format.
const DENSE: [&str; 3] = ["png", "ico", "woff2"];
/// Compressed, a file must have less than so many percent of its size to be worth a second copy.
const WORTH_PERCENT: u64 = 90;
/// Brotli's window, its largest: the files are smaller.
const BROTLI_WINDOW_LOG2: u32 = 22;

/// How hard brotli and gzip try: a release does so once, whoever works on the page all day.
struct Effort {
    brotli: u32,
    gzip: u32,
}

const RELEASE: Effort = Effort { brotli: 11, gzip: 9 };
const DEV: Effort = Effort { brotli: 5, gzip: 6 };

fn main() -> io::Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../dashboard").canonicalize()?;
    println!("cargo::rerun-if-changed={}", root.display());
    let effort =
        if env::var("PROFILE").is_ok_and(|name| name == "release") { RELEASE } else { DEV };
    let out = env::var_os("OUT_DIR").map(PathBuf::from).unwrap_or_default();
    let mut files = Vec::new();
    collect(&root, &mut files)?;
    files.sort();
    let mut code = String::from("&[\n");
    for file in files {
        let name = file.strip_prefix(&root).unwrap_or(&file).to_string_lossy();
        let [brotli, gzip] = compressed(&file, &out.join("dashboard").join(&*name), &effort)?;
        let path = file.to_string_lossy();
        // Writing to a string does not fail.
        let _ = writeln!(
            code,
            "    File {{ name: {name:?}, plain: include_bytes!({path:?}), brotli: {brotli}, \
             gzip: {gzip} }},"
        );
    }
    code.push_str("]\n");
    fs::write(out.join("dashboard.rs"), code)
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if name.starts_with('.') || KEPT_OUT.contains(&&*name) {
            continue;
        }
        if path.is_dir() {
            println!("cargo::rerun-if-changed={}", path.display());
            collect(&path, files)?;
        } else if is_one_of(&path, &SERVED) || name == LICENCE {
            println!("cargo::rerun-if-changed={}", path.display());
            files.push(path);
        }
    }
    Ok(())
}

fn is_one_of(path: &Path, extensions: &[&str]) -> bool {
    path.extension().is_some_and(|own| extensions.iter().any(|one| own == *one))
}

/// The file as brotli and as gzip, as expressions of Rust; made anew only if the file changed since
/// the copy beside them was made, which is therefore written last.
fn compressed(file: &Path, place: &Path, effort: &Effort) -> io::Result<[String; 2]> {
    if is_one_of(file, &DENSE) {
        return Ok(["None".to_owned(), "None".to_owned()]);
    }
    let bytes = fs::read(file)?;
    let beside = |suffix: &str| PathBuf::from(format!("{}{suffix}", place.display()));
    let (copy, brotli, gzip) = (beside(".copy"), beside(".br"), beside(".gz"));
    if fs::read(&copy).ok().as_ref() != Some(&bytes) {
        fs::create_dir_all(place.parent().unwrap_or(place))?;
        fs::write(&brotli, as_brotli(&bytes, effort)?)?;
        fs::write(&gzip, as_gzip(&bytes, effort)?)?;
        fs::write(&copy, &bytes)?;
    }
    let whole = fs::metadata(file)?.len();
    let included = |path: PathBuf| -> io::Result<String> {
        let is_worth_it = fs::metadata(&path)?.len() * 100 < whole * WORTH_PERCENT;
        let path = path.to_string_lossy();
        Ok(if is_worth_it { format!("Some(include_bytes!({path:?}))") } else { "None".to_owned() })
    };
    Ok([included(brotli)?, included(gzip)?])
}

fn as_brotli(bytes: &[u8], effort: &Effort) -> io::Result<Vec<u8>> {
    let mut writer =
        brotli::CompressorWriter::new(Vec::new(), 4096, effort.brotli, BROTLI_WINDOW_LOG2);
    writer.write_all(bytes)?;
    writer.flush()?;
    Ok(writer.into_inner())
}

fn as_gzip(bytes: &[u8], effort: &Effort) -> io::Result<Vec<u8>> {
    let mut writer = GzEncoder::new(Vec::new(), flate2::Compression::new(effort.gzip));
    writer.write_all(bytes)?;
    writer.finish()
}
