//! A pane with a PDF document: its pages below each other, as wide as the pane unless magnified.

use std::collections::BTreeMap;

use eframe::egui;
use egui::{
    Color32, ColorImage, Event, Key, Pos2, Rect, Role, ScrollArea, Sense, Stroke, StrokeKind,
    TextureHandle, Ui, Vec2, WidgetInfo,
};

use crate::dicom::modules::EncapsulatedDocument;
use crate::engine::PageKey;
use crate::model::{DisplaySet, DisplaySetId, DisplaySetKind, InstanceIx};
use crate::objects::pdf::LARGEST_SIDE_PX;
use crate::problem::{Message, msg};
use crate::ui::bidi_label::Text;
use crate::ui::icons::{self, Sign};
use crate::ui::panel::{PanelCtx, icon_button_ui};
use crate::ui::viewport::{name_of, warning_around};
use crate::view::Loading;
use crate::workspace::{Command, LayoutEdit, PaneId, Workspace};

/// Between pages, and around everything in the pane, points.
const GAP: f32 = 8.0;
/// One step of magnification.
const STEP: f32 = 1.25;
/// Points of the screen a point of the page, least and most.
const SCALE: (f32, f32) = (0.1, 8.0);
/// One press of an arrow key, points.
const LINE: f32 = 60.0;

/// How large the pages are.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
enum Zoom {
    /// The widest page fills the width.
    #[default]
    Width,
    /// The page shown is there whole.
    Page,
    /// Points of the screen a point of the page.
    Scale(f32),
}

/// Where the reader wants to go.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Turn {
    Pages(i32),
    Lines(f32),
    First,
    Last,
    Magnify(f32),
    Zoom(Zoom),
}

/// What panes with PDF documents remember from frame to frame.
#[derive(Default)]
pub struct Pdfs {
    panes: BTreeMap<PaneId, PanePdf>,
    /// Keys pressed for the active pane.
    turns: Vec<Turn>,
}

struct PanePdf {
    set: DisplaySetId,
    instance: InstanceIx,
    title: String,
    zoom: Zoom,
    scale: f32,
    /// Top left of what is seen, points.
    offset: Vec2,
    textures: BTreeMap<u32, (PageKey, TextureHandle)>,
}

impl Pdfs {
    /// Takes the keys that turn pages, if a document is what the active pane shows.
    pub fn take_keys(&mut self, ctx: &egui::Context, workspace: &Workspace) {
        self.turns.clear();
        let shown = workspace.panes.active_view();
        let set = shown.and_then(|view| workspace.library.display_set(view.display_set));
        if ctx.text_edit_focused() || set.is_none_or(|set| set.kind != DisplaySetKind::Pdf) {
            return;
        }
        let turns = &mut self.turns;
        ctx.input_mut(|input| {
            input.events.retain(|event| {
                let turn = turn_of(event);
                turns.extend(turn);
                turn.is_none()
            });
        });
    }
}

fn turn_of(event: &Event) -> Option<Turn> {
    let Event::Key {
        key,
        pressed: true,
        modifiers,
        ..
    } = event
    else {
        return None;
    };
    if modifiers.any() {
        return None;
    }
    Some(match key {
        Key::PageDown | Key::Space => Turn::Pages(1),
        Key::PageUp => Turn::Pages(-1),
        Key::ArrowDown => Turn::Lines(1.0),
        Key::ArrowUp => Turn::Lines(-1.0),
        Key::Home => Turn::First,
        Key::End => Turn::Last,
        Key::Plus => Turn::Magnify(STEP),
        Key::Minus => Turn::Magnify(1.0 / STEP),
        _ => return None,
    })
}

/// Draws the pane into all of the room there is and takes its input.
pub(super) fn pdf_ui(
    ui: &mut Ui,
    ctx: &mut PanelCtx<'_>,
    pdfs: &mut Pdfs,
    pane: PaneId,
    set: &DisplaySet,
) {
    let theme = ctx.theme;
    let rect = ui.max_rect();
    ui.painter().rect_filled(rect, 0.0, theme.colours.panel);
    let is_active = ctx.workspace.panes.active == pane;
    let is_pressed =
        ui.input(|input| input.pointer.any_pressed()) && ui.rect_contains_pointer(rect);
    if is_pressed && !is_active {
        ctx.commands
            .push(Command::Layout(LayoutEdit::Activate(pane)));
    }
    let inside = warning_around(ui, ctx.workspace, set, rect, (theme, ctx.words)).shrink(GAP);
    let turns = if is_active {
        std::mem::take(&mut pdfs.turns)
    } else {
        Vec::new()
    };
    let builder = egui::UiBuilder::new().max_rect(inside);
    ui.scope_builder(builder, |ui| {
        contents_ui(ui, ctx, &mut pdfs.panes, turns, (pane, set));
    });
    if is_active {
        let stroke = Stroke::new(theme.sizes.active_line, theme.colours.accent);
        ui.painter()
            .rect_stroke(rect, 0.0, stroke, StrokeKind::Inside);
    }
}

fn contents_ui(
    ui: &mut Ui,
    ctx: &mut PanelCtx<'_>,
    panes: &mut BTreeMap<PaneId, PanePdf>,
    mut turns: Vec<Turn>,
    (pane, set): (PaneId, &DisplaySet),
) {
    let Some(instance) = set.instances.first().copied() else {
        return;
    };
    let fresh = || PanePdf {
        set: set.id,
        instance,
        title: title(ctx, set, instance),
        zoom: Zoom::default(),
        scale: 1.0,
        offset: Vec2::ZERO,
        textures: BTreeMap::new(),
    };
    let memory = panes.entry(pane).or_insert_with(fresh);
    if (memory.set, memory.instance) != (set.id, instance) {
        *memory = fresh();
    }
    let library = &ctx.workspace.library;
    let pages = ctx.engine.document_pages(library, instance);
    let sizes = match &pages {
        Loading::Ready(sizes) => sizes,
        other => {
            title_ui(ui, ctx, instance, &memory.title);
            if let Loading::Failed(why) = other {
                let theme = ctx.theme;
                let words = ctx.words.get(why);
                Text::new(&words, theme.body(), theme.colours.warning)
                    .wrapped()
                    .ui(ui);
            }
            return;
        }
    };
    let sheet = Sheet::new(sizes);
    ui.horizontal(|ui| {
        title_ui(ui, ctx, instance, &memory.title);
        turns.extend(buttons_ui(ui, ctx, &sheet, memory));
    });
    ui.add_space(4.0);
    let view = ui.available_size();
    memory.turn(&sheet, view, &turns);
    pages_ui(ui, ctx, memory, &sheet, pane);
}

fn title(ctx: &PanelCtx<'_>, set: &DisplaySet, instance: InstanceIx) -> String {
    let header = ctx.workspace.library.header(instance);
    let document =
        header.map(|header| EncapsulatedDocument::described(header.dataset.elements()).title);
    [document.unwrap_or_default(), set.description.clone()]
        .into_iter()
        .find(|title| !title.is_empty())
        .unwrap_or_else(|| ctx.say(msg("document-untitled")))
}

fn title_ui(ui: &mut Ui, ctx: &PanelCtx<'_>, instance: InstanceIx, title: &str) {
    let theme = ctx.theme;
    let name = name_of(ctx.workspace, Some(instance), ctx.words);
    let room = ui.available_width();
    Text::new(&name, theme.strong(), theme.colours.text)
        .width(room * 0.3)
        .ui(ui);
    Text::new(title, theme.body(), theme.colours.secondary)
        .width(room * 0.3)
        .ui(ui);
}

fn buttons_ui(ui: &mut Ui, ctx: &PanelCtx<'_>, sheet: &Sheet<'_>, memory: &PanePdf) -> Vec<Turn> {
    let theme = ctx.theme;
    let mut turns = Vec::new();
    let number = Message::new(msg("document-page"))
        .count("page", memory.page(sheet) as usize + 1)
        .count("count", sheet.sizes.len());
    ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
        let mut button = |ui: &mut Ui, sign, id, turn, is_on| {
            if icon_button_ui(ui, theme, icons::sign(sign), &ctx.say(id), is_on).clicked() {
                turns.push(turn);
            }
        };
        let (width, page) = (Turn::Zoom(Zoom::Width), Turn::Zoom(Zoom::Page));
        let zoom = memory.zoom;
        let is_width = zoom == Zoom::Width;
        let is_page = zoom == Zoom::Page;
        button(ui, Sign::FitPage, msg("document-fit-page"), page, is_page);
        button(
            ui,
            Sign::FitWidth,
            msg("document-fit-width"),
            width,
            is_width,
        );
        let (larger, smaller) = (Turn::Magnify(STEP), Turn::Magnify(1.0 / STEP));
        button(ui, Sign::Faster, msg("document-zoom-in"), larger, false);
        button(ui, Sign::Slower, msg("document-zoom-out"), smaller, false);
        let next = msg("document-next-page");
        button(ui, Sign::NextPage, next, Turn::Pages(1), false);
        Text::new(&ctx.words.get(&number), theme.body(), theme.colours.text).ui(ui);
        let previous = msg("document-previous-page");
        button(ui, Sign::PreviousPage, previous, Turn::Pages(-1), false);
    });
    turns
}

/// The pages below each other, in points of the page.
struct Sheet<'a> {
    sizes: &'a [[f32; 2]],
    width: f32,
}

impl<'a> Sheet<'a> {
    fn new(sizes: &'a [[f32; 2]]) -> Self {
        let width = sizes.iter().fold(1.0_f32, |width, size| width.max(size[0]));
        Self { sizes, width }
    }

    /// Where each page lies at a scale, from the sheet's top left, points of the screen.
    fn places(&self, scale: f32) -> Vec<Rect> {
        let mut top = 0.0;
        self.sizes
            .iter()
            .map(|[width, height]| {
                let left = 0.5 * (self.width - width) * scale;
                let size = Vec2::new(*width, *height) * scale;
                let place = Rect::from_min_size(Pos2::new(left, top), size);
                top = place.bottom() + GAP;
                place
            })
            .collect()
    }
}

impl PanePdf {
    /// The page at the upper third of what is seen.
    fn page(&self, sheet: &Sheet<'_>) -> u32 {
        let places = sheet.places(self.scale);
        let passed = places
            .iter()
            .filter(|place| place.bottom() < self.offset.y + 0.5 * GAP);
        (passed.count().min(places.len().saturating_sub(1))) as u32
    }

    fn turn(&mut self, sheet: &Sheet<'_>, view: Vec2, turns: &[Turn]) {
        for turn in turns {
            let page = self.page(sheet);
            match *turn {
                Turn::Pages(by) => self.go_to(sheet, i64::from(page) + i64::from(by)),
                Turn::Lines(by) => self.offset.y += by * LINE,
                Turn::First => self.offset.y = 0.0,
                Turn::Last => self.go_to(sheet, i64::MAX),
                Turn::Magnify(factor) => self.zoom = Zoom::Scale(self.scale * factor),
                Turn::Zoom(zoom) => self.zoom = zoom,
            }
        }
        let page = self.page(sheet);
        let before = self.scale;
        let bar = 12.0;
        let by_width = (view.x - bar).max(1.0) / sheet.width;
        let height = sheet.sizes.get(page as usize).map_or(1.0, |size| size[1]);
        self.scale = match self.zoom {
            Zoom::Width => by_width,
            Zoom::Page => by_width.min(view.y / height.max(1.0)),
            Zoom::Scale(scale) => scale,
        }
        .clamp(SCALE.0, SCALE.1);
        if (self.scale - before).abs() > f32::EPSILON {
            // What is in the middle stays there; of pages fitted to the pane, what is at the top.
            let fixed = match self.zoom {
                Zoom::Scale(_) => 0.5 * view,
                Zoom::Width | Zoom::Page => Vec2::ZERO,
            };
            self.offset = (self.offset + fixed) * (self.scale / before) - fixed;
            if turns.contains(&Turn::Zoom(Zoom::Page)) {
                self.go_to(sheet, page.into());
            }
        }
        let size = self.size(sheet);
        let most = (size - view).max(Vec2::ZERO);
        self.offset = self.offset.clamp(Vec2::ZERO, most);
    }

    fn size(&self, sheet: &Sheet<'_>) -> Vec2 {
        let bottom = sheet
            .places(self.scale)
            .last()
            .map_or(0.0, |place| place.bottom());
        Vec2::new(sheet.width * self.scale, bottom)
    }

    fn go_to(&mut self, sheet: &Sheet<'_>, page: i64) {
        let last = sheet.sizes.len().saturating_sub(1) as i64;
        let places = sheet.places(self.scale);
        if let Some(place) = places.get(page.clamp(0, last) as usize) {
            self.offset.y = place.top();
        }
    }
}

fn pages_ui(
    ui: &mut Ui,
    ctx: &mut PanelCtx<'_>,
    memory: &mut PanePdf,
    sheet: &Sheet<'_>,
    pane: PaneId,
) {
    let area = ui.available_rect_before_wrap();
    let zoom = ui.input(|input| input.zoom_delta());
    let is_over = ui.rect_contains_pointer(area);
    if is_over && (zoom - 1.0).abs() > f32::EPSILON {
        memory.turn(sheet, area.size(), &[Turn::Magnify(zoom)]);
    }
    let places = sheet.places(memory.scale);
    let size = memory.size(sheet);
    let px_per_pt = ui.ctx().pixels_per_point();
    let shown = ScrollArea::both()
        .id_salt(("pdf", pane.0))
        .auto_shrink([false, false])
        .scroll_offset(memory.offset)
        .show_viewport(ui, |ui, seen| {
            let spare = 0.5 * (seen.width() - size.x).max(0.0);
            let (all, _) = ui.allocate_exact_size(size.max(seen.size()), Sense::hover());
            let origin = all.min.to_vec2() + Vec2::new(spare, 0.0);
            let on_screen: Vec<(u32, Rect)> = (0..)
                .zip(&places)
                .filter(|(_, place)| place.y_range().intersection(seen.y_range()).span() > 0.0)
                .map(|(page, place)| (page, *place))
                .collect();
            let wanted: Vec<PageKey> = on_screen
                .iter()
                .map(|(page, place)| key(*page, place.size() * px_per_pt))
                .collect();
            let library = &ctx.workspace.library;
            let pictures = ctx
                .engine
                .document_pictures(library, memory.instance, &wanted);
            for (((page, place), key), picture) in on_screen.iter().zip(wanted).zip(pictures) {
                let place = place.translate(origin);
                memory.load(ui, key, &picture);
                page_ui(ui, ctx, memory, (*page, place), &picture, sheet);
            }
            let is_seen = |page: &u32| on_screen.iter().any(|(seen, _)| seen == page);
            memory.textures.retain(|page, _| is_seen(page));
        });
    memory.offset = shown.state.clamped_offset();
}

/// The picture of a page for this many pixels.
fn key(page: u32, size_px: Vec2) -> PageKey {
    let largest = size_px.max_elem().max(1.0);
    let fits = (LARGEST_SIDE_PX as f32 / largest).min(1.0);
    PageKey {
        page,
        width_px: (size_px.x * fits).round().max(1.0) as u32,
    }
}

impl PanePdf {
    /// Takes a new picture to the screen; the one before stays until there is one.
    fn load(
        &mut self,
        ui: &Ui,
        key: PageKey,
        picture: &Loading<std::sync::Arc<crate::imaging::Picture>>,
    ) {
        let is_current = |kept: &(PageKey, TextureHandle)| kept.0 == key;
        if self.textures.get(&key.page).is_some_and(is_current) {
            return;
        }
        if let Loading::Ready(picture) = picture {
            let size = picture.size_px.map(|side| side as usize);
            if picture.rgba.len() == size[0] * size[1] * 4 {
                let image = ColorImage::from_rgba_unmultiplied(size, &picture.rgba);
                let texture = ui.load_texture("page", image, egui::TextureOptions::LINEAR);
                self.textures.insert(key.page, (key, texture));
            }
        }
    }
}

fn page_ui(
    ui: &mut Ui,
    ctx: &PanelCtx<'_>,
    memory: &PanePdf,
    (page, place): (u32, Rect),
    picture: &Loading<std::sync::Arc<crate::imaging::Picture>>,
    sheet: &Sheet<'_>,
) {
    let theme = ctx.theme;
    let id = ui.scope_id().with(("page", page));
    let response = ui.interact(place, id, Sense::hover());
    let name = Message::new(msg("document-page"))
        .count("page", page as usize + 1)
        .count("count", sheet.sizes.len());
    let name = ctx.words.get(&name);
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &name));
    let whole = Rect::from_min_max(Pos2::ZERO, Pos2::new(1.0, 1.0));
    match (picture, memory.textures.get(&page)) {
        (Loading::Failed(why), _) => {
            let frame = Stroke::new(1.0, theme.colours.line);
            ui.painter()
                .rect_stroke(place, 0.0, frame, StrokeKind::Inside);
            let words = ctx.words.get(why);
            let room = egui::UiBuilder::new().max_rect(place.shrink(2.0 * GAP));
            let mut inside = ui.new_child(room);
            Text::new(&words, theme.body(), theme.colours.warning)
                .wrapped()
                .ui(&mut inside);
        }
        (_, Some((_, texture))) => {
            ui.painter()
                .image(texture.id(), place, whole, Color32::WHITE);
        }
        _ => {
            ui.painter().rect_filled(place, 0.0, theme.colours.raised);
        }
    }
}
