//! The columns that the twelve rules read, and the latest step of each kind of every case.

use super::span::{Span, Truth};
use super::trial::Eye;
use guiju::dates::Fuzzy;
use guiju::records::{
    BAD_BOOL, BAD_CODE, BAD_INT, BLANK_BOOL, BLANK_CODE, BLANK_INT, Children, Column, FieldId, FieldType, Link, NONE_CODE, RowId, Store,
    TableId,
};
use std::collections::BTreeSet;

/// A column.
pub type Place = (TableId, FieldId);

/// No row.
pub const NO_ROW: u32 = u32::MAX;

/// A column of dates.
pub struct Dates<'a>(Place, &'a [Fuzzy]);

impl Dates<'_> {
    #[inline(always)]
    pub fn at(&self, eye: &impl Eye, row: u32) -> Span {
        eye.see(self.0, row, Span::of(self.1[row as usize]))
    }
}

/// A column of codes, and how many there are.
pub struct Codes<'a>(Place, &'a [u8], i32);

impl Codes<'_> {
    #[inline(always)]
    pub fn at(&self, eye: &impl Eye, row: u32) -> Span {
        let stands = match self.1[row as usize] {
            NONE_CODE => Span::exact(-1),
            BLANK_CODE | BAD_CODE => Span { lo: 0, hi: self.2 - 1 },
            code => Span::exact(i32::from(code)),
        };
        eye.see(self.0, row, stands)
    }

    /// Whether there is one.
    #[inline(always)]
    pub fn filled(&self, row: u32) -> Truth {
        match self.1[row as usize] {
            NONE_CODE | BLANK_CODE => Truth::No,
            BAD_CODE => Truth::Maybe,
            _ => Truth::Yes,
        }
    }
}

/// A column of yes and no.
pub struct Bools<'a>(Place, &'a [u8]);

impl Bools<'_> {
    #[inline(always)]
    pub fn at(&self, eye: &impl Eye, row: u32) -> Truth {
        let stands = match self.1[row as usize] {
            BLANK_BOOL | BAD_BOOL => Span { lo: 0, hi: 1 },
            known => Span::exact(i32::from(known)),
        };
        let seen = eye.see(self.0, row, stands);
        if seen.is_exact() { Truth::of(seen.lo == 1) } else { Truth::Maybe }
    }
}

/// A column of whole numbers.
pub struct Ints<'a>(&'a [i32]);

impl Ints<'_> {
    #[inline(always)]
    pub fn at(&self, row: u32) -> Option<i64> {
        let cell = self.0[row as usize];
        (cell != BLANK_INT && cell != BAD_INT).then_some(i64::from(cell))
    }
}

/// A post, as recorded or as held on under new rows.
pub struct Posts<'a> {
    pub person: &'a [u32],
    pub unit: &'a [u32],
    pub kind: Codes<'a>,
    pub level: Codes<'a>,
    pub leader: Bools<'a>,
    pub chief: Bools<'a>,
    pub start: Dates<'a>,
    pub end: Dates<'a>,
}

/// The kinds of steps that the rules name.
pub const KINDS: [&str; 11] =
    ["动议", "会议推荐", "谈话推荐", "确定考察对象", "考察", "讨论决定", "复议", "任前公示", "任职通知", "到岗", "试用期满考核"];
pub const MOTION: usize = 0;
pub const MEETING: usize = 1;
pub const TALK: usize = 2;
pub const CANDIDATES: usize = 3;
pub const INSPECTION: usize = 4;
pub const DISCUSSION: usize = 5;
pub const RECONSIDERATION: usize = 6;
pub const NOTICE: usize = 7;
pub const APPOINTMENT: usize = 8;
pub const ARRIVAL: usize = 9;

/// The latest step of each kind of a case, and how many steps there are.
#[derive(Clone, Copy)]
pub struct Steps {
    pub latest: [u32; 11],
    pub count: u32,
}

/// All of it.
pub struct Columns<'a> {
    store: &'a Store,
    void_cases: &'a [bool],
    step_keys: TableId,
    kinds: [u8; 256],
    pub case_person: &'a [u32],
    pub case_unit: &'a [u32],
    pub case_kind: Codes<'a>,
    pub case_mode: Codes<'a>,
    pub case_level: Codes<'a>,
    pub case_leader: Bools<'a>,
    pub case_chief: Bools<'a>,
    pub case_committee: Codes<'a>,
    pub case_exception: Codes<'a>,
    pub case_reshuffle: Bools<'a>,
    step_kind: &'a [u8],
    pub step_start: Dates<'a>,
    step_end: Dates<'a>,
    step_apart: &'a BTreeSet<(RowId, FieldId)>,
    step_end_field: FieldId,
    pub step_due: Ints<'a>,
    pub step_present: Ints<'a>,
    pub step_ayes: Ints<'a>,
    pub step_result: Codes<'a>,
    pub post: Posts<'a>,
    pub post_case: &'a [u32],
    pub spell: Posts<'a>,
    doubtful: &'a [bool],
    pub rank: Codes<'a>,
    pub rank_start: Dates<'a>,
    pub rank_end: Dates<'a>,
    pub person_status: Codes<'a>,
    pub unit_kind: Codes<'a>,
    pub talk_kind: Codes<'a>,
    pub talk_date: Dates<'a>,
    pub audit_kind: Codes<'a>,
    pub audit_reported: Dates<'a>,
    steps: &'a Link,
    posts: &'a Link,
    given: &'a Link,
    ranks: &'a Link,
    talks: &'a Link,
    audits: &'a Link,
}

/// Finds columns by name.
struct Finder<'a>(&'a Store);

impl<'a> Finder<'a> {
    fn place(&self, table: &str, field: &str) -> Option<Place> {
        let table = self.0.schema.table(table)?;
        Some((table, self.0.schema.tables[table].field(field)?))
    }
    fn column(&self, place: Place) -> Option<&'a Column> {
        self.0.rows(place.0).column(place.1)
    }
    fn dates(&self, table: &str, field: &str) -> Option<Dates<'a>> {
        let place = self.place(table, field)?;
        let Column::Date(v) = self.column(place)? else { return None };
        Some(Dates(place, v))
    }
    fn codes(&self, table: &str, field: &str) -> Option<Codes<'a>> {
        let place = self.place(table, field)?;
        let Column::Code(v) = self.column(place)? else { return None };
        let FieldType::Code(list) = self.0.schema.tables[place.0].fields[place.1].ty else { return None };
        Some(Codes(place, v, self.0.schema.lists[list].values.len() as i32))
    }
    fn bools(&self, table: &str, field: &str) -> Option<Bools<'a>> {
        let place = self.place(table, field)?;
        let Column::Bool(v) = self.column(place)? else { return None };
        Some(Bools(place, v))
    }
    fn ints(&self, table: &str, field: &str) -> Option<Ints<'a>> {
        let Column::Int(v) = self.column(self.place(table, field)?)? else { return None };
        Some(Ints(v))
    }
    fn refs(&self, table: &str, field: &str) -> Option<&'a [u32]> {
        let Column::Ref(v) = self.column(self.place(table, field)?)? else { return None };
        Some(v)
    }
    /// Rows by what they refer to; none if some refer to nobody knows what.
    fn link(&self, table: &str, field: &str) -> Option<&'a Link> {
        let (table, field) = self.place(table, field)?;
        self.0.link(table, field).filter(|l| l.loose().is_empty())
    }
    fn posts(&self, table: &str) -> Option<Posts<'a>> {
        Some(Posts {
            person: self.refs(table, "person_id")?,
            unit: self.refs(table, "unit_id")?,
            kind: self.codes(table, "kind")?,
            level: self.codes(table, "level")?,
            leader: self.bools(table, "leader")?,
            chief: self.bools(table, "chief")?,
            start: self.dates(table, "start")?,
            end: self.dates(table, "end")?,
        })
    }
}

impl<'a> Columns<'a> {
    /// The columns of a store; none if one is not there or a row was refused.
    pub fn of(store: &'a Store) -> Option<Self> {
        let find = Finder(store);
        let table = |name: &str| store.schema.table(name);
        let read = ["case", "step", "post", "rank", "person", "unit", "talk", "audit"];
        if read.iter().any(|t| table(t).is_none_or(|t| store.rows(t).ghost.contains(&true))) {
            return None;
        }
        let mut kinds = [u8::MAX; 256];
        let step_codes = store.schema.lists.get(store.schema.list("step_kind")?)?;
        for (i, kind) in KINDS.iter().enumerate() {
            kinds[usize::from(step_codes.code(kind)?)] = i as u8;
        }
        let step_kind = find.place("step", "kind")?;
        let Column::Code(step_kind) = find.column(step_kind)? else { return None };
        Some(Self {
            store,
            void_cases: &store.rows(table("case")?).void,
            step_keys: table("step")?,
            kinds,
            case_person: find.refs("case", "person_id")?,
            case_unit: find.refs("case", "unit_id")?,
            case_kind: find.codes("case", "kind")?,
            case_mode: find.codes("case", "mode")?,
            case_level: find.codes("case", "level")?,
            case_leader: find.bools("case", "leader")?,
            case_chief: find.bools("case", "chief")?,
            case_committee: find.codes("case", "committee")?,
            case_exception: find.codes("case", "exception")?,
            case_reshuffle: find.bools("case", "reshuffle")?,
            step_kind,
            step_start: find.dates("step", "start")?,
            step_end: find.dates("step", "end")?,
            step_apart: &store.rows(table("step")?).apart,
            step_end_field: store.schema.tables.get(table("step")?)?.field("end")?,
            step_due: find.ints("step", "due")?,
            step_present: find.ints("step", "present")?,
            step_ayes: find.ints("step", "ayes")?,
            step_result: find.codes("step", "result")?,
            post: find.posts("post")?,
            post_case: find.refs("post", "case_id")?,
            spell: find.posts("spell")?,
            doubtful: &store.rows(table("spell")?).doubtful,
            rank: find.codes("rank", "rank")?,
            rank_start: find.dates("rank", "start")?,
            rank_end: find.dates("rank", "end")?,
            person_status: find.codes("person", "status")?,
            unit_kind: find.codes("unit", "kind")?,
            talk_kind: find.codes("talk", "kind")?,
            talk_date: find.dates("talk", "date")?,
            audit_kind: find.codes("audit", "kind")?,
            audit_reported: find.dates("audit", "reported")?,
            steps: find.link("step", "case_id")?,
            posts: find.link("post", "person_id")?,
            given: find.link("post", "case_id")?,
            ranks: find.link("rank", "person_id")?,
            talks: find.link("talk", "person_id")?,
            audits: find.link("audit", "person_id")?,
        })
    }

    pub fn cases(&self) -> usize {
        self.case_person.len()
    }

    pub fn spells(&self) -> usize {
        self.spell.person.len()
    }

    pub fn people(&self) -> usize {
        self.person_status.1.len()
    }

    /// Whether a case came to nothing.
    pub fn is_void_case(&self, case: u32) -> bool {
        self.void_cases.get(case as usize).copied().unwrap_or(false)
    }

    /// Whether a post as held is one only if an imprecise end does not reach the next start.
    pub fn is_doubtful(&self, spell: u32) -> bool {
        self.doubtful.get(spell as usize).copied().unwrap_or(false)
    }

    pub fn posts(&self, person: u32) -> Children<'a> {
        self.posts.children(person)
    }

    /// The posts that a case gave.
    pub fn given(&self, case: u32) -> Children<'a> {
        self.given.children(case)
    }

    pub fn ranks(&self, person: u32) -> Children<'a> {
        self.ranks.children(person)
    }

    pub fn talks(&self, person: u32) -> Children<'a> {
        self.talks.children(person)
    }

    pub fn audits(&self, person: u32) -> Children<'a> {
        self.audits.children(person)
    }

    /// The reviews at the end of probation of a case.
    pub fn reviews(&self, case: u32) -> impl Iterator<Item = u32> {
        let review = (KINDS.len() - 1) as u8;
        self.steps.children(case).filter(move |&s| self.kinds[usize::from(self.step_kind[s as usize])] == review)
    }

    /// The end of a step. One that lasted a day ends when it starts: there is but one day to be known. A month written twice are two days.
    #[inline(always)]
    pub fn step_end(&self, eye: &impl Eye, step: u32) -> Span {
        let (start, end) = (self.step_start.1[step as usize], self.step_end.1[step as usize]);
        if start == end && (end.lo == end.hi || !self.step_apart.contains(&(step, self.step_end_field))) {
            self.step_start.at(eye, step)
        } else {
            self.step_end.at(eye, step)
        }
    }

    /// The latest steps of a case: by start, then end, then key, imprecise dates by their first day.
    pub fn steps_of(&self, case: u32) -> Steps {
        let mut all = Steps { latest: [NO_ROW; 11], count: 0 };
        for step in self.steps.children(case) {
            all.count += 1;
            let kind = self.kinds[usize::from(self.step_kind[step as usize])];
            if let Some(known) = all.latest.get_mut(usize::from(kind))
                && (*known == NO_ROW || self.comes_after(step, *known))
            {
                *known = step;
            }
        }
        all
    }

    #[inline(always)]
    pub fn comes_after(&self, new: u32, old: u32) -> bool {
        let first = |dates: &Dates<'_>, step: u32| dates.1[step as usize].lo;
        let dates = |step| (first(&self.step_start, step), first(&self.step_end, step));
        match dates(new).cmp(&dates(old)) {
            std::cmp::Ordering::Equal => self.store.key(self.step_keys, new) > self.store.key(self.step_keys, old),
            order => order.is_gt(),
        }
    }
}
