// One grey frame on screen: the twin of src/imaging/slice_twin.rs.

@group(0) @binding(0) var frame: texture_2d<SAMPLE>;
@group(0) @binding(1) var<uniform> data: Data;
@group(0) @binding(2) var modality_lut: texture_2d<u32>;
@group(1) @binding(0) var<uniform> view: View;
@group(1) @binding(1) var look_lut: texture_2d<u32>;

fn tap_at(index: vec2<i32>) -> Tap {
    let at_pixel = clamp(index, vec2<i32>(0), data.dims.xy - 1);
    let stored = textureLoad(frame, at_pixel, 0).r;
    var tap = Tap(f32(stored), VALID);
    if (HAS_LUT) {
        let at = lut_index(lut_input(stored), data.lut_first, data.lut_count);
        tap.value = f32(textureLoad(modality_lut, lut_texel(at), 0).r);
    }
    if (HAS_BLANKS) {
        let is_blank = is_padding(stored, data.padding_low, data.padding_high);
        let is_missing = is_cut_off(at_pixel, data.dims.x, data.pixels_held);
        tap.state = select(select(VALID, NO_DATA, is_blank), GAP, is_missing);
        tap.value = select(0.0, tap.value, tap.state == VALID);
    }
    return tap;
}

fn linear(p: Position) -> f32 {
    let t = p.t.xy;
    let a = tap_at(p.whole.xy);
    let b = tap_at(p.whole.xy + vec2<i32>(1, 0));
    let c = tap_at(p.whole.xy + vec2<i32>(0, 1));
    let d = tap_at(p.whole.xy + vec2<i32>(1, 1));
    let all_valid = lerp(lerp(a.value, b.value, t.x), lerp(c.value, d.value, t.x), t.y);
    if (!HAS_BLANKS) {
        return all_valid;
    }
    let w = vec4<f32>((1.0 - t.x) * (1.0 - t.y), t.x * (1.0 - t.y), (1.0 - t.x) * t.y, t.x * t.y)
        * vec4<f32>(vec4<u32>(a.state, b.state, c.state, d.state) == vec4<u32>(VALID));
    let total = w.x + w.y + w.z + w.w;
    let sum = w.x * a.value + w.y * b.value + w.z * c.value + w.w * d.value;
    // The nearest tap, when valid, carries at least a quarter of the weight.
    let some_valid = sum / max(total, 1e-6);
    let are_all_valid = (a.state == VALID) & (b.state == VALID) & (c.state == VALID) & (d.state == VALID);
    return select(some_valid, all_valid, are_all_valid);
}

fn cubic(p: Position) -> f32 {
    let t = p.t;
    let wx = cubic_weights(t.x);
    let wy = cubic_weights(t.y);
    var sum = 0.0;
    var is_valid = true;
    for (var y = 0; y < 4; y++) {
        var v = vec4<f32>(0.0);
        for (var x = 0; x < 4; x++) {
            let tap = tap_at(p.whole.xy + vec2<i32>(x - 1, y - 1));
            is_valid &= (tap.state == VALID) | (wx[x] == 0.0) | (wy[y] == 0.0);
            v[x] = tap.value;
        }
        sum += wy[y] * (wx.x * v.x + wx.y * v.y + wx.z * v.z + wx.w * v.w);
    }
    if (HAS_BLANKS) {
        return select(linear(p), sum, is_valid);
    }
    return sum;
}

fn sample_at(p: Position) -> Tap {
    let dims = vec3<i32>(data.dims.xy, 1);
    var tap = Tap(0.0, VALID);
    if (FILTER == 0u || HAS_BLANKS) {
        tap = tap_at(p.nearest.xy);
    }
    if (FILTER == 1u) {
        tap.value = linear(p);
    } else if (FILTER == 2u) {
        tap.value = cubic(p);
    }
    let is_shown = is_inside(p, dims) & (view.is_blank == 0u);
    return Tap(tap.value * data.slope + data.intercept, select(NO_DATA, tap.state, is_shown));
}

@fragment
fn fs_display(@builtin(position) position: vec4<f32>) -> @location(0) vec4<f32> {
    let pixel = pixel_of(position);
    let p = position_at(pixel);
    return marked(shade(sample_at(p), pixel), p);
}

@fragment
fn fs_values(@builtin(position) position: vec4<f32>) -> @location(0) vec2<f32> {
    let tap = sample_at(position_at(pixel_of(position)));
    return vec2<f32>(tap.value, f32(tap.state));
}
