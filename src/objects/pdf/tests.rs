//! Documents made here: whole, cut off, corrupted, and of themselves.

use super::*;

/// A PDF of these objects, the first the catalogue; the table of references is made here.
fn pdf(objects: &[&str]) -> Vec<u8> {
    let mut file = b"%PDF-1.7\n".to_vec();
    let mut offsets = Vec::new();
    for (index, object) in objects.iter().enumerate() {
        offsets.push(file.len());
        file.extend(format!("{} 0 obj\n{object}\nendobj\n", index + 1).bytes());
    }
    let start = file.len();
    file.extend(format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1).bytes());
    for offset in offsets {
        file.extend(format!("{offset:010} 00000 n \n").bytes());
    }
    let size = objects.len() + 1;
    file.extend(
        format!("trailer\n<< /Size {size} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n").bytes(),
    );
    file
}

fn stream(dictionary: &str, content: &str) -> String {
    let length = content.len();
    format!("<< {dictionary} /Length {length} >>\nstream\n{content}\nendstream")
}

/// One page of 200 by 100 points: its lower left quarter red, a line of text above.
fn letter() -> Vec<u8> {
    let content = "1 0 0 rg 0 0 100 50 re f 0 0 0 rg BT /F1 12 Tf 20 70 Td (Compte rendu) Tj ET";
    pdf(&[
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 100] /Contents 4 0 R \
         /Resources << /Font << /F1 5 0 R >> >> >>",
        &stream("", content),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ])
}

#[test]
fn a_page_is_drawn_on_white_as_wide_as_asked() {
    let ctx = JobCtx::new();
    let document = PdfDocument::open(letter(), &ctx).unwrap();
    assert_eq!(*document.pages, [[200.0, 100.0]]);
    let page = document.page(0, 400, &ctx).unwrap();
    assert_eq!(page.size_px, [400, 200]);
    assert_eq!(page.at(100, 150), Some([255, 0, 0, 255]));
    assert_eq!(page.at(300, 150), Some([255; 4]));
    let inked = |x, y| page.at(x, y).is_some_and(|[r, ..]| r < 128);
    let text = (30..240).flat_map(|x| (30..70).map(move |y| (x, y)));
    assert!(text.filter(|(x, y)| inked(*x, *y)).count() > 200, "no text");
}

#[test]
fn a_page_is_never_larger_than_its_picture_may_be() {
    let ctx = JobCtx::new();
    let document = PdfDocument::open(letter(), &ctx).unwrap();
    let page = document.page(0, u32::MAX, &ctx).unwrap();
    assert_eq!(page.size_px, [4096, 2048]);
    let least = document.page(0, 0, &ctx).unwrap();
    assert_eq!(least.size_px, [1, 1]);
}

fn refusal<T>(result: Result<T, NoResult>) -> &'static str {
    match result {
        Err(NoResult::Refused(message)) => message.id.0,
        Err(NoResult::Cancelled) => "cancelled",
        Ok(_) => "none",
    }
}

#[test]
fn what_is_no_pdf_says_so() {
    let ctx = JobCtx::new();
    let open = |bytes: &[u8]| refusal(PdfDocument::open(bytes.to_vec(), &ctx));
    assert_eq!(open(b""), "pdf-empty");
    assert_eq!(open(b"This is a letter"), "pdf-unreadable");
    ctx.cancel();
    let cancelled = PdfDocument::open(letter(), &ctx);
    assert_eq!(refusal(cancelled), "cancelled");
}

#[test]
fn a_page_too_large_to_be_one_is_refused() {
    let ctx = JobCtx::new();
    let huge = String::from_utf8(letter()).unwrap();
    let huge = huge.replace("0 0 200 100]", "0 0 900000 100]");
    let document = PdfDocument::open(huge.into_bytes(), &ctx).unwrap();
    assert_eq!(refusal(document.page(0, 400, &ctx)), "pdf-page-size");
    assert_eq!(refusal(document.page(7, 400, &ctx)), "pdf-page-size");
}

/// Forms, patterns and fonts that draw themselves.
#[test]
fn a_page_that_contains_itself_ends() {
    let ctx = JobCtx::new();
    let form = stream(
        "/Type /XObject /Subtype /Form /BBox [0 0 200 100] /Resources << /XObject << /X 5 0 R >> >>",
        "/X Do /X Do",
    );
    let recursive = pdf(&[
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 100] /Contents 4 0 R \
         /Resources << /XObject << /X 5 0 R >> >> >>",
        &stream("", "/X Do"),
        &form,
    ]);
    let document = PdfDocument::open(recursive, &ctx).unwrap();
    drop(document.page(0, 100, &ctx));
    let pages = pdf(&[
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 1 >>",
    ]);
    drop(PdfDocument::open(pages, &ctx));
}

#[test]
fn a_file_cut_off_or_corrupted_anywhere_costs_itself_alone() {
    let ctx = JobCtx::new();
    let whole = letter();
    for end in (0..whole.len()).step_by(7) {
        if let Ok(document) = PdfDocument::open(whole[..end].to_vec(), &ctx) {
            drop(document.page(0, 50, &ctx));
        }
    }
    for at in (0..whole.len()).step_by(5) {
        let mut broken = whole.clone();
        broken[at] ^= 0x15;
        if let Ok(document) = PdfDocument::open(broken, &ctx) {
            drop(document.page(0, 50, &ctx));
        }
    }
}
