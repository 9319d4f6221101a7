//! Rows of texts under headings, one of them chosen by pointer or keys; only what is seen is laid
//! out.

use eframe::egui;
use egui::{Event, InputState, Key, PointerButton, Rect, Response, ScrollArea, Sense, Ui, vec2};

use crate::problem::MessageId;
use crate::ui::bidi_label::galley;
use crate::ui::panel::PanelCtx;

/// Its heading, and its width as a part of the whole.
pub type Column = (MessageId, f32);

/// Where rows stand.
pub struct Table<'a> {
    /// From the left.
    pub columns: &'a [Column],
    /// Rows shown at once.
    pub rows: f32,
    /// A row can be chosen.
    pub is_choosing: bool,
}

/// One row.
pub struct Row {
    /// One a column.
    pub texts: Vec<String>,
    /// It is the one that was chosen.
    pub is_chosen: bool,
    /// The first text warns.
    pub is_doubtful: bool,
}

/// A row was clicked.
pub struct Click {
    /// Which, from 0.
    pub row: usize,
    /// Which click on one place it is.
    pub times: Times,
}

/// Which click on one place it is. Rows move with every answer, so that the second of two may meet
/// another one than the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Times {
    /// The first.
    Once,
    /// The second, after rows were drawn anew.
    Again,
    /// Both, since rows were last drawn: a slow frame sees them together.
    Twice,
}

impl Times {
    /// Of a click on something that keeps its identity wherever it stands.
    pub(super) fn of(response: &Response) -> Self {
        let is_release = |event: &&Event| {
            matches!(
                event,
                Event::PointerButton {
                    button: PointerButton::Primary,
                    pressed: false,
                    ..
                }
            )
        };
        let released = |input: &InputState| input.events.iter().filter(is_release).count();
        if !response.double_clicked() {
            Self::Once
        } else if response.ctx.input(released) < 2 {
            Self::Again
        } else {
            Self::Twice
        }
    }

    /// Whether it is a double click on one row: `is_chosen` is whether the row it met now was
    /// chosen before.
    #[must_use]
    pub fn is_double(self, is_chosen: bool) -> bool {
        match self {
            Self::Once => false,
            Self::Again => is_chosen,
            Self::Twice => true,
        }
    }
}

/// What the keys ask for.
pub enum KeyDeed {
    /// Choose this row, or none.
    Choose(Option<usize>),
    /// Do what a double click does with the chosen one.
    Enter,
}

/// Up and down choose a row, Enter takes it.
pub fn key_deed(ui: &Ui, chosen: Option<usize>, count: usize) -> Option<KeyDeed> {
    let (down, up, enter) = ui.input(|input| {
        let is = |key| input.key_pressed(key);
        (is(Key::ArrowDown), is(Key::ArrowUp), is(Key::Enter))
    });
    if down {
        let last = count.checked_sub(1);
        let next = last.map(|last| chosen.map_or(0, |row| (row + 1).min(last)));
        Some(KeyDeed::Choose(next))
    } else if up {
        Some(KeyDeed::Choose(chosen.and_then(|row| row.checked_sub(1))))
    } else {
        (enter && chosen.is_some()).then_some(KeyDeed::Enter)
    }
}

/// A sentence where there are no rows.
pub fn empty_ui(ui: &mut Ui, ctx: &PanelCtx<'_>, rows: f32, words: MessageId) {
    let theme = ctx.theme;
    let width = ui.available_width();
    // As high as rows and headings, so that nothing jumps when they come.
    let height = (rows + 1.0) * theme.sizes.control;
    let (rect, _) = ui.allocate_exact_size(vec2(width, height), Sense::hover());
    let words = ctx.say(words);
    let drawn = galley(ui, &words, &theme.body(), theme.colours.secondary, width);
    let at = rect.center() - drawn.size() / 2.0;
    ui.painter().galley(at, drawn, theme.colours.secondary);
}

/// The headings and the rows that `row` gives for each number below `count`.
pub fn table_ui(
    ui: &mut Ui,
    ctx: &PanelCtx<'_>,
    table: &Table<'_>,
    count: usize,
    row: impl Fn(usize) -> Option<Row>,
) -> Option<Click> {
    let theme = ctx.theme;
    let height = theme.sizes.control;
    let room = table.rows * height;
    let columns = table.columns;
    // Headings stand over their columns whether or not there is a bar to scroll by.
    let width = ui.available_width() - ui.spacing().scroll.allocated_width();
    let size = vec2(width, height);
    let (head, _) = ui.allocate_exact_size(size, Sense::hover());
    let headings = Row {
        texts: columns.iter().map(|(name, _)| ctx.say(*name)).collect(),
        is_chosen: false,
        is_doubtful: false,
    };
    cells_ui(ui, ctx, columns, head, &headings);
    ui.painter().hline(
        head.x_range(),
        head.bottom(),
        egui::Stroke::new(1.0, theme.colours.line),
    );
    let mut clicked = None;
    let sense = if table.is_choosing {
        Sense::click()
    } else {
        Sense::hover()
    };
    // Before the rows are counted: it takes room between them.
    ui.spacing_mut().item_spacing.y = 0.0;
    ScrollArea::vertical()
        .id_salt(("rows", columns.last().map(|(name, _)| name.0)))
        .min_scrolled_height(room)
        .max_height(room)
        .auto_shrink([false, false])
        .show_rows(ui, height, count, |ui, range| {
            for number in range {
                let Some(row) = row(number) else {
                    continue;
                };
                let (rect, response) = ui.allocate_exact_size(size, sense);
                response.widget_info(|| {
                    let name = row.texts.first().map_or("", String::as_str);
                    if table.is_choosing {
                        egui::WidgetInfo::selected(egui::Role::Button, true, row.is_chosen, name)
                    } else {
                        egui::WidgetInfo::labeled(egui::Role::Label, true, name)
                    }
                });
                if !table.is_choosing {
                    cells_ui(ui, ctx, columns, rect, &row);
                    continue;
                }
                if row.is_chosen {
                    let ground = theme.colours.accent.gamma_multiply(0.3);
                    ui.painter().rect_filled(rect, 3.0, ground);
                } else if response.hovered() {
                    ui.painter().rect_filled(rect, 3.0, theme.colours.line);
                }
                cells_ui(ui, ctx, columns, rect, &row);
                if response.clicked() {
                    clicked = Some(Click {
                        row: number,
                        times: Times::of(&response),
                    });
                }
            }
        });
    clicked
}

fn cells_ui(ui: &Ui, ctx: &PanelCtx<'_>, columns: &[Column], rect: Rect, row: &Row) {
    let theme = ctx.theme;
    let gap = 2.0 * theme.sizes.space;
    let mut left = rect.left() + gap;
    for (number, (text, (_, share))) in row.texts.iter().zip(columns).enumerate() {
        let width = share * rect.width();
        let colour = match number {
            0 if row.is_doubtful => theme.colours.warning,
            0 => theme.colours.text,
            _ => theme.colours.secondary,
        };
        let drawn = galley(ui, text, &theme.overlay(), colour, width - gap);
        let at = egui::pos2(left, rect.center().y - drawn.size().y / 2.0);
        ui.painter().galley(at, drawn, colour);
        left += width;
    }
}

/// What tells who it is, or a marker where that is hidden.
pub fn identity(ctx: &PanelCtx<'_>, text: String) -> String {
    if ctx.workspace.is_identification_hidden {
        "•••".to_owned()
    } else {
        text
    }
}
