//! The daemon as a process of its own, with its log.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpStream},
    process::{Child, Command, ExitStatus, Stdio},
    sync::{Arc, Mutex},
    thread::JoinHandle,
    time::{Duration, Instant},
};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use super::{PATIENCE, eventually};

/// A running daemon; killed when the test lets go of it.
pub(crate) struct Daemon {
    child: Child,
    log: Arc<Mutex<Vec<String>>>,
    reader: Option<JoinHandle<()>>,
}

impl Daemon {
    /// Starts the program and collects its log.
    pub(crate) fn spawn(mut command: Command) -> Self {
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let (stderr, log) = (child.stderr.take().unwrap(), Arc::new(Mutex::new(Vec::new())));
        let lines = Arc::clone(&log);
        let reader = std::thread::spawn(move || {
            for line in BufReader::new(stderr).lines() {
                let Ok(line) = line else { return };
                lines.lock().unwrap().push(line);
            }
        });
        Self { child, log, reader: Some(reader) }
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// All lines of the log so far.
    pub(crate) fn log(&self) -> Vec<String> {
        self.log.lock().unwrap().clone()
    }

    /// Waits for a line of the log with this text.
    pub(crate) fn wait_for_log(&mut self, text: &str) -> String {
        let ask = |daemon: &mut Self| {
            let found = daemon.log().into_iter().find(|line| line.contains(text));
            let ended = found.is_none() && daemon.child.try_wait().unwrap().is_some();
            assert!(!ended, "it ended without {text:?}\n{}", Self::last_lines(&daemon.log));
            found
        };
        let log = Arc::clone(&self.log);
        eventually(text, || ask(self), || Self::last_lines(&log))
    }

    /// Where the status pages are.
    pub(crate) fn address(&mut self) -> SocketAddr {
        let line: Value = serde_json::from_str(&self.wait_for_log("status pages")).unwrap();
        line["address"].as_str().unwrap().parse().unwrap()
    }

    /// The end of the log, for a test that fails.
    fn last_lines(log: &Mutex<Vec<String>>) -> String {
        let log = log.lock().unwrap();
        log[log.len().saturating_sub(40)..].join("\n")
    }

    pub(crate) fn signal(&self, signal: Signal) {
        let pid = Pid::from_raw(i32::try_from(self.pid()).unwrap()).unwrap();
        kill_process(pid, signal).unwrap();
    }

    /// Waits for its end, and says how and after how long.
    pub(crate) fn wait(&mut self) -> (ExitStatus, Duration) {
        let begun = Instant::now();
        let status = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break status;
            }
            assert!(begun.elapsed() < PATIENCE, "it does not end\n{}", Self::last_lines(&self.log));
            std::thread::sleep(Duration::from_millis(5));
        };
        if let Some(reader) = self.reader.take() {
            reader.join().unwrap();
        }
        (status, begun.elapsed())
    }

    /// Asks it to stop and expects that it does so well.
    pub(crate) fn stop(&mut self) {
        self.signal(Signal::TERM);
        let (status, _) = self.wait();
        assert!(status.success(), "{status}\n{}", Self::last_lines(&self.log));
    }

    /// SIGKILL: nothing can be finished.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.wait();
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The status and the body of a page.
pub(crate) fn http_get(address: SocketAddr, path: &str) -> (u16, String) {
    let mut connection = TcpStream::connect(address).unwrap();
    connection.set_read_timeout(Some(PATIENCE)).unwrap();
    write!(connection, "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    connection.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head.split(' ').nth(1).unwrap().parse().unwrap(), body.to_owned())
}
