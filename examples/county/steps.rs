//! What belongs to a case: its steps, opinions, papers, talks and visits, up to as-of.

use crate::case::{Matter, NOTICE_FIELDS, OFFICES, Subject, Timeline, on_probation};
use crate::county::{AS_OF, County};
use crate::day::{Day, ymd};
use crate::rng::Rng;
use crate::table::{Row, T, row};
use crate::units::{CHIEF_TOWN, DEPUTY_COUNTY, DEPUTY_TOWN, LEVELS, kind};

pub fn write(county: &mut County, rng: &mut Rng, case: &str, who: &Subject, matter: &Matter, t: &Timeline) {
    let mut w = Writer { county, case, person: who.person };
    match matter.kind {
        "提拔" => promotion(&mut w, rng, who, matter, t),
        "平级调整" | "交流" | "进一步使用" => lateral(&mut w, rng, who, matter, t),
        _ => plain(&mut w, rng, matter, t),
    }
}

struct Writer<'w, 'c> {
    county: &'w mut County<'c>,
    case: &'w str,
    person: &'w str,
}

impl Writer<'_, '_> {
    /// A step that has begun by as-of. A step of one day has no end of its own.
    fn step(&mut self, kind: &'static str, from: Day, to: Day, fill: impl FnOnce(Row) -> Row) {
        if from > AS_OF {
            return;
        }
        let new = row(T::Step)
            .with("case_id", self.case.to_string())
            .with("kind", kind)
            .with("start", from)
            .with("end", (to > from).then_some(to));
        self.county.push(fill(new));
    }

    fn paper(&mut self, rng: &mut Rng, kind: &'static str, made: Day) {
        if made > AS_OF {
            return;
        }
        let archived = Some(made.plus(rng.between(2, 25))).filter(|d| *d <= AS_OF);
        let new = row(T::Material).with("case_id", self.case.to_string()).with("kind", kind);
        self.county.push(new.with("made", made).with("archived", archived).with("signed", true));
    }

    fn talk(&mut self, kind: &'static str, date: Day) {
        if date > AS_OF {
            return;
        }
        let new = row(T::Talk).with("person_id", self.person.to_string()).with("kind", kind).with("date", date);
        self.county.push(new.with("by", "县委组织部").with("case_id", self.case.to_string()));
    }

    fn opinion(&mut self, office: &'static str, requested: Day, replied: Day) {
        if requested > AS_OF {
            return;
        }
        let known = replied <= AS_OF;
        let new = row(T::Opinion).with("case_id", self.case.to_string()).with("office", office).with("requested", requested);
        self.county.push(new.with("replied", known.then_some(replied)).with("result", known.then_some("无异议")));
    }
}

fn promotion(w: &mut Writer, rng: &mut Rng, who: &Subject, matter: &Matter, t: &Timeline) {
    let days = w.county.days;
    let precheck = days.before(t.motion, 2);
    w.step("职数预审", days.before(precheck, 3), precheck, |r| r.with("organ", "县委编办").with("result", "通过"));
    w.step("动议", t.motion, t.motion, |r| r.with("organ", "县委组织部"));
    // Since 2019 the talks come before the meeting.
    let other = days.before(t.recommended, 1);
    let (meeting, talks) = if t.recommended >= ymd(2019, 3, 3) { (t.recommended, other) } else { (other, t.recommended) };
    let title = who.title.to_string();
    let due = rng.between(40, 80);
    let present = due - rng.between(0, 5);
    let ayes = present - rng.between(1, 6);
    if !matter.no_meeting_recommendation {
        w.step("会议推荐", meeting, meeting, |r| {
            let r = r.with("organ", "县委组织部").with("form", "其他").with("due", due).with("present", present);
            r.with("ayes", ayes).with("nays", 0).with("abstain", present - ayes).with("ballot", true).with("target", &title)
        });
    }
    let reason = matter.no_meeting_recommendation.then_some("单位人数较少，谈话与会议推荐参加人员范围基本相同且意见集中");
    w.step("谈话推荐", talks, talks, |r| r.with("organ", "县委组织部").with("target", &title).with("exempt_reason", reason));
    w.step("确定考察对象", t.candidates, t.candidates, |r| r.with("organ", "县委组织部").with("form", "其他"));
    let preview = days.before(t.inspected.0, 1);
    w.step("考察预告", days.before(preview, 2), preview, |r| {
        r.with("organ", "县委组织部").with("channels", "单位公告栏、县委组织部网站")
    });
    w.step("考察公示", t.inspected.0, t.inspected.1, |r| r.with("organ", "县委组织部").with("channels", "单位公告栏"));
    inspection(w, rng, t);
    w.step("档案审核", days.after(t.inspected.0, 1), days.after(t.inspected.0, 1), |r| {
        r.with("organ", "县委组织部").with("result", "合格")
    });
    if who.level >= DEPUTY_COUNTY || who.reports_affairs {
        let at = days.after(t.inspected.0, 1);
        w.step("个人事项查核", at, days.after(at, 1), |r| r.with("organ", "县委组织部").with("result", "一致"));
    }
    let signed = days.before(t.consulted, 1);
    w.step("廉洁意见", signed, signed, |r| {
        r.with("organ", "县纪委监委").with("result", "同意").with("secretary_signed", true).with("discipline_signed", true)
    });
    let approved = days.before(t.inspected.0, 2);
    if let Some(exception) = matter.exception {
        w.step("破格报批", days.before(approved, 8), approved, |r| {
            r.with("organ", "岚州市委组织部").with("result", "同意").with("note", exception)
        });
        w.step("事项报告", days.before(approved, 8), approved, |r| r.with("organ", "岚州市委组织部").with("result", "同意"));
    }
    consultation(w, t);
    let ballot = who.chief && kind(who.unit) == "乡镇";
    decision(w, rng, t, ballot);
    if !matter.special_post && !matter.reshuffle {
        let fields = if matter.exception.is_some() { format!("{NOTICE_FIELDS}、破格理由") } else { NOTICE_FIELDS.to_string() };
        w.step("任前公示", t.notice.0, t.notice.1, |r| {
            r.with("organ", "县委组织部").with("channels", "张榜、县电视台、县政府网站").with("fields", fields)
        });
    }
    let asked = t.inspected.0;
    for office in OFFICES {
        let replied = asked.plus(rng.between(2, 5)).min(t.decided);
        w.opinion(office, asked, replied);
    }
    if matter.dual {
        w.opinion("协管方", asked, days.before(t.decided, 1));
    }
    appointment(w, rng, who, matter, t);
    let kinds = [
        ("动议材料", t.motion),
        ("会议推荐材料", meeting),
        ("谈话推荐材料", talks),
        ("考察预告", preview),
        ("考察材料", t.inspected.1),
        ("档案任前审核表", days.after(t.inspected.0, 1)),
        ("纪检监察机关意见", days.after(t.inspected.0, 2)),
        ("廉洁自律结论性意见", signed),
        ("酝酿材料", t.consulted),
        ("会议记录", t.decided),
        ("公示材料", t.notice.1),
        ("任职谈话记录", t.appointed),
        ("任职文件", t.appointed),
    ];
    for (kind, made) in kinds {
        let skip =
            kind == "会议推荐材料" && matter.no_meeting_recommendation || kind == "公示材料" && (matter.special_post || matter.reshuffle);
        if !skip {
            w.paper(rng, kind, made);
        }
    }
    if who.level >= DEPUTY_TOWN {
        let sat = t.decided.months(-rng.between(3, 14));
        let new =
            row(T::Exam).with("person_id", w.person.to_string()).with("level", LEVELS[who.level]).with("date", sat).with("passed", true);
        w.county.push(new.with("valid_until", sat.months(36)));
    }
    probation(w, rng, who, matter, t);
}

/// A move at the same level: considered, discussed, announced, with a talk and the visits.
fn lateral(w: &mut Writer, rng: &mut Rng, who: &Subject, matter: &Matter, t: &Timeline) {
    let days = w.county.days;
    w.step("动议", days.before(t.inspected.0, 4), days.before(t.inspected.0, 4), |r| r.with("organ", "县委组织部"));
    inspection(w, rng, t);
    consultation(w, t);
    decision(w, rng, t, who.chief && kind(who.unit) == "乡镇");
    appointment(w, rng, who, matter, t);
    w.paper(rng, "考察材料", t.inspected.1);
    w.paper(rng, "会议记录", t.decided);
    w.paper(rng, "任职文件", t.appointed);
}

/// Ranks, secondments, removals, resignations, retirements.
fn plain(w: &mut Writer, rng: &mut Rng, matter: &Matter, t: &Timeline) {
    consultation(w, t);
    decision(w, rng, t, false);
    if matter.kind == "职级晋升" {
        w.step("任前公示", t.notice.0, t.notice.1, |r| {
            r.with("organ", "县委组织部").with("channels", "张榜、县政府网站").with("fields", NOTICE_FIELDS)
        });
    }
    w.step("任职通知", t.appointed, t.appointed, |r| r.with("organ", "县委组织部").with("document", document(t.appointed)));
    if matches!(matter.kind, "免职" | "辞职" | "退休") {
        w.talk("离任谈话", t.appointed.plus(rng.between(-5, 5)));
    }
    w.paper(rng, "会议记录", t.decided);
    w.paper(rng, "任职文件", t.appointed);
}

fn inspection(w: &mut Writer, rng: &mut Rng, t: &Timeline) {
    let team = rng.between(2, 4);
    w.step("考察", t.inspected.0, t.inspected.1, |r| r.with("organ", "县委组织部").with("team", team));
}

fn consultation(w: &mut Writer, t: &Timeline) {
    w.step("酝酿", t.consulted, t.consulted, |r| r.with("organ", "县委组织部").with("form", "其他"));
}

/// The committee decides: at least two thirds are there and more than half of all agree.
fn decision(w: &mut Writer, rng: &mut Rng, t: &Timeline, plenary: bool) {
    let due = if plenary { 35 } else { 11 };
    let present = due - rng.between(0, due / 6);
    let nays = i32::from(plenary) * rng.between(0, 2);
    let form = if plenary { "全委会" } else { "常委会" };
    w.step("讨论决定", t.decided, t.decided, |r| {
        let r = r.with("organ", "县委").with("form", form).with("due", due).with("present", present).with("ayes", present - nays);
        r.with("nays", nays).with("abstain", 0).with("ballot", true).with("result", "通过")
    });
}

fn document(day: Day) -> String {
    format!("云组任〔{}〕{}号", day.year(), day.0 % 90 + 1)
}

/// The notice of appointment, the arrival, the talk and the five visits.
fn appointment(w: &mut Writer, rng: &mut Rng, who: &Subject, matter: &Matter, t: &Timeline) {
    let days = w.county.days;
    w.step("任职通知", t.appointed, t.appointed, |r| r.with("organ", "县委组织部").with("document", document(t.appointed)));
    if t.appointed > AS_OF {
        return;
    }
    w.step("到岗", t.arrived, t.arrived, |r| r.with("organ", "县委组织部"));
    let kind = match matter.kind {
        "交流" => "交流谈话",
        "平级调整" => "调整谈话",
        _ if who.level > CHIEF_TOWN => "提拔谈话",
        _ => "任前谈话",
    };
    let talked = days.before(t.appointed, rng.between(0, 1)).max(t.decided);
    w.talk(kind, talked);
    let mut at = t.arrived.plus(rng.between(25, 45));
    for kind in ["征求意见", "个别谈话", "实地了解", "反馈意见", "整改提高"] {
        at = days.after(at, 0);
        if at > AS_OF {
            return;
        }
        let new = row(T::Visit).with("person_id", w.person.to_string()).with("case_id", w.case.to_string());
        w.county.push(new.with("kind", kind).with("date", at));
        at = at.plus(rng.between(if kind == "征求意见" { 0 } else { 1 }, if kind == "反馈意见" { 30 } else { 6 }));
    }
}

fn probation(w: &mut Writer, rng: &mut Rng, who: &Subject, matter: &Matter, t: &Timeline) {
    let days = w.county.days;
    if !on_probation(who, matter) || who.left.is_some_and(|d| d < t.appointed.months(14)) {
        return;
    }
    let review = days.after(t.appointed.months(12).plus(rng.between(3, 10)), 0);
    let notice = days.after(review, 3);
    let notice_end = days.after(notice, rng.between(4, 6));
    let confirmed = days.after(notice_end, 2);
    w.step("试用期满考核", review, days.after(review, 1), |r| r.with("organ", "县委组织部").with("result", "合格"));
    w.step("试用期满公示", notice, notice_end, |r| r.with("organ", "县委组织部").with("channels", "单位公告栏、县政府网站"));
    w.step("正式任职", confirmed, confirmed, |r| r.with("organ", "县委组织部").with("document", document(confirmed)));
    w.paper(rng, "试用期满考核材料", review);
}
