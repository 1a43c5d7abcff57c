//! One person's promotion with a few breaches: small enough to read file by file beside its findings.

use std::collections::BTreeSet;

use crate::case::Matter;
use crate::close;
use crate::county::County;
use crate::day::{Workdays, ymd};
use crate::life;
use crate::person::{self, Profile, Stage, Written};
use crate::table::{Cell, Row, T, row};
use crate::units::{self, CHIEF_TOWN, DEPUTY_COUNTY, DEPUTY_TOWN, unit};

pub fn make(days: &Workdays, seed: u64) -> County<'_> {
    let mut county = County::new(days, seed, String::new());
    units::write(&mut county);
    let one = promotion(&mut county);
    background(&mut county, &one);
    breaches(&mut county, &one);
    close::write_evaluations(&mut county);
    county.of_mut(T::Evaluation).retain(|e| matches!(e.get("year"), Cell::Int(2023..)));
    close::write_quotas(&mut county);
    keep_units_in_use(&mut county);
    county
}

fn promotion(county: &mut County) -> Written {
    let stages = [
        Stage::staff(unit("青石镇"), ymd(2003, 8, 1)),
        Stage::leader(unit("河湾镇"), "副镇长", DEPUTY_TOWN, ymd(2009, 5, 13)),
        Stage::leader(unit("青石镇"), "人大主席", CHIEF_TOWN, ymd(2014, 6, 18)),
        Stage::leader(unit("水利局"), "局长", CHIEF_TOWN, ymd(2018, 9, 12)).chief(),
        Stage::leader(unit("县人民政府"), "副县长", DEPUTY_COUNTY, ymd(2025, 4, 16))
            .by(Matter { notice: Some((ymd(2025, 4, 7), ymd(2025, 4, 10))), ..Matter::promotion() }),
    ];
    person::write(county, &Profile::default(), &stages)
}

/// A row or two of each other table: what was looked at and found in order.
fn background(county: &mut County, one: &Written) {
    let person = one.person.clone();
    let rank = row(T::Rank).with("person_id", &person).with("rank", "一级主任科员");
    county.push(rank.with("start", ymd(2019, 6, 1)).with("end", ymd(2025, 4, 15)));
    let kin = row(T::Kin).with("person_id", &person).with("relation", "配偶").with("name", "叶知秋");
    county.push(kin.with("unit_id", county.unit_id(unit("青石镇"))).with("title", "中学教师"));
    let event = life::event(county, one, "突出成绩", ymd(2023, 12, 20), "获全市水利工作先进个人");
    life::talk(county, &person, "成绩挫折谈话", ymd(2024, 1, 4), Some(&event));
    let sanction = row(T::Sanction).with("person_id", &person).with("kind", "批评教育").with("filed", ymd(2016, 5, 3));
    let sanction = sanction.with("date", ymd(2016, 5, 20)).with("conduct_start", ymd(2016, 1, 8)).with("conduct_end", ymd(2016, 2, 1));
    county.push(sanction.with("document", "云纪〔2016〕9号"));
    life::talk(county, &person, "处分谈话", ymd(2016, 5, 24), None);
    let petition = row(T::Petition).with("person_id", &person).with("received", ymd(2022, 3, 7)).with("specific", true).with("named", true);
    county.push(petition.with("concluded", ymd(2022, 4, 28)).with("result", "不属实").with("fed_back", ymd(2022, 5, 6)));
    let reserve = row(T::Reserve).with("person_id", &person).with("level", "县处级副职").with("entered", ymd(2022, 3, 15));
    county.push(reserve.with("inspected", ymd(2024, 11, 12)).with("adjusted", ymd(2024, 3, 20)).with("left", ymd(2025, 4, 16)));
    let issue =
        row(T::Issue).with("unit_id", county.unit_id(unit("水利局"))).with("source", "巡察").with("summary", "党组会议记录要素不全");
    let issue = issue.with("found", ymd(2023, 5, 10)).with("deadline", ymd(2023, 8, 10)).with("closed", ymd(2023, 7, 26));
    county.push(issue.with("evidence", "整改报告及规范后的会议记录"));
}

fn breaches(county: &mut County, one: &Written) {
    let case = one.case().to_string();
    let t = *one.days();
    let step = |county: &County, kind: &str| county.find(T::Step, &[("case_id", &case), ("kind", kind)]);
    county.expect("GS002", T::Case, &case, "", "违规", "公示2025-04-07至04-10仅4个工作日");

    let discussion = step(county, "讨论决定");
    for (field, value) in [("due", 11), ("present", 7), ("ayes", 7), ("nays", 0)] {
        county.set(T::Step, &discussion, field, value);
    }
    county.expect("JD003", T::Case, &case, "", "违规", "应到11人实到7人，不足三分之二");

    let candidates = step(county, "确定考察对象");
    county.set(T::Step, &candidates, "start", county.days.after(t.inspected.0, 1));
    county.expect("SX001", T::Case, &case, "确定考察对象→考察", "违规", "考察早于确定考察对象");

    let talk = county.find(T::Talk, &[("case_id", &case)]);
    county.set(T::Talk, &talk, "date", t.arrived.plus(2));
    county.expect("RZ001", T::Case, &case, "", "提醒", "到岗之后才任前谈话");

    let paper = county.find(T::Material, &[("case_id", &case), ("kind", "会议记录")]);
    county.set(T::Material, &paper, "archived", Cell::Text(t.decided.months(1).text()[..7].to_string()));
    county.expect("RZ003", T::Material, &paper, "", "待核", "归档日期只到月，是否在1个月内不明");
}

/// Keeps the units that some row names, and those above them.
fn keep_units_in_use(county: &mut County) {
    let named = [T::Person, T::Post, T::Case, T::Audit, T::Kin, T::Event, T::Issue];
    let mut kept: BTreeSet<String> = named.iter().flat_map(|t| county.of(*t)).map(|r| r.get("unit_id").text()).collect();
    let parents = |kept: &BTreeSet<String>, units: &[Row]| -> Vec<String> {
        units.iter().filter(|u| kept.contains(&u.id())).map(|u| u.get("parent_id").text()).collect()
    };
    for _ in 0..3 {
        kept.extend(parents(&kept, county.of(T::Unit)));
    }
    county.of_mut(T::Unit).retain(|u| kept.contains(&u.id()));
    for table in [T::Evaluation, T::Quota] {
        county.of_mut(table).retain(|r| kept.contains(&r.get("unit_id").text()));
    }
}
