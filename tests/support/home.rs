//! A home folder and the program at work on it.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use serde_json::Value;

use super::{Daemon, Told, changed, les, les_name};

/// A home that `bellwether init` wrote, made quick, gone when the test ends.
pub struct Home {
    folder: tempfile::TempDir,
}

/// How a command ended and what it said.
#[derive(Debug)]
pub struct Ran {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Ran {
    pub fn of(output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).expect("text in UTF-8");
        // A command that a signal ended has no code.
        Self { code: output.status.code().unwrap_or(-1), out: text(output.stdout), err: text(output.stderr) }
    }

    /// The same, having ended with this code.
    #[track_caller]
    pub fn ends_with(self, code: i32) -> Self {
        assert_eq!(self.code, code, "standard output:\n{}\nstandard error:\n{}", self.out, self.err);
        self
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error} in\n{}\n{}", self.out, self.err))
    }
}

/// The program, with nothing of the surroundings that would change what it does.
pub fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_bellwether"));
    for name in ["BELLWETHER_HOME", "RUST_LOG", "NOTIFY_SOCKET", "CREDENTIALS_DIRECTORY", "CLICOLOR_FORCE"] {
        command.env_remove(name);
    }
    command
}

impl Home {
    pub fn new() -> Self {
        let home = Self { folder: tempfile::tempdir().expect("a folder for temporary files") };
        home.run(&["init", &home.root().display().to_string()]).ends_with(0);
        home.edit("config/bellwether.yaml", "settle: 2s", "settle: 20ms");
        home.edit("config/bellwether.yaml", "\nlisten: 127.0.0.1:8321", "\nlisten: off");
        home
    }

    pub fn root(&self) -> &Path {
        self.folder.path()
    }

    pub fn path(&self, relative: impl AsRef<Path>) -> PathBuf {
        self.root().join(relative)
    }

    pub fn read(&self, relative: &str) -> String {
        let path = self.path(relative);
        fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    pub fn write(&self, relative: &str, text: impl AsRef<[u8]>) {
        let path = self.path(relative);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, text).expect("written");
    }

    /// Changes one place of a file.
    #[track_caller]
    pub fn edit(&self, relative: &str, from: &str, to: &str) {
        self.write(relative, changed(&self.read(relative), from, to));
    }

    /// The files below a folder, by their paths within it, in order.
    pub fn files(&self, relative: &str) -> Vec<String> {
        fn walk(folder: &Path, below: &str, found: &mut Vec<String>) {
            for entry in fs::read_dir(folder).into_iter().flatten() {
                let entry = entry.expect("an entry");
                let name = format!("{below}{}", entry.file_name().to_string_lossy());
                if entry.path().is_dir() {
                    walk(&entry.path(), &format!("{name}/"), found);
                } else {
                    found.push(name);
                }
            }
        }
        let mut found = Vec::new();
        walk(&self.path(relative), "", &mut found);
        found.sort();
        found
    }

    /// Lays a file into the drop folder as a careful program does: under a temporary name first.
    pub fn drop(&self, name: &str, content: impl AsRef<[u8]>) {
        let part = self.path(format!("drop/{name}.part"));
        fs::write(&part, content).expect("written");
        fs::rename(part, self.path(format!("drop/{name}"))).expect("renamed");
    }

    /// Drops a month as published.
    pub fn drop_month(&self, month: &str) {
        self.drop(&les_name(month), les(month));
    }

    /// Runs the program on this home.
    pub fn run(&self, arguments: &[&str]) -> Ran {
        let output = program().arg("--home").arg(self.root()).args(arguments).output();
        Ran::of(output.expect("the program starts"))
    }

    /// Handles all that is waiting.
    pub fn once(&self) -> Ran {
        self.run(&["run", "--once"])
    }

    /// Drops a file, handles it, and expects this exit code.
    #[track_caller]
    pub fn take(&self, name: &str, content: impl AsRef<[u8]>, code: i32) -> Ran {
        self.drop(name, content);
        self.once().ends_with(code)
    }

    /// Drops months as published, one run each.
    #[track_caller]
    pub fn take_months(&self, months: &[&str]) {
        for month in months {
            self.take(&les_name(month), les(month), 0);
        }
    }

    /// Drops a file before a running daemon and waits until `count` deliveries are decided.
    pub fn take_in_daemon(&self, daemon: &mut Daemon, name: &str, content: &str, count: usize) {
        self.drop(name, content);
        daemon.wait_for_deliveries(self, count);
    }

    /// Starts the daemon.
    pub fn start(&self) -> Daemon {
        Daemon::start(self)
    }

    fn list(&self, arguments: &[&str]) -> Vec<Value> {
        let arguments = [arguments, &["--format", "json"]].concat();
        match self.run(&arguments).ends_with(0).json() {
            Value::Array(entries) => entries,
            other => panic!("not a list: {other}"),
        }
    }

    /// Every alert that is not inactive, as `alerts` lists them.
    pub fn alerts(&self) -> Vec<Value> {
        self.list(&["alerts"])
    }

    /// Alerts of a rule in a state, as `label (since)`, in order of the labels.
    pub fn alerts_in(&self, state: &str, rule: &str) -> Vec<String> {
        let alerts = self.list(&["alerts", "--state", state, "--rule", rule]);
        let mut named: Vec<String> = alerts
            .iter()
            .map(|alert| format!("{} ({})", name(&alert["labels"]), alert["since"].as_str().expect("a period")))
            .collect();
        named.sort();
        named
    }

    pub fn firing(&self, rule: &str) -> Vec<String> {
        self.alerts_in("firing", rule)
    }

    /// Every step of an alert's life, as `kind because`, oldest first.
    pub fn steps(&self, rule: &str, label: &str) -> Vec<String> {
        let alerts = self.list(&["alerts", "--rule", rule]);
        let alert = alerts.iter().find(|alert| name(&alert["labels"]) == label);
        let id = alert.unwrap_or_else(|| panic!("no alert of {label}"))["id"].as_str().expect("an id").to_owned();
        let steps = self.list(&["alerts", "--history", &id]);
        let text = |step: &Value, field: &str| step[field].as_str().expect("text").to_owned();
        steps.iter().map(|step| format!("{} {}", text(step, "kind"), text(step, "cause"))).collect()
    }

    pub fn unjudged(&self) -> Vec<Value> {
        self.list(&["alerts", "--unjudged"])
    }

    /// Deliveries, oldest first.
    pub fn deliveries(&self) -> Vec<Value> {
        let mut deliveries = self.list(&["deliveries"]);
        deliveries.reverse();
        deliveries
    }

    /// The newest delivery.
    pub fn last(&self) -> Value {
        self.deliveries().pop().expect("a delivery")
    }

    pub fn outbox(&self) -> Vec<Value> {
        self.list(&["outbox"])
    }

    /// What groups were told, oldest first.
    pub fn notices(&self) -> Vec<Told> {
        let mut notices: Vec<Told> = self.list(&["notices"]).iter().map(Told::of).collect();
        notices.reverse();
        notices
    }

    /// The one notice that was made since there were `before`.
    #[track_caller]
    pub fn only_notice_since(&self, before: usize) -> Told {
        let mut notices = self.notices().split_off(before);
        let subjects: Vec<&str> = notices.iter().map(|told| told.subject.as_str()).collect();
        assert_eq!(notices.len(), 1, "{subjects:?}");
        notices.remove(0)
    }

    /// The plain text of every mail that was sent for a notice, each run of white space as one blank.
    pub fn mail(&self, told: &Told) -> String {
        let notice = format!("Notice {}", told.id);
        let mails = self.files("mail").into_iter().map(|file| self.read(&format!("mail/{file}")));
        let texts: Vec<String> = mails.map(|mail| plain_text(&mail)).filter(|text| text.contains(&notice)).collect();
        assert!(!texts.is_empty(), "no mail says {notice}");
        texts.join("\n").split_whitespace().collect::<Vec<_>>().join(" ")
    }
}

/// The first label that tells a series from its neighbours.
pub fn name(labels: &Value) -> String {
    let label = ["contract", "sub_icb"].iter().find_map(|label| labels[label].as_str());
    label.unwrap_or_else(|| panic!("no label in {labels}")).to_owned()
}

/// The part for mail programs that show no HTML, its quoted-printable undone.
fn plain_text(mail: &str) -> String {
    let mail = mail.replace("\r\n", "\n");
    let (_, part) = mail.split_once("Content-Type: text/plain").expect("a plain part");
    let (_, body) = part.split_once("\n\n").expect("a body");
    let body = body.split("\n--bellwether-").next().unwrap_or_default().replace("=\n", "");
    let mut bytes = Vec::new();
    let mut rest = body.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let coded = (*first == b'=').then(|| after.get(..2)).flatten();
        let byte = coded.and_then(|hex| u8::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok());
        bytes.push(byte.unwrap_or(*first));
        rest = if byte.is_some() { &after[2..] } else { after };
    }
    String::from_utf8(bytes).expect("UTF-8")
}
