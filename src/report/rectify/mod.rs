//! What is to be mended, for the people who mend it and those who see to it.

mod columns;
mod draft;
mod list;
mod notice;
mod rates;
mod returned;
mod words;
mod workbook;

pub use columns::Column;
pub use draft::{Problem, UnitDraft, by_unit};
pub use list::{field_name, item_json, items_csv, items_json, items_table, items_text, render_item};
pub use notice::{Letter, draft_docx};
pub use rates::{rates_json, rates_table};
pub use returned::{Place, Returned, Slip, returned};
pub use workbook::draft_xlsx;

#[cfg(test)]
mod tests;
