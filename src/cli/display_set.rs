//! Which display set a subcommand means.

use crate::model::{DisplaySet, DisplaySetKind, Library};
use crate::objects::layer::LayerKind;
use crate::problem::{Message, msg};

/// The one `--series` names by UID or number, or the first that fits.
///
/// # Errors
/// The sentence to say when there is none.
pub fn choose<'a>(
    library: &'a Library,
    series: Option<&str>,
    needs_volume: bool,
) -> Result<&'a DisplaySet, Message> {
    // What is laid over images comes after them.
    let is_layer = |set: &&DisplaySet| LayerKind::of(&set.sop_class_uid).is_some();
    let named = || {
        let sets = library.display_sets();
        sets.filter(|set| is_named(library, set, series) && set.is_image())
    };
    let images = named().filter(|set| !is_layer(set));
    let mut why_not = None;
    for set in images.chain(named().filter(is_layer)) {
        if !needs_volume {
            return Ok(set);
        }
        match library.volume_grid(set.id) {
            Ok(_) => return Ok(set),
            Err(reason) => why_not = why_not.or(Some(reason)),
        }
    }
    Err(why_not.unwrap_or_else(|| {
        series.map_or_else(
            || Message::new(msg("cli-no-images")),
            |name| Message::new(msg("cli-no-such-series")).text("series", name),
        )
    }))
}

/// The PDF document `--series` names, or the first there is.
#[must_use]
pub fn choose_document<'a>(library: &'a Library, series: Option<&str>) -> Option<&'a DisplaySet> {
    library
        .display_sets()
        .find(|set| is_named(library, set, series) && set.kind == DisplaySetKind::Pdf)
}

/// Whether a set is of the series with this UID or number; any is, if none is named.
#[must_use]
pub fn is_named(library: &Library, set: &DisplaySet, series: Option<&str>) -> bool {
    series.is_none_or(|name| {
        let number = library.series_number(set);
        *set.series_instance_uid == *name || number.is_some_and(|number| number.to_string() == name)
    })
}
