//! Who is who, where a source has no codes of persons: by ID number; without one by name, and the month of birth where it is given,
//! among the people that the source lists. Namesakes are told, never taken for one.

use super::PersonColumns;
use super::bind::Headers;
use super::fault::Fault;
use super::key::person_key;
use super::names::said;
use crate::dates::spelled;
use crate::records::{Cell, Problem, squeeze, whole_id_number};
use rustc_hash::FxHashMap;
use std::borrow::Cow;

/// Where a row says who it is about, by column.
#[derive(Clone, Copy, Debug)]
pub(super) struct PersonAt {
    id_number: Option<usize>,
    name: Option<usize>,
    birth: Option<usize>,
    post: Option<usize>,
}

/// Whom a row is about.
#[derive(Clone, Debug, Default)]
pub(super) struct Who {
    id_number: Option<String>,
    name: String,
    /// The month, or what stands in its place.
    birth: String,
    post: String,
}

/// The people that the sources of a mapping list.
#[derive(Debug, Default)]
pub(super) struct People {
    by_name: FxHashMap<String, Vec<Known>>,
    /// The name of each ID number; none where rows differ.
    by_id_number: FxHashMap<String, Option<String>>,
    /// Namesakes.
    pub notes: Vec<Problem>,
}

#[derive(Debug)]
struct Known {
    key: String,
    birth: String,
    place: (String, u32),
}

impl PersonAt {
    /// The columns in a table of these headers; none where they do not tell.
    pub(super) fn new(columns: &PersonColumns, headers: &Headers) -> Option<Self> {
        let at = |column: &Option<String>| column.as_ref().and_then(|c| headers.at(c));
        let found = Self { id_number: at(&columns.id_number), name: at(&columns.name), birth: at(&columns.birth), post: at(&columns.post) };
        (found.id_number.is_some() || (found.name.is_some() && found.birth.is_some())).then_some(found)
    }

    pub(super) fn columns(&self) -> impl Iterator<Item = usize> {
        [self.id_number, self.name, self.birth, self.post].into_iter().flatten()
    }

    /// The column of names.
    pub(super) fn name(&self) -> Option<usize> {
        self.name
    }

    /// Whom a row is about.
    ///
    /// # Errors
    /// A cell is no text, or an ID number typed as a number, whose last digits are lost.
    pub(super) fn who(&self, cells: &[Cell<'_>]) -> Result<Who, Fault> {
        let cell = |column: Option<usize>| column.and_then(|c| cells.get(c)).copied().unwrap_or(Cell::Blank);
        let text = |column| said(&cell(column)).map(Cow::into_owned).ok_or_else(Fault::no_text);
        if matches!(cell(self.id_number), Cell::Real(x) if x.abs() >= 1e15) {
            let why = "身份证号成了数字，末几位已经丢失";
            return Err(Fault::new("data::lost-digits", why, "请把这一列设为文本格式，重新填写身份证号"));
        }
        Ok(Who {
            id_number: whole_id_number(&text(self.id_number)?),
            name: squeeze(&text(self.name)?),
            birth: month(&text(self.birth)?),
            post: squeeze(&text(self.post)?),
        })
    }
}

impl Who {
    /// The key by what the row itself says; none where it says too little.
    fn key(&self) -> Option<String> {
        let says_enough = self.id_number.is_some() || !(self.name.is_empty() || self.birth.is_empty());
        says_enough.then(|| person_key(self.id_number.as_deref(), &self.name, &self.birth, &self.post))
    }
}

impl People {
    /// A row of a table that lists people, at a place whose column of names is headed so.
    pub(super) fn meet(&mut self, who: &Who, (file, line): (&str, u32), header: &str) {
        let Some(key) = who.key() else { return };
        if let Some(id) = &who.id_number {
            let named = self.by_id_number.entry(id.clone()).or_insert_with(|| Some(who.name.clone()));
            if named.as_ref().is_some_and(|name| *name != who.name) {
                *named = None;
            }
        }
        let known = self.by_name.entry(who.name.clone()).or_default();
        if known.iter().any(|k| k.key == key) {
            return;
        }
        let namesake = known.iter().find(|k| !who.birth.is_empty() && k.birth == who.birth);
        if let Some(Known { place: (first, at), .. }) = namesake {
            let why = format!("与“{first}”第{at}行同名、同出生年月，身份证号或者职务不同，按两个人处理");
            let problem = Problem::noted(file, "data::namesakes", why, "是同一个人的，请统一身份证号后只留一行");
            self.notes.push(problem.of_table("person").at_row(line).in_column(header));
        }
        known.push(Known { key, birth: who.birth.clone(), place: (file.to_owned(), line) });
    }

    /// The key of the person whom a row is about; none where nothing tells. `lists` for rows of tables that list people: of such a row
    /// nobody else can say who it is about.
    ///
    /// # Errors
    /// The ID number is that of several people or of somebody of another name; or there are several people of the name.
    pub(super) fn key(&self, who: &Who, lists: bool) -> Result<Option<String>, Fault> {
        if let Some(id) = &who.id_number {
            match self.by_id_number.get(id) {
                Some(None) => {
                    let why = "这个身份证号在名单里有几个不同的姓名，分不清是谁";
                    return Err(Fault::new("data::one-id", why, "请核对身份证号，更正后重新导出"));
                }
                Some(Some(name)) if !lists && !who.name.is_empty() && *name != who.name => {
                    let why = "姓名与名单里这个身份证号的姓名不同";
                    return Err(Fault::new("data::name-differs", why, "请核对姓名和身份证号，更正后重新导出"));
                }
                _ => return Ok(who.key()),
            }
        }
        if !lists {
            let of_name = self.by_name.get(&who.name).map_or(&[][..], Vec::as_slice);
            let may_be = |k: &&Known| who.birth.is_empty() || k.birth.is_empty() || k.birth == who.birth;
            let mut found = of_name.iter().filter(may_be);
            match (found.next(), found.count()) {
                (Some(one), 0) => return Ok(Some(one.key.clone())),
                (Some(_), others) => {
                    let why = format!("没有身份证号，同名的有{}人，分不清是谁", others + 1);
                    return Err(Fault::new("data::namesakes", why, "请补填身份证号"));
                }
                (None, _) => {}
            }
        }
        Ok(who.key())
    }
}

/// The month of a date, or what stands in its place.
fn month(text: &str) -> String {
    match spelled::whole(text) {
        Ok(date) => date.to_string().get(..7).map_or_else(|| date.to_string(), str::to_owned),
        Err(_) => squeeze(text),
    }
}
