//! `/healthz`, `/readyz`, `/metrics` and the pages behind links, on a loopback port unless told otherwise.

use std::{net::SocketAddr, pin::pin, sync::Arc, time::Duration};

use axum::{Extension, Router, extract::State, http::StatusCode, response::IntoResponse, routing::get};
use hyper::server::conn::http1;
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use metrics_exporter_prometheus::PrometheusHandle;
use tokio::{
    net::{TcpListener, TcpStream},
    sync::Semaphore,
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::{
    App,
    links::{self, Peer},
};
use crate::store::{Receiver, Refusal};

/// How long a client may take to say what it wants, and between one request and the next.
const HEAD: Duration = Duration::from_secs(10);
/// How long a client keeps its connection at most: one that does not read its answer keeps nobody out for ever.
const LONGEST: Duration = Duration::from_mins(5);
/// How many clients are heard at a time; others wait.
const CLIENTS: usize = 128;
/// How long those that are being answered are waited for, when it is time to stop or their own is over.
const LEAVING: Duration = Duration::from_secs(5);

/// What the pages answer from.
#[derive(Clone)]
pub struct Pages {
    /// Whether it can do its work, what it counts, and what people do about alerts.
    pub app: Arc<App>,
    /// The figures that are collected.
    pub metrics: PrometheusHandle,
}

/// Binds the port that the configuration names.
///
/// # Errors
/// The address is taken or not allowed.
pub async fn bind(address: SocketAddr) -> std::io::Result<TcpListener> {
    TcpListener::bind(address).await
}

/// Serves the pages until told to stop.
///
/// A client that takes its time, or keeps its connection and says nothing, is cut off.
pub async fn serve(listener: TcpListener, pages: Pages, stop: CancellationToken) {
    let acting = links::router(Arc::clone(&pages.app));
    let router = Router::new()
        .route("/healthz", get(|| async { "ok\n" }))
        .route("/readyz", get(ready))
        .route("/metrics", get(figures))
        .with_state(pages)
        .merge(acting);
    listen(listener, router, stop).await;
}

async fn listen(listener: TcpListener, router: Router, stop: CancellationToken) {
    let (places, clients) = (Arc::new(Semaphore::new(CLIENTS)), TaskTracker::new());
    let next = async || {
        let place = Arc::clone(&places).acquire_owned().await.ok()?;
        Some((place, listener.accept().await))
    };
    while let Some(Some((place, accepted))) = stop.run_until_cancelled(next()).await {
        match accepted {
            Ok((stream, peer)) => {
                let (router, stop) = (router.clone().layer(Extension(Peer(peer.ip()))), stop.clone());
                clients.spawn(async move {
                    answer(stream, router, stop).await;
                    drop(place);
                });
            }
            Err(error) => {
                // Too many open files, as a rule: it passes.
                tracing::warn!(%error, "a client could not be heard");
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        }
    }
    drop(listener);
    clients.close();
    let _ = tokio::time::timeout(LEAVING, clients.wait()).await;
}

/// One client, until it goes or is cut off; when it is time to stop, or it has been here for long, until its answer is given.
async fn answer(stream: TcpStream, router: Router, stop: CancellationToken) {
    let mut server = http1::Builder::new();
    server.timer(TokioTimer::new()).header_read_timeout(HEAD);
    let mut connection = pin!(server.serve_connection(TokioIo::new(stream), TowerToHyperService::new(router)));
    tokio::select! {
        ended = connection.as_mut() => return ended.unwrap_or_else(|error| tracing::debug!(%error, "a client was cut off")),
        () = stop.cancelled() => {}
        () = tokio::time::sleep(LONGEST) => {}
    }
    connection.as_mut().graceful_shutdown();
    match tokio::time::timeout(LEAVING, connection).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::debug!(%error, "a client was cut off"),
        Err(_) => tracing::debug!("a client that does not take its answer was cut off"),
    }
}

/// 200 when files are being handled with the configuration that stands in the home; 503 with the reasons otherwise.
async fn ready(State(pages): State<Pages>) -> impl IntoResponse {
    let troubles = pages.app.health.troubles();
    if troubles.is_empty() {
        (StatusCode::OK, "ready\n".to_owned())
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, troubles.join("\n") + "\n")
    }
}

/// What is counted as it happens, and what the store holds now.
async fn figures(State(pages): State<Pages>) -> impl IntoResponse {
    match pages.app.store.counts().await {
        Ok(counts) => {
            for (verdict, n) in counts.deliveries {
                metrics::gauge!("bellwether_deliveries", "verdict" => verdict.code()).set(n as f64);
            }
            for (state, n) in counts.alerts {
                metrics::gauge!("bellwether_alerts", "state" => state.code()).set(n as f64);
            }
            for (state, n) in counts.outbox {
                metrics::gauge!("bellwether_messages", "state" => state.code()).set(n as f64);
            }
        }
        Err(error) => tracing::error!(%error, "the store could not be counted for the metrics"),
    }
    match pages.app.store.receivers().await {
        Ok(receivers) => {
            let refusals: Vec<Refusal> = receivers.iter().filter_map(Receiver::refusal).collect();
            let disabled = refusals.iter().filter(|refusal| matches!(refusal, Refusal::Disabled(_))).count();
            metrics::gauge!("bellwether_receivers", "state" => "disabled").set(disabled as f64);
            metrics::gauge!("bellwether_receivers", "state" => "failing").set((refusals.len() - disabled) as f64);
        }
        Err(error) => tracing::error!(%error, "the receivers could not be counted for the metrics"),
    }
    pages.metrics.run_upkeep();
    ([("content-type", "text/plain; version=0.0.4; charset=utf-8")], pages.metrics.render())
}

#[cfg(test)]
mod tests {
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        task::JoinHandle,
    };

    use super::*;

    /// A server with one page that is answered, and one that is not.
    async fn started() -> (SocketAddr, CancellationToken, JoinHandle<()>) {
        let listener = bind(SocketAddr::from(([127, 0, 0, 1], 0))).await.expect("a port");
        let (address, stop) = (listener.local_addr().expect("an address"), CancellationToken::new());
        let router = Router::new()
            .route("/", get(|| async { "here\n" }))
            .route("/long", get(|| async { vec![b'x'; 1 << 26] }))
            .route("/never", get(|| async { std::future::pending::<&'static str>().await }));
        (address, stop.clone(), tokio::spawn(listen(listener, router, stop)))
    }

    /// What comes back until the connection is closed.
    async fn answered(address: SocketAddr, said: &[u8]) -> String {
        let mut stream = TcpStream::connect(address).await.expect("it listens");
        stream.write_all(said).await.expect("sent");
        let mut answer = Vec::new();
        // Cut off, it may be reset as well as closed.
        let _ = stream.read_to_end(&mut answer).await;
        String::from_utf8_lossy(&answer).into_owned()
    }

    #[tokio::test(start_paused = true)]
    async fn who_does_not_say_what_they_want_is_cut_off() {
        let (address, stop, server) = started().await;
        for said in ["", "GET / HT", "GET / HTTP/1.1\r\nHost: a\r\nX-Slow: "] {
            assert!(!answered(address, said.as_bytes()).await.contains("here"), "{said:?}");
        }
        // Nor does one stay for ever who was answered.
        assert!(answered(address, b"GET / HTTP/1.1\r\nHost: a\r\n\r\n").await.ends_with("here\n"));
        stop.cancel();
        server.await.expect("it ends");
    }

    #[tokio::test(start_paused = true)]
    async fn however_many_are_slow_others_are_heard_after_a_while() {
        let (address, _stop, _server) = started().await;
        let mut slow = Vec::new();
        for _ in 0..2 * CLIENTS {
            slow.push(TcpStream::connect(address).await.expect("it listens"));
        }
        let answer = answered(address, b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").await;
        assert!(answer.ends_with("here\n"), "{answer}");
    }

    /// 64 MB are more than the buffers of any connection hold.
    #[tokio::test(start_paused = true)]
    async fn who_does_not_read_the_answer_is_cut_off() {
        let (address, stop, server) = started().await;
        let mut stream = TcpStream::connect(address).await.expect("it listens");
        stream.write_all(b"GET /long HTTP/1.1\r\nHost: a\r\n\r\n").await.expect("sent");
        tokio::time::sleep(LONGEST + LEAVING + Duration::from_secs(1)).await;
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer).await;
        assert!(answer.len() < 1 << 26, "{}", answer.len());
        stop.cancel();
        server.await.expect("it ends");
    }

    #[tokio::test(start_paused = true)]
    async fn who_is_not_answered_does_not_hold_up_the_end() {
        let (address, stop, server) = started().await;
        let waiting = tokio::spawn(async move { answered(address, b"GET /never HTTP/1.1\r\nHost: a\r\n\r\n").await });
        tokio::task::yield_now().await;
        stop.cancel();
        server.await.expect("it ends");
        waiting.abort();
    }
}
