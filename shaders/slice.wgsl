// One grey frame on screen: the twin of src/imaging/slice_twin.rs.

@group(0) @binding(0) var frame: texture_2d<SAMPLE>;
@group(0) @binding(1) var<uniform> data: Data;
@group(0) @binding(2) var modality_lut: texture_2d<u32>;
@group(1) @binding(0) var<uniform> view: View;
@group(1) @binding(1) var look_lut: texture_2d<u32>;

fn tap_at(index: vec2<i32>) -> Tap {
    let stored = textureLoad(frame, clamp(index, vec2<i32>(0), data.dims.xy - 1), 0).r;
    if (HAS_PADDING && is_padding(stored, data.padding_low, data.padding_high)) {
        return blank(NO_DATA);
    }
    if (HAS_LUT) {
        let at = lut_index(lut_input(stored), data.lut_first, data.lut_count);
        return Tap(f32(textureLoad(modality_lut, lut_texel(at), 0).r), VALID);
    }
    return Tap(f32(stored), VALID);
}

fn linear(p: Position, nearest: f32) -> f32 {
    let t = weights_of(p).xy;
    let a = tap_at(p.whole.xy);
    let b = tap_at(p.whole.xy + vec2<i32>(1, 0));
    let c = tap_at(p.whole.xy + vec2<i32>(0, 1));
    let d = tap_at(p.whole.xy + vec2<i32>(1, 1));
    if (!HAS_PADDING || (a.state & b.state & c.state & d.state) == VALID) {
        return lerp(lerp(a.value, b.value, t.x), lerp(c.value, d.value, t.x), t.y);
    }
    let w = vec4<f32>((1.0 - t.x) * (1.0 - t.y), t.x * (1.0 - t.y), (1.0 - t.x) * t.y, t.x * t.y)
        * vec4<f32>(vec4<u32>(a.state, b.state, c.state, d.state));
    let total = w.x + w.y + w.z + w.w;
    if (total <= 0.0) {
        return nearest;
    }
    return (w.x * a.value + w.y * b.value + w.z * c.value + w.w * d.value) / total;
}

fn cubic(p: Position, nearest: f32) -> f32 {
    let t = weights_of(p);
    let wx = cubic_weights(t.x);
    let wy = cubic_weights(t.y);
    var sum = 0.0;
    for (var y = 0; y < 4; y++) {
        var v = vec4<f32>(0.0);
        for (var x = 0; x < 4; x++) {
            if (HAS_PADDING && (wx[x] == 0.0 || wy[y] == 0.0)) {
                continue;
            }
            let tap = tap_at(p.whole.xy + vec2<i32>(x - 1, y - 1));
            if (HAS_PADDING && tap.state != VALID) {
                return linear(p, nearest);
            }
            v[x] = tap.value;
        }
        sum += wy[y] * (wx.x * v.x + wx.y * v.y + wx.z * v.z + wx.w * v.w);
    }
    return sum;
}

fn sample_at(pixel: vec2<u32>) -> Tap {
    let p = position_at(pixel);
    let dims = vec3<i32>(data.dims.xy, 1);
    if (view.is_blank != 0u || !is_inside(p, dims)) {
        return blank(NO_DATA);
    }
    var value = 0.0;
    if (FILTER == 0u || HAS_PADDING) {
        let nearest = tap_at(nearest_of(p, dims).xy);
        if (nearest.state != VALID) {
            return nearest;
        }
        value = nearest.value;
    }
    if (FILTER == 1u) {
        value = linear(p, value);
    } else if (FILTER == 2u) {
        value = cubic(p, value);
    }
    return Tap(value * data.slope + data.intercept, VALID);
}

@fragment
fn fs_display(@builtin(position) position: vec4<f32>) -> @location(0) vec4<f32> {
    let pixel = pixel_of(position);
    return shade(sample_at(pixel), pixel);
}

@fragment
fn fs_values(@builtin(position) position: vec4<f32>) -> @location(0) vec2<f32> {
    let tap = sample_at(pixel_of(position));
    return vec2<f32>(tap.value, f32(tap.state));
}
