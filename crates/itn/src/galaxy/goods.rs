//! What the made-up galaxy trades, and who makes and needs what.

/// A commodity of the galaxy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Good {
    pub(crate) id: &'static str,
    pub(crate) name: &'static str,
    pub(crate) category: &'static str,
    /// Grams a unit: a tonne of bulk, less of what is dear.
    pub(crate) unit_mass_grams: u64,
    pub(crate) unit_volume_millilitres: u64,
    /// About what a unit costs, in credits.
    pub(crate) price: u64,
}

const fn good(
    id: &'static str,
    name: &'static str,
    category: &'static str,
    kilograms: u64,
    litres: u64,
    price: u64,
) -> Good {
    Good {
        id,
        name,
        category,
        unit_mass_grams: kilograms * 1_000,
        unit_volume_millilitres: litres * 1_000,
        price,
    }
}

/// All commodities, by category.
pub(crate) const GOODS: [Good; 42] = [
    good("water-ice", "Water ice", "raw", 1_000, 1_090, 12),
    good("iron-ore", "Iron ore", "raw", 1_000, 400, 18),
    good("silicates", "Silicates", "raw", 1_000, 420, 14),
    good("carbon-rock", "Carbonaceous rock", "raw", 1_000, 520, 16),
    good("rare-earths", "Rare earths", "raw", 1_000, 190, 420),
    good("helium-3", "Helium-3", "fuel", 100, 900, 310),
    good("deuterium", "Deuterium", "fuel", 100, 620, 140),
    good("hydrogen", "Hydrogen", "fuel", 100, 1_410, 24),
    good("antimatter-traps", "Antimatter traps", "fuel", 40, 200, 5_200),
    good("oxygen", "Oxygen", "life-support", 1_000, 880, 32),
    good("nitrogen", "Nitrogen", "life-support", 1_000, 1_240, 20),
    good("drinking-water", "Drinking water", "life-support", 1_000, 1_000, 28),
    good("air-filters", "Air filters", "life-support", 200, 900, 160),
    good("grain", "Grain", "food", 1_000, 1_300, 44),
    good("algae", "Algae", "food", 1_000, 1_050, 36),
    good("protein", "Protein", "food", 1_000, 1_100, 95),
    good("fruit", "Fruit", "food", 1_000, 1_700, 120),
    good("coffee", "Coffee", "food", 500, 1_100, 480),
    good("spices", "Spices", "food", 100, 240, 640),
    good("iron", "Iron", "metals", 1_000, 130, 70),
    good("aluminium", "Aluminium", "metals", 1_000, 370, 110),
    good("copper", "Copper", "metals", 1_000, 112, 160),
    good("titanium", "Titanium", "metals", 1_000, 222, 390),
    good("platinum", "Platinum", "metals", 100, 5, 7_800),
    good("polymers", "Polymers", "industrial", 1_000, 1_050, 85),
    good("ceramics", "Ceramics", "industrial", 1_000, 400, 130),
    good("hull-plate", "Hull plate", "industrial", 1_000, 240, 260),
    good("machine-parts", "Machine parts", "industrial", 1_000, 600, 340),
    good("solar-panels", "Solar panels", "industrial", 400, 900, 410),
    good("drones", "Drones", "industrial", 200, 700, 980),
    good("reactor-cores", "Reactor cores", "industrial", 2_000, 800, 6_400),
    good("processors", "Processors", "technology", 20, 60, 2_300),
    good("sensors", "Sensors", "technology", 50, 160, 1_250),
    good("beacons", "Navigation beacons", "technology", 300, 800, 1_900),
    good("quantum-links", "Quantum links", "technology", 30, 90, 8_900),
    good("antibiotics", "Antibiotics", "medical", 50, 140, 870),
    good("surgical-kits", "Surgical kits", "medical", 100, 400, 1_480),
    good("gene-therapies", "Gene therapies", "medical", 10, 40, 9_400),
    good("textiles", "Textiles", "consumer", 500, 1_600, 150),
    good("furniture", "Furniture", "consumer", 500, 2_600, 230),
    good("instruments", "Musical instruments", "consumer", 100, 700, 1_100),
    good("spirits", "Spirits", "consumer", 500, 620, 360),
];

/// How a place lives: what it makes, and what it needs from elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Economy {
    Farming,
    Settled,
    Mining,
    Refining,
    Building,
    Research,
    Transit,
}

impl Economy {
    /// The economies a kind of place may have.
    pub(crate) const fn of_kind(kind: &str) -> &'static [Self] {
        match kind.as_bytes() {
            b"planet" => &[Self::Farming, Self::Farming, Self::Settled, Self::Building],
            b"outpost" => &[Self::Mining, Self::Mining, Self::Research],
            b"gate" => &[Self::Transit],
            _ => &[Self::Refining, Self::Building, Self::Settled, Self::Research],
        }
    }

    /// The categories it makes.
    pub(crate) const fn makes(self) -> &'static [&'static str] {
        match self {
            Self::Farming => &["food", "life-support"],
            Self::Settled => &["consumer", "medical"],
            Self::Mining => &["raw", "fuel"],
            Self::Refining => &["metals", "life-support", "fuel"],
            Self::Building => &["industrial", "consumer"],
            Self::Research => &["technology", "medical"],
            Self::Transit => &[],
        }
    }

    /// The categories it needs.
    pub(crate) const fn needs(self) -> &'static [&'static str] {
        match self {
            Self::Farming => &["industrial", "medical", "consumer"],
            Self::Settled => &["food", "life-support", "technology", "fuel"],
            Self::Mining => &["food", "life-support", "industrial"],
            Self::Refining => &["raw", "food", "technology"],
            Self::Building => &["metals", "technology", "food"],
            Self::Research => &["food", "metals", "consumer", "life-support"],
            Self::Transit => &["fuel", "food", "life-support"],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_good_is_made_somewhere_and_needed_somewhere_else() {
        let all = ["planet", "station", "outpost", "gate"].map(Economy::of_kind).concat();
        for good in GOODS {
            assert!(domain::Identifier::new(good.id).is_ok());
            assert!(all.iter().any(|economy| economy.makes().contains(&good.category)));
            assert!(all.iter().any(|economy| economy.needs().contains(&good.category)));
        }
        for economy in all {
            assert!(economy.makes().iter().all(|made| !economy.needs().contains(made)));
        }
        let ids: std::collections::BTreeSet<_> = GOODS.iter().map(|good| good.id).collect();
        assert_eq!(ids.len(), GOODS.len());
    }
}
