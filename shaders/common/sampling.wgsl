// Where a pixel falls among the samples, and how taps are weighted: the twin of
// src/imaging/sampling.rs, same names, same order, f32. Integer steps choose the taps, so both
// choose the same ones on every adapter.

struct Position {
    whole: vec3<i32>, // the sample at or below
    nearest: vec3<i32>, // the upper one at exactly one half; not clamped
    t: vec3<f32>, // weight of the upper sample: 24 bits of the fraction
}

fn position_at(pixel: vec2<u32>) -> Position {
    let frac = view.frac_origin.xyz + pixel.x * view.frac_right.xyz + pixel.y * view.frac_down.xyz;
    let estimate = view.estimate_origin.xyz + f32(i32(pixel.x)) * view.estimate_right.xyz
        + f32(i32(pixel.y)) * view.estimate_down.xyz;
    // Signed conversions: unsigned ones are slow on software adapters.
    let t = vec3<f32>(vec3<i32>(frac >> vec3<u32>(8u))) * 5.9604644775390625e-8;
    let whole = vec3<i32>(round(estimate - t));
    return Position(whole, whole + vec3<i32>(frac >> vec3<u32>(31u)), t);
}

// From -0.5 to n - 0.5, which itself is outside.
fn is_inside(p: Position, dims: vec3<i32>) -> bool {
    return all((p.nearest >= vec3<i32>(0)) & (p.nearest < dims));
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
    // The difference of two i32 in order fits into u32.
    let beyond = min(bitcast<u32>(input) - bitcast<u32>(first), max(count, 1u) - 1u);
    return select(beyond, 0u, input <= first);
}

// Tables lie row by row in a texture 1024 entries wide.
fn lut_texel(index: u32) -> vec2<u32> {
    return vec2<u32>(index & 1023u, index >> 10u);
}
