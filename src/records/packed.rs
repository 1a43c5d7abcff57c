//! Rows as they were read, before they are put together, as plain bytes: to be kept, and taken up again with some of them read anew.
//! What is taken up so is what reading all of them anew would have read.

use super::column::{BAD_DATE, BLANK_DATE, Column, NONE_ROW};
use super::text::{Keys, RefKeys, Sym};
use crate::dates::{Day, Fuzzy};
use std::ops::Range;

/// Rows that follow one another: kept ones, or ones read anew.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Run {
    Kept(Range<usize>),
    New(Range<usize>),
}

/// How many rows runs come to.
pub(super) fn rows_of(runs: &[Run]) -> usize {
    runs.iter()
        .map(|run| match run {
            Run::Kept(rows) | Run::New(rows) => rows.len(),
        })
        .sum()
}

/// Days from this one on fit into sixteen bits.
const FIRST_DAY: i32 = -25_567;
/// Numbers of days below this; from here on special ones.
const DAYS: u16 = 0xff00;
/// Dates that are no days, by what stands for them.
const SPECIAL: [Fuzzy; 4] = [BLANK_DATE, BAD_DATE, Fuzzy::FUTURE, Fuzzy::PAST];
/// A date that is told apart.
const APART: u16 = u16::MAX;
/// An owner other than that of the row before or the next one after it, told apart.
const FAR: u8 = u8::MAX;

/// A column as bytes.
pub(super) fn pack_column(column: &Column) -> Vec<u8> {
    match column {
        Column::Date(v) => pack_dates(v),
        Column::Int(v) => v.iter().flat_map(|n| n.to_le_bytes()).collect(),
        Column::Number(v) => v.iter().flat_map(|n| n.to_le_bytes()).collect(),
        Column::Bool(v) | Column::Code(v) => v.clone(),
        Column::Text(v) => v.iter().flat_map(|s| s.0.to_le_bytes()).collect(),
        Column::Ref(v) => v.iter().flat_map(|n| n.to_le_bytes()).collect(),
    }
}

/// A column of the same kind as `like` from bytes and from what was read anew; none where the bytes are not whole.
pub(super) fn unpack_column(bytes: &[u8], kept: usize, like: &Column, runs: &[Run], new: Option<&Column>) -> Option<Column> {
    Some(match (like, new) {
        (Column::Date(_), None) => Column::Date(unpack_dates(bytes, kept, runs, &[])?),
        (Column::Date(_), Some(Column::Date(new))) => Column::Date(unpack_dates(bytes, kept, runs, new)?),
        (Column::Int(_), None) => Column::Int(fixed(bytes, kept, runs, &[], i32::from_le_bytes)?),
        (Column::Int(_), Some(Column::Int(new))) => Column::Int(fixed(bytes, kept, runs, new, i32::from_le_bytes)?),
        (Column::Number(_), None) => Column::Number(fixed(bytes, kept, runs, &[], i64::from_le_bytes)?),
        (Column::Number(_), Some(Column::Number(new))) => Column::Number(fixed(bytes, kept, runs, new, i64::from_le_bytes)?),
        (Column::Bool(_), None) => Column::Bool(unpack_bytes(bytes, kept, runs, &[])?),
        (Column::Bool(_), Some(Column::Bool(new))) => Column::Bool(unpack_bytes(bytes, kept, runs, new)?),
        (Column::Code(_), None) => Column::Code(unpack_bytes(bytes, kept, runs, &[])?),
        (Column::Code(_), Some(Column::Code(new))) => Column::Code(unpack_bytes(bytes, kept, runs, new)?),
        (Column::Text(_), None) => Column::Text(fixed(bytes, kept, runs, &[], |b| Sym(u32::from_le_bytes(b)))?),
        (Column::Text(_), Some(Column::Text(new))) => Column::Text(fixed(bytes, kept, runs, new, |b| Sym(u32::from_le_bytes(b)))?),
        _ => return None,
    })
}

/// Bytes of rows, and those of rows read anew.
pub(super) fn unpack_bytes(bytes: &[u8], kept: usize, runs: &[Run], new: &[u8]) -> Option<Vec<u8>> {
    fixed(bytes, kept, runs, new, |[byte]: [u8; 1]| byte)
}

/// Values of as many bytes each.
fn fixed<T: Copy, const N: usize>(bytes: &[u8], kept: usize, runs: &[Run], new: &[T], value: impl Fn([u8; N]) -> T) -> Option<Vec<T>> {
    let (values, []) = bytes.as_chunks::<N>() else { return None };
    if values.len() != kept {
        return None;
    }
    let mut all = Vec::with_capacity(rows_of(runs));
    for run in runs {
        match run {
            Run::Kept(rows) => all.extend(values.get(rows.clone())?.iter().map(|bytes| value(*bytes))),
            Run::New(rows) => all.extend_from_slice(new.get(rows.clone())?),
        }
    }
    Some(all)
}

fn pack_dates(dates: &[Fuzzy]) -> Vec<u8> {
    let mut apart: Vec<u8> = Vec::new();
    let mut codes: Vec<u8> = Vec::with_capacity(2 * dates.len());
    for date in dates {
        let day = date.lo.0.checked_sub(FIRST_DAY).and_then(|n| u16::try_from(n).ok()).filter(|n| *n < DAYS && date.is_exact());
        let special = || SPECIAL.iter().position(|s| s == date).map(|at| DAYS + at as u16);
        let code = day.or_else(special).unwrap_or(APART);
        codes.extend(code.to_le_bytes());
        if code == APART {
            apart.extend(date.lo.0.to_le_bytes());
            apart.extend(date.hi.0.to_le_bytes());
        }
    }
    headed(&apart, 8, &codes)
}

fn unpack_dates(bytes: &[u8], kept: usize, runs: &[Run], new: &[Fuzzy]) -> Option<Vec<Fuzzy>> {
    let (apart, codes) = beheaded::<8>(bytes)?;
    let (codes, []) = codes.as_chunks::<2>() else { return None };
    if codes.len() != kept {
        return None;
    }
    let mut all = Vec::with_capacity(rows_of(runs));
    let mut met = 0;
    let mut next = 0;
    let is_apart = |code: &&[u8; 2]| u16::from_le_bytes(**code) == APART;
    for run in runs {
        let rows = match run {
            Run::Kept(rows) => rows.clone(),
            Run::New(rows) => {
                all.extend_from_slice(new.get(rows.clone())?);
                continue;
            }
        };
        if !apart.is_empty() {
            met += codes.get(next..rows.start)?.iter().filter(is_apart).count();
        }
        next = rows.end;
        let before = all.len();
        all.extend(codes.get(rows.clone())?.iter().map(|code| {
            let code = u16::from_le_bytes(*code);
            if code < DAYS {
                return Fuzzy::exact(Day(FIRST_DAY + i32::from(code)));
            }
            SPECIAL.get(usize::from(code - DAYS)).copied().unwrap_or(BAD_DATE)
        }));
        if apart.is_empty() {
            continue;
        }
        for (at, _) in codes.get(rows)?.iter().enumerate().filter(|(_, code)| is_apart(code)) {
            let [a, b, c, d, e, f, g, h] = *apart.get(met)?;
            met += 1;
            let date = Fuzzy { lo: Day(i32::from_le_bytes([a, b, c, d])), hi: Day(i32::from_le_bytes([e, f, g, h])) };
            *all.get_mut(before + at)? = date;
        }
    }
    Some(all)
}

/// Keys as bytes: how long each is, then all of them.
pub(super) fn pack_keys(keys: &Keys) -> Vec<u8> {
    let lengths: Vec<u32> = (0..keys.len()).map(|row| keys.get(row).len() as u32).collect();
    let short = lengths.iter().all(|n| u8::try_from(*n).is_ok());
    let mut out = (keys.len() as u64).to_le_bytes().to_vec();
    out.push(u8::from(short));
    match short {
        true => out.extend(lengths.iter().map(|n| *n as u8)),
        false => out.extend(lengths.iter().flat_map(|n| n.to_le_bytes())),
    }
    out.extend_from_slice(keys.all().as_bytes());
    out
}

/// Keys as they are packed.
struct PackedKeys<'b> {
    short: &'b [u8],
    long: &'b [[u8; 4]],
    text: &'b str,
}

impl<'b> PackedKeys<'b> {
    fn of(bytes: &'b [u8]) -> Option<Self> {
        let (len, rest) = bytes.split_first_chunk::<8>()?;
        let len = usize::try_from(u64::from_le_bytes(*len)).ok()?;
        let (&is_short, rest) = rest.split_first()?;
        let (lengths, text) = rest.split_at_checked(if is_short == 1 { len } else { len.checked_mul(4)? })?;
        let text = std::str::from_utf8(text).ok()?;
        Some(match is_short {
            1 => Self { short: lengths, long: &[], text },
            _ => Self { short: &[], long: lengths.as_chunks::<4>().0, text },
        })
    }

    fn len(&self) -> usize {
        self.short.len().max(self.long.len())
    }

    /// How many bytes some of them have together.
    fn bytes(&self, rows: Range<usize>) -> Option<usize> {
        if self.long.is_empty() {
            return Some(self.short.get(rows)?.iter().map(|n| usize::from(*n)).sum());
        }
        Some(self.long.get(rows)?.iter().map(|n| u32::from_le_bytes(*n) as usize).sum())
    }

    /// Puts some of them, whose first byte is at `from`, after others; gives where the next would be.
    fn put(&self, rows: Range<usize>, from: usize, into: &mut Keys) -> Option<usize> {
        let until = from + self.bytes(rows.clone())?;
        let text = self.text.get(from..until)?;
        if self.long.is_empty() {
            into.append_text(text, self.short.get(rows)?.iter().map(|n| u32::from(*n)))?;
        } else {
            into.append_text(text, self.long.get(rows)?.iter().map(|n| u32::from_le_bytes(*n)))?;
        }
        Some(until)
    }
}

/// Keys from bytes and from what was read anew.
pub(super) fn unpack_keys(bytes: &[u8], kept: usize, runs: &[Run], new: &Keys) -> Option<Keys> {
    let packed = PackedKeys::of(bytes)?;
    if packed.len() != kept {
        return None;
    }
    let mut keys = Keys::with_room(rows_of(runs), packed.text.len());
    let (mut row, mut at) = (0, 0);
    for run in runs {
        match run {
            Run::Kept(rows) => {
                at += packed.bytes(row..rows.start)?;
                at = packed.put(rows.clone(), at, &mut keys)?;
                row = rows.end;
            }
            Run::New(rows) => keys.append_rows(new, rows.clone())?,
        }
    }
    Some(keys)
}

/// References as bytes: the keys, and how far on in them each row's is. None where they are not in the order in which they were read.
pub(super) fn pack_refs(refs: &RefKeys) -> Option<[Vec<u8>; 2]> {
    let (mut apart, mut steps) = (Vec::new(), Vec::with_capacity(refs.at.len()));
    let mut last = 0u32;
    for &at in &refs.at {
        let step = if at < NONE_ROW - 1 { Some(at.checked_sub(last)?) } else { None };
        match step.and_then(|step| u8::try_from(step).ok()).filter(|step| *step < FAR) {
            Some(step) => steps.push(step),
            None => {
                steps.push(FAR);
                apart.extend(at.to_le_bytes());
            }
        }
        last = if step.is_some() { at } else { last };
    }
    Some([pack_keys(&refs.distinct), headed(&apart, 4, &steps)])
}

/// References from bytes and from what was read anew.
pub(super) fn unpack_refs(keys: &[u8], steps: &[u8], kept: usize, runs: &[Run], new: Option<&RefKeys>) -> Option<RefKeys> {
    let packed = PackedKeys::of(keys)?;
    let (apart, steps) = beheaded::<4>(steps)?;
    if steps.len() != kept {
        return None;
    }
    let mut refs = RefKeys { distinct: Keys::with_room(packed.len(), packed.text.len()), at: Vec::with_capacity(rows_of(runs)) };
    let mut reader = Steps { last: 0, met: 0, apart };
    let (mut row, mut key, mut from) = (0, 0, 0);
    for run in runs {
        let rows = match run {
            Run::Kept(rows) => rows.clone(),
            Run::New(rows) => {
                refs.append_rows(new?, rows.clone())?;
                continue;
            }
        };
        steps.get(row..rows.start)?.iter().try_for_each(|step| reader.next(*step).map(|_| ()))?;
        row = rows.end;
        // The keys of these rows are those from that of the first to that of the last.
        let begins = refs.at.len();
        for step in steps.get(rows)? {
            refs.at.push(reader.next(*step)?);
        }
        let is_key = |at: &&u32| **at < NONE_ROW - 1;
        let Some(first) = refs.at.get(begins..)?.iter().find(is_key).map(|at| *at as usize) else { continue };
        let end = reader.last as usize + 1;
        let have = refs.distinct.len();
        if first < key {
            // The row before has the same one.
            from -= packed.bytes(first..key)?;
            key = first;
        }
        from += packed.bytes(key..first)?;
        from = packed.put(first..end, from, &mut refs.distinct)?;
        key = end;
        if have != first {
            let moved = |at: u32| if at < NONE_ROW - 1 { (at as usize + have - first) as u32 } else { at };
            refs.at.get_mut(begins..)?.iter_mut().for_each(|at| *at = moved(*at));
        }
    }
    Some(refs)
}

/// What rows' references are, one after another.
struct Steps<'b> {
    last: u32,
    met: usize,
    apart: &'b [[u8; 4]],
}

impl Steps<'_> {
    #[inline]
    fn next(&mut self, step: u8) -> Option<u32> {
        if step != FAR {
            self.last += u32::from(step);
            return Some(self.last);
        }
        let at = u32::from_le_bytes(*self.apart.get(self.met)?);
        self.met += 1;
        if at < NONE_ROW - 1 {
            self.last = at;
        }
        Some(at)
    }
}

/// Bytes after a list of what they do not tell.
fn headed(apart: &[u8], each: usize, bytes: &[u8]) -> Vec<u8> {
    let mut out = ((apart.len() / each) as u64).to_le_bytes().to_vec();
    out.extend_from_slice(apart);
    out.extend_from_slice(bytes);
    out
}

fn beheaded<const N: usize>(bytes: &[u8]) -> Option<(&[[u8; N]], &[u8])> {
    let (count, rest) = bytes.split_first_chunk::<8>()?;
    let count = usize::try_from(u64::from_le_bytes(*count)).ok()?;
    let (apart, rest) = rest.split_at_checked(count.checked_mul(N)?)?;
    Some((apart.as_chunks::<N>().0, rest))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests {
    use super::super::column::{BAD_ROW, BLANK_ROW};
    use super::*;

    /// Runs over ten kept rows and some new ones, and what they pick.
    fn runs() -> Vec<Run> {
        vec![Run::New(0..1), Run::Kept(0..2), Run::Kept(4..5), Run::New(1..3), Run::Kept(6..9), Run::New(3..4)]
    }

    fn picked<T: Clone>(kept: &[T], new: &[T]) -> Vec<T> {
        let pick = |run: Run| match run {
            Run::Kept(rows) => kept[rows].to_vec(),
            Run::New(rows) => new[rows].to_vec(),
        };
        runs().into_iter().flat_map(pick).collect()
    }

    fn all_kept() -> Vec<Run> {
        vec![Run::Kept(0..10)]
    }

    #[test]
    fn dates_of_all_kinds_come_back() {
        let day = |n| Fuzzy::exact(Day(n));
        let month = Fuzzy::month(2024, 3).unwrap();
        let far = day(60_000);
        let kept = [
            day(0),
            month,
            BLANK_DATE,
            BAD_DATE,
            Fuzzy::FUTURE,
            Fuzzy::PAST,
            day(FIRST_DAY),
            far,
            day(FIRST_DAY + 65_279),
            day(FIRST_DAY - 1),
        ];
        let new = [month, day(1), far, BAD_DATE];
        let (kept, new) = (kept.to_vec(), new.to_vec());
        let bytes = pack_column(&Column::Date(kept.clone()));
        let like = Column::Date(Vec::new());
        let Some(Column::Date(back)) = unpack_column(&bytes, 10, &like, &all_kept(), None) else { panic!() };
        assert_eq!(back, kept);
        let Some(Column::Date(back)) = unpack_column(&bytes, 10, &like, &runs(), Some(&Column::Date(new.clone()))) else { panic!() };
        assert_eq!(back, picked(&kept, &new));
        assert!(unpack_column(&bytes, 9, &like, &all_kept(), None).is_none());
    }

    #[test]
    fn keys_short_and_long_come_back() {
        let long = "长".repeat(200);
        for extra in ["", long.as_str()] {
            let names = |n: usize, from: char| -> Vec<String> { (0..n).map(|i| format!("{from}{i}{extra}")).collect() };
            let (kept, new) = (names(10, 'P'), names(4, 'N'));
            let keys = |all: &[String]| {
                let mut keys = Keys::default();
                all.iter().for_each(|k| keys.push(k));
                keys
            };
            let bytes = pack_keys(&keys(&kept));
            let back = unpack_keys(&bytes, 10, &runs(), &keys(&new)).unwrap();
            let back: Vec<String> = (0..back.len()).map(|i| back.get(i).to_owned()).collect();
            assert_eq!(back, picked(&kept, &new));
        }
    }

    #[test]
    fn references_come_back_with_their_keys_and_markers() {
        let refs = |all: &[&str]| {
            let mut refs = RefKeys::default();
            for key in all {
                match *key {
                    "blank" => refs.mark(BLANK_ROW),
                    "bad" => refs.mark(BAD_ROW),
                    key => refs.push(key),
                }
            }
            refs
        };
        let kept = ["a", "a", "b", "blank", "b", "c", "bad", "d", "d", "d"];
        let new = ["x", "a", "blank", "d"];
        let [keys, steps] = pack_refs(&refs(&kept)).unwrap();
        let told = |refs: &RefKeys| -> Vec<String> {
            let marker = |at: u32| if at == BLANK_ROW { "blank" } else { "bad" };
            (0..refs.at.len())
                .map(|r| if refs.at[r] >= NONE_ROW { marker(refs.at[r]).to_owned() } else { refs.get(r).to_owned() })
                .collect()
        };
        let back = unpack_refs(&keys, &steps, 10, &all_kept(), None).unwrap();
        assert_eq!(told(&back), kept);
        let back = unpack_refs(&keys, &steps, 10, &runs(), Some(&refs(&new))).unwrap();
        assert_eq!(told(&back), picked(&kept, &new));
        // One key over two runs.
        let split = [Run::Kept(0..1), Run::New(0..1), Run::Kept(1..10)];
        let back = unpack_refs(&keys, &steps, 10, &split, Some(&refs(&new))).unwrap();
        assert_eq!(told(&back), ["a", "x", "a", "b", "blank", "b", "c", "bad", "d", "d", "d"]);
    }
}
