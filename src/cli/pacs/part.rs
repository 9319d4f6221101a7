//! `pacs get --form …`: what DICOMweb makes of an instance, into files as the service sent it.

use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

use serde_json::Value;
use serde_json::json;

use super::FetchArgs;
use super::FormChoice;
use super::PartArgs;
use super::node;
use crate::cli::output;
use crate::dicom::BulkValue;
use crate::dicom::ByteSource;
use crate::dicom::InstanceHeader;
use crate::dicom::is_valid_uid;
use crate::dicom::keyword_of_tag;
use crate::dicom::tag_of_keyword;
use crate::dicom::tags;
use crate::files::Readable;
use crate::files::make_folder;
use crate::jobs::JobCtx;
use crate::pacs::Failure;
use crate::pacs::web::FramePart;
use crate::pacs::web::InstancePlace;
use crate::pacs::web::RenderWindow;
use crate::pacs::web::WebService;
use crate::problem::Message;
use crate::problem::msg;

pub(super) fn run(args: &FetchArgs, part: &PartArgs) -> ExitCode {
    let (getter, folder) = match prepared(args, part) {
        Ok(prepared) => prepared,
        Err(reason) => return output::fail(output::WRONG_USAGE, &reason),
    };
    if let Err(error) = make_folder(folder, Readable::AsUsual) {
        return output::fail(output::NOTHING_USABLE, &error.message());
    }
    let start = Instant::now();
    let mut files: Vec<Value> = Vec::new();
    let got = getter.get(part, &mut |piece| {
        let path = folder.join(&piece.name);
        output::write_file(&path, &piece.bytes)?;
        files.push(json!({
            "file": path.display().to_string(),
            "bytes": piece.bytes.len(),
            "media_type": piece.media_type,
            "transfer_syntax": piece.transfer_syntax_uid,
        }));
        if !args.json {
            output::print(&format!("{}\n", path.display()));
        }
        Ok(())
    });
    let count = files.len();
    if args.json {
        output::print_json(&json!({
            "files": files,
            "elapsed_ms": (start.elapsed().as_secs_f64() * 1e4).round() / 10.0,
        }));
    }
    match got {
        Ok(()) if count > 0 => ExitCode::SUCCESS,
        Ok(()) => {
            let message = Message::new(msg("pacs-get-form-nothing"));
            output::fail(
                output::NOTHING_USABLE,
                &message.text("node", &args.node.node),
            )
        }
        Err(failure) if count == 0 => output::fail(output::NOTHING_USABLE, &failure.message()),
        Err(failure) => output::fail(output::IN_PART, &failure.message()),
    }
}

/// One instance, one folder, a service that has forms.
fn prepared<'a>(args: &'a FetchArgs, part: &'a PartArgs) -> Result<(Getter, &'a Path), Message> {
    let one = || Message::new(msg("pacs-get-form-one"));
    let ([series], [instance], Some(folder)) = (&*args.series, &*part.instance, &args.out) else {
        return Err(one());
    };
    // It is part of the files' names.
    if !is_valid_uid(instance) {
        return Err(one());
    }
    let getter = Getter {
        service: node::web_service(&args.node.node()?)?,
        place: InstancePlace {
            study_uid: args.study.clone(),
            series_uid: series.clone(),
            instance_uid: instance.clone(),
        },
        ctx: JobCtx::new(),
    };
    Ok((getter, folder))
}

/// A file to be.
struct Piece {
    name: String,
    media_type: String,
    transfer_syntax_uid: Option<String>,
    bytes: Vec<u8>,
}

struct Getter {
    service: WebService,
    place: InstancePlace,
    ctx: JobCtx,
}

/// Takes files as they come.
type Keep<'a> = dyn FnMut(Piece) -> Result<(), Failure> + 'a;

impl Getter {
    fn get(&self, part: &PartArgs, keep: &mut Keep<'_>) -> Result<(), Failure> {
        match part.form {
            FormChoice::Dicom => Ok(()), // `get` does it
            FormChoice::Metadata => self.metadata(keep),
            FormChoice::Rendered => self.rendered(&part.frame, part.size, keep),
            FormChoice::Thumbnail => self.thumbnail(keep),
            FormChoice::Frames => self.frames(&part.frame, keep),
            FormChoice::BulkData => self.bulk_data(&part.element, keep),
        }
    }

    fn metadata(&self, keep: &mut Keep<'_>) -> Result<(), Failure> {
        let (bytes, datasets) = self.service.metadata_as_sent(&self.place, &self.ctx)?;
        if datasets.is_empty() {
            return Ok(());
        }
        keep(Piece {
            name: self.name("", "json"),
            media_type: "application/dicom+json".to_owned(),
            transfer_syntax_uid: None,
            bytes,
        })
    }

    fn rendered(
        &self,
        frames: &[u32],
        size: Option<[u32; 2]>,
        keep: &mut Keep<'_>,
    ) -> Result<(), Failure> {
        // A service that gives no metadata may render all the same, as it likes.
        let datasets = self.service.metadata(&self.place, &self.ctx);
        let datasets = datasets.unwrap_or_default();
        let picture = |frame: Option<u32>| {
            let index = frame.map_or(0, |frame| frame.saturating_sub(1));
            let first = datasets.first();
            let window = first.and_then(|it| RenderWindow::of_image(&it.dataset, index));
            (self.service).rendered(&self.place, frame, size, window.as_ref(), &self.ctx)
        };
        if frames.is_empty() {
            return keep(self.picture("", &picture(None)?));
        }
        for frame in frames {
            let picture = picture(Some(*frame))?;
            keep(self.picture(&format!("-frame-{frame}"), &picture))?;
        }
        Ok(())
    }

    fn thumbnail(&self, keep: &mut Keep<'_>) -> Result<(), Failure> {
        let picture = self.service.thumbnail(&self.place, &self.ctx)?;
        keep(self.picture("-thumbnail", &picture))
    }

    /// The picture's own bytes: they were read as a picture, and are kept as they came.
    fn picture(&self, suffix: &str, picture: &InstanceHeader) -> Piece {
        let bytes = match &picture.source {
            ByteSource::Memory(bytes) => bytes.to_vec(),
            ByteSource::File(_) | ByteSource::ZipEntry { .. } => Vec::new(),
        };
        let (extension, media_type) = if bytes.starts_with(b"\x89PNG") {
            ("png", "image/png")
        } else {
            ("jpg", "image/jpeg")
        };
        Piece {
            name: self.name(suffix, extension),
            media_type: media_type.to_owned(),
            transfer_syntax_uid: None,
            bytes,
        }
    }

    /// One request for each: no answer is longer than it need be.
    fn frames(&self, frames: &[u32], keep: &mut Keep<'_>) -> Result<(), Failure> {
        let count = self.number_of_frames()?;
        let all: Vec<u32> = if frames.is_empty() {
            (1..=count).collect()
        } else {
            frames.to_vec()
        };
        if let Some(frame) = all.iter().find(|frame| **frame > count) {
            let message = Message::new(msg("pacs-get-no-frame"));
            return Err(Failure::Told(
                message
                    .count("frame", *frame as usize)
                    .count("count", count as usize),
            ));
        }
        for frame in all {
            let parts = (self.service).frames(&self.place, &[frame], &[], &self.ctx)?;
            self.pieces(&format!("-frame-{frame}"), parts, keep)?;
        }
        Ok(())
    }

    fn number_of_frames(&self) -> Result<u32, Failure> {
        let datasets = self.service.metadata(&self.place, &self.ctx)?;
        let number = datasets.first().and_then(|it| {
            let elements = it.dataset.elements();
            elements.integer(tags::NUMBER_OF_FRAMES)
        });
        let number = number.and_then(|number| u32::try_from(number).ok());
        Ok(number.unwrap_or(1).max(1))
    }

    fn bulk_data(&self, elements: &[String], keep: &mut Keep<'_>) -> Result<(), Failure> {
        let datasets = self.service.metadata(&self.place, &self.ctx)?;
        let kept = datasets.first().map_or(&[][..], |it| &it.bulk_data);
        for value in chosen(kept, elements)? {
            let parts = (self.service).bulk_data(&self.place, &value.uri, &self.ctx)?;
            self.pieces(&format!("-{}", name_of(value)), parts, keep)?;
        }
        Ok(())
    }

    /// Several parts are numbered.
    fn pieces(
        &self,
        suffix: &str,
        parts: Vec<FramePart>,
        keep: &mut Keep<'_>,
    ) -> Result<(), Failure> {
        let is_one = parts.len() == 1;
        for (at, part) in parts.into_iter().enumerate() {
            let number = if is_one {
                String::new()
            } else {
                format!("-{}", at + 1)
            };
            keep(Piece {
                name: self.name(&format!("{suffix}{number}"), extension(&part.media_type)),
                media_type: part.media_type,
                transfer_syntax_uid: part.transfer_syntax_uid,
                bytes: part.bytes,
            })?;
        }
        Ok(())
    }

    fn name(&self, suffix: &str, extension: &str) -> String {
        format!("{}{suffix}.{extension}", self.place.instance_uid)
    }
}

/// Where a value stands: `WaveformSequence-1-WaveformData`.
fn name_of(value: &BulkValue) -> String {
    let within = value.within.iter();
    let within = within.map(|(tag, item)| format!("{}-{item}-", keyword_of_tag(*tag)));
    within.collect::<String>() + &keyword_of_tag(value.tag)
}

/// The values of those elements that are meant, in whatever sequence, or all.
fn chosen<'a>(kept: &'a [BulkValue], elements: &[String]) -> Result<Vec<&'a BulkValue>, Failure> {
    if elements.is_empty() {
        return Ok(kept.iter().collect());
    }
    let mut chosen = Vec::new();
    for keyword in elements {
        let tag = tag_of_keyword(keyword)
            .ok_or_else(|| Message::new(msg("pacs-find-keyword")).text("keyword", keyword))
            .map_err(Failure::Told)?;
        let before = chosen.len();
        chosen.extend(kept.iter().filter(|value| value.tag == tag));
        if chosen.len() == before {
            return Err(Failure::Told(not_kept(keyword, kept)));
        }
    }
    Ok(chosen)
}

fn not_kept(keyword: &str, kept: &[BulkValue]) -> Message {
    let names: Vec<String> = kept.iter().map(name_of).collect();
    let names = if names.is_empty() {
        "–".to_owned()
    } else {
        names.join(", ")
    };
    Message::new(msg("pacs-get-no-element"))
        .text("element", keyword)
        .text("elements", names)
}

/// What such bytes are called as a file.
fn extension(media_type: &str) -> &'static str {
    match media_type {
        "image/jpeg" => "jpg",
        "image/jp2" => "jp2",
        "image/jls" => "jls",
        "image/jxl" => "jxl",
        "image/jphc" => "jph",
        "image/dicom-rle" => "rle",
        "image/png" => "png",
        "application/pdf" => "pdf",
        "text/xml" | "application/xml" => "xml",
        "video/mpeg" | "video/mpeg2" => "mpg",
        "video/mp4" => "mp4",
        _ => "bin",
    }
}
