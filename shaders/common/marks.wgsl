// Shutter and overlays over what the grey chain made, each at its own pixel of the frame: the twin
// of src/imaging/marks.rs and slice_twin.rs.

@group(0) @binding(3) var marks: texture_2d<u32>;

const SHUTTER: u32 = 1u;

fn marked(light: vec4<f32>, p: Position) -> vec4<f32> {
    if (!HAS_MARKS) {
        return light;
    }
    let last = data.dims.xy - 1;
    let found = textureLoad(marks, clamp(p.nearest.xy, vec2<i32>(0), last), 0).r & view.marks_shown;
    let is_shown = is_inside(p, vec3<i32>(data.dims.xy, 1)) & (view.is_blank == 0u);
    let covered = select(light, view.shutter_colour, is_shown & ((found & SHUTTER) != 0u));
    return select(covered, view.overlay_colour, is_shown & (found > SHUTTER));
}
