//! The sample county: every office of one county over twenty-five years, and the faults planted in it.

use crate::career::{self, Sizes};
use crate::county::County;
use crate::day::Workdays;
use crate::{close, fates, faults, life, special, units};

/// Makes the sample county of a seed.
pub fn sample(days: &Workdays, seed: u64) -> County<'_> {
    let mut county = County::new(days, seed, String::new());
    units::write(&mut county);
    let sizes = Sizes { retired: 30, staff: 150, moved: 12, from_elsewhere: 35, every_slot: false };
    let people = career::write(&mut county, &sizes);
    life::write(&mut county, &people);
    special::write(&mut county);
    fates::write(&mut county);
    faults::plant(&mut county);
    close::write_evaluations(&mut county);
    close::mark_excellent(&mut county);
    close::write_quotas(&mut county);
    faults::finish(&mut county);
    county
}
