//! SVG as PNG, for mail programs, which show no SVG.

use std::sync::{Arc, LazyLock};

use resvg::{
    tiny_skia::{Color, Pixmap, Transform},
    usvg::{Options, Tree, fontdb::Database},
};

use crate::reports::fonts;

/// The width of a picture in pixels.
const WIDTH: f32 = 960.0;
/// More than any chart is high, in the same.
const HIGHEST: f32 = 2.0 * WIDTH;

/// The one font of all pictures; its licence lies beside it.
pub(super) const FONT: &str = "DejaVu Sans";
static FONTS: LazyLock<Arc<Database>> = LazyLock::new(|| {
    let mut database = Database::new();
    database.load_font_data(fonts::REGULAR.to_vec());
    database.load_font_data(fonts::BOLD.to_vec());
    Arc::new(database)
});

/// Why no picture could be made of a drawing: a fault of the program, not of the data.
#[derive(Debug, Clone, thiserror::Error)]
#[error("a chart could not be made a picture: {0}")]
pub(in crate::reports) struct PictureError(String);

/// A chart as lines and areas.
pub(in crate::reports) struct Drawn {
    /// Text in it is drawn as well.
    pub(in crate::reports) tree: Tree,
}

impl Drawn {
    /// How high it is, in widths.
    pub(in crate::reports) fn ratio(&self) -> f32 {
        self.tree.size().height() / self.tree.size().width()
    }
}

pub(super) fn drawn(svg: &str) -> Result<Drawn, PictureError> {
    let options = Options { font_family: FONT.to_owned(), fontdb: Arc::clone(&FONTS), ..Options::default() };
    // Within a page the namespace is understood; on its own a drawing has to name it.
    let whole = svg.replacen("<svg ", "<svg xmlns=\"http://www.w3.org/2000/svg\" ", 1);
    let tree = Tree::from_str(&whole, &options).map_err(|error| PictureError(error.to_string()))?;
    Ok(Drawn { tree })
}

/// Draws on white, so that a page that turns dark leaves the chart as it is.
pub(super) fn png(svg: &str) -> Result<Vec<u8>, PictureError> {
    let Drawn { tree } = drawn(svg)?;
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
