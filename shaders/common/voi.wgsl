// Modality value to display value: the twin of src/imaging/voi.rs and grey_chain.rs.
// PS3.3 C.11.2.1.2 and C.11.2.1.3; edges and factors come ready-made in the uniform.

const HATCH_LEVEL: f32 = 72.0;

fn voi_apply(x: f32) -> f32 {
    if (VOI == 0u) {
        let ramp = clamp((x - view.voi.x) * view.voi.y + 0.5, 0.0, 1.0);
        return select(select(ramp, 1.0, x > view.voi.w), 0.0, x <= view.voi.z);
    }
    if (VOI == 1u) {
        let exponent = clamp((x - view.voi.x) * view.voi.y, -80.0, 80.0);
        return 1.0 / (1.0 + exp(exponent));
    }
    let input = i32(clamp(round(x), -2147483648.0, 2147483520.0));
    let index = lut_index(input, view.voi_lut_first, view.voi_lut_count);
    let entry = textureLoad(look_lut, lut_texel(index), 0).r;
    return min(f32(entry) / view.voi.x, 1.0);
}

fn display_entry(index: u32) -> f32 {
    return f32(textureLoad(look_lut, lut_texel(view.voi_lut_count + index), 0).r) / 65535.0;
}

fn display_apply(y: f32) -> vec3<f32> {
    if (!HAS_DISPLAY) {
        return vec3<f32>(y);
    }
    let count = view.display_count;
    let index = min(u32(round(y * f32(count - 1u))), count - 1u);
    if (HAS_PALETTE) {
        return vec3<f32>(
            display_entry(index), display_entry(count + index), display_entry(2u * count + index));
    }
    return vec3<f32>(display_entry(index));
}

// Whole display levels, so that the target's own rounding has nothing left to decide.
fn quantised(y: vec3<f32>) -> vec4<f32> {
    return vec4<f32>(round(y * 255.0) * 0.003921568859368563, 1.0);
}

fn is_hatched(pixel: vec2<u32>) -> bool {
    return ((pixel.x + pixel.y) & 7u) < 2u;
}

fn hatch_colour() -> vec4<f32> {
    return vec4<f32>(vec3<f32>(HATCH_LEVEL / 255.0), 1.0);
}

fn shade(tap: Tap, pixel: vec2<u32>) -> vec4<f32> {
    let y = voi_apply(tap.value);
    let light = display_apply(select(y, 1.0 - y, view.is_inverted != 0u));
    let is_hatch = (tap.state == GAP) & is_hatched(pixel);
    let empty = select(view.background, hatch_colour(), is_hatch);
    return select(empty, quantised(light), tap.state == VALID);
}

fn pixel_of(position: vec4<f32>) -> vec2<u32> {
    return vec2<u32>(vec2<i32>(floor(position.xy)) - view.viewport_px);
}
