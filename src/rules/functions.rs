//! The functions of the rule language: the one list of their names.

/// A function that rules may call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Function {
    /// Its name.
    pub name: &'static str,
    /// Whether its arguments are read with each row (or element) of a set at hand, not once.
    pub filters: bool,
}

/// Every function, those over rows first.
pub const FUNCTIONS: [Function; 55] = [
    over_rows("any"),
    over_rows("none"),
    over_rows("all"),
    over_rows("count"),
    over_rows("latest"),
    over_rows("earliest"),
    over_rows("latest_by"),
    over_rows("earliest_by"),
    over_rows("highest"),
    over_rows("lowest"),
    over_rows("first_date"),
    over_rows("last_date"),
    over_rows("sum"),
    over_rows("distinct"),
    over_rows("spans"),
    over_rows("peers"),
    over_rows("pick"),
    over_rows("where"),
    of_values("held_months"),
    of_values("reaches"),
    of_values("rows_of"),
    of_values("has"),
    of_values("row_if"),
    of_values("workdays"),
    of_values("days"),
    of_values("whole_months"),
    of_values("whole_years"),
    of_values("year"),
    of_values("month"),
    of_values("date"),
    of_values("plus_months"),
    of_values("impact_end"),
    of_values("between"),
    of_values("min"),
    of_values("max"),
    of_values("first_of"),
    of_values("below"),
    of_values("above"),
    of_values("steps"),
    of_values("higher_of"),
    of_values("lookup"),
    of_values("contains"),
    of_values("same_text"),
    of_values("overlaps"),
    of_values("lacking"),
    of_values("items"),
    of_values("size"),
    of_values("blank_as"),
    of_values("last_years"),
    of_values("years"),
    of_values("id_number_valid"),
    of_values("id_number_male"),
    of_values("id_number_birth"),
    of_values("covers"),
    of_values("exported"),
];

/// The function of a name.
pub fn function(name: &str) -> Option<Function> {
    FUNCTIONS.into_iter().find(|f| f.name == name)
}

/// The names of all functions.
pub fn names<'a>() -> impl Iterator<Item = &'a str> {
    FUNCTIONS.into_iter().map(|f| f.name)
}

const fn over_rows(name: &'static str) -> Function {
    Function { name, filters: true }
}

const fn of_values(name: &'static str) -> Function {
    Function { name, filters: false }
}
