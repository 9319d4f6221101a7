//! What is where in the thorax, patient mm (x to the left, y to the back, z to the head), in HU.

use super::canvas::Canvas;
use super::canvas::Over;
use super::canvas::blend;
use super::canvas::covered;
use super::tubes::Tube;

/// The finding: a solid sphere in the right lung.
pub(super) const NODULE: Tube = Tube::sphere([-74.0, 18.0, 25.0], 12.0, 40.0);
/// Lung around the nodule is free of vessels up to here from its centre, mm.
const CLEAR_MM: f32 = 10.0;

const CONTRAST_HU: f32 = 320.0;
pub(super) const DESCENDING_AORTA: Tube =
    Tube::new([24.0, 44.0, 48.0], [24.0, 44.0, -170.0], 12.0, CONTRAST_HU);

const AIR_HU: f32 = -1000.0;
const FAT_HU: f32 = -100.0;
const MUSCLE_HU: f32 = 55.0;
const LIVER_HU: f32 = 112.0;

/// The great vessels, painted in this order.
const VESSELS: [Tube; 13] = [
    // Superior vena cava, azygos arch.
    Tube::new([-26.0, -14.0, 120.0], [-26.0, -14.0, -30.0], 8.5, 280.0),
    Tube::new([-18.0, -26.0, 118.0], [30.0, -34.0, 112.0], 6.0, 280.0),
    // Pulmonary trunk and its branches.
    Tube::new([16.0, -42.0, -28.0], [14.0, -22.0, 12.0], 13.5, 300.0),
    Tube::new([14.0, -20.0, 12.0], [-34.0, 6.0, -2.0], 9.5, 300.0),
    Tube::new([14.0, -20.0, 12.0], [38.0, 8.0, 4.0], 9.5, 300.0),
    // Ascending aorta, arch, descending aorta.
    Tube::new([-4.0, -26.0, -36.0], [-8.0, -26.0, 40.0], 15.0, CONTRAST_HU),
    Tube::new([-8.0, -26.0, 40.0], [-2.0, -16.0, 58.0], 14.5, CONTRAST_HU),
    Tube::new([-2.0, -16.0, 58.0], [14.0, 18.0, 64.0], 13.5, CONTRAST_HU),
    Tube::new([14.0, 18.0, 64.0], [24.0, 44.0, 48.0], 12.5, CONTRAST_HU),
    DESCENDING_AORTA,
    // Brachiocephalic, left carotid and left subclavian artery.
    Tube::new([-2.0, -18.0, 60.0], [-18.0, -14.0, 140.0], 6.5, CONTRAST_HU),
    Tube::new([6.0, 0.0, 64.0], [14.0, -6.0, 150.0], 4.5, CONTRAST_HU),
    Tube::new([14.0, 16.0, 64.0], [34.0, 10.0, 150.0], 5.0, CONTRAST_HU),
];

/// Trachea and main bronchi: the lumen, its wall being 1.6 mm thick.
const AIRWAYS: [Tube; 7] = [
    Tube::new([0.0, 14.0, 170.0], [0.0, 18.0, 36.0], 8.5, AIR_HU),
    Tube::new([0.0, 18.0, 36.0], [-30.0, 16.0, 8.0], 6.5, AIR_HU),
    Tube::new([0.0, 18.0, 36.0], [34.0, 18.0, 6.0], 6.0, AIR_HU),
    Tube::new([-30.0, 16.0, 8.0], [-48.0, 14.0, 34.0], 3.6, AIR_HU),
    Tube::new([-30.0, 16.0, 8.0], [-46.0, 24.0, -28.0], 4.2, AIR_HU),
    Tube::new([34.0, 18.0, 6.0], [52.0, 8.0, 30.0], 3.4, AIR_HU),
    Tube::new([34.0, 18.0, 6.0], [50.0, 26.0, -30.0], 4.0, AIR_HU),
];

pub(super) fn paint(canvas: &mut Canvas, tree: &[Tube]) {
    chest_wall(canvas);
    abdomen(canvas);
    lung(canvas, -1.0);
    lung(canvas, 1.0);
    for tube in tree {
        if !near_nodule(tube) {
            canvas.tube(tube, Over::Lung);
        }
    }
    heart(canvas);
    for tube in &VESSELS {
        canvas.tube(tube, Over::Anything);
    }
    let oesophagus = Tube::new([2.0, 34.0, 170.0], [10.0, 36.0, -170.0], 6.5, 35.0);
    canvas.tube(&oesophagus, Over::Anything);
    for tube in &AIRWAYS {
        let wall = Tube {
            from_radius: tube.from_radius + 1.6,
            to_radius: tube.to_radius + 1.6,
            hu: 20.0,
            ..*tube
        };
        canvas.tube(&wall, Over::Anything);
    }
    for tube in &AIRWAYS {
        canvas.tube(tube, Over::Anything);
    }
    spine(canvas);
    canvas.tube(&NODULE, Over::Anything);
}

/// How far out of the body's axis a point is: 1 at the skin. Between an ellipse and a rectangle.
fn body_radius(x: f32, y: f32, z: f32) -> f32 {
    let shoulders = smooth((z - 60.0) / 90.0);
    let (ax, ay) = (150.0 + 14.0 * shoulders, 108.0 - 9.0 * shoulders);
    // The back stays where it is; the chest slopes away to the neck.
    rounded(x / ax, (y - 9.0 * shoulders) / ay)
}

fn rounded(x: f32, y: f32) -> f32 {
    let (x, y) = (x * x, y * y);
    (x * x + y * y + 1.3 * x * y).sqrt().sqrt()
}

fn smooth(t: f32) -> f32 {
    let t = t.clamp(0.0, 1.0);
    t * t * (3.0 - 2.0 * t)
}

fn chest_wall(canvas: &mut Canvas) {
    let z = canvas.z_mm;
    canvas.each(|x, y, hu| {
        let r = body_radius(x, y, z);
        let out = (r - 1.0) * 110.0;
        if out > 1.0 {
            // The couch.
            let from_axis = x.hypot(y + 260.0) - 374.0;
            if y > 0.0 && from_axis.abs() < 4.0 {
                *hu = if from_axis.abs() > 2.5 {
                    -350.0
                } else {
                    -920.0
                };
            }
            return;
        }
        let inside = if r > 0.985 {
            10.0
        } else if r > 0.915 {
            FAT_HU
        } else if r > 0.79 {
            // Muscle with streaks of fat between its layers.
            if (r - 0.895).abs() < 0.006 {
                -60.0
            } else {
                MUSCLE_HU
            }
        } else {
            // Fat of the mediastinum; muscle beside the tops of the lungs.
            let muscle = smooth((z - 20.0) / 60.0) * smooth((x.abs() - 30.0) / 14.0);
            FAT_HU + 25.0 + muscle * (MUSCLE_HU + 75.0)
        };
        blend(hu, inside, covered(out));
        if r > 0.79 && r < 0.895 {
            ribs(x, y, z, r, hu);
        }
    });
    // Sternum.
    canvas.column([0.0, -90.0], [19.0, 6.0], [-60.0, 110.0], 420.0);
    canvas.column([0.0, -90.0], [17.0, 4.2], [-60.0, 110.0], 160.0);
}

/// Ribs run around the chest, lower in front; their front ends are cartilage.
fn ribs(x: f32, y: f32, z: f32, r: f32, hu: &mut f32) {
    const APART_MM: f32 = 27.0;
    let turns = (z - 0.42 * y) / APART_MM;
    let along_z = (turns - turns.floor() - 0.5) * APART_MM * 0.92;
    let across = (r - 0.842) * 115.0;
    let q = (along_z / 6.0).hypot(across / 4.4);
    if q < 1.0 && x.abs() > 14.0 {
        let is_cartilage = y < -66.0 && x.abs() < 80.0;
        *hu = match (is_cartilage, q > 0.72) {
            (true, _) => 105.0,
            (false, true) => 620.0,
            (false, false) => 210.0,
        };
    }
}

/// Height of the diaphragm; `side` is −1 on the right, 1 on the left.
fn diaphragm_z(x: f32, y: f32, side: f32) -> f32 {
    let (dx, dy) = ((x - side * 70.0) / 62.0, (y + 12.0) / 88.0);
    let top = if side < 0.0 { -74.0 } else { -88.0 };
    top - 44.0 * (dx * dx + dy * dy)
}

fn abdomen(canvas: &mut Canvas) {
    let z = canvas.z_mm;
    if z > -70.0 {
        return;
    }
    canvas.each_in([0.0, 0.0], [140.0, 100.0], |x, y, hu| {
        let r = body_radius(x, y, z);
        if r > 0.785 {
            return;
        }
        let right = z - diaphragm_z(x, y, -1.0);
        let left = z - diaphragm_z(x, y, 1.0);
        if right < 0.0 && x < 30.0 - 0.25 * (y + 60.0) {
            // Liver, with faint vessels.
            let (u, v) = (
                (x * 0.13 + z * 0.06).sin(),
                (y * 0.12 - z * 0.09 + x * 0.03).sin(),
            );
            *hu = LIVER_HU + if u * v > 0.88 { 45.0 } else { 0.0 };
        } else if left < 0.0 {
            *hu = -90.0;
        }
    });
    canvas.ellipsoid([86.0, 34.0, -128.0], [30.0, 42.0, 42.0], 125.0); // spleen
    canvas.ellipsoid([58.0, -34.0, -136.0], [40.0, 34.0, 40.0], 45.0); // stomach: wall,
    let (inner, level) = ([36.0, 30.0, 36.0], -40.0);
    canvas.ellipsoid([58.0, -34.0, -136.0], inner, 12.0); // fluid,
    let dz = (z + 136.0) / inner[2];
    if dz.abs() < 1.0 {
        let scale = (1.0 - dz * dz).sqrt();
        canvas.each_in([58.0, -50.0], [36.0, 30.0], |x, y, hu| {
            let q = ((x - 58.0) / (36.0 * scale)).hypot((y + 34.0) / (30.0 * scale));
            if q < 1.0 && y < level {
                *hu = -960.0; // and gas above it: the patient lies on the back
            }
        });
    }
}

fn lung(canvas: &mut Canvas, side: f32) {
    let z = canvas.z_mm;
    let up = (z + 30.0).max(0.0) / 172.0;
    if up >= 1.0 {
        return;
    }
    let scale = (1.0 - up * up).sqrt();
    let (cx, cy) = (side * (70.0 - 18.0 * up), 4.0 + 14.0 * up);
    let (ax, ay) = (58.0 * scale, 84.0 * scale);
    canvas.each_in([cx, cy], [ax + 1.0, ay + 1.0], |x, y, hu| {
        let out = (rounded((x - cx) / ax, (y - cy) / ay) - 1.0) * ax.min(ay);
        let wall = (body_radius(x, y, z) - 0.785) * 110.0;
        let below = (diaphragm_z(x, y, side) - z) * 0.6;
        let cover = covered(out.max(wall).max(below));
        if cover > 0.0 {
            // Denser towards the back, where the blood sinks; the oblique fissure is a thin line.
            let from_fissure = (z - (-5.0 + 0.92 * y)) * 0.73;
            let fissure = if from_fissure.abs() < 0.9 { 90.0 } else { 0.0 };
            blend(hu, -880.0 + 0.45 * (y + 80.0) + fissure, cover);
        }
    });
}

fn near_nodule(tube: &Tube) -> bool {
    let reach = CLEAR_MM + tube.from_radius;
    (0..=8_u8).any(|step| {
        let at = f32::from(step) / 8.0;
        let squared: f32 = (tube.from.iter().zip(&tube.to).zip(&NODULE.from))
            .map(|((from, to), centre)| from + at * (to - from) - centre)
            .map(|d| d * d)
            .sum();
        squared < reach * reach
    })
}

fn heart(canvas: &mut Canvas) {
    canvas.ellipsoid([24.0, -26.0, -58.0], [58.0, 50.0, 56.0], -85.0); // fat around it
    canvas.ellipsoid([24.0, -26.0, -58.0], [54.0, 46.0, 50.0], 100.0); // muscle
    canvas.ellipsoid([44.0, -18.0, -68.0], [24.0, 20.0, 32.0], CONTRAST_HU); // left ventricle
    canvas.ellipsoid([8.0, -48.0, -66.0], [27.0, 16.0, 30.0], 285.0); // right ventricle
    canvas.ellipsoid([20.0, 6.0, -40.0], [27.0, 17.0, 21.0], CONTRAST_HU); // left atrium
    canvas.ellipsoid([-20.0, -26.0, -52.0], [15.0, 23.0, 26.0], 270.0); // right atrium
}

fn spine(canvas: &mut Canvas) {
    const APART_MM: f32 = 27.0;
    let z = canvas.z_mm;
    let all = [-200.0, 200.0];
    let turns = z / APART_MM;
    let in_vertebra = (turns - turns.floor() - 0.5).abs() * APART_MM;
    let is_disc = in_vertebra > 10.0;
    if is_disc {
        canvas.column([0.0, 62.0], [17.5, 14.0], all, 90.0);
    } else {
        let is_endplate = in_vertebra > 8.5;
        canvas.column([0.0, 62.0], [17.5, 14.5], all, 520.0);
        if !is_endplate {
            canvas.column([0.0, 62.0], [16.0, 13.0], all, 190.0);
        }
        // Pedicles, arch, transverse and spinous processes.
        for side in [-1.0, 1.0] {
            canvas.column([side * 11.5, 78.0], [3.2, 7.0], all, 430.0);
            let process = Tube::new([side * 10.0, 86.0, z], [side * 33.0, 92.0, z], 3.4, 380.0);
            canvas.tube(&process, Over::Anything);
        }
    }
    canvas.column(
        [0.0, 84.0],
        [12.5, 10.5],
        all,
        if is_disc { 60.0 } else { 450.0 },
    );
    let tip = Tube::new(
        [0.0, 93.0, z],
        [0.0, 101.0, z],
        3.0,
        if is_disc { 120.0 } else { 420.0 },
    );
    canvas.tube(&tip, Over::Anything);
    canvas.column([0.0, 84.0], [9.5, 8.0], all, 5.0); // the canal
    canvas.column([0.0, 84.0], [5.5, 4.5], all, 38.0); // and the cord
}
