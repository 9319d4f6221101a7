// One colour frame on screen, each channel filtered and shown as it is: the twin of the colour
// half of src/imaging/slice_twin.rs. SAMPLE is u32.

@group(0) @binding(0) var frame: texture_2d<SAMPLE>;
@group(0) @binding(1) var<uniform> data: Data;
@group(0) @binding(2) var modality_lut: texture_2d<u32>;
@group(1) @binding(0) var<uniform> view: View;
@group(1) @binding(1) var look_lut: texture_2d<u32>;

fn clamped(index: vec2<i32>) -> vec2<i32> {
    return clamp(index, vec2<i32>(0), data.dims.xy - 1);
}

fn rgb_at(index: vec2<i32>) -> vec3<f32> {
    return vec3<f32>(textureLoad(frame, clamped(index), 0).rgb);
}

// 1 for a pixel that is there, 0 for one that was cut off.
fn held_at(index: vec2<i32>) -> f32 {
    return select(1.0, 0.0, is_cut_off(clamped(index), data.dims.x, data.pixels_held));
}

fn lerp3(a: vec3<f32>, b: vec3<f32>, t: f32) -> vec3<f32> {
    return a + (b - a) * t;
}

fn linear(p: Position) -> vec3<f32> {
    let t = p.t;
    let a = rgb_at(p.whole.xy);
    let b = rgb_at(p.whole.xy + vec2<i32>(1, 0));
    let c = rgb_at(p.whole.xy + vec2<i32>(0, 1));
    let d = rgb_at(p.whole.xy + vec2<i32>(1, 1));
    let all_held = lerp3(lerp3(a, b, t.x), lerp3(c, d, t.x), t.y);
    if (!HAS_BLANKS) {
        return all_held;
    }
    let held = vec4<f32>(
        held_at(p.whole.xy),
        held_at(p.whole.xy + vec2<i32>(1, 0)),
        held_at(p.whole.xy + vec2<i32>(0, 1)),
        held_at(p.whole.xy + vec2<i32>(1, 1)),
    );
    let w = held
        * vec4<f32>((1.0 - t.x) * (1.0 - t.y), t.x * (1.0 - t.y), (1.0 - t.x) * t.y, t.x * t.y);
    let total = w.x + w.y + w.z + w.w;
    let sum = w.x * a + w.y * b + w.z * c + w.w * d;
    // The nearest pixel, when held, carries at least a quarter of the weight.
    let some_held = sum / max(total, 1e-6);
    return select(some_held, all_held, held.x + held.y + held.z + held.w == 4.0);
}

fn filtered(p: Position) -> vec3<f32> {
    if (FILTER == 0u) {
        return rgb_at(p.nearest.xy);
    }
    if (FILTER == 1u) {
        return linear(p);
    }
    let t = p.t;
    let wx = cubic_weights(t.x);
    let wy = cubic_weights(t.y);
    var sum = vec3<f32>(0.0);
    var are_held = true;
    for (var y = 0; y < 4; y++) {
        var row = vec3<f32>(0.0);
        for (var x = 0; x < 4; x++) {
            let index = p.whole.xy + vec2<i32>(x - 1, y - 1);
            row += wx[x] * rgb_at(index);
            are_held &= (held_at(index) == 1.0) | (wx[x] == 0.0) | (wy[y] == 0.0);
        }
        sum += wy[y] * row;
    }
    if (HAS_BLANKS) {
        return select(linear(p), sum, are_held);
    }
    return sum;
}

@fragment
fn fs_display(@builtin(position) position: vec4<f32>) -> @location(0) vec4<f32> {
    let pixel = pixel_of(position);
    let p = position_at(pixel);
    let dims = vec3<i32>(data.dims.xy, 1);
    let y = clamp(filtered(p) / data.white, vec3<f32>(0.0), vec3<f32>(1.0));
    let light = select(y, 1.0 - y, view.is_inverted != 0u);
    let is_shown = is_inside(p, dims) & (view.is_blank == 0u);
    let is_missing = (held_at(p.nearest.xy) == 0.0) & HAS_BLANKS;
    let hatch = select(view.background, hatch_colour(), is_hatched(pixel));
    let shown = select(quantised(light), hatch, is_missing);
    return marked(select(view.background, shown, is_shown), p);
}
