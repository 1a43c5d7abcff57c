//! A person's whole record from a plan of posts: the posts, the cases behind them, audits, assessments, training, disclosures.

use crate::case::{self, Matter, Subject, Timeline, month};
use crate::county::{AS_OF, County};
use crate::day::{Day, ymd};
use crate::names;
use crate::rng::Rng;
use crate::table::{Cell, T, row};
use crate::units::{CHIEF_TOWN, DEPUTY_COUNTY, LEVELS, STAFF, kind};
use crate::upkeep::{write_assessments, write_audit, write_chief_audits, write_disclosures, write_training};

/// One post of a career, in order of time; it lasts until the next begins.
#[derive(Clone)]
pub struct Stage {
    pub unit: usize,
    pub title: String,
    pub level: usize,
    pub leader: bool,
    pub chief: bool,
    pub kind: &'static str,
    pub duties: Option<&'static str>,
    pub start: Day,
    /// The case that led to it; none when it lies outside the county's files.
    pub matter: Option<Matter>,
}

impl Stage {
    pub fn staff(unit: usize, start: Day) -> Stage {
        Stage { unit, title: "科员".into(), level: STAFF, leader: false, chief: false, kind: "任职", duties: None, start, matter: None }
    }

    pub fn leader(unit: usize, title: &str, level: usize, start: Day) -> Stage {
        Stage { unit, title: title.into(), level, leader: true, chief: false, kind: "任职", duties: None, start, matter: None }
    }

    pub fn chief(mut self) -> Stage {
        self.chief = true;
        self
    }

    pub fn by(mut self, matter: Matter) -> Stage {
        self.matter = Some(matter);
        self
    }

    pub fn with_duties(mut self, duties: &'static str) -> Stage {
        self.duties = Some(duties);
        self
    }
}

#[derive(Clone, Copy, PartialEq)]
pub enum Ending {
    Still,
    /// The last day in post, the status since, and the kind of case if there was one.
    Left(Day, &'static str, Option<&'static str>),
}

/// What a plan does not leave to chance.
#[derive(Clone)]
pub struct Profile {
    pub birth: Option<Day>,
    pub male: Option<bool>,
    pub work: Option<Day>,
    pub party: Option<Day>,
    pub education: &'static str,
    pub ending: Ending,
    pub status: &'static str,
    /// An appointment still under way: what, to which post.
    pub coming: Option<Stage>,
}

impl Default for Profile {
    fn default() -> Profile {
        Profile { birth: None, male: None, work: None, party: None, education: "", ending: Ending::Still, status: "在职", coming: None }
    }
}

/// Keys and days of what was written for one person.
#[derive(Clone, Debug)]
pub struct Written {
    pub person: String,
    pub unit: usize,
    pub posts: Vec<String>,
    /// With the post that each led to, by its place in `posts`.
    pub cases: Vec<(String, Timeline)>,
}

impl Written {
    /// The last case.
    pub fn case(&self) -> &str {
        &self.cases[self.cases.len() - 1].0
    }

    pub fn days(&self) -> &Timeline {
        &self.cases[self.cases.len() - 1].1
    }

    pub fn post(&self) -> &str {
        &self.posts[self.posts.len() - 1]
    }
}

pub fn write(county: &mut County, profile: &Profile, stages: &[Stage]) -> Written {
    let mut rng = county.rng_for_next_person();
    let person = write_person(county, &mut rng, profile, stages);
    let mut written = Written { person: person.clone(), unit: stages[stages.len() - 1].unit, posts: Vec::new(), cases: Vec::new() };
    for at in 0..stages.len() {
        let end = match (stages.get(at + 1), profile.ending) {
            (Some(next), _) => Some(next.start.plus(-1)),
            (None, Ending::Left(day, ..)) => Some(day),
            (None, Ending::Still) => None,
        };
        write_stage(county, &mut rng, &mut written, stages, at, end);
    }
    if let Some(coming) = &profile.coming {
        let mut all = stages.to_vec();
        all.push(coming.clone());
        write_matter(county, &mut rng, &mut written, &all, stages.len(), None);
    }
    if let Ending::Left(day, _, Some(kind)) = profile.ending {
        let last = &stages[stages.len() - 1];
        let from = written.posts.last().cloned();
        let who = subject(&person, from.as_deref(), last, false, None);
        let done = case::write(county, &mut rng, &who, &Matter::of(kind), day);
        written.cases.push(done);
    }
    write_assessments(county, &written, profile, stages);
    if profile.ending == Ending::Still {
        write_training(county, &mut rng, &person, stages);
        write_disclosures(county, &mut rng, &person, stages);
    }
    written
}

fn subject<'s>(person: &'s str, from_post: Option<&'s str>, stage: &'s Stage, reports_affairs: bool, left: Option<Day>) -> Subject<'s> {
    Subject {
        person,
        from_post,
        unit: stage.unit,
        title: &stage.title,
        level: stage.level,
        leader: stage.leader,
        chief: stage.chief,
        reports_affairs,
        left,
    }
}

fn write_person(county: &mut County, rng: &mut Rng, profile: &Profile, stages: &[Stage]) -> String {
    let male = profile.male.unwrap_or_else(|| rng.percent(68));
    let work = profile.work.unwrap_or(stages[0].start);
    let birth = profile.birth.unwrap_or_else(|| work.months(-12 * rng.between(22, 25)).plus(-rng.between(10, 300)));
    let party = profile.party.unwrap_or_else(|| birth.months(12 * rng.between(20, 24)).plus(rng.between(0, 300)));
    let member = stages.iter().any(|s| s.leader) || rng.percent(75);
    let last = &stages[stages.len() - 1];
    let highest = stages.iter().chain(&profile.coming).map(|s| s.level).max().unwrap_or(STAFF);
    let guarded = matches!(kind(last.unit), "党委" | "政府" | "纪委监委" | "法院" | "检察院") && last.chief;
    let home = if guarded { (*rng.pick(names::ELSEWHERE)).to_string() } else { names::COUNTY.to_string() };
    let education = match profile.education {
        "" if highest >= DEPUTY_COUNTY => rng.pick(&["大学本科", "研究生", "硕士研究生"]),
        "" => rng.pick(&["大学本科", "大学本科", "大学本科", "大学专科", "硕士研究生"]),
        given => given,
    };
    let degree = match education {
        "硕士研究生" => "硕士",
        "博士研究生" => "博士",
        "大学本科" => "学士",
        _ => "无",
    };
    let category = match kind(last.unit) {
        "事业单位" => "事业人员",
        "国有企业" => "国企人员",
        "群团" => "参公人员",
        _ => "公务员",
    };
    let status = match profile.ending {
        Ending::Still => profile.status,
        Ending::Left(_, status, _) => status,
    };
    let grassroots = stages.iter().any(is_grassroots) || highest >= DEPUTY_COUNTY;
    let to_month = rng.percent(50);
    let date = |day: Day| if to_month { month(day) } else { Cell::Day(day) };
    let new = row(T::Person)
        .with("name", names::name(rng))
        .with("id_number", names::id_number(rng, birth, male))
        .with("gender", if male { "男" } else { "女" })
        .with("ethnicity", *rng.pick(names::ETHNICITIES))
        .with("native_place", home.clone())
        .with("birthplace", home.clone())
        .with("hometown", home)
        .with("birth", date(birth))
        .with("party", if member { "中共党员" } else { "群众" })
        .with("party_date", member.then(|| month(party)))
        .with("work_date", date(work))
        .with("education", education)
        .with("degree", degree)
        .with("unit_id", county.unit_id(last.unit))
        .with("category", category)
        .with("status", status)
        .with("grassroots_two_years", grassroots)
        .with("family_abroad", false);
    county.push(new)
}

fn is_grassroots(stage: &Stage) -> bool {
    matches!(kind(stage.unit), "乡镇" | "街道")
}

fn write_stage(county: &mut County, rng: &mut Rng, written: &mut Written, stages: &[Stage], at: usize, end: Option<Day>) {
    let stage = &stages[at];
    let case = write_matter(county, rng, written, stages, at, end);
    // What was copied from old files is known to the month.
    let coarse = stage.matter.is_none() && stage.start < ymd(2005, 1, 1);
    let start = if coarse { month(stage.start) } else { Cell::Day(stage.start) };
    let end_cell = match end {
        Some(day) if day < ymd(2004, 12, 31) && stages.get(at + 1).is_some_and(|s| s.matter.is_none()) => month(day),
        Some(day) => Cell::Day(day),
        None => Cell::Blank,
    };
    let new = row(T::Post)
        .with("person_id", &written.person)
        .with("unit_id", county.unit_id(stage.unit))
        .with("title", stage.title.clone())
        .with("level", LEVELS[stage.level])
        .with("leader", stage.leader)
        .with("chief", stage.chief)
        .with("kind", stage.kind)
        .with("grassroots", is_grassroots(stage))
        .with("duties", stage.duties)
        .with("start", start)
        .with("end", end_cell)
        .with("case_id", case);
    let post = county.push(new);
    written.posts.push(post);
    if stage.leader && stage.chief {
        write_chief_audits(county, rng, &written.person, stage, end);
    }
}

/// The case that leads to stage `at`, with the audit that has to come before it and the training that goes with it.
fn write_matter(
    county: &mut County,
    rng: &mut Rng,
    written: &mut Written,
    stages: &[Stage],
    at: usize,
    end: Option<Day>,
) -> Option<String> {
    let stage = &stages[at];
    let matter = stage.matter.as_ref()?;
    let before = at.checked_sub(1).map(|i| &stages[i]);
    let from = written.posts.last().cloned();
    let reports = before.is_some_and(|b| b.level >= DEPUTY_COUNTY);
    let who = subject(&written.person, from.as_deref(), stage, reports, end);
    let (case, t) = case::write(county, rng, &who, matter, stage.start);
    let was_head = before.is_some_and(|b| b.chief && b.level >= CHIEF_TOWN || b.kind == "主持工作");
    let to_town = stage.chief && kind(stage.unit) == "乡镇" && (matter.kind == "提拔" || matter.kind == "交流");
    if let Some(b) = before.filter(|_| (was_head && matter.kind == "提拔") || to_town) {
        let reported = t.decided.plus(-rng.between(20, 90)).max(b.start.plus(30));
        write_audit(county, rng, &written.person, b.unit, "任前", reported.plus(-40), reported);
    }
    if matter.kind == "提拔" {
        let at = [t.appointed.plus(rng.between(30, 150)), t.appointed.plus(-rng.between(90, 300))];
        let start = county.days.after(if at[0].plus(10) <= AS_OF { at[0] } else { at[1] }, 0);
        let new = row(T::Training).with("person_id", &written.person).with("course", "新任领导干部任职培训班").with("start", start);
        county.push(new.with("end", start.plus(4)).with("hours", 40).with("credits", 8).with("makeup", false));
        if (2012..=2025).contains(&t.decided.year()) {
            let year = t.decided.year();
            let satisfied = rng.between(86, 98);
            let new = row(T::Evaluation).with("unit_id", county.unit_id(0)).with("year", year).with("date", ymd(year + 1, 1, 12));
            county.push(new.with("person_id", &written.person).with("satisfied", satisfied).with("dissatisfied", (100 - satisfied) / 2));
        }
    }
    written.cases.push((case.clone(), t));
    Some(case)
}
