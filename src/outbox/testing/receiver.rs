//! A receiver on this machine that answers as it is told, on real sockets.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

/// What is done with one request.
#[derive(Debug, Clone)]
pub(in crate::outbox) enum Answer {
    /// A status line without its version, further headers, and a body.
    Status(&'static str, &'static str, &'static str),
    /// These bytes, and the connection is closed.
    Bytes(&'static str),
    /// Nothing, for ever.
    Hang,
    /// The connection is closed while the request is still coming.
    CloseAtOnce,
}

/// A request as it came.
#[derive(Debug, Clone)]
pub(in crate::outbox) struct Request {
    pub(in crate::outbox) head: String,
    pub(in crate::outbox) body: Vec<u8>,
}

impl Request {
    pub(in crate::outbox) fn header(&self, name: &str) -> &str {
        let mut headers = self.head.lines().filter_map(|line| line.split_once(": "));
        headers.find(|(known, _)| known.eq_ignore_ascii_case(name)).map_or("", |(_, value)| value)
    }
}

/// A server; its last answer is repeated.
pub(in crate::outbox) struct Receiver {
    pub(in crate::outbox) address: SocketAddr,
    requests: Arc<Mutex<Vec<Request>>>,
}

impl Receiver {
    pub(in crate::outbox) async fn start(answers: impl IntoIterator<Item = Answer>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let (answers, heard): (Vec<_>, _) = (answers.into_iter().collect(), Arc::clone(&requests));
        tokio::spawn(async move {
            for call in 0.. {
                let (stream, _) = listener.accept().await.unwrap();
                let answer = answers[call.min(answers.len() - 1)].clone();
                tokio::spawn(answer_one(stream, answer, Arc::clone(&heard)));
            }
        });
        Self { address, requests }
    }

    pub(in crate::outbox) fn url(&self) -> String {
        format!("http://{}/hook", self.address)
    }

    pub(in crate::outbox) fn requests(&self) -> Vec<Request> {
        self.requests.lock().unwrap().clone()
    }
}

async fn answer_one(mut stream: TcpStream, answer: Answer, requests: Arc<Mutex<Vec<Request>>>) {
    if matches!(answer, Answer::CloseAtOnce) {
        let _ = stream.read(&mut [0; 16]).await;
        return;
    }
    let Some(request) = read_request(&mut stream).await else { return };
    requests.lock().unwrap().push(request);
    let bytes = match answer {
        Answer::Status(status, headers, body) => {
            format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n{headers}\r\n{body}", body.len())
        }
        Answer::Bytes(bytes) => bytes.to_owned(),
        Answer::Hang | Answer::CloseAtOnce => return std::future::pending().await,
    };
    let _ = stream.write_all(bytes.as_bytes()).await;
}

async fn read_request(stream: &mut TcpStream) -> Option<Request> {
    let mut bytes = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, _)) = text.split_once("\r\n\r\n") {
            let mut request = Request { head: head.to_owned(), body: bytes[head.len() + 4..].to_vec() };
            let length: usize = request.header("content-length").parse().unwrap_or(0);
            if request.body.len() >= length {
                request.body.truncate(length);
                return Some(request);
            }
        }
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    }
}
