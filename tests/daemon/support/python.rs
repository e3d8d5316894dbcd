//! Helpers in Python: independent implementations of what the program speaks. `tests/run` installs what they need.

use std::{
    io::{BufRead, BufReader, Write},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex},
};

use serde_json::{Value, json};

use super::{Request, SECRET};

fn python(script: &str) -> Command {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let program = root.join("tests/.venv/bin/python");
    assert!(program.exists(), "the Python packages are missing: run tests/run once");
    let mut command = Command::new(program);
    command.arg(root.join("tests/daemon/support").join(script));
    command
}

/// A real mail server (aiosmtpd) with a certificate authority of its own.
pub(crate) struct Relay {
    child: Child,
    events: Arc<Mutex<Vec<Value>>>,
    pub(crate) port: u16,
    /// The certificate of its authority.
    pub(crate) authority: PathBuf,
}

impl Relay {
    /// Starts one. `protection` is `starttls`, `tls` or `none`; `name` is what its certificate says; with a `login`, a
    /// user and a password, nobody else is served.
    pub(crate) fn start(folder: &Path, protection: &str, name: &str, login: Option<(&str, &str)>) -> Self {
        let authority = folder.join("authority.pem");
        let login = login.map(|(user, password)| json!({ "user": user, "password": password }));
        let settings = json!({ "protection": protection, "name": name, "login": login, "authority": authority });
        let mut child = python("relay.py").arg(settings.to_string()).stdout(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let ready: Value = serde_json::from_str(&lines.next().unwrap().unwrap()).unwrap();
        let events = Arc::new(Mutex::new(Vec::new()));
        let told = Arc::clone(&events);
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                told.lock().unwrap().push(serde_json::from_str(&line).unwrap());
            }
        });
        Self { child, events, port: u16::try_from(ready["port"].as_u64().unwrap()).unwrap(), authority }
    }

    /// What happened, of one kind: `login`, `recipient` or `message`.
    pub(crate) fn events(&self, kind: &str) -> Vec<Value> {
        self.events.lock().unwrap().iter().filter(|event| event["event"] == kind).cloned().collect()
    }
}

impl Relay {
    /// Nobody listens on its port from now on.
    pub(crate) fn stop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Lets the reference implementation of Standard Webhooks look at every request.
///
/// # Panics
/// A signature does not hold.
pub(crate) fn verify_signatures(requests: &[Request]) {
    verify_signatures_with(SECRET, requests);
}

/// The same with another secret.
///
/// # Panics
/// A signature does not hold.
pub(crate) fn verify_signatures_with(secret: &str, requests: &[Request]) {
    assert!(!requests.is_empty());
    let requests: Vec<Value> =
        requests.iter().map(|request| json!({ "headers": request.headers, "body": request.body })).collect();
    let mut child = python("verify.py").arg(secret).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(&serde_json::to_vec(&requests).unwrap()).unwrap();
    let done = child.wait_with_output().unwrap();
    assert!(done.status.success());
    let verified: Value = serde_json::from_slice(&done.stdout).unwrap();
    assert_eq!(verified, json!({ "verified": requests.len(), "forged": 0, "forgeries_found": requests.len() }));
}
