//! Forms made for the eye or for parts of an instance: rendered pictures, thumbnails, frames,
//! metadata.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering;

use super::BadMultipart;
use super::MultipartParser;
use super::PartEvent;
use super::WebTrouble;
use super::accept::accept_parts;
use super::instance::InstancePlace;
use super::list::LONGEST as LONGEST_LIST;
use super::list::entries_of;
use super::receive::other_kind;
use super::session::Answer;
use super::session::Ask;
use super::session::Session;
use super::window::RenderWindow;
use super::window::is_of_window;
use super::window::may_be_of_window;
use crate::dicom::ByteSource;
use crate::dicom::InstanceHeader;
use crate::dicom::JsonDataset;
use crate::dicom::read_picture;
use crate::pacs::Failure;

/// Of a thumbnail of a service that has none: pixels wide and high.
const THUMBNAIL: [u32; 2] = [128, 128];
/// Longest rendered picture.
const LONGEST_PICTURE: usize = 64 * 1024 * 1024;
/// Longest picture of one that was asked for small: a service that minds neither size nor quality
/// would take the line from the full data.
const LONGEST_SMALL_PICTURE: usize = 256 * 1024;
/// Of a picture that is looked at until the full data are here, 1 to 100 (PS3.18 8.3.5.1.2).
const SMALL_QUALITY: u8 = 60;
/// Longest answer with frames.
pub(super) const LONGEST_FRAMES: usize = 1024 * 1024 * 1024;

/// One frame as the service sent it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FramePart {
    /// Its transfer syntax, if the service says.
    pub transfer_syntax_uid: Option<String>,
    /// What the bytes are: `image/jp2`, `application/octet-stream`.
    pub media_type: String,
    /// The frame alone, native or compressed.
    pub bytes: Vec<u8>,
}

/// A picture of an instance, or of one frame of it counted from 1, made by the service with this
/// window, or as it likes where it takes none: to look at while the real data are on their way,
/// never to measure on. At most `size` pixels wide and high, if that is given and the service can
/// do it.
///
/// # Errors
/// [`Failure`].
pub(super) fn rendered(
    session: &Session<'_>,
    place: &InstancePlace,
    frame: Option<u32>,
    size: Option<[u32; 2]>,
    window: Option<&RenderWindow>,
) -> Result<InstanceHeader, Failure> {
    let size = size.map(|[width, height]| format!("viewport={width},{height}"));
    let ask = |window: Option<String>| {
        let parameters: Vec<String> = size.iter().cloned().chain(window).collect();
        let url = rendered_url(session, place, frame, &parameters);
        picture(session, &url, EITHER)
    };
    match (ask(window.map(ToString::to_string)), window) {
        (Err(failure), Some(_)) if may_be_of_window(&failure) => ask(None),
        (outcome, _) => outcome,
    }
}

fn rendered_url(
    session: &Session<'_>,
    place: &InstancePlace,
    frame: Option<u32>,
    parameters: &[String],
) -> String {
    let url = place.url(&session.site.base);
    let frame = frame.map_or_else(String::new, |frame| format!("/frames/{frame}"));
    let mark = if parameters.is_empty() { "" } else { "?" };
    format!("{url}{frame}/rendered{mark}{}", parameters.join("&"))
}

/// Looks at instances before their data are here, over connections that are kept open.
pub struct PreviewSession<'a> {
    session: Session<'a>,
    /// The service refuses to be told a window.
    takes_no_window: AtomicBool,
}

impl<'a> PreviewSession<'a> {
    pub(super) fn new(session: Session<'a>) -> Self {
        Self {
            session,
            takes_no_window: AtomicBool::new(false),
        }
    }

    /// A picture of an instance, or of one frame of it counted from 1, so many pixels wide and high,
    /// with this window if the service can do it, in as few bytes as still show what there is. Some
    /// services make the picture as large as they like, or fill it up to the size with bars: what
    /// came is to be compared with what was asked for.
    ///
    /// # Errors
    /// [`Failure`].
    pub fn picture(
        &self,
        place: &InstancePlace,
        frame: Option<u32>,
        [width, height]: [u32; 2],
        window: Option<&RenderWindow>,
    ) -> Result<InstanceHeader, Failure> {
        let size = format!("viewport={width},{height}");
        let quality = format!("quality={SMALL_QUALITY}");
        let ask = |window: Option<String>| {
            let parameters = [size.clone(), quality.clone()].into_iter().chain(window);
            let parameters: Vec<String> = parameters.collect();
            let url = rendered_url(&self.session, place, frame, &parameters);
            picture(&self.session, &url, SMALL)
        };
        let window = window.filter(|_| !self.takes_no_window.load(Ordering::Relaxed));
        let Some(window) = window else {
            return ask(None);
        };
        match ask(Some(window.to_string())) {
            Err(failure) if may_be_of_window(&failure) => {
                let outcome = ask(None);
                // A service in trouble takes it the next time.
                if outcome.is_ok() && is_of_window(&failure) {
                    self.takes_no_window.store(true, Ordering::Relaxed);
                }
                outcome
            }
            outcome => outcome,
        }
    }

    /// The elements of an instance without its bulk data.
    ///
    /// # Errors
    /// [`Failure`].
    pub fn metadata(&self, place: &InstancePlace) -> Result<Vec<JsonDataset>, Failure> {
        metadata(&self.session, place)
    }
}

/// A small picture that stands for an instance; where the service has none, rendered with the
/// image's own window.
///
/// # Errors
/// [`Failure`].
pub(super) fn thumbnail(
    session: &Session<'_>,
    place: &InstancePlace,
) -> Result<InstanceHeader, Failure> {
    let url = place.url(&session.site.base);
    match picture(session, &format!("{url}/thumbnail"), EITHER) {
        // Many services render, but have no thumbnails.
        Err(Failure::Web {
            trouble: WebTrouble::NoService { .. } | WebTrouble::Status { .. },
            ..
        }) => {
            // A service that gives no metadata may render all the same, as it likes.
            let datasets = metadata(session, place).unwrap_or_default();
            let first = datasets.first();
            let window = first.and_then(|it| RenderWindow::of_image(&it.dataset, 0));
            rendered(session, place, None, Some(THUMBNAIL), window.as_ref())
        }
        outcome => outcome,
    }
}

/// What a picture may be, and the bytes it may take. One form after the other: some services
/// cannot read a list.
type PictureForm = (&'static [&'static str], usize);
const EITHER: PictureForm = (&["image/jpeg", "image/png"], LONGEST_PICTURE);
const SMALL: PictureForm = (&["image/jpeg"], LONGEST_SMALL_PICTURE);

fn picture(
    session: &Session<'_>,
    url: &str,
    (forms, longest): PictureForm,
) -> Result<InstanceHeader, Failure> {
    let answer = get_some(session, url, forms)?;
    let site = session.site;
    let media_type = answer.media_type.clone();
    let bytes = if media_type.is_multipart() {
        let parts = parts(session, answer, longest)?;
        parts.into_iter().next().map(|part| part.bytes)
    } else if media_type.essence.starts_with("image/") {
        Some(answer.read_all(longest)?)
    } else {
        None
    };
    let bytes = bytes.ok_or_else(|| site.trouble(other_kind(&media_type)))?;
    let source = ByteSource::Memory(Arc::from(bytes));
    read_picture(source).map_err(Failure::Told)
}

/// Frames of an instance, counted from 1, in one of these transfer syntaxes (the first is the
/// best) or in any other.
///
/// # Errors
/// [`Failure`].
pub(super) fn frames(
    session: &Session<'_>,
    place: &InstancePlace,
    frames: &[u32],
    preferred: &[&str],
) -> Result<Vec<FramePart>, Failure> {
    let numbers: Vec<String> = frames.iter().map(ToString::to_string).collect();
    let url = format!(
        "{}/frames/{}",
        place.url(&session.site.base),
        numbers.join(",")
    );
    let accept = accept_parts("application/octet-stream", preferred);
    let as_is = accept_parts("application/octet-stream", &[]);
    let mut forms = vec![accept.as_str()];
    forms.extend((accept != as_is).then_some(as_is.as_str()));
    forms.push(r#"multipart/related; type="application/octet-stream""#);
    parts(session, get_some(session, &url, &forms)?, LONGEST_FRAMES)
}

/// The answer in the first form that is to be had.
pub(super) fn get_some<'s>(
    session: &'s Session<'_>,
    url: &str,
    forms: &[&str],
) -> Result<Answer<'s>, Failure> {
    let mut outcome = Err(session.site.trouble(WebTrouble::NotAcceptable));
    for accept in forms {
        outcome = session.get(&Ask {
            url: url.to_owned(),
            accept,
            may_pack: false,
        });
        let is_of_form = matches!(
            &outcome,
            Err(Failure::Web {
                trouble: WebTrouble::NotAcceptable | WebTrouble::Status { status: 400, .. },
                ..
            })
        );
        if !is_of_form {
            break;
        }
    }
    outcome
}

/// All parts of an answer, in memory.
pub(super) fn parts(
    session: &Session<'_>,
    answer: Answer<'_>,
    limit: usize,
) -> Result<Vec<FramePart>, Failure> {
    let site = session.site;
    let media_type = answer.media_type.clone();
    let Some(boundary) = media_type.parameter("boundary") else {
        return Err(site.trouble(other_kind(&media_type)));
    };
    let mut parser = MultipartParser::new(boundary);
    let mut whole = Vec::new();
    let mut part: Option<FramePart> = None;
    let mut length = 0;
    let mut tell = |event: PartEvent<'_>| -> Result<(), BadMultipart> {
        match event {
            PartEvent::Begin(header) => {
                let media_type = header.content_type();
                part = Some(FramePart {
                    transfer_syntax_uid: media_type.parameter("transfer-syntax").map(str::to_owned),
                    media_type: media_type.essence,
                    bytes: Vec::new(),
                });
            }
            PartEvent::Data(bytes) => {
                if let Some(part) = &mut part {
                    part.bytes.extend_from_slice(bytes);
                }
            }
            PartEvent::End => whole.extend(part.take()),
        }
        Ok(())
    };
    let failed = |error| match error {
        BadMultipart::Truncated => site.trouble(WebTrouble::Truncated),
        _ => site.trouble(other_kind(&media_type)),
    };
    answer.stream(&mut |bytes| {
        length += bytes.len();
        if length > limit {
            return Err(site.trouble(WebTrouble::TooLong));
        }
        parser.push(bytes, &mut tell).map_err(failed)?;
        Ok(true)
    })?;
    parser.finish(&mut tell).map_err(failed)?;
    Ok(whole)
}

/// The elements of an instance without its bulk data.
///
/// # Errors
/// [`Failure`].
pub(super) fn metadata(
    session: &Session<'_>,
    place: &InstancePlace,
) -> Result<Vec<JsonDataset>, Failure> {
    metadata_as_sent(session, place).map(|(_, datasets)| datasets)
}

/// The same beside the JSON that said so, byte for byte.
///
/// # Errors
/// [`Failure`].
pub(super) fn metadata_as_sent(
    session: &Session<'_>,
    place: &InstancePlace,
) -> Result<(Vec<u8>, Vec<JsonDataset>), Failure> {
    let answer = session.get(&Ask {
        url: format!("{}/metadata", place.url(&session.site.base)),
        accept: "application/dicom+json",
        may_pack: true,
    })?;
    let media_type = answer.media_type.clone();
    let bytes = answer.read_all(LONGEST_LIST)?;
    let datasets = entries_of(session, &media_type, &bytes)?;
    Ok((bytes, datasets))
}
