//! Contradictions between sources become records themselves, so that rules can say what follows from them.

use super::book::Book;
use super::column::Column;
use super::draft::Draft;
use super::schema::{Contradictions, Field, Identity};
use super::text::{RefKeys, Sym, Texts};
use super::unite::Contradiction;
use std::collections::BTreeSet;

/// Enters all contradictions. The table is exported even without a row: none were found. What a source brings of it (a database that
/// was imported from several) stays.
pub(super) fn enter(drafts: &mut [Draft], book: &mut Book, texts: &mut Texts) {
    let Some(identity) = book.schema.identity.clone() else { return };
    let told = identity.told;
    let mut found = std::mem::take(&mut book.united.contradictions);
    found.sort_by(|a, b| (&a.person, a.field, a.other_at).cmp(&(&b.person, b.field, b.other_at)));
    let Some(draft) = drafts.get_mut(told.table) else { return };
    draft.declared = true;
    // What is found again in a store that was imported stands there already.
    let stands = known(draft, &told, texts);
    found.retain(|one| !stands.contains(&(one.person.clone(), one.field, one.kept.clone(), one.other.clone())));
    let mut keys: BTreeSet<String> = (0..draft.keys.len()).map(|row| draft.keys.get(row).to_owned()).collect();
    for one in found {
        let first = format!("{}-C{}", one.person, one.field + 1);
        let mut further = (2u32..).map(|nth| format!("{first}-{nth}"));
        let key = std::iter::once(first.clone()).chain(&mut further).find(|key| !keys.contains(key)).unwrap_or_default();
        add(draft, book, texts, &identity, &one, &key);
        keys.insert(key);
    }
}

/// The contradictions that a source brings: whose, the field, and the two values.
fn known(draft: &Draft, told: &Contradictions, texts: &Texts) -> BTreeSet<(String, u8, String, String)> {
    let columns = [told.field, told.kept, told.other].map(|field| draft.columns.get(field).and_then(Option::as_ref));
    let ([Some(Column::Code(fields)), Some(Column::Text(kept)), Some(Column::Text(other))], Some(Some(people))) =
        (columns, draft.refs.get(told.person))
    else {
        return BTreeSet::new();
    };
    let text = |sym: Sym| if sym.is_text() { texts.get(sym).unwrap_or("").to_owned() } else { String::new() };
    let values = fields.iter().zip(kept.iter().zip(other));
    values.enumerate().map(|(row, (&field, (&kept, &other)))| (people.get(row).to_owned(), field, text(kept), text(other))).collect()
}

fn add(draft: &mut Draft, book: &mut Book, texts: &mut Texts, identity: &Identity, one: &Contradiction, key: &str) {
    let told = identity.told;
    let row = draft.len;
    let person = book.schema.tables.get(identity.table);
    let head = |(field, at)| {
        let name = person.and_then(|t| t.fields.get(field)).map_or("", |f: &Field| f.name.as_str());
        book.places.header_at(at, identity.table, (field, name)).unwrap_or_default()
    };
    let heads = (head(one.kept_at), head(one.other_at));
    draft.keys.push(key);
    // Each field of a person is headed otherwise in one file: so each is a file of its own here.
    let mut place = |at: (u32, u32), head: String| {
        let (file, line) = book.places.at(at.0, at.1).unwrap_or_default();
        let number = book.places.file_as(&file, 0x1000 + u32::from(one.field));
        for field in [told.field, told.kept, told.other] {
            book.places.head(told.table, number, field, &head);
        }
        (number, line)
    };
    let (kept, other) = (place(one.kept_at.1, heads.0), place(one.other_at.1, heads.1));
    draft.origins.push(other.0, other.1);
    draft.taken.insert((row as u32, told.kept), kept);
    draft.add_column(told.field, Column::Code(vec![one.field]));
    for (field, text) in [(told.kept, &one.kept), (told.other, &one.other)] {
        let cell = if text.is_empty() { Sym::BLANK } else { texts.intern(text) };
        draft.add_column(field, Column::Text(vec![cell]));
    }
    let mut owner = RefKeys::default();
    owner.push(&one.person);
    draft.add_refs(told.person, owner);
    draft.grow(1);
}
