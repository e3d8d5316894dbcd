//! Work that takes its time, away from the runtime's own threads: those answer monitors and send.

use super::error::CycleError;

/// Does it there, and waits for it; `what` it is called where it fails.
///
/// # Errors
/// It panics.
pub async fn away<T: Send + 'static>(
    what: &'static str,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, CycleError> {
    tokio::task::spawn_blocking(work).await.map_err(|fault| CycleError::Ended { what, fault })
}
