//! One person, or one post of a person, in two rows: what the one leaves blank the other fills, and what differs is unknown, whichever
//! comes first.

use super::enter::{Entry, Given, Said};
use crate::dates::{Fuzzy, spelled};
use crate::ingest::value::Value;

/// What another row says of the same goes into the row known. `whose`: that other row, as people are told of it.
pub(super) fn take_in(known: &mut Entry, more: Vec<Given>, whose: &str) {
    for given in more {
        if given.said.is_blank() {
            continue;
        }
        match known.cells.iter_mut().find(|g| g.field == given.field) {
            None => known.cells.push(given),
            Some(cell) if cell.said.is_blank() => *cell = given,
            Some(cell) if agree(&cell.said, &given.said) => {}
            Some(cell) => {
                let (a, b) = (shown(&cell.said), shown(&given.said));
                let why = format!("{whose}里这个人写的是“{b}”，互相矛盾");
                cell.said = Said::Bad("sheet::contradiction", a, why, "请核对原件，改正写错的一处".to_owned());
            }
        }
    }
}

/// Whether two cells say the same; of dates one may say it more exactly. What cannot be read says nothing against what can.
fn agree(a: &Said, b: &Said) -> bool {
    let (Some(a), Some(b)) = (text(a), text(b)) else { return true };
    let date = |t: &str| Fuzzy::parse(t).or_else(|_| spelled::whole(t)).ok();
    a == b || matches!((date(&a), date(&b)), (Some(x), Some(y)) if x.lo <= y.hi && y.lo <= x.hi)
}

fn text(said: &Said) -> Option<String> {
    match said {
        Said::Text(text) => Some(text.clone()),
        Said::Cell(Value::Uncomputed | Value::Garbled) | Said::Unknown | Said::Bad(..) => None,
        Said::Cell(value) => Some(value.shown()),
    }
}

fn shown(said: &Said) -> String {
    text(said).map_or_else(String::new, |text| crate::records::shown(&text))
}
