//! A page of a PDF document.

use super::Rendered;
use super::arguments::{Place, Request};
use crate::dicom::modules::EncapsulatedDocument;
use crate::jobs::JobCtx;
use crate::model::{DisplaySet, Library};
use crate::objects::pdf::{NoResult, PdfDocument};
use crate::problem::{Message, msg};

/// Of a page drawn without a size: 150 pixels an inch.
const PX_PER_POINT: f32 = 150.0 / 72.0;

/// The page asked for, the first if none is.
pub(super) fn render(
    library: &Library,
    set: &DisplaySet,
    request: &Request,
    ctx: &JobCtx,
) -> Result<(Rendered, Vec<Message>), Message> {
    let header = set.instances.first().and_then(|ix| library.header(*ix));
    let header = header.ok_or_else(|| Message::new(msg("cli-no-images")))?;
    let bytes = EncapsulatedDocument::read(header.dataset.elements()).bytes;
    let document = PdfDocument::open(bytes, ctx).map_err(sentence)?;
    let index = match request.place {
        Place::Index(index) => index,
        Place::Middle | Place::At(_) => 0,
    };
    let [width, height] = document.pages.get(index as usize).copied().ok_or_else(|| {
        Message::new(msg("cli-no-such-page"))
            .count("index", index as usize + 1)
            .count("count", document.pages.len())
    })?;
    let width_px = request
        .size_px
        .map_or(width * PX_PER_POINT, |[most_x, most_y]| {
            (most_x as f32).min(most_y as f32 * width / height.max(1.0))
        });
    let page = document.page(index, width_px.max(1.0) as u32, ctx);
    Ok((Rendered::Picture(page.map_err(sentence)?), Vec::new()))
}

fn sentence(why: NoResult) -> Message {
    match why {
        NoResult::Refused(why) => why,
        NoResult::Cancelled => Message::new(msg("pdf-cancelled")),
    }
}
