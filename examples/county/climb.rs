//! The usual way up to a post, for people made one at a time.

use crate::day::Day;
use crate::person::Stage;
use crate::units::{CHIEF_TOWN, DEPUTY_COUNTY, DEPUTY_TOWN, STAFF, unit};

/// The usual way up to a level, in posts of no chief: staff, then each level in turn, ending with the stage given.
pub fn climb(top: Stage) -> Vec<Stage> {
    climb_from(top, 48)
}

/// The same with a number of months in the post before the last.
pub fn climb_from(top: Stage, months: i32) -> Vec<Stage> {
    let mut stages = vec![top.clone()];
    let mut since = top.start;
    let mut add = |stage: fn(Day) -> Stage, months: i32| {
        since = since.months(-months);
        stages.push(stage(since));
    };
    match top.level {
        STAFF => add(|d| Stage::staff(unit("林业局"), d), months),
        DEPUTY_TOWN => add(|d| Stage::staff(unit("双桥铺镇"), d), months.max(40)),
        CHIEF_TOWN => {
            add(|d| Stage::leader(unit("九渡镇"), "副镇长", DEPUTY_TOWN, d), months);
            add(|d| Stage::staff(unit("双桥铺镇"), d), 66);
        }
        DEPUTY_COUNTY => {
            add(|d| Stage::leader(unit("竹岭乡"), "人大主席", CHIEF_TOWN, d), months);
            add(|d| Stage::leader(unit("雁落乡"), "人大主席", CHIEF_TOWN, d), 40);
            add(|d| Stage::leader(unit("九渡镇"), "副镇长", DEPUTY_TOWN, d), 44);
            add(|d| Stage::staff(unit("双桥铺镇"), d), 66);
        }
        _ => {
            add(|d| Stage::leader(unit("政协"), "政协副主席", DEPUTY_COUNTY, d), months);
            add(|d| Stage::leader(unit("人大"), "人大常委会副主任", DEPUTY_COUNTY, d), 36);
            add(|d| Stage::leader(unit("竹岭乡"), "人大主席", CHIEF_TOWN, d), 40);
            add(|d| Stage::leader(unit("雁落乡"), "人大主席", CHIEF_TOWN, d), 40);
            add(|d| Stage::leader(unit("九渡镇"), "副镇长", DEPUTY_TOWN, d), 44);
            add(|d| Stage::staff(unit("双桥铺镇"), d), 66);
        }
    }
    stages.reverse();
    stages
}
