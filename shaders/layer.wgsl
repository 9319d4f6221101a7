// Voxels laid over a picture, blended by the target: the twin of src/volume/layer_twin.rs.

@group(0) @binding(0) var voxels: texture_3d<SAMPLE>;
@group(0) @binding(1) var<uniform> data: Data;
@group(1) @binding(0) var<uniform> view: View;
@group(1) @binding(1) var palette: texture_2d<u32>;
@group(1) @binding(2) var<uniform> layer: Layer;

override KIND: u32 = 0u; // 0 labels, 1 shares, 2 doses

// How the voxels become colour; src/render/uniforms.rs holds the same struct.
struct Layer {
    fill: f32, // opacity of areas
    line: f32, // opacity of outlines
    full: f32, // stored value of a whole share; dose of the palette's last entry
    threshold: f32, // doses below are not coloured
    levels_low: vec4<f32>, // isodose lines, ascending
    levels_high: vec4<f32>,
    line_px: i32,
    unused: i32,
    footprint: vec2<u32>, // positions a pixel, both odd; src/volume/footprint.rs
}

const HALF: f32 = 0.5;

// A value, and whether there is one.
struct Value {
    value: f32,
    is_there: bool,
}

fn pixel_of(position: vec4<f32>) -> vec2<u32> {
    return vec2<u32>(vec2<i32>(floor(position.xy)) - view.viewport_px);
}

fn is_shown(p: Position) -> bool {
    return is_inside(p, data.dims) & (view.is_blank == 0u);
}

fn stored_at(voxel: vec3<i32>) -> f32 {
    return f32(textureLoad(voxels, clamp(voxel, vec3<i32>(0), data.dims - 1), 0).r);
}

fn beside(pixel: vec2<u32>, x: i32, y: i32) -> vec2<u32> {
    // Left of the first pixel the number wraps around, and position_at takes it back.
    return bitcast<vec2<u32>>(bitcast<vec2<i32>>(pixel) + vec2<i32>(x, y));
}

fn colour_of(entry: u32) -> vec4<f32> {
    return vec4<f32>(textureLoad(palette, vec2<u32>(min(entry, 255u), 0u), 0)) / 255.0;
}

// A colour with an opacity in whole levels, so that the target has nothing left to decide.
fn drawn(colour: vec4<f32>, opacity: f32) -> vec4<f32> {
    return vec4<f32>(colour.rgb, round(opacity * colour.a * 255.0) * 0.003921568859368563);
}

// Positions are counted on the finer raster of footprints.
fn centre_of(pixel: vec2<u32>) -> vec2<u32> {
    return pixel * layer.footprint + layer.footprint / 2u;
}

fn label_of(place: vec2<u32>) -> u32 {
    let p = position_at(place);
    return select(0u, u32(stored_at(p.nearest)), is_shown(p));
}

fn is_drawn(label: u32) -> bool {
    return (label > 0u) && (textureLoad(palette, vec2<u32>(min(label, 255u), 0u), 0).a > 0u);
}

// The label at the pixel's centre; where it is none that is shown, the highest shown one that the
// pixel covers.
fn label_at(pixel: vec2<u32>) -> u32 {
    let centre = label_of(centre_of(pixel));
    if (all(layer.footprint == vec2<u32>(1u)) || is_drawn(centre)) {
        return centre;
    }
    var highest = 0u;
    for (var j = 0u; j < layer.footprint.y; j++) {
        for (var i = 0u; i < layer.footprint.x; i++) {
            let label = label_of(pixel * layer.footprint + vec2<u32>(i, j));
            if (label > highest && is_drawn(label)) {
                highest = label;
            }
        }
    }
    return select(centre, highest, highest > 0u);
}

fn label_colour(pixel: vec2<u32>) -> vec4<f32> {
    let label = label_at(pixel);
    if (label == 0u) {
        return vec4<f32>(0.0);
    }
    let d = layer.line_px;
    let is_edge = (label_at(beside(pixel, -d, 0)) != label)
        | (label_at(beside(pixel, d, 0)) != label)
        | (label_at(beside(pixel, 0, -d)) != label)
        | (label_at(beside(pixel, 0, d)) != label);
    let opacity = select(layer.fill, layer.line, is_edge);
    return drawn(colour_of(label), opacity);
}

fn value_of(place: vec2<u32>) -> Value {
    let p = position_at(place);
    let t = p.t;
    let low = p.whole;
    let high = p.whole + 1;
    let a = stored_at(low);
    let b = stored_at(vec3<i32>(high.x, low.yz));
    let c = stored_at(vec3<i32>(low.x, high.y, low.z));
    let d = stored_at(vec3<i32>(high.xy, low.z));
    let e = stored_at(vec3<i32>(low.xy, high.z));
    let f = stored_at(vec3<i32>(high.x, low.y, high.z));
    let g = stored_at(vec3<i32>(low.x, high.yz));
    let h = stored_at(high);
    let value = lerp(
        lerp(lerp(a, b, t.x), lerp(c, d, t.x), t.y),
        lerp(lerp(e, f, t.x), lerp(g, h, t.x), t.y),
        t.z,
    );
    return Value(value, is_shown(p));
}

fn value_at(pixel: vec2<u32>) -> Value {
    return value_of(centre_of(pixel));
}

// The largest share that the pixel covers.
fn share_at(pixel: vec2<u32>) -> f32 {
    var largest = 0.0;
    for (var j = 0u; j < layer.footprint.y; j++) {
        for (var i = 0u; i < layer.footprint.x; i++) {
            let value = value_of(pixel * layer.footprint + vec2<u32>(i, j));
            largest = max(largest, select(0.0, value.value / layer.full, value.is_there));
        }
    }
    return largest;
}

fn share_colour(pixel: vec2<u32>) -> vec4<f32> {
    let share = share_at(pixel);
    let d = layer.line_px;
    let is_edge = (share >= HALF)
        & ((share_at(beside(pixel, -d, 0)) < HALF)
            | (share_at(beside(pixel, d, 0)) < HALF)
            | (share_at(beside(pixel, 0, -d)) < HALF)
            | (share_at(beside(pixel, 0, d)) < HALF));
    let opacity = select(layer.fill * clamp(share, 0.0, 1.0), layer.line, is_edge);
    return drawn(colour_of(1u), opacity);
}

fn rank_of(dose: f32) -> u32 {
    let low = vec4<u32>(vec4<f32>(dose) >= layer.levels_low);
    let high = vec4<u32>(vec4<f32>(dose) >= layer.levels_high);
    let both = low + high;
    return both.x + both.y + both.z + both.w;
}

fn level_of(rank: u32) -> f32 {
    let at = max(rank, 1u) - 1u;
    let low = layer.levels_low[at & 3u];
    return select(low, layer.levels_high[at & 3u], at > 3u);
}

fn entry_of(dose: f32) -> u32 {
    return u32(clamp(dose / layer.full, 0.0, 1.0) * 255.0);
}

fn dose_colour(pixel: vec2<u32>) -> vec4<f32> {
    let here = value_at(pixel);
    let right = value_at(beside(pixel, layer.line_px, 0));
    let below = value_at(beside(pixel, 0, layer.line_px));
    let rank = rank_of(here.value);
    // At the border of the grid the dose ends, and no isodose line runs there.
    let rank_right = select(rank, rank_of(right.value), right.is_there);
    let rank_below = select(rank, rank_of(below.value), below.is_there);
    let highest = max(rank, max(rank_right, rank_below));
    let lowest = min(rank, min(rank_right, rank_below));
    let line = drawn(colour_of(entry_of(level_of(highest))), layer.line);
    let wash = drawn(colour_of(entry_of(here.value)), layer.fill);
    let area = select(vec4<f32>(0.0), wash, here.value >= layer.threshold);
    return select(vec4<f32>(0.0), select(area, line, highest > lowest), here.is_there);
}

@fragment
fn fs_display(@builtin(position) position: vec4<f32>) -> @location(0) vec4<f32> {
    let pixel = pixel_of(position);
    if (KIND == 0u) {
        return label_colour(pixel);
    }
    if (KIND == 1u) {
        return share_colour(pixel);
    }
    return dose_colour(pixel);
}
