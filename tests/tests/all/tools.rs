//! The commands about the program itself: settings, completions, the manual, the doctor.

use std::fs;
use std::process::Command;
use std::time::Duration;

use itn_tests::process::{self, Ended};
use itn_tests::server::Folder;
use itn_tests::skip::skip;
use itn_tests::{Server, given, readme};
use serde_json::Value;

const LIMIT: Duration = Duration::from_mins(1);

fn run(command: &mut Command) -> Ended {
    process::run(command, LIMIT)
}

/// What a session of the docs says.
#[track_caller]
fn pasted(file: &str, name: &str) -> String {
    let markdown = fs::read_to_string(process::repository().join(file)).unwrap();
    let script = readme::session(&markdown, name).expect("a marked block");
    pasted_in(&Folder::new(), &script)
}

/// What a session says in this folder.
#[track_caller]
fn pasted_in(folder: &Folder, script: &str) -> String {
    let programs = process::binary().parent().unwrap().display();
    let path = format!("{programs}:{}", std::env::var("PATH").unwrap());
    let mut bash = Command::new("bash");
    bash.args(["-u", "-c", script]).current_dir(folder.path()).env("PATH", path);
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("ITN_")) {
        bash.env_remove(name);
    }
    let said = run(&mut bash).said();
    for wrong in ["command not found", "unbound variable", "panicked"] {
        assert!(!said.contains(wrong), "{wrong} is in what the session says:\n{said}");
    }
    said
}

#[test]
fn the_sessions_about_settings_work_as_pasted() {
    let said = pasted("docs/configuration.md", "configuration");
    for words in [
        "listen = \"127.0.0.1:0\"  # from itn.toml",
        "speed = 60  # from itn.toml",
        "data = \"./data\"  # default",
        "wrong.toml, line 1: there is no setting lisen; is listen meant?",
        "refused with 2",
        "a whole number from 1 to 100000",
    ] {
        assert!(said.contains(words), "{words} is not in:\n{said}");
    }
    let said = pasted("docs/configuration.md", "shells");
    for words in ["bash takes it", "itn.1", "itn-serve.1", "itn-backup.1"] {
        assert!(said.contains(words), "{words} is not in:\n{said}");
    }
}

#[test]
fn the_sessions_about_operations_work_as_pasted() {
    let markdown = fs::read_to_string(process::repository().join("docs/operations.md")).unwrap();
    let folder = Folder::new();
    let server = Server::start(&folder.data());
    given::market(&mut server.client());
    let said = pasted_in(&folder, &readme::session(&markdown, "doctor").unwrap());
    assert!(said.contains("by a server or another command"), "{said}");
    // The server goes on on its own folder.
    let said = pasted_in(&folder, &readme::session(&markdown, "operations").unwrap());
    assert_eq!(said.lines().filter(|line| *line == "ok").count(), 3, "{said}");
    let hashes: Vec<_> = said.lines().filter(|line| line.starts_with("chain hash ")).collect();
    assert!(hashes.len() == 3 && hashes.iter().all(|hash| *hash == hashes[0]), "{said}");
    server.stop();
}

#[test]
fn each_layer_wins_over_those_below_it() {
    let folder = Folder::new();
    fs::write(folder.path().join(".env"), "ITN_SPEED=2\nITN_RETAIN_HOURS=2\n").unwrap();
    let file = "speed = 3\nretain-hours = 3\nretain-minutes = 3\nlisten = \"127.0.0.1:0\"\n";
    fs::write(folder.path().join("itn.toml"), file).unwrap();
    let mut command = process::itn(["config", "--speed", "1"]);
    command.current_dir(folder.path()).env("ITN_CONFIG", "itn.toml");
    command.env("ITN_SPEED", "4").env("ITN_FREE_SPACE_MIN", "5");
    let ended = run(&mut command);
    for line in [
        "speed = 1  # on the command line",
        "free-space-min = 5  # from ITN_FREE_SPACE_MIN in environment",
        "retain-hours = 2  # from ITN_RETAIN_HOURS in .env",
        "retain-minutes = 3  # from itn.toml",
        "connections-max = 16384  # default",
    ] {
        assert!(ended.stdout.lines().any(|found| found == line), "{line}\n{}", ended.said());
    }
    // What it shows is a file of settings, and a server starts with it.
    fs::write(folder.path().join("shown.toml"), &ended.stdout).unwrap();
    let shown = folder.path().join("shown.toml");
    let server = Server::options(&folder.data()).arg("--config").arg(shown).start();
    let network = server.client().get("/api/network").expect(200).json();
    assert_eq!(network["speed"], 1, "{network}");
    server.stop();
    let missing = run(&mut process::itn(["serve", "--config", "/nowhere.toml"]));
    assert_eq!(missing.code(), 2, "{}", missing.said());
    assert!(missing.stderr.contains("/nowhere.toml"), "{}", missing.stderr);
}

#[test]
fn the_manual_is_what_man_reads() {
    let page = run(&mut process::itn(["man"]));
    assert_eq!(page.code(), 0, "{}", page.said());
    assert!(page.stdout.contains(".TH itn 1"), "{}", page.stdout);
    let folder = Folder::new();
    let file = folder.path().join("itn.1");
    fs::write(&file, &page.stdout).unwrap();
    let reader = ["mandoc", "man", "groff"]
        .into_iter()
        .find(|name| Command::new(name).arg("--version").output().is_ok());
    let rendered = match reader {
        Some("mandoc") => Command::new("mandoc").arg(&file).output(),
        Some("man") => Command::new("man").arg("-l").arg(&file).output(),
        Some("groff") => Command::new("groff").args(["-man", "-Tascii"]).arg(&file).output(),
        _ => return skip("tools", "there is nothing here that reads a page of the manual"),
    };
    let rendered = rendered.unwrap();
    assert!(rendered.status.success(), "{}", String::from_utf8_lossy(&rendered.stderr));
    assert!(String::from_utf8_lossy(&rendered.stdout).contains("serve"));
}

#[test]
fn completions_know_the_commands_and_show_no_secret() {
    for shell in ["bash", "zsh", "fish"] {
        let mut command = process::itn(["completions", shell]);
        let ended = run(command.env("ITN_KEY", "itn_secret-of-somebody"));
        assert_eq!(ended.code(), 0, "{}", ended.said());
        for word in ["serve", "backup", "restore", "retain-minutes"] {
            assert!(ended.stdout.contains(word), "{shell}: no {word}");
        }
        assert!(!ended.stdout.contains("secret-of-somebody"), "{shell}");
    }
}

#[test]
fn the_doctor_examines_and_leaves_things_as_they_are() {
    let folder = Folder::new();
    let data = folder.data();
    let examined = |arguments: &[&str]| {
        let mut command = process::itn(["doctor", "--data"]);
        run(command.arg(&data).args(arguments))
    };
    let before = examined(&[]);
    assert!(before.stdout.contains("is not there yet and can be made"), "{}", before.said());
    assert!(!data.exists());
    let server = Server::start(&data);
    let ended = examined(&["--json", "--connections-max", "10"]);
    let told: Value = serde_json::from_str(&ended.stdout).unwrap();
    let check = |name: &str| {
        let checks = told["checks"].as_array().unwrap();
        let found = checks.iter().find(|check| check["check"] == name);
        found.unwrap_or_else(|| panic!("no {name} in {told}")).clone()
    };
    assert_eq!(check("in use")["found"], "by a server or another command");
    assert_eq!(check("schema")["level"], "ok");
    assert_eq!(check("open files")["level"], "ok");
    assert!(check("disk sync")["found"].as_str().unwrap().contains("p99"), "{told}");
    assert_eq!(told["ok"].as_bool().unwrap(), ended.code() == 0, "{told}");
    server.stop();
    let full = examined(&["--free-space-min", "9000000000000000000"]);
    assert_eq!(full.code(), 1, "{}", full.said());
    assert!(full.stdout.contains("writes are refused"), "{}", full.said());
    assert!(full.stdout.contains("-> make room"), "{}", full.said());
    let left: Vec<_> =
        fs::read_dir(&data).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(!left.iter().any(|name| name.to_string_lossy().contains("doctor")), "{left:?}");
}
