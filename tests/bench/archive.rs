//! How long the archive takes to index files where they lie, to search 100,000 studies, and to plan
//! a clean-up of them:
//! `cargo bench --bench archive`, or with the number of studies behind it.
//!
//! Indexing is told as a multiple of what reading the same headers takes without an index, searches
//! in milliseconds: the median of several. What is typed is asked as the window asks it: all the
//! queries of the request, each for as many studies as the window lists.
#![expect(clippy::print_stdout, reason = "the table is what this program is for")]
#![expect(
    clippy::unwrap_used,
    reason = "a benchmark may stop at the first surprise"
)]

#[path = "../it/common/bytes.rs"]
#[allow(dead_code, reason = "the tests use all of it")]
mod bytes;

use std::path::Path;
use std::time::Duration;
use std::time::Instant;
use std::time::SystemTime;

use bytes::Element;
use bytes::Encoding;
use bytes::encode;
use bytes::file_meta;
use isocentre::archive::Archive;
use isocentre::archive::CleanUpLimits;
use isocentre::archive::ImportMode;
use isocentre::archive::Label;
use isocentre::archive::NewTransfer;
use isocentre::archive::TransferKind;
use isocentre::archive::TransferPriority;
use isocentre::dicom;
use isocentre::dicom::Date;
use isocentre::jobs::JobCtx;
use isocentre::model::DateRange;
use isocentre::model::StudyQuery;
use isocentre::workspace::SearchRequest;

const STUDIES: usize = 100_000;
/// A list on screen.
const LIST: usize = 2000;
const ROUNDS: usize = 25;
const TRANSFERS: usize = 1000;

const FAMILIES: [&str; 16] = [
    "Martin",
    "Bernard",
    "Müller",
    "O'Brien",
    "Benali",
    "أحمد",
    "Nguyen",
    "García",
    "Rossi",
    "Kowalski",
    "Dupont",
    "El Idrissi",
    "بن علي",
    "Smith",
    "Haddad",
    "Lefèvre",
];
const GIVEN: [&str; 16] = [
    "Anne",
    "Jean",
    "Fatima",
    "فاطمة",
    "Éva",
    "Mohammed",
    "محمد",
    "Lena",
    "Pierre",
    "Aïcha",
    "John",
    "Maria",
    "Zoé",
    "Youssef",
    "Carl",
    "Ines",
];
const WORDS: [&str; 8] = [
    "thorax", "abdomen", "crâne", "genou", "rachis", "épaule", "pelvis", "sinus",
];

/// What a search is called, and the search of a round.
type Ask<'a> = (&'a str, Box<dyn Fn(usize) -> StudyQuery + 'a>);

fn write_study(folder: &Path, n: usize) {
    let text = |group, element, vr, value: &str| Element::text(group, element, vr, value);
    let pick = |from: &[&'static str], salt: usize| -> &'static str {
        let at = (n.wrapping_mul(2_654_435_761) >> salt) % from.len();
        from.get(at).copied().unwrap_or_default()
    };
    let name = format!("{}{}^{}", pick(&FAMILIES, 3), n % 977, pick(&GIVEN, 9));
    let day = format!("{}{:02}{:02}", 2010 + n % 16, 1 + n % 12, 1 + n % 28);
    let description = format!("{} {}", pick(&WORDS, 5), pick(&WORDS, 11));
    let elements = [
        text(0x0008, 0x0005, "CS", "ISO_IR 192"),
        text(0x0008, 0x0016, "UI", "1.2.840.10008.5.1.4.1.1.2"),
        text(0x0008, 0x0018, "UI", &format!("1.2.3.{n}.1.1")),
        text(0x0008, 0x0020, "DA", &day),
        text(0x0008, 0x0030, "TM", "101500"),
        text(0x0008, 0x0050, "SH", &format!("A{n}")),
        text(0x0008, 0x0060, "CS", pick(&["CT", "MR", "US", "DX"], 7)),
        text(0x0008, 0x1030, "LO", &description),
        text(0x0010, 0x0010, "PN", &name),
        text(0x0010, 0x0020, "LO", &format!("P{}", n / 2)),
        text(0x0020, 0x000D, "UI", &format!("1.2.3.{n}")),
        text(0x0020, 0x000E, "UI", &format!("1.2.3.{n}.1")),
        text(0x0020, 0x0013, "IS", "1"),
    ];
    let class = "1.2.840.10008.5.1.4.1.1.2";
    let mut file = file_meta("1.2.840.10008.1.2.1", class, &format!("1.2.3.{n}.1.1"));
    file.extend(encode(&elements, Encoding::ExplicitLittle));
    let folder = folder.join((n / 500).to_string());
    if n.is_multiple_of(500) {
        std::fs::create_dir(&folder).unwrap();
    }
    std::fs::write(folder.join(n.to_string()), file).unwrap();
}

fn median(mut times: Vec<Duration>) -> f64 {
    times.sort();
    let middle = times.get(times.len() / 2);
    middle.copied().unwrap_or_default().as_secs_f64() * 1e3
}

fn main() {
    let asked = std::env::args().skip(1).find_map(|text| text.parse().ok());
    let studies: usize = asked.unwrap_or(STUDIES);
    let folder = tempfile::tempdir().unwrap();
    let files = folder.path().join("files");
    std::fs::create_dir(&files).unwrap();
    (0..studies).for_each(|n| write_study(&files, n));
    let inputs = [files];
    let ctx = JobCtx::new();

    dicom::scan(&inputs, &ctx, &|_| {}).unwrap(); // warms the files
    let start = Instant::now();
    dicom::scan(&inputs, &ctx, &|_| {}).unwrap();
    let reading = start.elapsed();
    let archive = Archive::open(&folder.path().join("archive")).unwrap();
    let start = Instant::now();
    let mode = ImportMode::Reference;
    let imported = archive.import(&inputs, mode, &ctx, &|_| {}).unwrap();
    let indexing = start.elapsed();
    assert_eq!(imported.added, studies);
    println!(
        "indexing: {:.0} instances/s, each a study of its own; {:.2} times what reading takes",
        studies as f64 / indexing.as_secs_f64(),
        indexing.as_secs_f64() / reading.as_secs_f64()
    );

    let all = StudyQuery {
        limit: LIST,
        ..StudyQuery::default()
    };
    let name = |n: usize| format!("martin{} ann", n * 31 % 977);
    let day = |year: usize| {
        let (month, day) = (1, 1);
        let year = year as u16;
        Some(Date { year, month, day })
    };
    let queries: [Ask<'_>; 10] = [
        ("everything", Box::new(|_| all.clone())),
        (
            "a letter of a name",
            Box::new(|n| {
                let letter = "abcdefghijklmnopqrstuvwxyz".get(n..=n).unwrap_or("m");
                StudyQuery {
                    patient_name: letter.into(),
                    ..all.clone()
                }
            }),
        ),
        (
            "a common name",
            Box::new(|_| StudyQuery {
                patient_name: "fatima".into(),
                ..all.clone()
            }),
        ),
        (
            "two words of a name",
            Box::new(|n| StudyQuery {
                patient_name: name(n),
                ..all.clone()
            }),
        ),
        (
            "a name in Arabic",
            Box::new(|_| StudyQuery {
                patient_name: "محمد احمد".into(),
                ..all.clone()
            }),
        ),
        (
            "part of a name, ?ll",
            Box::new(|_| StudyQuery {
                patient_name: "m?ller7*".into(),
                ..all.clone()
            }),
        ),
        (
            "patient ID",
            Box::new(|n| StudyQuery {
                patient_id: format!("P{}", n * 37),
                ..all.clone()
            }),
        ),
        (
            "accession number",
            Box::new(|n| StudyQuery {
                accession_number: format!("A{}", n * 37),
                ..all.clone()
            }),
        ),
        (
            "a year of CT",
            Box::new(|n| StudyQuery {
                study_date: DateRange {
                    from: day(2010 + n % 15),
                    to: day(2011 + n % 15),
                },
                modalities: vec!["CT".into()],
                ..all.clone()
            }),
        ),
        (
            "words of a description",
            Box::new(|_| StudyQuery {
                study_description: "epau thor".into(),
                ..all.clone()
            }),
        ),
    ];
    println!("{:26} {:>9} {:>8}", "search", "median", "found");
    let mut slowest: f64 = 0.0;
    let today = Date {
        year: 2026,
        month: 1,
        day: 1,
    };
    for text in [
        "", "P", "P1", "P12", "P1234", "P49999", "1", "A1", "A123", "m", "ma", "fatima",
        "fatima b", "محمد", "zzz",
    ] {
        let request = SearchRequest {
            text: text.into(),
            ..SearchRequest::default()
        };
        let mut found = 0;
        let times = (0..ROUNDS).map(|_| {
            let start = Instant::now();
            let queries = request.queries(today);
            let answers = queries.iter().map(|query| archive.search(query).unwrap());
            found = answers.map(|matches| matches.len()).sum();
            start.elapsed()
        });
        let time_ms = median(times.collect());
        slowest = slowest.max(time_ms);
        let what = format!("typed: {text}");
        println!("{what:26} {time_ms:6.2} ms {found:8}");
    }
    for (what, query) in &queries {
        let mut found = 0;
        let times = (0..ROUNDS).map(|n| {
            let query = query(n);
            let start = Instant::now();
            found = archive.search(&query).unwrap().len();
            start.elapsed()
        });
        let time_ms = median(times.collect());
        slowest = slowest.max(time_ms);
        println!("{what:26} {time_ms:6.2} ms {found:8}");
    }
    println!("slowest: {slowest:.1} ms of {studies} studies");
    plan(&archive, studies);
}

/// What would go of an archive with a long list of transfers behind it.
fn plan(archive: &Archive, studies: usize) {
    let now = SystemTime::now();
    for n in 0..TRANSFERS {
        let new = NewTransfer {
            kind: TransferKind::Retrieve,
            node: "main".into(),
            study_uid: format!("1.2.3.{}", n * studies / TRANSFERS),
            patient_id: String::new(),
            series_uids: Vec::new(),
            instance_uids: Vec::new(),
            items: Vec::new(),
            label: Label::default(),
            priority: TransferPriority::Background,
            is_to_be_committed: false,
        };
        archive.transfers().add(&new, now).unwrap();
    }
    let limits = CleanUpLimits {
        unused_for: Some(Duration::ZERO),
        ..CleanUpLimits::default()
    };
    let start = Instant::now();
    let later = now + Duration::from_hours(48);
    let plan = archive.plan_clean_up(&limits, &[], later, &JobCtx::new());
    let plan = plan.unwrap();
    println!(
        "what a clean-up would take: {:.2} s, {} studies of {studies} behind {TRANSFERS} transfers",
        start.elapsed().as_secs_f64(),
        plan.studies.len()
    );
}
