//! What `itn` is delivered in: the image, its composition, the unit, the package, the hosts' files.
//! Where the tool that would use a file is not on this machine, what it would do is done by hand.

mod proxy;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use itn_tests::process::{self, Ended, Process};
use itn_tests::server::ADMIN_KEY;
use itn_tests::skip::skip;
use itn_tests::{Client, Folder, Server, given, wait};

const LIMIT: Duration = Duration::from_secs(30);

fn read(path: &str) -> String {
    fs::read_to_string(process::repository().join(path)).unwrap_or_else(|it| panic!("{path}: {it}"))
}

fn has(program: &str) -> bool {
    Command::new("sh")
        .args(["-c", &format!("command -v {program}")])
        .output()
        .unwrap()
        .status
        .success()
}

#[track_caller]
fn done(command: &mut Command) -> Ended {
    let ended = process::run(command, LIMIT);
    assert_eq!(ended.code(), 0, "{command:?}: {}", ended.said());
    ended
}

/// The instructions of the Dockerfile: a word and the rest, continued lines joined.
fn instructions() -> Vec<(String, String)> {
    let text = read("Dockerfile").replace("\\\n", " ");
    let lines =
        text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    let parts = lines.map(|line| line.split_once(' ').unwrap());
    parts.map(|(word, rest)| (word.to_owned(), rest.trim().to_owned())).collect()
}

/// What a value of the last stage is.
fn last(word: &str) -> String {
    let found = instructions().into_iter().rev().find(|(known, _)| known == word);
    found.unwrap_or_else(|| panic!("no {word}")).1
}

/// The files that the build gets: those that `.dockerignore` lets through.
fn copy_context(into: &Path) {
    let ignored = read(".dockerignore");
    let rules = ignored.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    let (kept, left): (Vec<_>, Vec<_>) = rules.skip(1).partition(|rule| rule.starts_with('!'));
    assert!(ignored.lines().any(|line| line == "*"), "everything else is left out");
    let mut copy = Command::new("tar");
    copy.arg("-C").arg(process::repository()).arg("-cf").arg(into.join("context.tar"));
    for rule in left {
        copy.arg(format!("--exclude={}", rule.strip_prefix("**/").expect("anywhere below")));
    }
    done(copy.args(kept.iter().map(|rule| rule.trim_start_matches('!'))));
    done(Command::new("tar").arg("-C").arg(into).arg("-xf").arg(into.join("context.tar")));
}

/// The build's step, on what it would get. Checked instead of built: that reads every file and compiles
/// every line, in a tenth of the time.
#[test]
fn the_image_is_built_of_what_the_context_has() {
    let run = instructions().into_iter().find(|(word, _)| word == "RUN").unwrap().1;
    let build = run.split("&&").next().unwrap().split_whitespace();
    let build: Vec<_> = build.filter(|word| !word.starts_with("--mount")).collect();
    assert_eq!(build, ["cargo", "build", "--release", "--locked", "-p", "itn"]);
    let folder = Folder::new();
    copy_context(folder.path());
    for secret in [".git", ".env", "data", "target"] {
        assert!(!folder.path().join(secret).exists(), "{secret} would be sent to the builder");
    }
    // The dependencies are built there already.
    let test = std::env::current_exe().unwrap();
    let target = test.ancestors().nth(3).unwrap();
    let mut check = Command::new(env!("CARGO"));
    check.args(["check", "--locked", "-p", "itn"]).current_dir(folder.path());
    let ended = process::run(check.env("CARGO_TARGET_DIR", target), Duration::from_mins(10));
    assert_eq!(ended.code(), 0, "{}", ended.said());
}

/// The image's last stage, made by hand: the program, the libraries that distroless/cc has, and nothing
/// else; run by its user, and judged by its own health check.
#[test]
fn the_program_runs_where_there_is_nothing_else() {
    assert_eq!(last("FROM"), "gcr.io/distroless/cc-debian12:nonroot");
    assert_eq!(last("ENTRYPOINT"), "[\"/usr/local/bin/itn\"]");
    assert_eq!((last("CMD"), last("STOPSIGNAL")), ("[\"serve\"]".to_owned(), "SIGTERM".to_owned()));
    assert_eq!(
        (last("VOLUME"), last("ARG")),
        ("/data".to_owned(), "ITN_USER=65532:65532".to_owned())
    );
    assert!(last("HEALTHCHECK").ends_with("CMD [\"/usr/local/bin/itn\", \"health\"]"));
    let folder = Folder::new();
    let root = folder.path();
    let linked =
        String::from_utf8(Command::new("ldd").arg(process::binary()).output().unwrap().stdout);
    let known =
        ["libc.so.6", "libm.so.6", "libgcc_s.so.1", "ld-linux", "libdl.so.2", "libpthread.so.0"];
    for line in linked.unwrap().lines().filter(|line| !line.contains("vdso")) {
        assert!(known.iter().any(|name| line.contains(name)), "distroless/cc has no {line}");
        let library = line.split_whitespace().find(|word| word.starts_with('/')).unwrap();
        let into = root.join(library.trim_start_matches('/'));
        fs::create_dir_all(into.parent().unwrap()).unwrap();
        fs::copy(library, into).unwrap();
    }
    fs::create_dir_all(root.join("usr/local/bin")).unwrap();
    fs::copy(process::binary(), root.join("usr/local/bin/itn")).unwrap();
    fs::create_dir(root.join("data")).unwrap();
    // Whom to trust for the TLS of webhooks.
    let trusted = Path::new("/etc/ssl/certs/ca-certificates.crt");
    if trusted.is_file() {
        fs::create_dir_all(root.join("etc/ssl/certs")).unwrap();
        fs::copy(trusted, root.join("etc/ssl/certs/ca-certificates.crt")).unwrap();
    }
    let chroot = || {
        let mut command = Command::new("chroot");
        command.arg("--userspec=65532:65532").arg(root);
        command.env_clear().env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin").arg("/usr/local/bin/itn");
        command
    };
    let owned =
        Command::new("chown").args(["65532:65532"]).arg(root.join("data")).output().unwrap();
    if !owned.status.success() {
        skip("packaging", "only root may change the root of a process");
        return;
    }
    fs::set_permissions(root, fs::Permissions::from_mode(0o755)).unwrap();
    // What is in the image's environment, on a port that is free.
    let environment = last("ENV");
    assert_eq!(environment, "ITN_DATA=/data ITN_LISTEN=0.0.0.0:8080");
    let mut serve = chroot();
    serve.arg("serve").env("ITN_DATA", "/data").env("ITN_LISTEN", "0.0.0.0:0");
    let server = Process::spawn(serve.env("ITN_ADMIN_KEY", ADMIN_KEY));
    let address = wait::until("it listens", LIMIT, || {
        let said = server.stdout();
        let line = said.lines().find_map(|line| line.strip_prefix("listening on http://"))?;
        Some(line.to_owned())
    });
    let health =
        |address: &str| process::run(chroot().arg("health").env("ITN_LISTEN", address), LIMIT);
    let ended = health(&address);
    assert_eq!((ended.code(), ended.stdout.trim()), (0, "ready"), "{}", ended.said());
    let port = address.rsplit(':').next().unwrap();
    let mut client = Client::new(format!("127.0.0.1:{port}").parse().unwrap(), Some(ADMIN_KEY));
    given::market(&mut client);
    server.terminate();
    assert_eq!(server.wait(LIMIT).code(), 0);
    let ended = health(&address);
    assert_eq!(ended.code(), 1, "nobody is there: {}", ended.said());
    assert!(ended.stderr.contains(port), "{}", ended.stderr);
}

/// A program that `scripts/test` installs for Python.
fn python_tool(name: &str) -> Option<PathBuf> {
    let path = process::repository().join("target/clients/venv/bin").join(name);
    if path.is_file() {
        return Some(path);
    }
    skip("packaging", &format!("{name} is not installed, which `scripts/test` installs"));
    None
}

#[test]
fn the_composition_and_the_blueprint_are_what_their_readers_expect() {
    let Some(tool) = python_tool("check-jsonschema") else { return };
    let root = process::repository();
    let check = |arguments: &[&str]| {
        process::run(Command::new(&tool).args(arguments).current_dir(root), LIMIT)
    };
    let compose = ["--builtin-schema", "vendor.compose-spec"];
    let render = ["--schemafile", "tests/packaging/render.schema.json"];
    for (schema, file) in [(compose, "compose.yaml"), (render, "deploy/render.yaml")] {
        let ended = check(&[&schema[..], &[file]].concat());
        assert_eq!(ended.code(), 0, "{file}: {}", ended.said());
        // What is wrong is found.
        let folder = Folder::new();
        let broken = folder.path().join("broken.yaml");
        fs::write(&broken, format!("{}\nno-such-field: 1\n", read(file))).unwrap();
        let ended = check(&[&schema[..], &[broken.to_str().unwrap()]].concat());
        assert_ne!(ended.code(), 0, "{file} with a field too many");
    }
    // The files that the composition mounts are there, and the addresses agree.
    let compose = read("compose.yaml");
    for line in compose.lines().filter_map(|line| line.trim().strip_prefix("- ./")) {
        let path = line.split(':').next().unwrap();
        assert!(root.join(path).is_file(), "{path} is mounted and not there");
    }
    assert_eq!(
        compose.matches("172.30.91.2\n").count(),
        2,
        "the proxy that is trusted is the proxy"
    );
}

#[test]
fn the_unit_is_valid_and_leaves_little_open() {
    if !has("systemd-analyze") {
        skip("packaging", "there is no systemd-analyze on this machine");
        return;
    }
    let folder = Folder::new();
    let unit = folder.path().join("itn.service");
    let text = read("deploy/systemd/itn.service");
    let program = process::binary().to_str().unwrap();
    assert!(text.contains("ExecStart=/usr/local/bin/itn serve"));
    fs::write(&unit, text.replace("/usr/local/bin/itn", program)).unwrap();
    let ended = done(Command::new("systemd-analyze").args(["verify", "--man=no"]).arg(&unit));
    assert_eq!(ended.said().trim(), "", "it complains");
    // Of 10.0, which is a service of root's without any.
    let mut analyze = Command::new("systemd-analyze");
    analyze.args(["security", "--offline=yes", "--threshold=15", "--no-pager"]).arg(&unit);
    done(&mut analyze);
}

/// Packed, unpacked, installed into a folder, and started with what was installed.
#[test]
fn a_package_installs_and_keeps_settings() {
    let folder = Folder::new();
    let package = folder.path().join("itn.tar.gz");
    let mut pack = Command::new(process::repository().join("deploy/pack"));
    let packed =
        process::run(pack.arg(&package).env("ITN_BIN", process::binary()), Duration::from_mins(2));
    assert_eq!(packed.code(), 0, "{}", packed.said());
    assert_eq!(packed.stdout.split_whitespace().next().unwrap().len(), 64, "its SHA-256 is told");
    let (from, root) = (folder.path().join("package"), folder.path().join("root"));
    fs::create_dir(&from).unwrap();
    let mut unpack = Command::new("tar");
    done(unpack.arg("-C").arg(&from).args(["--strip-components=1", "-xzf"]).arg(&package));
    let install = || done(Command::new(from.join("install")).arg("--root").arg(&root));
    let said = install().stdout;
    let settings = fs::read_to_string(root.join("etc/itn.env")).unwrap();
    let mode = fs::metadata(root.join("etc/itn.env")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600, "the key is nobody else's");
    let key = settings.lines().find_map(|line| line.strip_prefix("ITN_ADMIN_KEY=")).unwrap();
    assert!(!said.contains(key), "the key is not told");
    let installed = root.join("usr/local/bin/itn");
    let mut serve = Command::new(&installed);
    serve.args(["serve", "--listen", "127.0.0.1:0", "--data"]).arg(folder.data());
    let server = Process::spawn(serve.env("ITN_ADMIN_KEY", key).current_dir("/"));
    let address = wait::until("it listens", LIMIT, || {
        let said = server.stdout();
        let line = said.lines().find_map(|line| line.strip_prefix("listening on http://"))?;
        line.parse().ok()
    });
    Client::new(address, Some(key)).get("/api/whoami").expect(200);
    // A newer one takes the place of the one that runs, and no settings are lost.
    assert_eq!(install().stdout, "");
    assert_eq!(fs::read_to_string(root.join("etc/itn.env")).unwrap(), settings);
    names_its_proxy(&from.join("install"), &root, &settings);
    Client::new(address, Some(key)).get("/api/whoami").expect(200);
    server.terminate();
    assert_eq!(server.wait(LIMIT).code(), 0);
    let unit = fs::read_to_string(root.join("etc/systemd/system/itn.service")).unwrap();
    assert_eq!(unit, read("deploy/systemd/itn.service"));
}

/// `install --proxy` adds the proxy's address once, and leaves what is there.
fn names_its_proxy(install: &Path, root: &Path, before: &str) {
    let file = root.join("etc/itn.env");
    // An editor that leaves the last line open.
    fs::write(&file, before.trim_end()).unwrap();
    let install = |proxy: &str| {
        done(Command::new(install).arg("--root").arg(root).args(["--proxy", proxy]));
        fs::read_to_string(&file).unwrap()
    };
    let named = install("127.0.0.1");
    assert!(named.starts_with(before), "{named}");
    assert!(named.lines().any(|line| line == "ITN_TRUSTED_PROXIES=127.0.0.1"), "{named}");
    assert_eq!(install("10.0.0.1"), named, "what is set stays");
}

/// Where a proxy stands in front, `itn` is told its address: else all clients are one.
#[test]
fn whoever_has_a_proxy_in_front_names_it() {
    assert!(read("compose.yaml").contains("ITN_TRUSTED_PROXIES: 172.30.91.2\n"));
    assert!(read("deploy/aws/user-data.sh").contains("\"$work/install\" --proxy 127.0.0.1\n"));
    let render = read("deploy/render.yaml");
    let (_, value) = render.split_once("- key: ITN_TRUSTED_PROXIES\n        value: \"").unwrap();
    let networks: String = value.split('"').next().unwrap().split("\\\n").map(str::trim).collect();
    assert!(networks.starts_with("10.0.0.0/8,"), "{networks}");
    // A server understands them.
    let folder = Folder::new();
    Server::options(&folder.data()).env("ITN_TRUSTED_PROXIES", networks).start().stop();
    let docs = read("docs/deploying.md");
    for heading in ["## systemd", "## A proxy with TLS", "## Render", "## AWS EC2"] {
        let (_, section) = docs.split_once(heading).unwrap();
        let section = section.split("\n## ").next().unwrap();
        assert!(section.contains("ITN_TRUSTED_PROXIES"), "{heading}");
    }
}

/// The script of the first start, with stand-ins for what touches devices: what holds data is mounted,
/// and never formatted.
#[test]
fn a_volume_with_data_is_never_formatted() {
    for (blkid, formats, mounts) in [(0, false, true), (2, true, true), (4, false, false)] {
        let folder = Folder::new();
        let bin = folder.path().join("bin");
        fs::create_dir(&bin).unwrap();
        let log = folder.path().join("log");
        let stand_in = |name: &str, body: &str| {
            let path = bin.join(name);
            let text = format!("#!/bin/sh\necho {name} \"$@\" >>{}\n{body}\n", log.display());
            fs::write(&path, text).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        };
        stand_in("mountpoint", "exit 1");
        stand_in("mkfs.ext4", "");
        stand_in("mount", "");
        stand_in("blkid", &format!("case $* in *UUID*) echo 1234-abcd ;; *) exit {blkid} ;; esac"));
        let script = process::repository().join("deploy/aws/user-data.sh");
        let fstab = folder.path().join("fstab");
        fs::write(&fstab, "").unwrap();
        let mut bash = Command::new("bash");
        bash.arg("-c").arg("set -euo pipefail; . \"$1\"; mount_volume /dev/nothing \"$2\"");
        bash.arg("test").arg(script).arg(folder.path().join("mounted")).env("FSTAB", &fstab);
        let path = format!("{}:{}", bin.display(), std::env::var("PATH").unwrap());
        let ended = process::run(bash.env("PATH", path), LIMIT);
        let said = fs::read_to_string(&log).unwrap();
        assert_eq!(said.contains("mkfs.ext4"), formats, "blkid {blkid}: {said}");
        assert_eq!(ended.code() == 0, mounts, "blkid {blkid}: {}", ended.said());
        let noted = fs::read_to_string(&fstab).unwrap();
        assert_eq!(noted.contains("UUID=1234-abcd"), mounts, "{noted}");
    }
    for script in ["deploy/aws/user-data.sh", "deploy/install", "deploy/pack"] {
        done(Command::new("bash").arg("-n").arg(process::repository().join(script)));
    }
}

/// What the docs say was not run here, and no more than that, is not run: each file is named.
#[test]
fn every_file_is_in_the_docs() {
    let docs = read("docs/deploying.md");
    for file in [
        "Dockerfile",
        "compose.yaml",
        "deploy/systemd/itn.service",
        "deploy/caddy/Caddyfile",
        "deploy/caddy/two.Caddyfile",
        "deploy/render.yaml",
        "deploy/aws/user-data.sh",
        "deploy/pack",
        "deploy/install",
    ] {
        assert!(docs.contains(file), "{file} is not in docs/deploying.md");
        assert!(process::repository().join(file).is_file(), "{file}");
    }
}

/// A server that may be started again in the same place.
fn server(folder: &Folder, listen: &str) -> Server {
    Server::options(&folder.data()).listen(listen).start()
}
