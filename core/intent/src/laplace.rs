//! Planar Laplace noise for a position: geo-indistinguishability after Andrés, Bordenabe, Chatzikokolakis and Palamidessi,
//! "Geo-Indistinguishability" (CCS 2013), section 4.1.
//!
//! The angle is uniform; the radius comes from the inverse of its cumulative distribution
//! `C(r) = 1 − (1 + εr)·e^(−εr)`, which is `r = −(1/ε)·(W₋₁((p−1)/e) + 1)` for `p` uniform in `[0, 1)`. With ε = ln 4 / 200 m
//! the mean is 289 m, the median 242 m and 95 % lie within 684 m. Everything here is a pure function of its two numbers.

use std::f64::consts::{E, LN_2, TAU};

use crate::place::Position;

/// ε in 1/m: within 200 m an observer's odds between two positions change by at most a factor of 4.
pub const EPSILON_PER_M: f64 = 2.0 * LN_2 / 200.0;

/// Mean Earth radius (IUGG R₁) in metres.
pub(crate) const EARTH_RADIUS_M: f64 = 6_371_008.8;

/// The lower real branch of Lambert's W: the `w ≤ −1` with `w·e^w = x`, for `x` in `[−1/e, 0)`; `None` outside.
///
/// Halley's iteration from the branch-point series or the logarithmic asymptote (Corless et al., "On the Lambert W
/// function", 1996, sections 4 and 5.9).
pub fn lambert_w_minus_1(x: f64) -> Option<f64> {
    if !(-1.0 / E..0.0).contains(&x) {
        return None;
    }
    // 1 + e·x is the distance from the branch point; below the last digits of x it carries nothing.
    let from_branch = E.mul_add(x, 1.0).max(0.0);
    if from_branch < 1e-15 {
        return Some(-1.0);
    }
    let mut w = if x < -0.25 {
        let q = -(2.0 * from_branch).sqrt();
        -1.0 + q - q * q / 3.0 + 11.0 / 72.0 * q * q * q
    } else {
        let (l1, l2) = ((-x).ln(), (-(-x).ln()).ln());
        l1 - l2 + l2 / l1
    };
    for _ in 0..32 {
        let exp_w = w.exp();
        let error = w.mul_add(exp_w, -x);
        let step = error / (exp_w * (w + 1.0) - (w + 2.0) * error / (2.0 * w + 2.0));
        if !step.is_finite() {
            break;
        }
        w -= step;
        if step.abs() <= 1e-15 * w.abs() {
            break;
        }
    }
    Some(w)
}

/// The radius in metres that a share `p` (in `[0, 1)`) of all draws stays within.
pub fn radius_m(p: f64, epsilon_per_m: f64) -> f64 {
    let w = lambert_w_minus_1((p - 1.0) / E).unwrap_or(-1.0);
    -(w + 1.0) / epsilon_per_m
}

/// `position` moved by planar Laplace noise: `p_radius` and `p_angle` are uniform in `[0, 1)`.
pub fn displace(position: Position, p_radius: f64, p_angle: f64) -> Position {
    move_by(position, radius_m(p_radius, EPSILON_PER_M), p_angle * TAU)
}

/// The point `distance_m` away in direction `bearing_rad` (clockwise from north), on a sphere.
pub(crate) fn move_by(from: Position, distance_m: f64, bearing_rad: f64) -> Position {
    let (lat, lon) = (from.lat().to_radians(), from.lon().to_radians());
    let arc = distance_m / EARTH_RADIUS_M;
    let to_lat = (lat.sin() * arc.cos() + lat.cos() * arc.sin() * bearing_rad.cos())
        .clamp(-1.0, 1.0)
        .asin();
    let to_lon = lon + (bearing_rad.sin() * arc.sin() * lat.cos()).atan2(arc.cos() - lat.sin() * to_lat.sin());
    Position::wrapped(to_lat.to_degrees(), to_lon.to_degrees())
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::string_slice,
        clippy::panic,
        missing_docs
    )]

    use proptest::prelude::*;

    use super::*;

    /// SplitMix64 (Steele, Lea, Flood 2014): a fixed sequence, so that a failing figure can be looked at again.
    struct Seeded(u64);

    impl Seeded {
        fn uniform(&mut self) -> f64 {
            self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut z = self.0;
            z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
        }
    }

    #[test]
    fn lambert_w_gives_the_known_values() {
        for (x, w) in [
            (-0.1, -3.577_152_063_957_297),
            (-0.2, -2.542_641_357_773_526),
            (-0.3, -1.781_337_023_421_628),
            (-0.01, -6.472_775_124_394_005),
            (-1.0 / E, -1.0),
        ] {
            assert!(
                (lambert_w_minus_1(x).unwrap() - w).abs() < 1e-9,
                "W({x}) = {:?}, not {w}",
                lambert_w_minus_1(x)
            );
        }
        assert_eq!(lambert_w_minus_1(-0.4), None);
        assert_eq!(lambert_w_minus_1(0.0), None);
        assert_eq!(lambert_w_minus_1(f64::NAN), None);
    }

    proptest! {
        #[test]
        fn lambert_w_solves_its_equation(x in -0.367_879_f64..-1e-300) {
            let w = lambert_w_minus_1(x).unwrap();
            prop_assert!(w <= -1.0);
            prop_assert!(((w * w.exp() - x) / x).abs() < 1e-9, "w = {w}");
        }

        #[test]
        fn the_radius_inverts_the_distribution(p in 0.0_f64..0.999_999_999) {
            let er = EPSILON_PER_M * radius_m(p, EPSILON_PER_M);
            prop_assert!((1.0 - (1.0 + er) * (-er).exp() - p).abs() < 1e-9);
        }

        #[test]
        fn a_moved_point_lies_as_far_away_as_asked(
            lat in -89.0_f64..89.0, lon in -180.0_f64..180.0, distance_m in 0.0_f64..20_000.0, turn in 0.0_f64..1.0,
        ) {
            let from = Position::new(lat, lon).unwrap();
            let to = move_by(from, distance_m, turn * TAU);
            prop_assert!((from.distance_m(to) - distance_m).abs() < 0.01 + distance_m * 1e-6);
        }
    }

    #[test]
    fn a_hundred_thousand_draws_are_spread_as_the_theory_says() {
        let mut seeded = Seeded(20_260_601);
        let home = Position::new(48.2082, 16.3738).unwrap();
        let mut radii: Vec<f64> = Vec::new();
        let (mut north, mut east) = (0_u32, 0_u32);
        for _ in 0..100_000 {
            let (p_radius, p_angle) = (seeded.uniform(), seeded.uniform());
            let moved = displace(home, p_radius, p_angle);
            radii.push(home.distance_m(moved));
            north += u32::from(moved.lat() > home.lat());
            east += u32::from(moved.lon() > home.lon());
        }
        radii.sort_by(f64::total_cmp);
        let mean = radii.iter().sum::<f64>() / 100_000.0;
        let (median, p95) = (radii[50_000], radii[95_000]);
        assert!((mean - 288.5).abs() < 2.0, "mean {mean}");
        assert!((median - 242.1).abs() < 2.5, "median {median}");
        assert!((p95 - 684.4).abs() < 7.0, "95 % within {p95}");
        for half in [north, east] {
            assert!((49_500..50_500).contains(&half), "{half} of 100,000 in one half");
        }
    }

    #[test]
    fn the_extreme_draws_stay_on_the_globe() {
        let far = 1.0 - f64::EPSILON / 2.0;
        assert!(radius_m(0.0, EPSILON_PER_M) == 0.0);
        assert!((5_000.0..7_000.0).contains(&radius_m(far, EPSILON_PER_M)));
        for (lat, lon) in [(90.0, 0.0), (-90.0, 12.0), (0.0, 180.0), (89.999, -180.0)] {
            for turn in [0.0, 0.25, 0.5, 0.75, far] {
                let moved = displace(Position::new(lat, lon).unwrap(), far, turn);
                assert!(Position::new(moved.lat(), moved.lon()).is_ok());
            }
        }
    }
}
