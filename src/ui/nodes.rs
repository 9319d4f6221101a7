//! The nodes page: archives on the network, whether each answers, and what we are to them.

use std::path::{Path, PathBuf};

use eframe::egui;
use egui::Ui;

use crate::pacs::Node;
use crate::problem::{Message, MessageId, msg};
use crate::ui::ask::ask_ui;
use crate::ui::bidi_label::Text;
use crate::ui::icons::{self, Sign};
use crate::ui::node_form::{Form, form_ui};
use crate::ui::panel::{PanelCtx, button_ui, icon_button_ui, row_end_ui};
use crate::ui::rows::{NAMES, name_ui, text_row_ui};
use crate::ui::workplace::{Workplace, workplace_ui};
use crate::workspace::{Command, NodeEdit, NodeTest, PathOf, PickKind};

/// A node that is being written.
struct Writing {
    form: Form,
    begun: Form,
    /// The reader is asked whether it is to be dropped.
    is_leaving: bool,
}

impl Writing {
    fn new(form: Form) -> Self {
        Self {
            begun: form.clone(),
            form,
            is_leaving: false,
        }
    }
}

/// What the page remembers while it is open.
#[derive(Default)]
pub struct NodesPage {
    /// The node that is being written.
    writing: Option<Writing>,
    /// The file nodes are written to or read from.
    file: String,
    own: Option<Workplace>,
    /// The node that is to be removed, if the reader agrees.
    removed: Option<String>,
}

impl NodesPage {
    /// Takes back what is asked; a form goes back to the list, and what is written in it goes only
    /// when the reader says so. Returns whether there was any of it.
    pub(super) fn withdraw(&mut self) -> bool {
        if let Some(writing) = &mut self.writing {
            if writing.form.is_written_since(&writing.begun) {
                writing.is_leaving = !writing.is_leaving;
            } else {
                self.writing = None;
            }
            return true;
        }
        self.removed.take().is_some()
    }

    /// A file for the node that is being written, or for ourselves, was chosen.
    pub(super) fn fill_in(&mut self, field: PathOf, path: &Path) {
        match (&mut self.writing, &mut self.own) {
            (Some(writing), _) => writing.form.fill_in(field, path),
            (None, Some(own)) => own.fill_in(field, path),
            (None, None) => {}
        }
    }
}

/// The page.
pub fn nodes_ui(ui: &mut Ui, ctx: &mut PanelCtx<'_>, page: &mut NodesPage) {
    if let Some(writing) = &mut page.writing {
        let is_dropped = writing.is_leaving && leave_ui(ui, ctx, writing);
        if is_dropped || form_ui(ui, ctx, &mut writing.form) {
            page.writing = None;
        }
        return;
    }
    let theme = ctx.theme;
    let nodes = &ctx.workspace.settings.pacs.nodes;
    if nodes.is_empty() {
        let words = ctx.say(msg("nodes-none"));
        Text::new(&words, theme.body(), theme.colours.secondary)
            .wrapped()
            .ui(ui);
    }
    for node in nodes {
        node_ui(ui, ctx, page, node);
    }
    ui.add_space(theme.sizes.space);
    let words = ctx.say(msg("nodes-add"));
    if button_ui(ui, theme, None, &words, nodes.is_empty()).clicked() {
        page.writing = Some(Writing::new(Form::default()));
    }
    ui.add_space(4.0 * theme.sizes.space);
    workplace_ui(ui, ctx, &mut page.own);
    ui.add_space(4.0 * theme.sizes.space);
    file_ui(ui, ctx, page);
}

/// One node: name, address, whether it is searched, whether it answers.
fn node_ui(ui: &mut Ui, ctx: &mut PanelCtx<'_>, page: &mut NodesPage, node: &Node) {
    let theme = ctx.theme;
    let colours = &theme.colours;
    ui.horizontal(|ui| {
        ui.set_min_height(theme.sizes.control + theme.sizes.space);
        let (sign, name) = if node.is_searched {
            (Sign::Shown, msg("nodes-searched"))
        } else {
            (Sign::Hidden, msg("nodes-not-searched"))
        };
        let name = Message::new(name).text("node", &node.name);
        let name = ctx.words.get(&name);
        if icon_button_ui(ui, theme, icons::sign(sign), &name, false).clicked() {
            let toggle = NodeEdit::ToggleSearched(node.name.clone());
            ctx.commands.push(Command::Node(toggle));
        }
        name_ui(ui, &node.name, theme.strong(), colours.text);
        row_end_ui(ui, |ui| {
            let named = |id: MessageId| Message::new(id).text("node", &node.name);
            let remove = ctx.words.get(&named(msg("nodes-remove")));
            let glyph = icons::glyph(crate::action::Icon::Delete);
            if icon_button_ui(ui, theme, glyph, &remove, false).clicked() {
                page.removed = Some(node.name.clone());
            }
            let words = ctx.say(msg("nodes-edit"));
            if button_ui(ui, theme, None, &words, false).clicked() {
                page.writing = Some(Writing::new(Form::of(node)));
            }
            let words = ctx.say(msg("nodes-test"));
            if button_ui(ui, theme, None, &words, false).clicked() {
                let edit = NodeEdit::Test(node.clone(), None);
                ctx.commands.push(Command::Node(edit));
            }
            ui.with_layout(egui::Layout::left_to_right(egui::Align::Center), |ui| {
                let place = node.address.to_string();
                Text::new(&place, theme.body(), colours.secondary).ui(ui);
                if node.is_unverified() {
                    let words = ctx.say(msg("nodes-unverified"));
                    Text::new(&words, theme.small(), colours.danger).ui(ui);
                }
            });
        });
    });
    test_ui(ui, ctx, node);
    if page.removed.as_ref() == Some(&node.name) {
        remove_ui(ui, ctx, page, node);
    }
}

/// Asks before what was written goes. Returns whether it does.
fn leave_ui(ui: &mut Ui, ctx: &mut PanelCtx<'_>, writing: &mut Writing) -> bool {
    let question = ctx.say(msg("node-drop-question"));
    let yes = ctx.say(msg("node-drop-yes"));
    let answer = ask_ui(ui, ctx, &question, &[], &yes);
    writing.is_leaving &= answer.is_none();
    answer == Some(true)
}

/// Asks before a node goes: its password goes with it.
fn remove_ui(ui: &mut Ui, ctx: &mut PanelCtx<'_>, page: &mut NodesPage, node: &Node) {
    let question = Message::new(msg("nodes-remove-question")).text("node", &node.name);
    let question = ctx.words.get(&question);
    let about = [node.address.to_string(), ctx.say(msg("nodes-remove-about"))];
    let yes = ctx.say(msg("nodes-remove-yes"));
    if let Some(is_agreed) = ask_ui(ui, ctx, &question, &about, &yes) {
        page.removed = None;
        if is_agreed {
            let edit = NodeEdit::Remove(node.name.clone());
            ctx.commands.push(Command::Node(edit));
        }
    }
}

/// What the last test of a node said.
pub(super) fn test_ui(ui: &mut Ui, ctx: &PanelCtx<'_>, node: &Node) {
    let theme = ctx.theme;
    let colours = &theme.colours;
    let Some(test) = ctx.workspace.node_tests.of(node) else {
        return;
    };
    let good = |words| (Sign::Good, colours.good, words);
    let bad = |words| (Sign::Error, colours.warning, words);
    let said = match test {
        NodeTest::Running => {
            let words = Message::new(msg("nodes-test-running"));
            vec![(Sign::Waiting, colours.secondary, words)]
        }
        NodeTest::Answers(answers) => {
            let words = Message::new(msg("nodes-test-answers"));
            let mut said = vec![good(words.number("ms", answers.elapsed_ms as f64))];
            if node.is_unverified() {
                said.push(bad(Message::new(msg("nodes-test-unverified"))));
            }
            said.extend(answers.services.iter().map(|service| match service {
                Ok(does) => good(does.clone()),
                Err(why) => bad(why.clone()),
            }));
            said
        }
        NodeTest::Fails(why) => vec![bad(why.clone())],
    };
    for (sign, colour, words) in said {
        let words = ctx.words.get(&words);
        ui.horizontal_top(|ui| {
            ui.add_space(theme.sizes.control + theme.sizes.space);
            let glyph = icons::sign(sign);
            let glyph = egui::RichText::new(glyph).font(icons::font(theme.sizes.heading));
            ui.label(glyph.color(colour));
            Text::new(&words, theme.body(), colour).wrapped().ui(ui);
        });
    }
}

/// The list as a file, for the next workplace.
fn file_ui(ui: &mut Ui, ctx: &mut PanelCtx<'_>, page: &mut NodesPage) {
    let theme = ctx.theme;
    let hint = ctx.say(msg("nodes-file-hint"));
    text_row_ui(ui, ctx, msg("nodes-file"), &mut page.file, &hint);
    let path = PathBuf::from(page.file.trim());
    // Where none is typed, the desktop asks for it.
    let is_typed = !path.as_os_str().is_empty();
    ui.horizontal(|ui| {
        ui.add_space(NAMES);
        let rows = [
            (
                msg("nodes-import"),
                PickKind::ImportNodes,
                NodeEdit::Import(path.clone()),
            ),
            (
                msg("nodes-export"),
                PickKind::ExportNodes,
                NodeEdit::Export(path),
            ),
        ];
        for (id, pick, edit) in rows {
            let words = ctx.say(id);
            if button_ui(ui, theme, None, &words, false).clicked() {
                ctx.commands.push(if is_typed {
                    Command::Node(edit)
                } else {
                    Command::Pick(pick)
                });
            }
        }
    });
}
