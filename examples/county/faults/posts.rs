//! Faults of quotas (ZS), of the first motion (DY), of kin and home county (HB), and of reports before the decision (BP).

use super::kit::*;

pub fn plant_motions(c: &mut County) {
    let one = promoted(c, ymd(2023, 7, 5));
    drop_step(c, &one, "动议");
    expect(c, "DY001", &one, BREACH, "未经动议即推荐考察");

    let one = promoted(c, ymd(2022, 9, 28));
    drop_step(c, &one, "职数预审");
    expect(c, "DY002", &one, ADVICE, "动议前未见职数预审");

    let one = noticed(c, (ymd(2024, 6, 11), ymd(2024, 6, 18)), ymd(2024, 6, 20));
    let id = step(c, &one, "动议");
    let motion = c.get(T::Step, &id).day("start");
    set_step(c, &one, "职数预审", "end", month(motion));
    expect(c, "DY002", &one, UNKNOWN, "职数预审完成日期只到月，是否在动议之前不明");

    for (company, known, verdict, why) in [
        ("水务公司", Cell::Day(ymd(2026, 2, 9)), ADVICE, "主要领导离任已明确，新任到职前仍动议提拔"),
        ("城市投资公司", Cell::Code("2026-03"), UNKNOWN, "主要领导离任明确只知2026年3月，动议是否在其后不明"),
    ] {
        let top = Stage::leader(unit(company), "副总经理", DEPUTY_TOWN, ymd(2026, 5, 20)).by(Matter::promotion());
        let one = person::write(c, &Profile::default(), &climb(top));
        let new = row(T::Event).with("unit_id", c.unit_id(unit(company))).with("kind", "主要领导离任已明确");
        c.push(new.with("date", known).with("note", "主要领导离任已经上级明确"));
        let id = step(c, &one, "动议");
        move_step(c, &one, "职数预审", ymd(2026, 3, 2), ymd(2026, 3, 4));
        assert!(c.get(T::Step, &id).day("start") > ymd(2026, 3, 4));
        move_step(c, &one, "动议", ymd(2026, 3, 16), ymd(2026, 3, 16));
        expect(c, "DY003", &one, verdict, why);
    }
}

/// Quotas that do not fit, set once the fitting ones are written.
pub fn finish_quotas(c: &mut County) {
    let quota = |c: &County, unit: usize, level: &str| {
        let id = c.unit_id(unit);
        c.of(T::Quota).iter().filter(|q| q.get("unit_id").is(&id) && q.get("level").is(level)).map(|q| q.id()).collect::<Vec<_>>()
    };
    let subject = |c: &County, unit: usize, level: &str| format!("{}/{level}", c.unit_id(unit));

    let organisation = unit("组织部");
    for id in quota(c, organisation, "县处级副职") {
        c.set(T::Quota, &id, "approved", 0);
    }
    let id = subject(c, organisation, "县处级副职");
    c.expect("ZS001", T::Quota, &id, "", BREACH, "现任领导职务1个，核定0个");

    let court = unit("人民法院");
    let dropped = quota(c, court, "县处级副职");
    c.of_mut(T::Quota).retain(|q| !dropped.contains(&q.id()));
    let id = subject(c, court, "县处级副职");
    c.expect("ZS003", T::Quota, &id, "", ADVICE, "有现任领导职务而未登记职数");

    // For one year the unit had no vacancy; the quota was raised the year after.
    let school = unit("县委党校");
    let case = c.of(T::Case).iter().find(|r| r.get("unit_id").is(&c.unit_id(school)) && r.get("title").is("副校长")).map(|r| r.id());
    let case = case.unwrap_or_else(|| panic!("the school's promotion is planted first"));
    let new = row(T::Quota).with("unit_id", c.unit_id(school)).with("level", "乡科级副职").with("approved", 0);
    c.push(new.with("start", ymd(2020, 1, 1)).with("end", ymd(2020, 12, 31)).with("document", "云编〔2020〕3号"));
    c.expect("ZS002", T::Case, &case, "", BREACH, "动议时没有职数空缺");
}

pub fn plant_quotas(c: &mut County) {
    let top = Stage::leader(unit("县委党校"), "副校长", DEPUTY_TOWN, ymd(2020, 9, 16)).by(Matter::promotion());
    person::write(c, &Profile::default(), &climb(top));
}

/// Adds a kin row and returns its key.
fn related(c: &mut County, one: &Written, relation: &'static str, other: &Written) -> String {
    let name = c.get(T::Person, &other.person).get("name").text();
    let title = c.get(T::Post, other.post()).get("title").text();
    let new = row(T::Kin).with("person_id", &one.person).with("relation", relation).with("name", name);
    c.push(new.with("relative_id", &other.person).with("unit_id", c.unit_id(other.unit)).with("title", title))
}

pub fn plant_kin(c: &mut County) {
    let boss = |c: &mut County| {
        let top = Stage::leader(unit("职业教育中心"), "副主任", DEPUTY_TOWN, ymd(2021, 5, 12));
        person::write(c, &Profile::default(), &climb(top))
    };
    let clerk = |c: &mut County, duties: Option<&'static str>| {
        let mut stage = Stage::staff(unit("职业教育中心"), ymd(2023, 8, 1));
        stage.duties = duties;
        person::write(c, &Profile::default(), &[stage])
    };
    let on_kin = |c: &mut County, code, one: &Written, kin: &str, verdict, why: &str| {
        c.expect(code, T::Person, &one.person, kin, verdict, why);
    };
    let (chief, one) = (boss(c), clerk(c, None));
    let kin = related(c, &one, "配偶", &chief);
    on_kin(c, "HB001", &one, &kin, BREACH, "配偶任本单位领导职务");

    let (chief, one) = (boss(c), clerk(c, None));
    let kin = related(c, &one, "兄弟", &chief);
    c.set(T::Post, one.post(), "end", "2026-06");
    on_kin(c, "HB001", &one, &kin, UNKNOWN, "本人任职只知2026年6月止，是否仍在同一单位不明");

    let (chief, one) = (boss(c), clerk(c, Some("财务")));
    let kin = related(c, &one, "女儿", &chief);
    on_kin(c, "HB001", &one, &kin, BREACH, "近亲属任本单位领导职务");
    on_kin(c, "HB002", &one, &kin, BREACH, "近亲属任领导职务的单位从事财务工作");

    let (chief, one) = (boss(c), clerk(c, Some("组织人事")));
    let kin = related(c, &one, "其他", &chief);
    on_kin(c, "HB002", &one, &kin, BREACH, "亲属任领导职务的单位从事组织人事工作");

    for (office, title, home, verdict, why) in [
        ("人民法院", "院长", Cell::Code(crate::names::COUNTY), BREACH, "县级法院正职在成长地任职"),
        ("检察院", "检察长", Cell::Blank, UNKNOWN, "成长地未填"),
    ] {
        let top = Stage::leader(unit(office), title, DEPUTY_COUNTY, ymd(2022, 1, 12)).chief();
        let one = person::write(c, &Profile::default(), &climb(top));
        c.set(T::Person, &one.person, "hometown", home);
        let post = one.post().to_string();
        c.expect("HB003", T::Post, &post, "", verdict, why);
    }
}

pub fn plant_reports(c: &mut County) {
    let one = promoted_by(c, ymd(2023, 3, 1), Matter { exception: Some("破格"), ..Matter::promotion() });
    drop_step(c, &one, "事项报告");
    expect(c, "BP001", &one, BREACH, "破格提拔未事前报告");

    // The relative led the unit then and has left since.
    let one = promoted(c, ymd(2021, 6, 23));
    let top = Stage::leader(one.unit, "主任", CHIEF_TOWN, ymd(2015, 6, 17));
    let ending = Ending::Left(ymd(2023, 9, 13), "调出", None);
    let other = person::write(c, &Profile { ending, ..Profile::default() }, &climb(top));
    related(c, &one, "配偶父母", &other);
    expect(c, "BP001", &one, BREACH, "近亲属时任该单位领导职务，未事前报告");
}
