//! The fonts of pictures and papers; their licence lies beside them.

/// `DejaVu Sans`.
pub(super) const REGULAR: &[u8] = include_bytes!("DejaVuSans.ttf");
/// `DejaVu Sans Bold`.
pub(super) const BOLD: &[u8] = include_bytes!("DejaVuSans-Bold.ttf");
