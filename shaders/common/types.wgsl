// What every pass is told. SAMPLE is i32, u32 or f32: the type a tap is loaded as; the text is
// joined with it substituted (src/render/shaders.rs). The structs are mirrored in
// src/render/uniforms.rs, which asserts their sizes.

// Constants of a pipeline: what a variant leaves out costs nothing.
//
// Everything else is chosen with select and without short circuits, never with `if` or `?:` on
// what a uniform holds: software adapters run both sides of a branch anyway, and lavapipe compiles
// a shader anew for every value of a uniform that a branch depends on, so for every frame.
override FILTER: u32 = 1u; // 0 nearest, 1 linear, 2 cubic
override VOI: u32 = 0u; // 0 ramp, 1 sigmoid, 2 table
override HAS_DISPLAY: bool = false; // levels go through the display table
override HAS_PALETTE: bool = false; // the display table gives red, green and blue
override HAS_BLANKS: bool = false; // taps may be padding, blank floats, or cut off
override HAS_LUT: bool = false; // taps go through a modality table
override HAS_MARKS: bool = false; // frame: shutter or overlays lie over it
override HAS_TABLE: bool = false; // volume: rescale, padding and presence differ from slice to slice
override HAS_BRICKS: bool = false; // volume: slices lie in bricks of 8 by 4
override HAS_SLABS: bool = false; // volume: lies in several textures

const NO_DATA: u32 = 0u;
const VALID: u32 = 1u;
const GAP: u32 = 2u;

// One pane: where its pixels fall, and what their values look like.
struct View {
    // Position of a pixel: fraction in 1/2^32 (wrapping), and an estimate of the whole.
    frac_origin: vec4<u32>,
    frac_right: vec4<u32>,
    frac_down: vec4<u32>,
    estimate_origin: vec4<f32>,
    estimate_right: vec4<f32>,
    estimate_down: vec4<f32>,
    // Red, green, blue where there is no value.
    background: vec4<f32>,
    // Ramp: centre, 1 / width, low, high. Sigmoid: centre, factor. Table: largest entry in x.
    voi: vec4<f32>,
    // Top left of the pane in the framebuffer, px.
    viewport_px: vec2<i32>,
    is_inverted: u32,
    is_blank: u32, // the view shows nothing: background everywhere
    voi_lut_first: i32,
    voi_lut_count: u32,
    display_count: u32, // entries of a channel of the display table, behind the VOI table
    marks_shown: u32, // bits of marks.wgsl
    shutter_colour: vec4<f32>,
    marks_reach: vec2<i32>, // frame pixels to each side in which overlays are looked for
    unused_0: u32,
    unused_1: u32,
    overlay_colours: array<vec4<f32>, 16>,
}

// Whether a pixel belongs to the end of a frame that was cut off.
fn is_cut_off(index: vec2<i32>, columns: i32, pixels_held: u32) -> bool {
    return u32(index.y) * u32(columns) + u32(index.x) >= pixels_held;
}

// One texture: its size and what its samples mean.
struct Data {
    dims: vec3<i32>,
    slope: f32,
    intercept: f32,
    padding_low: SAMPLE,
    padding_high: SAMPLE,
    lut_first: i32,
    lut_count: u32,
    white: f32, // colour: the largest sample
    pixels_held: u32, // row by row from the top left; what follows was cut off
    unused: u32,
    // First slice in each slab's texture, and the slice at which the next slab takes over.
    slab_first: vec4<i32>,
    slab_end: vec4<i32>,
}

// A value, or why there is none.
struct Tap {
    value: f32,
    state: u32,
}

@vertex
fn vs_cover(@builtin(vertex_index) index: u32) -> @builtin(position) vec4<f32> {
    // One triangle over the whole viewport.
    let x = f32(i32(index & 1u) * 4 - 1);
    let y = f32(i32(index & 2u) * 2 - 1);
    return vec4<f32>(x, y, 0.0, 1.0);
}
