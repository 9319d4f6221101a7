//! The map in `src/lib.rs` is true: modules import only what stands in their row, and foreign
//! crates stay in their homes.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use crate::common::source::SourceFile;
use crate::common::source::Strings;
use crate::common::source::code;
use crate::common::source::product_sources;

/// Module, the right-hand column of its row in `src/lib.rs`, and what that column means.
/// `"a.."` stands for `a` and all rows above it, but for what the row excludes with `"-b"`.
const TABLE: &[(&str, &str, &[&str])] = &[
    ("geom", "–", &[]),
    ("problem", "–", &[]),
    ("cache", "problem", &["problem"]),
    ("files", "problem", &["problem"]),
    ("jobs", "problem", &["problem"]),
    ("text", "problem", &["problem"]),
    ("worker", "problem", &["problem"]),
    ("dicom", "L0", &["worker.."]),
    ("demo", "dicom and below", &["dicom.."]),
    ("model", "L0 L1", &["dicom.."]),
    ("imaging", "+ model", &["model..", "-demo"]),
    ("volume", "+ imaging", &["imaging..", "-demo"]),
    ("annotation", "+ volume", &["volume..", "-demo"]),
    ("objects", "+ annotation", &["annotation..", "-demo"]),
    ("pacs", "L0–L2", &["objects..", "-demo"]),
    ("archive", "L0–L2", &["objects..", "-demo"]),
    ("view", "L0–L2", &["objects..", "-demo"]),
    (
        "render",
        "view and below",
        &["view..", "-archive", "-demo", "-pacs"],
    ),
    ("workspace", "L0–L3", &["view..", "-demo"]),
    ("engine", "workspace, render and below", &["workspace.."]),
    (
        "tool",
        "workspace and below",
        &["workspace..", "-render", "-demo"],
    ),
    (
        "action",
        "workspace and below",
        &["workspace..", "-render", "-demo"],
    ),
    ("ui", "L0–L5", &["action.."]),
    ("cli", "engine and below", &["engine.."]),
    ("app", "all", &["cli.."]),
];

/// Whether a file, by its path below `src/`, may use a crate.
type MayUse = fn(&str) -> bool;

/// Crates with a home: their name (a `*` at the end takes any ending), and who may use them.
const HOMES: &[(&str, MayUse)] = &[
    ("egui", |path| in_any(path, &["ui", "app"])),
    ("egui_*", |path| in_any(path, &["ui", "app"])),
    ("epaint", |path| in_any(path, &["ui", "app"])),
    ("eframe", |path| in_any(path, &["ui", "app", "render"])),
    ("winit", |path| in_any(path, &["app"])),
    ("wgpu", may_use_wgpu),
    ("rfd", |path| in_any(path, &["app"])),
    ("dicom_*", |path| in_any(path, &["dicom"])),
    ("dicom_ul", |path| in_any(path, &["pacs"])),
    ("keyring", |path| in_any(path, &["pacs"])),
    ("rusqlite", |path| in_any(path, &["archive"])),
    ("rustls", |path| in_any(path, &["pacs"])),
    ("rustls_*", |path| in_any(path, &["pacs"])),
    ("ureq", |path| in_any(path, &["pacs"])),
    ("charls_sys", |path| in_any(path, &["dicom"])),
    ("hayro", |path| in_any(path, &["objects"])),
    ("jxl_oxide", |path| in_any(path, &["dicom"])),
    ("rustix", |path| {
        let homes = ["pacs/dimse/listening.rs", "archive/room.rs"];
        in_any(path, &["worker"]) || homes.iter().any(|home| path.ends_with(home))
    }),
    ("moxcms", |path| in_any(path, &["imaging"])),
    ("rust_h264", |path| in_any(path, &["dicom"])),
    ("rust_h265", |path| in_any(path, &["dicom"])),
    ("openjpeg_sys", |path| in_any(path, &["dicom"])),
    ("turbojpeg_sys", |path| in_any(path, &["dicom"])),
    ("fluent_bundle", |path| in_any(path, &["text"])),
    ("unicode_bidi", |path| in_any(path, &["text"])),
    ("clap", |path| in_any(path, &["cli"])),
];

/// The top level of the repository, whole.
const TOP_LEVEL: &[&str] = &[
    ".ci",
    ".gitignore",
    "Cargo.lock",
    "Cargo.toml",
    "LICENSE-APACHE",
    "LICENSE-MIT",
    "README.md",
    "assets",
    "shaders",
    "src",
    "tests",
];

fn in_any(path: &str, modules: &[&str]) -> bool {
    modules.contains(&module_of(path))
}

fn may_use_wgpu(path: &str) -> bool {
    let is_viewport = path.split('/').any(|part| part.starts_with("viewport"));
    in_any(path, &["render", "app"]) || (module_of(path) == "ui" && is_viewport)
}

/// The top module a file belongs to.
fn module_of(path: &str) -> &str {
    path.split('/').next().unwrap().trim_end_matches(".rs")
}

/// How deep the file's module lies below the crate's root.
fn depth_of(path: &str) -> usize {
    path.split('/').filter(|part| *part != "mod.rs").count()
}

fn allowed(module: &str) -> Option<BTreeSet<&'static str>> {
    let position = |name: &str| TABLE.iter().position(|row| row.0 == name).unwrap();
    let (own, _, rules) = TABLE.iter().find(|row| row.0 == module)?;
    let mut set = BTreeSet::from([*own]);
    for rule in *rules {
        if let Some(last) = rule.strip_suffix("..") {
            set.extend(TABLE[..=position(last)].iter().map(|row| row.0));
        } else if let Some(excluded) = rule.strip_prefix('-') {
            set.remove(excluded);
        } else {
            set.insert(rule);
        }
    }
    Some(set)
}

fn identifier(text: &str) -> &str {
    let end = text.find(|c: char| !c.is_alphanumeric() && c != '_');
    &text[..end.unwrap_or(text.len())]
}

/// The positions of a word with no identifier character before it.
fn words<'a>(code: &'a str, word: &'a str) -> impl Iterator<Item = usize> + 'a {
    code.match_indices(word).map(|(at, _)| at).filter(|&at| {
        !code[..at]
            .chars()
            .next_back()
            .is_some_and(|c| c.is_alphanumeric() || c == '_')
    })
}

/// What the file's code breaks.
fn violations(file: &SourceFile) -> Vec<String> {
    let code = code(&file.text, Strings::Empty);
    let module = module_of(&file.path);
    let mut found = Vec::new();
    if !file.text.starts_with("//!") {
        found.push("does not open with what it owns (`//! …`)".to_owned());
    }
    if module == "lib" || module == "main" || file.path.ends_with("tests.rs") {
        return found;
    }
    let Some(allowed) = allowed(module) else {
        found.push(format!("module `{module}` has no row in the table"));
        return found;
    };
    let mut edge = |target: &str| {
        if target.is_empty() {
            found.push("`crate::{…}` or `crate::*` hides what is imported".to_owned());
        } else if !allowed.contains(target) {
            found.push(format!("`{module}` may not import `{target}`"));
        }
    };
    for at in words(&code, "crate::") {
        edge(identifier(&code[at + "crate::".len()..]));
    }
    // `super::super::x` reaches the crate's root, too.
    let depth = depth_of(&file.path);
    for at in words(&code, "super::") {
        if code[..at].ends_with("::") {
            continue;
        }
        let mut rest = &code[at..];
        let mut ups = 0;
        while let Some(after) = rest.strip_prefix("super::") {
            (rest, ups) = (after, ups + 1);
        }
        if ups >= depth {
            edge(identifier(rest));
        }
    }
    found.extend(foreign(file, &code));
    found
}

fn foreign(file: &SourceFile, code: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (name, is_home) in HOMES {
        if is_home(&file.path) {
            continue;
        }
        let (start, any_ending) = name.strip_suffix('*').map_or((*name, false), |s| (s, true));
        for at in words(code, start) {
            let word = identifier(&code[at..]);
            let has_own_row = any_ending && HOMES.iter().any(|row| row.0 == word);
            if has_own_row || (!any_ending && word != start) {
                continue;
            }
            let before = code[..at].trim_end();
            let is_path = code[at + word.len()..].starts_with("::")
                || before.ends_with("::")
                || before.ends_with("use")
                || before.ends_with("extern crate");
            if is_path {
                found.push(format!("uses `{word}`, whose home is elsewhere"));
            }
        }
    }
    if module_of(&file.path) == "render" {
        for at in words(code, "eframe") {
            if !code[at..].starts_with("eframe::wgpu") {
                found.push("takes more of `eframe` than `eframe::wgpu`".to_owned());
            }
        }
    }
    found
}

#[test]
fn every_module_imports_only_what_its_row_allows() {
    let mut broken = Vec::new();
    for file in product_sources() {
        for violation in violations(&file) {
            broken.push(format!("src/{}: {violation}", file.path));
        }
    }
    assert!(broken.is_empty(), "\n{}", broken.join("\n"));
}

#[test]
fn a_wrong_edge_is_caught() {
    let caught = |path: &str, text: &str| {
        let file = SourceFile {
            path: path.to_owned(),
            text: format!("//! A module.\n{text}"),
        };
        violations(&file)
    };
    for (path, text) in [
        ("geom/plane.rs", "use crate::problem::Problem;"),
        (
            "dicom/scan.rs",
            "fn f() -> crate::model::FrameKey { todo!() }",
        ),
        ("tool/length.rs", "use crate::render::Gpu;"),
        ("view/mod.rs", "use super::workspace::Workspace;"),
        (
            "view/modes/stack.rs",
            "use super::super::super::workspace::Workspace;",
        ),
        ("imaging/lut.rs", "use crate::demo::truth;"),
        ("model/mod.rs", "use crate::{dicom, geom};"),
        ("report/mod.rs", "fn f() {}"),
        ("model/mod.rs", "use dicom_core::Tag;"),
        ("workspace/mod.rs", "use eframe::egui;"),
        ("render/gpu.rs", "use eframe::egui::Context;"),
        ("ui/panel.rs", "use eframe::wgpu::Device;"),
        ("ui/panel.rs", "rfd::FileDialog::new();"),
        ("engine/open.rs", "use rfd;"),
    ] {
        assert!(!caught(path, text).is_empty(), "{path}: {text}");
    }
    for (path, text) in [
        (
            "dicom/scan.rs",
            "use dicom_core::Tag; use crate::problem::msg; use super::Dataset;",
        ),
        (
            "render/gpu.rs",
            "use eframe::wgpu; fn f(d: &wgpu::Device) {}",
        ),
        (
            "ui/viewport_callback.rs",
            "use eframe::wgpu; use eframe::egui_wgpu;",
        ),
        (
            "engine/mod.rs",
            "use crate::demo; /// [`crate::ui`]\nfn f() { let wgpu = 1; }",
        ),
        (
            "model/mod.rs",
            "#[cfg(test)]\nmod tests { use crate::app::App; }",
        ),
    ] {
        assert!(
            caught(path, text).is_empty(),
            "{path}: {text}: {:?}",
            caught(path, text)
        );
    }
}

#[test]
fn the_map_in_lib_rs_names_every_module_with_its_row() {
    let sources = product_sources();
    let lib = &sources
        .iter()
        .find(|file| file.path == "lib.rs")
        .unwrap()
        .text;
    let rows: Vec<(String, String)> = lib
        .lines()
        .filter_map(|line| line.strip_prefix("//! |"))
        .filter_map(|line| {
            let cells: Vec<&str> = line.split(" | ").map(str::trim).collect();
            let name = cells.get(1)?.strip_prefix("[`")?.strip_suffix("`]")?;
            let column = cells.get(3)?.trim_end_matches('|').trim();
            Some((name.to_owned(), column.to_owned()))
        })
        .collect();
    let table: Vec<(String, String)> = TABLE
        .iter()
        .map(|row| (row.0.to_owned(), row.1.to_owned()))
        .collect();
    assert_eq!(
        rows, table,
        "the table in src/lib.rs and the one in this test differ"
    );

    let declared: BTreeSet<&str> = lib
        .lines()
        .filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';'))
        .collect();
    assert_eq!(declared, TABLE.iter().map(|row| row.0).collect());
}

#[test]
fn nothing_new_lies_at_the_top_level() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let listed = Command::new("git")
        .arg("ls-files")
        .current_dir(root)
        .output();
    let tracked = listed.ok().filter(|output| output.status.success());
    let entries: BTreeSet<String> = match tracked {
        Some(output) => String::from_utf8_lossy(&output.stdout)
            .lines()
            .map(|path| path.split('/').next().unwrap().to_owned())
            .collect(),
        // An archive of the sources has no repository: then what lies there counts.
        None => std::fs::read_dir(root)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
            .filter(|name| !["target", "isocentre-demo", ".git"].contains(&name.as_str()))
            .collect(),
    };
    let unknown: Vec<_> = entries
        .iter()
        .filter(|name| !TOP_LEVEL.contains(&name.as_str()))
        .collect();
    assert!(unknown.is_empty(), "not agreed on: {unknown:?}");
}
