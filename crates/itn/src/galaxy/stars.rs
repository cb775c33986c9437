//! Real stars near the Sun, from general astronomical knowledge.
//!
//! Right ascension, declination (J2000) and distance are rounded, as catalogues give them to about
//! a hundredth of an hour, a tenth of a degree and a tenth of a light-year: good enough to find
//! each star in the right place on a map, not to fly there.

/// A star: name, right ascension in hours, declination in degrees, distance in light-years.
pub(super) struct Star(pub(super) &'static str, f64, f64, f64);

/// Nearest first.
pub(super) const STARS: [Star; 80] = [
    Star("Sol", 0.0, 0.0, 0.0),
    Star("Alpha Centauri", 14.660, -60.83, 4.37),
    Star("Barnard's Star", 17.963, 4.69, 5.96),
    Star("Luhman 16", 10.822, -53.32, 6.50),
    Star("WISE 0855-0714", 8.920, -7.24, 7.43),
    Star("Wolf 359", 10.941, 7.01, 7.86),
    Star("Lalande 21185", 11.056, 35.97, 8.31),
    Star("Sirius", 6.752, -16.72, 8.60),
    Star("Luyten 726-8", 1.650, -17.95, 8.79),
    Star("Ross 154", 18.831, -23.84, 9.71),
    Star("Ross 248", 23.698, 44.17, 10.29),
    Star("Epsilon Eridani", 3.549, -9.46, 10.45),
    Star("Lacaille 9352", 23.098, -35.85, 10.72),
    Star("Ross 128", 11.796, 0.80, 11.01),
    Star("EZ Aquarii", 22.643, -15.30, 11.11),
    Star("61 Cygni", 21.115, 38.75, 11.40),
    Star("Procyon", 7.655, 5.22, 11.46),
    Star("Struve 2398", 18.713, 59.63, 11.49),
    Star("Groombridge 34", 0.306, 44.02, 11.62),
    Star("DX Cancri", 8.497, 26.78, 11.68),
    Star("Epsilon Indi", 22.056, -56.79, 11.87),
    Star("Tau Ceti", 1.734, -15.94, 11.91),
    Star("GJ 1061", 3.600, -44.51, 11.98),
    Star("YZ Ceti", 1.208, -17.00, 12.12),
    Star("Luyten's Star", 7.457, 5.23, 12.35),
    Star("Teegarden's Star", 2.884, 16.88, 12.50),
    Star("Kapteyn's Star", 5.195, -45.02, 12.83),
    Star("Lacaille 8760", 21.288, -38.87, 12.95),
    Star("SCR 1845-6357", 18.751, -63.96, 13.05),
    Star("Kruger 60", 22.467, 57.70, 13.07),
    Star("DENIS 1048-3956", 10.805, -39.94, 13.19),
    Star("Ross 614", 6.490, -2.81, 13.36),
    Star("Wolf 1061", 16.505, -12.66, 14.05),
    Star("Van Maanen's Star", 0.819, 5.39, 14.07),
    Star("Gliese 1", 0.090, -37.36, 14.17),
    Star("TZ Arietis", 2.003, 13.05, 14.58),
    Star("Wolf 424", 12.555, 9.02, 14.59),
    Star("Gliese 687", 17.607, 68.34, 14.84),
    Star("Gliese 674", 17.477, -46.90, 14.85),
    Star("LHS 292", 10.803, -11.34, 14.89),
    Star("Gliese 440", 11.762, -64.84, 15.12),
    Star("GJ 1245", 19.899, 44.41, 15.20),
    Star("Gliese 876", 22.888, -14.26, 15.24),
    Star("LHS 288", 10.740, -61.21, 15.76),
    Star("GJ 1002", 0.112, -7.54, 15.81),
    Star("Groombridge 1618", 10.190, 49.45, 15.88),
    Star("DENIS 0255-4700", 2.918, -47.01, 15.88),
    Star("Gliese 412", 11.091, 43.53, 16.00),
    Star("AD Leonis", 10.328, 19.87, 16.19),
    Star("Gliese 832", 21.560, -49.01, 16.21),
    Star("40 Eridani", 4.254, -7.65, 16.34),
    Star("EV Lacertae", 22.780, 44.33, 16.48),
    Star("70 Ophiuchi", 18.091, 2.50, 16.71),
    Star("Altair", 19.846, 8.87, 16.73),
    Star("EI Cancri", 8.971, 19.76, 16.75),
    Star("GJ 3379", 6.000, 2.71, 17.00),
    Star("Gliese 445", 11.794, 78.69, 17.10),
    Star("Gliese 526", 13.762, 14.89, 17.70),
    Star("Stein 2051", 4.520, 58.98, 18.00),
    Star("Gliese 251", 6.913, 33.27, 18.20),
    Star("Gliese 205", 5.524, -3.68, 18.60),
    Star("Sigma Draconis", 19.539, 69.66, 18.80),
    Star("Gliese 229", 6.176, -21.86, 18.80),
    Star("Ross 47", 5.701, 12.49, 18.90),
    Star("Gliese 693", 17.777, -57.32, 19.20),
    Star("Gliese 570", 14.957, -21.41, 19.20),
    Star("Gliese 752", 19.283, 5.17, 19.30),
    Star("Gliese 908", 23.820, 2.40, 19.30),
    Star("Gliese 588", 15.537, -41.28, 19.30),
    Star("Eta Cassiopeiae", 0.818, 57.82, 19.40),
    Star("36 Ophiuchi", 17.256, -26.60, 19.50),
    Star("YZ Canis Minoris", 7.744, 3.55, 19.50),
    Star("Gliese 783", 20.187, -36.10, 19.60),
    Star("82 Eridani", 3.332, -43.07, 19.70),
    Star("Delta Pavonis", 20.145, -66.18, 19.90),
    Star("Gliese 784", 20.232, -45.16, 20.10),
    Star("Gliese 581", 15.324, -7.72, 20.50),
    Star("Gliese 667", 17.316, -34.99, 23.60),
    Star("Vega", 18.616, 38.78, 25.00),
    Star("Fomalhaut", 22.961, -29.62, 25.10),
];

impl Star {
    /// Where it is, in light-years, in the frame that space games and the market data use: Sol at
    /// the origin, `z` towards the galactic centre, `y` towards the galactic north pole, and `x`
    /// against the rotation of the galaxy.
    pub(super) fn position(&self) -> [f64; 3] {
        let Star(_, hours, degrees, distance) = self;
        let (ascension, declination) = ((hours * 15.0).to_radians(), degrees.to_radians());
        let equatorial = [
            distance * declination.cos() * ascension.cos(),
            distance * declination.cos() * ascension.sin(),
            distance * declination.sin(),
        ];
        // From equatorial (J2000) to galactic: the rotation of the Hipparcos catalogue, volume 1,
        // section 1.5.3.
        let rows = [
            [-0.054_875_56, -0.873_437_09, -0.483_835_02],
            [0.494_109_43, -0.444_829_63, 0.746_982_24],
            [-0.867_666_15, -0.198_076_37, 0.455_983_78],
        ];
        let [to_centre, along_rotation, north] = rows.map(|row: [f64; 3]| {
            row.iter().zip(equatorial).map(|(factor, part)| factor * part).sum::<f64>()
        });
        [-along_rotation, north, to_centre]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(name: &str, expected: [f64; 3]) {
        let star = STARS.iter().find(|star| star.0 == name).unwrap();
        for (part, expected) in star.position().into_iter().zip(expected) {
            assert!((part - expected).abs() < 0.15, "{name}: {:?}", star.position());
        }
    }

    #[test]
    fn stars_are_where_games_put_them() {
        check("Sol", [0.0, 0.0, 0.0]);
        check("Alpha Centauri", [3.03, -0.06, 3.16]);
        check("Barnard's Star", [-3.03, 1.44, 4.91]);
        check("Sirius", [6.25, -1.28, -5.75]);
        check("Epsilon Eridani", [1.94, -7.72, -6.87]);
    }

    #[test]
    fn nearest_come_first_and_names_are_one_each() {
        assert!(STARS.windows(2).all(|pair| pair[0].3 <= pair[1].3));
        let names: std::collections::BTreeSet<_> = STARS.iter().map(|star| star.0).collect();
        assert_eq!(names.len(), STARS.len());
    }
}
