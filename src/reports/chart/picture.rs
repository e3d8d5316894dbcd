//! SVG as PNG, for mail programs, which show no SVG.

use std::sync::{Arc, LazyLock};

use resvg::{
    tiny_skia::{Color, Pixmap, Transform},
    usvg::{Options, Tree, fontdb::Database},
};

/// The width of a picture in pixels.
const WIDTH: f32 = 960.0;
/// More than any chart is high, in the same.
const HIGHEST: f32 = 2.0 * WIDTH;

/// The one font of all pictures; its licence lies beside it.
pub(super) const FONT: &str = "DejaVu Sans";
static FONTS: LazyLock<Arc<Database>> = LazyLock::new(|| {
    let mut fonts = Database::new();
    fonts.load_font_data(include_bytes!("../fonts/DejaVuSans.ttf").to_vec());
    fonts.load_font_data(include_bytes!("../fonts/DejaVuSans-Bold.ttf").to_vec());
    Arc::new(fonts)
});

/// Why no picture could be made of a drawing: a fault of the program, not of the data.
#[derive(Debug, Clone, thiserror::Error)]
#[error("a chart could not be made a picture: {0}")]
pub(in crate::reports) struct PictureError(String);

/// Draws on white, so that a page that turns dark leaves the chart as it is.
pub(super) fn png(svg: &str) -> Result<Vec<u8>, PictureError> {
    let options = Options { font_family: FONT.to_owned(), fontdb: Arc::clone(&FONTS), ..Options::default() };
    // Within a page the namespace is understood; on its own a drawing has to name it.
    let whole = svg.replacen("<svg ", "<svg xmlns=\"http://www.w3.org/2000/svg\" ", 1);
    let tree = Tree::from_str(&whole, &options).map_err(|error| PictureError(error.to_string()))?;
    let scale = WIDTH / tree.size().width();
    let height = (tree.size().height() * scale).clamp(1.0, HIGHEST);
    // Both are within bounds, and whole.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 1 and 1,920")]
    let pixmap = Pixmap::new(WIDTH as u32, height.ceil() as u32);
    let mut pixmap = pixmap.ok_or_else(|| PictureError("it has no size".to_owned()))?;
    pixmap.fill(Color::WHITE);
    resvg::render(&tree, Transform::from_scale(scale, scale), &mut pixmap.as_mut());
    pixmap.encode_png().map_err(|error| PictureError(error.to_string()))
}
