//! Bulk data: long values that metadata leave out and give an address for (PS3.18 10.4.1.1.5).

use super::WebTrouble;
use super::address::Origin;
use super::address::resolved;
use super::instance::InstancePlace;
use super::preview::FramePart;
use super::preview::LONGEST_FRAMES;
use super::preview::get_some;
use super::preview::parts;
use super::session::Session;
use crate::pacs::Failure;

/// The value at an address from the metadata of an instance, in the parts that the service makes of
/// it: one, or one a frame. Addresses may be relative to the metadata; they are followed within the
/// service alone, for a file says them.
///
/// # Errors
/// [`Failure`].
pub(super) fn bulk_data(
    session: &Session<'_>,
    place: &InstancePlace,
    uri: &str,
) -> Result<Vec<FramePart>, Failure> {
    let site = session.site;
    let metadata = format!("{}/metadata", place.url(&site.base));
    let url = resolved(&metadata, uri).ok_or_else(|| site.trouble(WebTrouble::Address))?;
    let (home, there) = (Origin::of(&site.base), Origin::of(&url));
    if let (Some(home), Some(there)) = (home, there)
        && !home.trusts(&there)
    {
        return Err(site.trouble(WebTrouble::Redirected { to: there.place() }));
    }
    let forms = [
        r#"multipart/related; type="application/octet-stream"; transfer-syntax=*"#,
        r#"multipart/related; type="application/octet-stream""#,
        "application/octet-stream",
    ];
    let answer = get_some(session, &url, &forms)?;
    if answer.media_type.is_multipart() {
        return parts(session, answer, LONGEST_FRAMES);
    }
    let media_type = answer.media_type.essence.clone();
    let transfer_syntax_uid = answer.media_type.parameter("transfer-syntax");
    let transfer_syntax_uid = transfer_syntax_uid.map(str::to_owned);
    Ok(vec![FramePart {
        transfer_syntax_uid,
        media_type,
        bytes: answer.read_all(LONGEST_FRAMES)?,
    }])
}
