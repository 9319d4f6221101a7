//! `isocentre frames`: decoded samples, one file a frame, and what they are as JSON.

use std::io::Write as _;
use std::path::Path;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use serde::Serialize;
use sha2::Digest as _;
use sha2::Sha256;

use crate::dicom;
use crate::dicom::ByteSource;
use crate::dicom::DecodedFrame;
use crate::dicom::FrameDecoder;
use crate::dicom::Photometric;
use crate::dicom::Samples;
use crate::files;
use crate::files::Readable;
use crate::jobs::JobCtx;
use crate::problem::Message;
use crate::problem::Problem;
use crate::problem::msg;
use crate::text::Words;

/// Decoded samples, one file a frame, little-endian, without a header; their description as
/// JSON on standard output.
#[derive(Debug, Args)]
pub struct FramesArgs {
    /// The DICOM file.
    pub file: PathBuf,
    /// The folder the frames are written to; made if it does not exist.
    #[arg(long)]
    pub out: PathBuf,
    /// This frame only, counted from 1.
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..))]
    pub frame: Option<u32>,
}

/// What is printed.
#[derive(Debug, Serialize)]
struct Described {
    rows: u32,
    columns: u32,
    samples_per_pixel: usize,
    sample_type: &'static str,
    photometric: &'static str,
    transfer_syntax: String,
    frames: Vec<Written>,
}

#[derive(Debug, Serialize)]
struct Written {
    number: u32,
    file: String,
    sha256: String,
    /// Where the file is cut off: what of the frame is zeros and no data.
    #[serde(skip_serializing_if = "Option::is_none")]
    missing: Option<Missing>,
}

#[derive(Debug, Clone, Copy, Serialize)]
struct Missing {
    /// Pixels that are there, row by row from the top left.
    pixels_held: usize,
    /// Bytes of the pixel data that are missing.
    bytes: u64,
}

/// Runs the subcommand. Exit status 0: every frame asked for was written; 1: none was; 3: some
/// were, and the reason for each that was not is on standard error. A frame that is cut off is
/// written with zeros for what is missing, as other tools do, and its description and standard
/// error say so.
#[must_use]
pub fn run(args: &FramesArgs) -> ExitCode {
    match write_frames(args) {
        Ok(Outcome {
            described,
            failures,
            warnings,
        }) => {
            for failure in &failures {
                complain(failure, &args.file);
            }
            for warning in warnings {
                say(&Problem::warning(warning), &args.file);
            }
            let printed = serde_json::to_string(&described)
                .map_err(std::io::Error::other)
                .and_then(|json| writeln!(std::io::stdout().lock(), "{json}"));
            match printed {
                Ok(()) if failures.is_empty() => ExitCode::SUCCESS,
                Ok(()) => ExitCode::from(3),
                Err(_closed) => ExitCode::FAILURE,
            }
        }
        Err(reasons) => {
            for reason in &reasons {
                complain(reason, &args.file);
            }
            ExitCode::FAILURE
        }
    }
}

fn complain(message: &Message, file: &Path) {
    say(&Problem::error(message.clone()), file);
}

fn say(problem: &Problem, file: &Path) {
    let sentence = Words::system().problem(&problem.clone().at(file));
    // A closed standard error leaves nobody to tell.
    drop(writeln!(std::io::stderr().lock(), "{sentence}"));
}

/// What was written.
struct Outcome {
    described: Described,
    /// Why others were not.
    failures: Vec<Message>,
    /// What of those written is missing.
    warnings: Vec<Message>,
}

/// The frames written and the reasons for those that were not; the reasons alone where there
/// was none.
fn write_frames(args: &FramesArgs) -> Result<Outcome, Vec<Message>> {
    let source = ByteSource::File(args.file.as_path().into());
    let header = dicom::read_header(source).map_err(|error| vec![error.message()])?;
    let decoder = FrameDecoder::new(&header).map_err(|error| vec![error.message()])?;
    let wanted = match args.frame {
        Some(number) => number - 1..number,
        None => 0..decoder.frame_count(),
    };
    let ctx = JobCtx::new();
    let mut described: Option<Described> = None;
    let mut failures = Vec::new();
    let mut warnings = Vec::new();
    for frame in wanted {
        let decoded = match decoder.decode(frame, &ctx) {
            Ok(decoded) => decoded,
            Err(error) => {
                failures.push(
                    Message::new(msg("frames-failed"))
                        .number("number", f64::from(frame) + 1.0)
                        .message("reason", error.message()),
                );
                if failures.len() >= MAX_FAILURES {
                    break;
                }
                continue;
            }
        };
        let written = match write_frame(&decoded, frame, &args.out) {
            Ok(written) => written,
            Err(message) => {
                failures.push(message); // a full disk does not get better
                break;
            }
        };
        if let Some(missing) = decoded.missing {
            warnings.push(
                Message::new(msg("frames-cut-off"))
                    .number("number", f64::from(frame) + 1.0)
                    .number("row", missing.row(decoded.columns).into())
                    .number("rows", decoded.rows.into())
                    .number("bytes", missing.bytes as f64),
            );
        }
        described
            .get_or_insert_with(|| describe(&decoded, &header.transfer_syntax))
            .frames
            .push(written);
    }
    match described {
        Some(described) => Ok(Outcome {
            described,
            failures,
            warnings,
        }),
        None => Err(failures),
    }
}

/// A header may declare millions of frames that are not there; nobody reads as many sentences.
const MAX_FAILURES: usize = 100;

fn describe(frame: &DecodedFrame, transfer_syntax: &str) -> Described {
    Described {
        rows: frame.rows,
        columns: frame.columns,
        samples_per_pixel: frame.samples.samples_per_pixel(),
        sample_type: frame.samples.sample_type().name(),
        photometric: match frame.photometric {
            Photometric::Monochrome1 => "MONOCHROME1",
            Photometric::Monochrome2 => "MONOCHROME2",
            Photometric::Rgb => "RGB",
        },
        transfer_syntax: transfer_syntax.to_owned(),
        frames: Vec::new(),
    }
}

fn write_frame(frame: &DecodedFrame, index: u32, folder: &Path) -> Result<Written, Message> {
    let bytes = little_endian(&frame.samples);
    let number = index + 1;
    let file = format!("frame-{number:05}.raw");
    files::make_folder(folder, Readable::AsUsual).map_err(|error| error.message())?;
    files::write_atomically(&folder.join(&file), &bytes, Readable::AsUsual)
        .map_err(|error| error.message())?;
    Ok(Written {
        number,
        file,
        sha256: hex(&Sha256::digest(&bytes)),
        missing: frame.missing.map(|missing| Missing {
            pixels_held: missing.pixels_held,
            bytes: missing.bytes,
        }),
    })
}

/// The samples' bytes, least significant first whatever the machine.
fn little_endian(samples: &Samples) -> Vec<u8> {
    let mut bytes = samples.as_bytes().to_vec();
    if cfg!(target_endian = "big") {
        let width = bytes.len() / samples.len().max(1);
        for cell in bytes.chunks_exact_mut(width.max(1)) {
            cell.reverse();
        }
    }
    bytes
}

fn hex(bytes: &[u8]) -> String {
    let digits = |byte: &u8| [byte >> 4, byte & 15].map(u32::from);
    bytes
        .iter()
        .flat_map(digits)
        .filter_map(|digit| char::from_digit(digit, 16))
        .collect()
}
