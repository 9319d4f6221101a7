// Where a pixel falls among the samples, and how taps are weighted: the twin of
// src/imaging/sampling.rs, same names, same order, f32. Integer steps choose the taps, so both
// choose the same ones on every adapter.

const HALF: u32 = 0x80000000u;

struct Position {
    whole: vec3<i32>,
    frac: vec3<u32>,
}

fn position_at(pixel: vec2<u32>) -> Position {
    let frac = view.frac_origin.xyz + pixel.x * view.frac_right.xyz + pixel.y * view.frac_down.xyz;
    let estimate = view.estimate_origin.xyz + f32(pixel.x) * view.estimate_right.xyz
        + f32(pixel.y) * view.estimate_down.xyz;
    let whole = vec3<i32>(round(estimate - vec3<f32>(frac) * 2.3283064365386963e-10));
    return Position(whole, frac);
}

fn is_inside(p: Position, dims: vec3<i32>) -> bool {
    let last = dims - 1;
    let low = (p.whole >= vec3<i32>(0)) | ((p.whole == vec3<i32>(-1)) & (p.frac >= vec3<u32>(HALF)));
    let high = (p.whole < last) | ((p.whole == last) & (p.frac <= vec3<u32>(HALF)));
    return all(low & high);
}

fn nearest_of(p: Position, dims: vec3<i32>) -> vec3<i32> {
    let up = vec3<i32>(p.frac >= vec3<u32>(HALF));
    return clamp(p.whole + up, vec3<i32>(0), dims - 1);
}

fn weights_of(p: Position) -> vec3<f32> {
    return vec3<f32>(p.frac >> vec3<u32>(8u)) * 5.9604644775390625e-8;
}

// Catmull-Rom: taps at -1, 0, 1 and 2.
fn cubic_weights(t: f32) -> vec4<f32> {
    let t2 = t * t;
    let t3 = t2 * t;
    return vec4<f32>(
        -0.5 * t + t2 - 0.5 * t3,
        1.0 - 2.5 * t2 + 1.5 * t3,
        0.5 * t + 2.0 * t2 - 1.5 * t3,
        -0.5 * t2 + 0.5 * t3,
    );
}

fn lerp(a: f32, b: f32, t: f32) -> f32 {
    return a + (b - a) * t;
}

// The entry of a table that starts at `first`; the ends stand for what lies beyond them.
fn lut_index(input: i32, first: i32, count: u32) -> u32 {
    if (input <= first) {
        return 0u;
    }
    // The difference of two i32 in order fits into u32.
    return min(bitcast<u32>(input) - bitcast<u32>(first), count - 1u);
}

// Tables lie row by row in a texture 1024 entries wide.
fn lut_texel(index: u32) -> vec2<u32> {
    return vec2<u32>(index & 1023u, index >> 10u);
}
