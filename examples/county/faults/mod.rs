//! The planted faults: each on people of its own, so that what it trips is known. Every finding a fault gives is listed with it, of whatever
//! family; EXPECTED.csv takes those of the families whose rules are in force.

mod audit;
mod decision;
mod kit;
mod notice;
mod order;
mod probation;
mod qualification;
mod talks;
mod tenure;

use crate::county::County;

/// A family of rules: its letters, whether its rules are in force, and what plants its faults.
struct Family {
    letters: &'static str,
    in_force: bool,
    plant: fn(&mut County),
}

const FAMILIES: &[Family] = &[
    Family {
        letters: "GS",
        in_force: true,
        plant: notice::plant,
    },
    Family {
        letters: "SY",
        in_force: true,
        plant: probation::plant,
    },
    Family {
        letters: "SJ",
        in_force: true,
        plant: audit::plant,
    },
    Family {
        letters: "KC010",
        in_force: true,
        plant: audit::plant_before_inspection,
    },
    Family {
        letters: "RQ",
        in_force: true,
        plant: tenure::plant_terms,
    },
    Family {
        letters: "JL",
        in_force: true,
        plant: tenure::plant_exchanges,
    },
    Family {
        letters: "TH",
        in_force: true,
        plant: talks::plant,
    },
    Family {
        letters: "RZ",
        in_force: true,
        plant: order::plant_appointments,
    },
    Family {
        letters: "JD",
        in_force: true,
        plant: decision::plant,
    },
    Family {
        letters: "SX",
        in_force: true,
        plant: order::plant_orders,
    },
    Family {
        letters: "TJ",
        in_force: true,
        plant: order::plant_recommendations,
    },
    Family {
        letters: "HF",
        in_force: true,
        plant: order::plant_visits,
    },
    Family {
        letters: "ZG",
        in_force: true,
        plant: qualification::plant,
    },
];

/// Plants the faults of the families in force and keeps what their rules are expected to find.
pub fn plant(county: &mut County) {
    for family in FAMILIES.iter().filter(|f| f.in_force) {
        (family.plant)(county);
    }
    let in_force = |code: &str| {
        FAMILIES
            .iter()
            .any(|f| f.in_force && code.starts_with(f.letters))
    };
    county.expected.retain(|e| in_force(e.code));
}
