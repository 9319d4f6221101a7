//! The shaders' texts, without an adapter.

use eframe::wgpu::naga;
use isocentre::render::shaders;

fn errors_of(text: &str) -> Option<String> {
    let module = match naga::front::wgsl::parse_str(text) {
        Ok(module) => module,
        Err(error) => return Some(error.emit_to_string(text)),
    };
    let mut validator = naga::valid::Validator::new(
        naga::valid::ValidationFlags::all(),
        naga::valid::Capabilities::empty(),
    );
    validator
        .validate(&module)
        .err()
        .map(|error| error.emit_to_string(text))
}

#[test]
fn every_shader_is_valid_for_every_sample_type() {
    let mut count = 0;
    for (id, name, classes) in shaders::all() {
        for class in classes {
            let text = shaders::text(id, *class);
            if let Some(error) = errors_of(&text) {
                panic!("{name} for {}:\n{error}", class.name());
            }
            count += 1;
        }
    }
    assert_eq!(count, 9);
}

#[test]
fn a_broken_shader_is_found() {
    let (id, _, classes) = shaders::all()[0];
    let text = shaders::text(id, classes[0]);
    assert!(errors_of(&text.replace("fn lerp(", "fn lurp(")).is_some());
    assert!(errors_of(&text.replace("-> Tap", "-> f32")).is_some());
}
