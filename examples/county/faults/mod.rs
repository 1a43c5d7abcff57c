//! The planted faults: each on people of its own, so that what it trips is known. Every finding a fault gives is listed with it, of whatever
//! family; EXPECTED.csv takes those of the families whose rules are in force.

mod audit;
mod conduct;
mod decision;
mod inspection;
mod kit;
mod notice;
mod order;
mod posts;
mod probation;
mod qualification;
mod talks;
mod tenure;
mod yearly;

use crate::county::County;

/// A family of rules: its letters, whether its rules are in force, what plants its faults, and what adds those that must wait until the quotas,
/// marks and evaluations of the whole county are there.
struct Family {
    letters: &'static str,
    in_force: bool,
    plant: fn(&mut County),
    finish: Option<fn(&mut County)>,
}

const fn family(letters: &'static str, plant: fn(&mut County)) -> Family {
    Family { letters, in_force: true, plant, finish: None }
}

impl Family {
    const fn later(mut self) -> Family {
        self.in_force = false;
        self
    }

    const fn finish(mut self, finish: fn(&mut County)) -> Family {
        self.finish = Some(finish);
        self
    }
}

const FAMILIES: &[Family] = &[
    family("GS", notice::plant),
    family("SY", probation::plant),
    family("SJ", audit::plant),
    family("KC010", audit::plant_before_inspection),
    family("RQ", tenure::plant_terms),
    family("JL", tenure::plant_exchanges),
    family("TH", talks::plant),
    family("RZ", order::plant_appointments),
    family("JD", decision::plant),
    family("SX", order::plant_orders),
    family("TJ", order::plant_recommendations),
    family("HF", order::plant_visits),
    family("ZG", qualification::plant),
    family("KC", inspection::plant),
    family("DY", posts::plant_motions),
    family("ZS", posts::plant_quotas).finish(posts::finish_quotas).later(),
    family("HB", posts::plant_kin).later(),
    family("BP", posts::plant_reports).later(),
    family("CF", conduct::plant_sanctions),
    family("BG", conduct::plant_disclosures),
    family("DA", conduct::plant_files).later(),
    family("XF", conduct::plant_petitions),
    family("XC", conduct::plant_issues),
    family("PX", yearly::plant_training).later(),
    family("KH", yearly::plant_assessments).finish(yearly::finish_assessments),
    family("PY", yearly::plant_evaluations).finish(yearly::finish_evaluations).later(),
    family("BC", yearly::plant_reserves),
    family("ZJ", yearly::plant_ranks).later(),
];

/// Plants the faults of the families in force, or of all.
pub fn plant(county: &mut County, all: bool) {
    for family in FAMILIES.iter().filter(|f| all || f.in_force) {
        (family.plant)(county);
    }
}

/// Adds the faults that had to wait, and keeps the expectations of the families in force.
pub fn finish(county: &mut County, all: bool) {
    for family in FAMILIES.iter().filter(|f| all || f.in_force) {
        if let Some(finish) = family.finish {
            finish(county);
        }
    }
    let in_force = |code: &str| FAMILIES.iter().any(|f| (all || f.in_force) && code.starts_with(f.letters));
    county.expected.retain(|e| in_force(e.code));
}
