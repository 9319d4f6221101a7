//! RT doses.

use isocentre::geom::DVec3;
use isocentre::objects::layer::Dose;

use super::objects::dose_grid;
use super::{dose, read};

fn gy(dose: &Dose, z: f64) -> Option<f64> {
    let value = dose.volume.value_at(DVec3::new(10.0, 20.0, z))?;
    Some((value * 1e4).round() / 1e4)
}

#[test]
fn a_dose_is_the_stored_value_times_the_scaling_in_sixteen_and_thirty_two_bits() {
    for bits in [16, 32] {
        let found = dose(&dose_grid(&[0.0, 3.0], bits, "0.5"));
        assert_eq!(gy(&found, 30.0), Some(0.0));
        assert_eq!(gy(&found, 33.0), Some(3.0));
        assert_eq!(gy(&found, 31.5), Some(1.5));
        let corner = DVec3::new(20.0, 25.0, 33.0);
        assert_eq!(found.volume.value_at(corner), Some(5.5));
        assert_eq!(found.most, 5.5);
        assert_eq!(found.units, "GY");
        assert_eq!(found.summation, "PLAN");
        assert_eq!(found.plans, ["1.2.3.4.481.5"]);
    }
}

#[test]
fn planes_lie_where_relative_absolute_ascending_and_descending_offsets_say() {
    for (offsets, second) in [
        ([0.0, 3.0], 33.0),
        ([0.0, -3.0], 27.0),
        ([30.0, 33.0], 33.0),
        ([30.0, 27.0], 27.0),
    ] {
        let found = dose(&dose_grid(&offsets, 16, "1"));
        assert_eq!(gy(&found, 30.0), Some(0.0), "{offsets:?}");
        assert_eq!(gy(&found, second), Some(6.0), "{offsets:?}");
        assert_eq!(gy(&found, 60.0 - second), None, "{offsets:?}");
    }
}

#[test]
fn absolute_offsets_are_positions_even_where_the_normal_points_to_the_feet() {
    let found =
        dose(&dose_grid(&[30.0, 33.0], 16, "1").orientation([1.0, 0.0, 0.0, 0.0, -1.0, 0.0]));
    assert_eq!(gy(&found, 30.0), Some(0.0));
    assert_eq!(gy(&found, 33.0), Some(6.0));
    // Relative ones go along the normal.
    let found = dose(&dose_grid(&[0.0, 3.0], 16, "1").orientation([1.0, 0.0, 0.0, 0.0, -1.0, 0.0]));
    assert_eq!(gy(&found, 27.0), Some(6.0));
}

#[test]
fn planes_at_multiples_of_a_step_are_joined_by_straight_lines_and_others_refused() {
    let found = dose(&dose_grid(&[0.0, 2.0, 6.0], 16, "1"));
    assert_eq!(found.volume.grid().dims, [3, 2, 4]);
    assert_eq!(gy(&found, 34.0), Some(9.0));
    let uneven = read(&dose_grid(&[0.0, 2.0, 5.0], 16, "1")).unwrap_err();
    assert_eq!(uneven.id.0, "layer-dose-uneven");
    let none = read(&dose_grid(&[0.0, 2.0], 16, "1").without(0x3004, 0x000E)).unwrap_err();
    assert_eq!(none.id.0, "layer-dose-no-scaling");
}
