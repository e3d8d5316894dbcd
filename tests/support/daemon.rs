//! The daemon in the background.

use std::{
    fs::File,
    process::{Child, Stdio},
    thread,
    time::{Duration, Instant},
};

use super::{Home, Ran, home::program};

/// Longer than anything takes on a machine that is busy with other tests.
const PATIENCE: Duration = Duration::from_mins(1);
/// Between two looks.
const PAUSE: Duration = Duration::from_millis(20);

/// `bellwether run`, ended with the test.
pub struct Daemon {
    child: Child,
    log: std::path::PathBuf,
}

impl Daemon {
    pub fn start(home: &Home) -> Self {
        let log = home.path("daemon.log");
        let err = File::create(&log).expect("a file for the log");
        let mut command = program();
        command.arg("--home").arg(home.root()).arg("run").stdout(Stdio::null()).stderr(err);
        let mut daemon = Self { child: command.spawn().expect("the program starts"), log };
        daemon.wait_for_log("at work");
        daemon
    }

    pub fn log(&self) -> String {
        std::fs::read_to_string(&self.log).expect("the log")
    }

    /// Waits until the log says something.
    pub fn wait_for_log(&mut self, words: &str) {
        self.wait(words, |daemon| daemon.log().contains(words).then_some(()));
    }

    /// Asks again and again until there is an answer; the daemon must be alive all the time.
    pub fn wait<T>(&mut self, what: &str, ask: impl Fn(&Self) -> Option<T>) -> T {
        let begun = Instant::now();
        loop {
            if let Some(answer) = ask(self) {
                return answer;
            }
            if let Some(status) = self.child.try_wait().expect("a child") {
                panic!("the daemon ended with {status} before {what}:\n{}", self.log());
            }
            assert!(begun.elapsed() < PATIENCE, "waited in vain for {what}:\n{}", self.log());
            thread::sleep(PAUSE);
        }
    }

    /// Waits until so many deliveries are decided and nothing is left to send.
    pub fn wait_for_deliveries(&mut self, home: &Home, count: usize) {
        self.wait(&format!("{count} deliveries"), |_| {
            (home.deliveries().len() >= count && home.files("state/claimed").is_empty()).then_some(())
        });
        self.wait_for_messages(home);
    }

    /// Waits until all that was queued before is sent.
    pub fn wait_for_messages(&mut self, home: &Home) {
        self.wait("the messages", |_| home.outbox().iter().all(|one| one["state"] == "sent").then_some(()));
    }

    pub fn process(&self) -> u32 {
        self.child.id()
    }

    /// Asks for a graceful stop, and answers how it ended.
    pub fn stop(mut self) -> Ran {
        let id = i32::try_from(self.child.id()).expect("a process id");
        let pid = rustix::process::Pid::from_raw(id).expect("a process id");
        rustix::process::kill_process(pid, rustix::process::Signal::TERM).expect("asked to stop");
        let status = self.wait_for_end();
        Ran { code: status.code().unwrap_or(-1), out: String::new(), err: self.log() }
    }

    fn wait_for_end(&mut self) -> std::process::ExitStatus {
        let begun = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().expect("a child") {
                return status;
            }
            assert!(begun.elapsed() < PATIENCE, "the daemon does not stop:\n{}", self.log());
            thread::sleep(PAUSE);
        }
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
