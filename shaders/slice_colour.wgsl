// One colour frame on screen, each channel filtered and shown as it is: the twin of the colour
// half of src/imaging/slice_twin.rs. SAMPLE is u32.

@group(0) @binding(0) var frame: texture_2d<SAMPLE>;
@group(0) @binding(1) var<uniform> data: Data;
@group(0) @binding(2) var modality_lut: texture_2d<u32>;
@group(1) @binding(0) var<uniform> view: View;
@group(1) @binding(1) var look_lut: texture_2d<u32>;

fn rgb_at(index: vec2<i32>) -> vec3<f32> {
    return vec3<f32>(textureLoad(frame, clamp(index, vec2<i32>(0), data.dims.xy - 1), 0).rgb);
}

fn lerp3(a: vec3<f32>, b: vec3<f32>, t: f32) -> vec3<f32> {
    return a + (b - a) * t;
}

fn filtered(p: Position) -> vec3<f32> {
    if (FILTER == 0u) {
        return rgb_at(p.nearest.xy);
    }
    let t = p.t;
    if (FILTER == 1u) {
        let a = rgb_at(p.whole.xy);
        let b = rgb_at(p.whole.xy + vec2<i32>(1, 0));
        let c = rgb_at(p.whole.xy + vec2<i32>(0, 1));
        let d = rgb_at(p.whole.xy + vec2<i32>(1, 1));
        return lerp3(lerp3(a, b, t.x), lerp3(c, d, t.x), t.y);
    }
    let wx = cubic_weights(t.x);
    let wy = cubic_weights(t.y);
    var sum = vec3<f32>(0.0);
    for (var y = 0; y < 4; y++) {
        var row = vec3<f32>(0.0);
        for (var x = 0; x < 4; x++) {
            row += wx[x] * rgb_at(p.whole.xy + vec2<i32>(x - 1, y - 1));
        }
        sum += wy[y] * row;
    }
    return sum;
}

@fragment
fn fs_display(@builtin(position) position: vec4<f32>) -> @location(0) vec4<f32> {
    let p = position_at(pixel_of(position));
    let dims = vec3<i32>(data.dims.xy, 1);
    let y = clamp(filtered(p) / data.white, vec3<f32>(0.0), vec3<f32>(1.0));
    let light = select(y, 1.0 - y, view.is_inverted != 0u);
    let is_shown = is_inside(p, dims) & (view.is_blank == 0u);
    return marked(select(view.background, quantised(light), is_shown), p);
}
