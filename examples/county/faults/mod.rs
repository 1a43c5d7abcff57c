//! The planted faults: each on people of its own, so that what it trips is known. Every finding a fault gives is listed with it, of whatever
//! family.

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

/// Plants the faults, family by family: the order decides whose numbers they get.
pub fn plant(county: &mut County) {
    let families: [fn(&mut County); 28] = [
        notice::plant,
        probation::plant,
        audit::plant,
        audit::plant_before_inspection,
        tenure::plant_terms,
        tenure::plant_exchanges,
        talks::plant,
        order::plant_appointments,
        decision::plant,
        order::plant_orders,
        order::plant_recommendations,
        order::plant_visits,
        qualification::plant,
        inspection::plant,
        posts::plant_motions,
        posts::plant_quotas,
        posts::plant_kin,
        posts::plant_reports,
        conduct::plant_sanctions,
        conduct::plant_disclosures,
        conduct::plant_files,
        conduct::plant_petitions,
        conduct::plant_issues,
        yearly::plant_training,
        yearly::plant_assessments,
        yearly::plant_evaluations,
        yearly::plant_reserves,
        yearly::plant_ranks,
    ];
    families.into_iter().for_each(|plant| plant(county));
}

/// Adds the faults that must wait until the quotas, marks and evaluations of the whole county are there.
pub fn finish(county: &mut County) {
    posts::finish_quotas(county);
    yearly::finish_assessments(county);
    yearly::finish_evaluations(county);
}
