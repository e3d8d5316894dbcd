//! A receiver of webhooks that does as it is told, badly if need be.

use std::{
    collections::{HashMap, VecDeque},
    io::{BufRead, BufReader, Read, Write},
    net::{Shutdown, SocketAddr, TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
    time::{Duration, Instant},
};

use serde_json::Value;

use super::eventually;

/// What the receiver does with a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Answer {
    /// Answers with a status and no more.
    Status(u16),
    /// Answers with a status and a header.
    With(u16, &'static str, String),
    /// Reads all and says nothing, until the other side goes.
    Hang,
    /// Reads half of the body and closes the connection.
    CloseHalfway,
    /// Reads all and closes the connection without an answer: the message has arrived, and nobody knows.
    Forget,
}

/// A request that was read to its end.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub(crate) path: String,
    pub(crate) headers: HashMap<String, String>,
    pub(crate) body: String,
    pub(crate) at: Instant,
    /// Whether the sender was told that it arrived.
    pub(crate) accepted: bool,
}

impl Request {
    pub(crate) fn id(&self) -> &str {
        &self.headers["webhook-id"]
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

type Script = Box<dyn FnMut() -> Answer + Send>;

struct State {
    script: Script,
    requests: Vec<Request>,
}

/// Listens on a port of its own for the rest of the test.
pub(crate) struct Receiver {
    address: SocketAddr,
    state: Arc<Mutex<State>>,
}

impl Receiver {
    /// Does these one after another, then answers 200 for ever.
    pub(crate) fn answering(answers: impl IntoIterator<Item = Answer>) -> Self {
        let mut answers: VecDeque<Answer> = answers.into_iter().collect();
        Self::scripted(move || answers.pop_front().unwrap_or(Answer::Status(200)))
    }

    /// Does what the script says, request for request.
    pub(crate) fn scripted(script: impl FnMut() -> Answer + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let state = Arc::new(Mutex::new(State { script: Box::new(script), requests: Vec::new() }));
        let shared = Arc::clone(&state);
        thread::spawn(move || {
            for connection in listener.incoming().flatten() {
                let state = Arc::clone(&shared);
                // A connection that breaks is no matter of the receiver.
                thread::spawn(move || serve(&connection, &state).unwrap_or_default());
            }
        });
        Self { address, state }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}/{path}", self.address)
    }

    /// Everything that was read to its end, whatever was answered.
    pub(crate) fn requests(&self) -> Vec<Request> {
        self.state.lock().unwrap().requests.clone()
    }

    /// Does something else from now on.
    pub(crate) fn change(&self, script: impl FnMut() -> Answer + Send + 'static) {
        self.state.lock().unwrap().script = Box::new(script);
    }

    /// Waits for so many requests.
    pub(crate) fn wait_for(&self, count: usize) -> Vec<Request> {
        let ask = || Some(self.requests()).filter(|requests| requests.len() >= count);
        eventually("requests", ask, || format!("{:#?}", self.requests()))
    }
}

fn serve(connection: &TcpStream, state: &Mutex<State>) -> std::io::Result<()> {
    connection.set_read_timeout(Some(Duration::from_mins(1)))?;
    let mut reader = BufReader::new(connection);
    loop {
        let mut first = String::new();
        if reader.read_line(&mut first)? == 0 {
            return Ok(());
        }
        let headers = read_headers(&mut reader)?;
        let length: usize = headers.get("content-length").map_or(0, |length| length.parse().unwrap());
        let answer = (state.lock().unwrap().script)();
        if answer == Answer::CloseHalfway {
            reader.read_exact(&mut vec![0; length / 2])?;
            return connection.shutdown(Shutdown::Both);
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body)?;
        let path = first.split(' ').nth(1).unwrap_or_default().to_owned();
        let body = String::from_utf8(body).unwrap();
        state.lock().unwrap().requests.push(Request {
            path,
            headers,
            body,
            at: Instant::now(),
            accepted: answer == Answer::Status(200),
        });
        match answer {
            Answer::Status(status) => reply(connection, status, "")?,
            Answer::With(status, header, value) => reply(connection, status, &format!("{header}: {value}\r\n"))?,
            Answer::Hang => drop(reader.read(&mut [0])?),
            Answer::Forget | Answer::CloseHalfway => return connection.shutdown(Shutdown::Both),
        }
    }
}

fn read_headers(reader: &mut impl BufRead) -> std::io::Result<HashMap<String, String>> {
    let mut headers = HashMap::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        match line.trim_end().split_once(": ") {
            Some((name, value)) => headers.insert(name.to_ascii_lowercase(), value.to_owned()),
            None => return Ok(headers),
        };
    }
}

fn reply(mut connection: &TcpStream, status: u16, header: &str) -> std::io::Result<()> {
    write!(connection, "HTTP/1.1 {status} Said\r\n{header}Content-Length: 0\r\n\r\n")
}
