//! Passwords in a real keyring: gnome-keyring, in a D-Bus session of the test's own.
//!
//! The child is this test program again, within the session; it says what became of each step.

use std::io::Write as _;
use std::path::Path;
use std::process::Command;
use std::process::Stdio;
use std::time::Duration;
use std::time::Instant;

use isocentre::pacs::NodeAddress;
use isocentre::pacs::Secret;
use isocentre::pacs::SecretKind;
use isocentre::pacs::SecretOwner;
use isocentre::pacs::Secrets;

use crate::common::files_below;
use crate::common::http::HttpServer;
use crate::common::http::Reply;
use crate::common::temp_folder;

const STEPS: &str = "ISOCENTRE_KEYRING_STEPS";
const URL: &str = "ISOCENTRE_KEYRING_URL";
const PATIENCE: Duration = Duration::from_secs(10);
const SECRET: &str = "c0rrect-horse";

/// Opens the keyring of this home, or makes it.
const UNLOCKED: &str =
    "printf 'of the keyring' | gnome-keyring-daemon --unlock --components=secrets >/dev/null";
/// Somebody has it, and has not typed its password.
const LOCKED: &str = "gnome-keyring-daemon --start --components=secrets >/dev/null";

/// The node that an address typed on the command line is.
fn owner(url: &str) -> SecretOwner {
    let NodeAddress::Web(address) = NodeAddress::parse(url).unwrap() else {
        panic!("{url} is a URL")
    };
    let name = url.split_once("://").unwrap().1.split('/').next().unwrap();
    SecretOwner::new(name, &address)
}

/// No test: what the child does.
#[test]
fn child_in_a_session() {
    let Ok(steps) = std::env::var(STEPS) else {
        return;
    };
    let owner = owner(&std::env::var(URL).unwrap());
    for step in steps.split(' ') {
        // Nothing is left of the step before but what the keyring has.
        let (step, patience) = match step.strip_prefix("soon-") {
            Some(step) => (step, Duration::from_secs(1)),
            None => (step, PATIENCE),
        };
        let secrets = Secrets::of_user_within(patience);
        let begin = Instant::now();
        let outcome = match step {
            "set" => {
                let secret = Secret::new(SECRET);
                format!("{:?}", secrets.set(&owner, SecretKind::Password, &secret))
            }
            "get" => match secrets.look_up(&owner, SecretKind::Password) {
                Ok(Some(secret)) if secret.expose() == SECRET => "it".to_owned(),
                other => format!("{other:?}"),
            },
            "forget" => format!("{:?}", secrets.forget(&owner)),
            "stop" => signal("-STOP"),
            "go-on" => signal("-CONT"),
            other => panic!("{other}"),
        };
        assert!(begin.elapsed() < PATIENCE + Duration::from_secs(2));
        let is_quick = begin.elapsed() < Duration::from_millis(500);
        let quick = if is_quick { "" } else { " late" };
        let mut out = std::io::stdout().lock();
        writeln!(out, "step {step}: {outcome}{quick}").unwrap();
    }
}

/// To the keyring's own process.
fn signal(signal: &str) -> String {
    let pid = std::env::var("KEYRING_PID").unwrap();
    let status = Command::new("kill").args([signal, &pid]).status().unwrap();
    format!("{}", status.success())
}

fn is_installed() -> bool {
    let all = ["dbus-run-session", "gnome-keyring-daemon"].map(|program| {
        let version = Command::new(program)
            .arg("--version")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        version.is_ok()
    });
    if all.contains(&false) {
        eprintln!("skipped: no dbus-run-session or no gnome-keyring (Debian: dbus, gnome-keyring)");
    }
    !all.contains(&false)
}

/// A command in a session for this home: all that is said, and its status.
fn in_session(home: &Path, script: &str, more: &[(&str, &str)]) -> (Option<i32>, String) {
    let run = home.join("run");
    std::fs::create_dir_all(&run).unwrap();
    let mut command = Command::new("timeout");
    command
        .args(["100", "dbus-run-session"])
        .args(["--", "sh", "-c", script])
        .env("HOME", home)
        .env("XDG_DATA_HOME", home.join("data"))
        .env("XDG_CONFIG_HOME", home.join("config"))
        .env("XDG_CACHE_HOME", home.join("cache"))
        .env("XDG_RUNTIME_DIR", run)
        .env("ISOCENTRE_HOME", home.join("isocentre"))
        .env("TEST_PROGRAM", std::env::current_exe().unwrap())
        .env("ISOCENTRE", env!("CARGO_BIN_EXE_isocentre"))
        // Nobody there who could be asked.
        .env_remove("DISPLAY")
        .env_remove("WAYLAND_DISPLAY")
        .envs(more.iter().copied());
    let output = command.output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said).into_owned();
    (output.status.code(), said)
}

/// What became of each step of a child.
fn steps(home: &Path, before: &str, url: &str, steps: &str) -> Vec<String> {
    let child = "exec \"$TEST_PROGRAM\" --exact keyring::child_in_a_session --nocapture";
    let script = format!("{before}\n{child}");
    let (status, said) = in_session(home, &script, &[(STEPS, steps), (URL, url)]);
    assert_eq!(status, Some(0), "{said}");
    assert!(!said.contains(SECRET), "{said}");
    said.lines()
        .filter_map(|line| Some(line.split_once("step ")?.1.to_owned()))
        .collect()
}

fn holds_secret(folder: &Path) -> Vec<std::path::PathBuf> {
    let files = files_below(folder).into_iter();
    let holds = |path: &std::path::PathBuf| {
        let bytes = std::fs::read(path).unwrap_or_default();
        let mut windows = bytes.windows(SECRET.len());
        windows.any(|window| window == SECRET.as_bytes())
    };
    files.filter(holds).collect()
}

const NOWHERE: &str = "https://pacs.example/rs";

#[test]
fn a_password_is_there_after_a_restart_until_it_is_forgotten_and_never_in_a_file() {
    if !is_installed() {
        return;
    }
    let home = temp_folder();
    let run = |all| steps(home.path(), UNLOCKED, NOWHERE, all);
    assert_eq!(run("get"), ["get: Ok(None)"]);
    assert_eq!(run("set get"), ["set: InKeyring", "get: it"]);
    assert_eq!(run("get set"), ["get: it", "set: InKeyring"]);
    assert!(
        !files_below(home.path()).is_empty(),
        "the keyring has a file"
    );
    assert_eq!(holds_secret(home.path()), [] as [std::path::PathBuf; 0]);
    assert_eq!(run("forget get"), ["forget: Ok(())", "get: Ok(None)"]);
    assert_eq!(run("get forget"), ["get: Ok(None)", "forget: Ok(())"]);
}

#[test]
fn the_command_line_signs_in_with_what_the_keyring_holds() {
    if !is_installed() {
        return;
    }
    let home = temp_folder();
    // `reader:c0rrect-horse`
    let server = HttpServer::start(|request| match request.header("authorization") {
        Some("Basic cmVhZGVyOmMwcnJlY3QtaG9yc2U=") => Reply::json("[]"),
        _ => Reply::status(401),
    });
    let echo = "\"$ISOCENTRE\" pacs echo \"$ISOCENTRE_KEYRING_URL\" --user reader";
    let url = format!("{}/rs", server.url());
    let run = |before: &str| {
        let script = format!("{before}\n{echo}");
        in_session(home.path(), &script, &[(URL, &url)])
    };
    let (status, said) = run(UNLOCKED);
    assert_eq!(status, Some(1), "{said}");
    assert!(
        said.contains("there is none in this computer’s keyring"),
        "{said}"
    );
    assert_eq!(
        steps(home.path(), UNLOCKED, &url, "set"),
        ["set: InKeyring"]
    );
    let (status, said) = run(UNLOCKED);
    assert_eq!(status, Some(0), "{said}");
    assert!(!said.contains(SECRET), "{said}");
    let (status, said) = run(LOCKED);
    assert_eq!(status, Some(1), "{said}");
    assert!(said.contains("keyring is locked"), "{said}");
    assert!(said.contains("ISOCENTRE_SECRET_127_0_0_1_"), "{said}");
    // No session at all, and one without a keyring.
    for address in ["unix:path=/nowhere", "none"] {
        let before = format!("export DBUS_SESSION_BUS_ADDRESS={address}");
        let (status, said) = run(&before);
        assert_eq!(status, Some(1), "{said}");
        assert!(said.contains("has no keyring"), "{said}");
    }
}

#[test]
fn a_locked_keyring_keeps_what_it_holds_and_says_so() {
    if !is_installed() {
        return;
    }
    let home = temp_folder();
    let run = |before: &str, all| steps(home.path(), before, NOWHERE, all);
    assert_eq!(run(UNLOCKED, "set"), ["set: InKeyring"]);
    let locked = run(LOCKED, "get set forget");
    let said: Vec<&str> = locked
        .iter()
        .map(|it| it.trim_end_matches(" late"))
        .collect();
    assert_eq!(
        said,
        [
            "get: Err(Locked)",
            "set: ForThisRun(Locked)",
            "forget: Err(Locked)"
        ]
    );
    assert_eq!(run(UNLOCKED, "get"), ["get: it"]);
}

#[test]
fn a_keyring_that_does_not_answer_is_waited_for_once_and_not_for_ever() {
    if !is_installed() {
        return;
    }
    let home = temp_folder();
    let before = "printf 'of the keyring' | gnome-keyring-daemon --unlock --foreground \
                  --components=secrets >/dev/null 2>&1 &\n\
                  export KEYRING_PID=$!\n\
                  sleep 1";
    let all = "set stop soon-get soon-get go-on";
    let child = "\"$TEST_PROGRAM\" --exact keyring::child_in_a_session --nocapture";
    let script = format!("{before}\n{child}\nstatus=$?\nkill $KEYRING_PID\nexit $status");
    let (status, said) = in_session(home.path(), &script, &[(STEPS, all), (URL, NOWHERE)]);
    assert_eq!(status, Some(0), "{said}");
    for line in [
        "set: InKeyring",
        "get: Err(Silent) late",
        // Who is known to be stuck is not waited for again.
        "get: Err(Silent)\n",
    ] {
        assert!(said.contains(line), "{line}: {said}");
    }
}
