//! `/healthz`, `/readyz`, `/metrics` and the pages behind links, on a loopback port unless told otherwise.

use std::{net::SocketAddr, sync::Arc};

use axum::{Router, extract::State, http::StatusCode, response::IntoResponse, routing::get};
use metrics_exporter_prometheus::PrometheusHandle;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::{App, links};

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
/// # Errors
/// The listener fails.
pub async fn serve(listener: TcpListener, pages: Pages, stop: CancellationToken) -> std::io::Result<()> {
    let acting = links::router(Arc::clone(&pages.app));
    let router = Router::new()
        .route("/healthz", get(|| async { "ok\n" }))
        .route("/readyz", get(ready))
        .route("/metrics", get(figures))
        .with_state(pages)
        .merge(acting);
    axum::serve(listener, router).with_graceful_shutdown(async move { stop.cancelled().await }).await
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
    pages.metrics.run_upkeep();
    ([("content-type", "text/plain; version=0.0.4; charset=utf-8")], pages.metrics.render())
}
