// Shutter and overlays over what the grey chain made, each at its own pixel of the frame: the twin
// of src/imaging/marks.rs and slice_twin.rs.

@group(0) @binding(3) var marks: texture_2d<u32>;

const SHUTTER: u32 = 1u;

fn marks_at(index: vec2<i32>) -> u32 {
    let last = data.dims.xy - 1;
    let found = textureLoad(marks, clamp(index, vec2<i32>(0), last), 0).r;
    return select(0u, found, all((index >= vec2<i32>(0)) & (index <= last)));
}

fn marked(light: vec4<f32>, p: Position) -> vec4<f32> {
    if (!HAS_MARKS) {
        return light;
    }
    let centre = p.nearest.xy;
    var found = marks_at(centre);
    for (var y = -view.marks_reach.y; y <= view.marks_reach.y; y++) {
        for (var x = -view.marks_reach.x; x <= view.marks_reach.x; x++) {
            found |= marks_at(centre + vec2<i32>(x, y)) & ~SHUTTER;
        }
    }
    found &= view.marks_shown;
    let is_shown = is_inside(p, vec3<i32>(data.dims.xy, 1)) & (view.is_blank == 0u);
    let covered = select(light, view.shutter_colour, is_shown & ((found & SHUTTER) != 0u));
    // The highest overlay of several; with none the number is of no account.
    let highest = min(firstLeadingBit(found >> 1u), 15u);
    return select(covered, view.overlay_colours[highest], is_shown & (found > SHUTTER));
}
