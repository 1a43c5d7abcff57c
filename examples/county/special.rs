//! Procedures out of the ordinary and yet in order: exceptions approved, reshuffles, cases under way or broken off, notices over holidays.
//! They exercise the rules' conditions without giving findings.

use crate::case::{self, Matter};
use crate::climb::{climb, climb_from};
use crate::county::County;
use crate::day::{Day, ymd};
use crate::person::{self, Ending, Profile, Stage, Written};
use crate::table::{T, row};
use crate::units::{CHIEF_TOWN, DEPUTY_TOWN, unit};

pub fn write(county: &mut County) {
    exceptions(county);
    unusual_procedures(county);
    under_way(county);
    broken_off(county);
    reconsidered(county);
    objections(county);
}

fn deputy(office: &str, start: Day) -> Stage {
    Stage::leader(unit(office), "副局长", DEPUTY_TOWN, start)
}

fn usual(county: &mut County, top: Stage) -> Written {
    person::write(county, &Profile::default(), &climb(top))
}

/// Early promotions that were approved above, and one over two levels.
fn exceptions(county: &mut County) {
    for (office, start) in [("教育局", ymd(2018, 5, 16)), ("住建局", ymd(2023, 4, 12))] {
        let matter = Matter { exception: Some("破格"), ..Matter::promotion() };
        let mut stages = climb(deputy(office, start).by(matter));
        // Thirty months as staff would be too few otherwise.
        stages[0].start = start.months(-30);
        person::write(county, &Profile::default(), &stages);
    }
    let matter = Matter { exception: Some("越级"), ..Matter::promotion() };
    let stages = vec![
        Stage::staff(unit("石门渡镇"), ymd(2013, 7, 1)),
        Stage::leader(unit("柳溪镇"), "人大主席", CHIEF_TOWN, ymd(2021, 9, 15)).by(matter),
    ];
    person::write(county, &Profile::default(), &stages);
}

fn unusual_procedures(county: &mut County) {
    // No public notice: special posts, and reshuffles where it was given at the inspection.
    for (office, start) in [("公安局", ymd(2020, 6, 10)), ("公安局", ymd(2022, 8, 17))] {
        let one = usual(county, deputy(office, start).by(Matter { special_post: true, ..Matter::promotion() }));
        if start.year() == 2022 {
            county.set(T::Person, &one.person, "family_abroad", true);
            county.set(T::Person, &one.person, "family_abroad_since", ymd(2019, 8, 1));
        }
    }
    for (town, start) in
        [("青石镇", ymd(2021, 6, 9)), ("河湾镇", ymd(2021, 6, 9)), ("松坪镇", ymd(2021, 6, 10)), ("白鹭镇", ymd(2016, 7, 13))]
    {
        let one =
            usual(county, Stage::leader(unit(town), "副镇长", DEPUTY_TOWN, start).by(Matter { reshuffle: true, ..Matter::promotion() }));
        if town == "青石镇" {
            // Its notice was given while the inspection went on, before the decision.
            let days = *one.days();
            let from = days.inspected.0;
            let new = row(T::Step)
                .with("case_id", one.case().to_string())
                .with("kind", "任前公示")
                .with("start", from)
                .with("end", county.days.after(from, 5));
            county.push(new.with("organ", "县委组织部").with("channels", "张榜、县政府网站").with("fields", case::NOTICE_FIELDS));
        }
    }
    for (office, start) in [("民政局", ymd(2021, 10, 20)), ("妇联", ymd(2024, 3, 13))] {
        let title = if office == "妇联" { "副主席" } else { "副局长" };
        let matter = Matter { no_meeting_recommendation: true, ..Matter::promotion() };
        usual(county, Stage::leader(unit(office), title, DEPUTY_TOWN, start).by(matter));
    }
    // Over the National Day and the Spring Festival, with make-up days.
    let notices = [(ymd(2023, 9, 25), ymd(2023, 10, 8)), (ymd(2015, 9, 28), ymd(2015, 10, 10)), (ymd(2024, 2, 5), ymd(2024, 2, 19))];
    for (from, to) in notices {
        let start = county.days.after(to, 2);
        let matter = Matter { notice: Some((from, to)), ..Matter::promotion() };
        // Ten years in one post would be too long.
        let ending = if from.year() < 2017 { Ending::Left(ymd(2021, 7, 14), "调出", None) } else { Ending::Still };
        let stages = climb(deputy("水利局", start).by(matter));
        person::write(county, &Profile { ending, ..Profile::default() }, &stages);
    }
    // A talk known to the month that is in time on every day of it.
    let one = usual(
        county,
        deputy("司法局", ymd(2024, 5, 16)).by(Matter { notice: Some((ymd(2024, 5, 6), ymd(2024, 5, 13))), ..Matter::promotion() }),
    );
    let case = one.case().to_string();
    let talk = county.find(T::Talk, &[("case_id", &case)]);
    county.set(T::Talk, &talk, "date", "2024-05");
    for kind in ["讨论决定", "到岗"] {
        let step = county.find(T::Step, &[("case_id", &case), ("kind", kind)]);
        county.set(T::Step, &step, "start", if kind == "到岗" { ymd(2024, 5, 31) } else { ymd(2024, 4, 30) });
    }
    // The family moved abroad after the decision.
    let one = usual(county, deputy("文旅局", ymd(2019, 10, 16)).by(Matter::promotion()));
    county.set(T::Person, &one.person, "family_abroad", true);
    county.set(T::Person, &one.person, "family_abroad_since", "2023-07");
}

fn under_way(county: &mut County) {
    let coming = [
        ymd(2026, 7, 2),
        ymd(2026, 7, 6),
        ymd(2026, 7, 9),
        ymd(2026, 7, 15),
        ymd(2026, 7, 22),
        ymd(2026, 7, 30),
        ymd(2026, 8, 5),
        ymd(2026, 8, 12),
    ];
    for (at, start) in coming.into_iter().enumerate() {
        let office = ["统计局", "信访局", "林业局", "商务局"][at % 4];
        let top = deputy(office, start).by(Matter::promotion());
        let mut stages = climb_from(top, 60 + at as i32);
        let coming = stages.pop();
        person::write(county, &Profile { coming, ..Profile::default() }, &stages);
    }
}

/// Cases that were stopped halfway, out of order and incomplete as they were left.
fn broken_off(county: &mut County) {
    for (at, start) in [ymd(2012, 5, 16), ymd(2018, 9, 12), ymd(2024, 10, 16)].into_iter().enumerate() {
        let coming = deputy("交通运输局", start).by(Matter::promotion());
        let stages = vec![Stage::staff(unit("云台镇"), ymd(2004 + at as i32 * 4, 8, 1))];
        let one = person::write(county, &Profile { coming: Some(coming), ..Profile::default() }, &stages);
        let case = one.case().to_string();
        county.set(T::Case, &case, "status", "终止");
        for kind in ["任职通知", "到岗", "试用期满考核", "试用期满公示", "正式任职", "酝酿"] {
            county.drop_rows(T::Step, &[("case_id", &case), ("kind", kind)]);
        }
        for table in [T::Talk, T::Visit, T::Material] {
            county.drop_rows(table, &[("case_id", &case)]);
        }
        let motion = county.find(T::Step, &[("case_id", &case), ("kind", "动议")]);
        county.set(T::Step, &motion, "start", one.days().decided);
    }
}

/// Voted down at first, carried on reconsideration.
fn reconsidered(county: &mut County) {
    let one = usual(county, deputy("审计局", ymd(2022, 11, 16)).by(Matter::promotion()));
    let (case, t) = (one.case().to_string(), *one.days());
    let step = county.find(T::Step, &[("case_id", &case), ("kind", "讨论决定")]);
    for (field, value) in [("due", 11), ("present", 10), ("ayes", 5), ("nays", 5)] {
        county.set(T::Step, &step, field, value);
    }
    county.set(T::Step, &step, "result", "未通过");
    county.set(T::Step, &step, "start", county.days.before(t.decided, 1));
    let new = row(T::Step).with("case_id", case).with("kind", "复议").with("start", t.decided).with("organ", "县委").with("form", "常委会");
    county.push(
        new.with("due", 11)
            .with("present", 11)
            .with("ayes", 9)
            .with("nays", 2)
            .with("abstain", 0)
            .with("ballot", true)
            .with("result", "通过"),
    );
}

/// Objections that were settled before the decision.
fn objections(county: &mut County) {
    for (office, start, same_office) in [("财政局", ymd(2021, 3, 17), true), ("人社局", ymd(2023, 11, 15), false)] {
        let one = usual(county, deputy(office, start).by(Matter::promotion()));
        let (case, t) = (one.case().to_string(), *one.days());
        let opinion = county.find(T::Opinion, &[("case_id", &case), ("office", "生态环境")]);
        county.set(T::Opinion, &opinion, "result", "有异议");
        county.set(T::Opinion, &opinion, "replied", t.inspected.1);
        if same_office {
            let new = row(T::Opinion).with("case_id", case).with("office", "生态环境").with("requested", t.inspected.1);
            county.push(new.with("replied", t.consulted).with("result", "无异议"));
        } else {
            let step = county.find(T::Step, &[("case_id", &case), ("kind", "酝酿")]);
            county.set(T::Step, &step, "note", "就生态环境部门所提异议作了核查，不影响使用");
        }
    }
}
