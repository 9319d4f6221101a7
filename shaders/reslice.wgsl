// A plane through a volume: the twin of src/volume/reslice.rs.

@group(0) @binding(0) var slab_0: texture_3d<SAMPLE>;
@group(0) @binding(1) var<uniform> data: Data;
@group(0) @binding(2) var modality_lut: texture_2d<u32>;
@group(0) @binding(3) var slices: texture_2d<u32>;
@group(0) @binding(4) var slab_1: texture_3d<SAMPLE>;
@group(0) @binding(5) var slab_2: texture_3d<SAMPLE>;
@group(0) @binding(6) var slab_3: texture_3d<SAMPLE>;
@group(1) @binding(0) var<uniform> view: View;
@group(1) @binding(1) var look_lut: texture_2d<u32>;

// What differs from slice to slice.
struct Slice {
    slope: f32,
    intercept: f32,
    state: u32,
    lut_count: u32, // 0: no table
    pixels_held: u32,
    padding_low: SAMPLE,
    padding_high: SAMPLE,
    lut_first: i32,
    lut_start: u32,
}

fn slice_at(k: i32) -> Slice {
    // Two texels a slice, 512 slices a row.
    let at = vec2<i32>((k & 511) * 2, k >> 9u);
    let a = textureLoad(slices, at, 0);
    let b = textureLoad(slices, at + vec2<i32>(1, 0), 0);
    return Slice(
        bitcast<f32>(a.x), bitcast<f32>(a.y), a.z & 3u, a.z >> 2u, a.w,
        bitcast<SAMPLE>(b.x), bitcast<SAMPLE>(b.y), bitcast<i32>(b.z), b.w,
    );
}

// Which texture holds the taps around slice k: each carries a halo, so one serves all of them.
fn slab_of(k: i32) -> u32 {
    return u32(k >= data.slab_end.x) + u32(k >= data.slab_end.y) + u32(k >= data.slab_end.z);
}

// Where a voxel lies in the texture (src/render/texture/bricks.rs).
fn texel_of(voxel: vec3<i32>) -> vec3<i32> {
    if (HAS_BRICKS) {
        let x = (voxel.x & 7) | ((voxel.y & 3) << 3u) | ((voxel.x >> 3u) << 5u);
        return vec3<i32>(x, voxel.y >> 2u, voxel.z);
    }
    return voxel;
}

fn stored_at(voxel: vec3<i32>, slab: u32) -> SAMPLE {
    let index = texel_of(voxel);
    if (HAS_SLABS) {
        let at = vec3<i32>(index.xy, index.z - data.slab_first[slab]);
        switch (slab) {
            case 1u: { return textureLoad(slab_1, at, 0).r; }
            case 2u: { return textureLoad(slab_2, at, 0).r; }
            case 3u: { return textureLoad(slab_3, at, 0).r; }
            default: { return textureLoad(slab_0, at, 0).r; }
        }
    }
    return textureLoad(slab_0, index, 0).r;
}

fn tap_at(unclamped: vec3<i32>, slab: u32) -> Tap {
    let index = clamp(unclamped, vec3<i32>(0), data.dims - 1);
    let stored = stored_at(index, slab);
    var tap = Tap(f32(stored), VALID);
    if (HAS_TABLE) {
        let slice = slice_at(index.z);
        tap.value = tap.value * slice.slope + slice.intercept;
        if (HAS_LUT) {
            let at = slice.lut_start + lut_index(lut_input(stored), slice.lut_first, slice.lut_count);
            let entry = f32(textureLoad(modality_lut, lut_texel(at), 0).r);
            tap.value = select(tap.value, entry, slice.lut_count > 0u);
        }
        let is_blank = is_padding(stored, slice.padding_low, slice.padding_high);
        let is_missing = is_cut_off(index.xy, data.dims.x, slice.pixels_held);
        let found = select(select(VALID, NO_DATA, is_blank), GAP, is_missing);
        tap.state = select(slice.state, found, slice.state == VALID);
        tap.value = select(0.0, tap.value, tap.state == VALID);
    } else if (HAS_BLANKS) {
        let is_blank = is_padding(stored, data.padding_low, data.padding_high);
        tap.state = select(VALID, NO_DATA, is_blank);
        tap.value = select(tap.value, 0.0, is_blank);
    }
    return tap;
}

// All eight taps are valid: nothing is tested.
fn linear_plain(p: Position, slab: u32) -> f32 {
    let t = p.t;
    let low = clamp(p.whole, vec3<i32>(0), data.dims - 1);
    let high = clamp(p.whole + 1, vec3<i32>(0), data.dims - 1);
    let a = f32(stored_at(low, slab));
    let b = f32(stored_at(vec3<i32>(high.x, low.yz), slab));
    let c = f32(stored_at(vec3<i32>(low.x, high.y, low.z), slab));
    let d = f32(stored_at(vec3<i32>(high.xy, low.z), slab));
    let e = f32(stored_at(vec3<i32>(low.xy, high.z), slab));
    let f = f32(stored_at(vec3<i32>(high.x, low.y, high.z), slab));
    let g = f32(stored_at(vec3<i32>(low.x, high.yz), slab));
    let h = f32(stored_at(high, slab));
    return lerp(
        lerp(lerp(a, b, t.x), lerp(c, d, t.x), t.y),
        lerp(lerp(e, f, t.x), lerp(g, h, t.x), t.y),
        t.z,
    );
}

fn linear(p: Position, slab: u32) -> f32 {
    if (!(HAS_BLANKS || HAS_TABLE)) {
        return linear_plain(p, slab);
    }
    let t = p.t;
    var v: array<f32, 8>;
    var sum = 0.0;
    var total = 0.0;
    var valid = 0u;
    for (var corner = 0u; corner < 8u; corner++) {
        let up = vec3<u32>(corner & 1u, (corner >> 1u) & 1u, corner >> 2u);
        let tap = tap_at(p.whole + vec3<i32>(up), slab);
        let w = select(1.0 - t, t, up == vec3<u32>(1u));
        v[corner] = tap.value;
        let weight = select(0.0, w.x * w.y * w.z, tap.state == VALID);
        sum += weight * tap.value;
        total += weight;
        valid += u32(tap.state == VALID);
    }
    let all_valid = lerp(
        lerp(lerp(v[0], v[1], t.x), lerp(v[2], v[3], t.x), t.y),
        lerp(lerp(v[4], v[5], t.x), lerp(v[6], v[7], t.x), t.y),
        t.z,
    );
    // The nearest tap, when valid, carries at least an eighth of the weight.
    return select(sum / max(total, 1e-6), all_valid, valid == 8u);
}

fn cubic(p: Position, slab: u32) -> f32 {
    let t = p.t;
    let wx = cubic_weights(t.x);
    let wy = cubic_weights(t.y);
    let wz = cubic_weights(t.z);
    var sum = 0.0;
    var is_valid = true;
    for (var z = 0; z < 4; z++) {
        var plane = 0.0;
        for (var y = 0; y < 4; y++) {
            var v = vec4<f32>(0.0);
            for (var x = 0; x < 4; x++) {
                let tap = tap_at(p.whole + vec3<i32>(x - 1, y - 1, z - 1), slab);
                let is_weightless = (wx[x] == 0.0) | (wy[y] == 0.0) | (wz[z] == 0.0);
                is_valid &= (tap.state == VALID) | is_weightless;
                v[x] = tap.value;
            }
            plane += wy[y] * (wx.x * v.x + wx.y * v.y + wx.z * v.z + wx.w * v.w);
        }
        sum += wz[z] * plane;
    }
    if (HAS_BLANKS || HAS_TABLE) {
        return select(linear(p, slab), sum, is_valid);
    }
    return sum;
}

fn sample_at(pixel: vec2<u32>) -> Tap {
    let p = position_at(pixel);
    let slab = slab_of(p.whole.z);
    var tap = Tap(0.0, VALID);
    if (FILTER == 0u || HAS_BLANKS || HAS_TABLE) {
        tap = tap_at(p.nearest, slab);
    }
    if (FILTER == 1u) {
        tap.value = linear(p, slab);
    } else if (FILTER == 2u) {
        tap.value = cubic(p, slab);
    }
    let is_shown = is_inside(p, data.dims) & (view.is_blank == 0u);
    return Tap(tap.value * data.slope + data.intercept, select(NO_DATA, tap.state, is_shown));
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
