//! Homes for tests: the shipped configuration with short times, and groups as the test needs them.

use std::{
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use serde_json::Value;
use tempfile::TempDir;

use super::{Daemon, eventually};

/// The signing secret of every webhook here.
pub(crate) const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/// Settings that make a test quick: files settle at once, retries follow at once.
const QUICK: &str = "\
drop: [drop]
settle: 50ms
rescan: 1s
operator: performance-team
listen: 127.0.0.1:0
retry: { attempts: 6, first: 50ms, longest: 300ms, timeout: 20s }
";

/// A home in a folder for temporary files; removed at the end of the test.
pub(crate) struct Home {
    folder: TempDir,
}

/// A published file of the activity of one month, `05` to `10` of 2025.
pub(crate) fn les_file(month: &str) -> (String, Vec<u8>) {
    let name = format!("les-activity-2025-{month}.csv");
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/les-activity").join(&name);
    (name, fs::read(path).unwrap())
}

impl Home {
    /// What `init` writes, with short times. Groups write to files, until told otherwise.
    pub(crate) fn new() -> Self {
        let home = Self { folder: tempfile::Builder::new().prefix("bellwether-test-").tempdir().unwrap() };
        let done = home.command(&["init", home.root().to_str().unwrap()]).output().unwrap();
        assert!(done.status.success(), "{done:?}");
        home.settings("");
        home.write("secret", SECRET.as_bytes());
        home
    }

    pub(crate) fn root(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.root().join(path)
    }

    /// Writes a file of the home at once, by a rename.
    pub(crate) fn write(&self, path: &str, content: &[u8]) {
        let target = self.path(path);
        let unfinished = self.path(&format!("state-of-test-{}", target.file_name().unwrap().to_str().unwrap()));
        fs::create_dir_all(target.parent().unwrap()).unwrap();
        fs::write(&unfinished, content).unwrap();
        fs::rename(unfinished, target).unwrap();
    }

    /// The quick settings, with more lines; a line for a setting that is there already takes its place.
    pub(crate) fn settings(&self, more: &str) {
        let given: Vec<&str> = more.lines().filter_map(|line| line.split(':').next()).collect();
        let kept = QUICK.lines().filter(|line| !given.iter().any(|name| line.starts_with(&format!("{name}:"))));
        let lines: Vec<&str> = kept.chain(more.lines()).collect();
        self.write("config/bellwether.yaml", (lines.join("\n") + "\n").as_bytes());
    }

    /// Sends what concerns the contracts through these channels, and what concerns the operator through those.
    pub(crate) fn channels(&self, group: &[String], operator: &[String]) {
        let mut text = "groups:\n".to_owned();
        for (id, channels) in [("primary-care-medical-services", group), ("performance-team", operator)] {
            writeln!(text, "  {id}:\n    name: The group {id}\n    channels:").unwrap();
            for channel in channels {
                writeln!(text, "      - {channel}").unwrap();
            }
        }
        text += "route:\n  to: [performance-team]\n  routes:\n";
        text += "    - match: { dataset: les-activity }\n      to: [primary-care-medical-services]\n";
        self.write("config/groups.yaml", text.as_bytes());
    }

    /// A channel to files.
    pub(crate) fn to_files() -> String {
        "email: { to: [operator@example.org] }".to_owned()
    }

    /// A channel to a webhook.
    pub(crate) fn to_webhook(url: &str) -> String {
        format!("webhook: {{ url: '{url}', secret_file: secret }}")
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_bellwether"));
        command.args(arguments).args(["--home".as_ref(), self.root().as_os_str()]).env("TZ", "UTC");
        for inherited in ["BELLWETHER_HOME", "NOTIFY_SOCKET", "WATCHDOG_USEC", "RUST_LOG", "CREDENTIALS_DIRECTORY"] {
            command.env_remove(inherited);
        }
        command
    }

    pub(crate) fn output(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// What a list says as JSON.
    pub(crate) fn list(&self, arguments: &[&str]) -> Vec<Value> {
        let done = self.output(&[arguments, &["--format", "json"]].concat());
        assert!(done.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&done.stderr));
        match serde_json::from_slice(&done.stdout).unwrap() {
            Value::Array(entries) => entries,
            other => panic!("no list: {other}"),
        }
    }

    pub(crate) fn outbox(&self) -> Vec<Value> {
        self.list(&["outbox"])
    }

    pub(crate) fn deliveries(&self) -> Vec<Value> {
        self.list(&["deliveries"])
    }

    /// Lays a file into the drop folder as a careful program does: whole, by a rename.
    pub(crate) fn drop_file(&self, (name, content): &(String, Vec<u8>)) {
        self.write(&format!("drop/{name}"), content);
    }

    /// Starts the daemon and waits until it is at work.
    pub(crate) fn start(&self) -> Daemon {
        let mut daemon = Daemon::spawn(self.command(&["run", "--log-format", "json"]));
        daemon.wait_for_log("at work");
        daemon
    }

    /// Waits until there is an answer; tells of the deliveries otherwise.
    pub(crate) fn wait_for<T>(&self, what: &str, ask: impl FnMut() -> Option<T>) -> T {
        eventually(what, ask, || format!("{:#?}\n{:#?}", self.deliveries(), self.files("")))
    }

    /// Waits until the outbox is as wanted.
    pub(crate) fn wait_for_outbox(&self, what: &str, mut wanted: impl FnMut(&[Value]) -> bool) -> Vec<Value> {
        let ask = || Some(self.outbox()).filter(|outbox| wanted(outbox));
        eventually(what, ask, || format!("{:#?}", self.outbox()))
    }

    /// Waits until so many files are decided and in their places.
    pub(crate) fn wait_for_deliveries(&self, count: usize) -> Vec<Value> {
        let ask =
            || Some(self.deliveries()).filter(|found| found.len() >= count && self.files("state/claimed").is_empty());
        eventually("deliveries", ask, || format!("{:#?}", self.deliveries()))
    }

    /// Every file below a folder, with its path relative to it, sorted.
    pub(crate) fn files(&self, folder: &str) -> Vec<String> {
        fn walk(root: &Path, folder: &Path, found: &mut Vec<String>) {
            for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
                match entry.file_type() {
                    Ok(kind) if kind.is_dir() => walk(root, &entry.path(), found),
                    _ => found.push(entry.path().strip_prefix(root).unwrap().to_str().unwrap().to_owned()),
                }
            }
        }
        let mut found = Vec::new();
        walk(&self.path(folder), &self.path(folder), &mut found);
        found.sort();
        found
    }
}
