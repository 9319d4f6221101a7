//! Headers into patients, studies, series and display sets.

mod identity;
mod multi_frame;
mod sample_files;
mod splitting;

use isocentre::model::DisplaySet;
use isocentre::model::Library;

use crate::headers::*;

fn library(headers: &[Header]) -> Library {
    let mut library = Library::default();
    for header in headers {
        library.insert(header.build()).unwrap();
    }
    library
}

fn sets(library: &Library) -> Vec<&DisplaySet> {
    library.display_sets().collect()
}

/// Frames a set, in browser order.
fn sizes(library: &Library) -> Vec<usize> {
    library.display_sets().map(|set| set.frames.len()).collect()
}

/// z of every frame of a set, in its order.
fn heights(library: &Library, set: &DisplaySet) -> Vec<f64> {
    let height = |ix| {
        library.instance(ix).unwrap().facts.frames[0]
            .plane
            .unwrap()
            .origin
            .z
    };
    set.frames.iter().map(|key| height(key.instance)).collect()
}
