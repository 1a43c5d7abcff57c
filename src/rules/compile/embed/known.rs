//! What rhai's interpreter may be asked for: its own functions on arrays, maps, texts and numbers. Nothing that prints, sleeps,
//! reads a clock or runs text as a script.

/// Functions of rhai's, called as `f(x)` or `x.f()`.
pub const METHODS: [&str; 71] = [
    "all", "abs", "append", "call", "chars", "clear", "contains", "crop", "curry", "dedup", "drain", "ends_with", "extract", "fill_with",
    "filter", "find", "find_map", "for_each", "get", "index_of", "insert", "is_empty", "is_even", "is_odd", "is_zero", "join", "keys",
    "len", "make_lower", "make_upper", "map", "max", "min", "mixin", "order", "order_by", "pad", "parse_float", "parse_int", "pop",
    "push", "range", "reduce", "reduce_rev", "remove", "replace", "retain", "reverse", "set", "shift", "sign", "some", "sort", "sort_by",
    "splice", "split", "split_rev", "starts_with", "step", "sub_string", "to_array", "to_float", "to_int", "to_lower", "to_string",
    "to_upper", "trim", "truncate", "type_of", "values", "zip",
];

/// What a script does besides computing.
pub const EFFECTS: [&str; 4] = ["part", "violation", "advise", "unverified"];

/// Functions of the language whose arguments are read with a row at hand.
pub const FILTERS: [&str; 18] = [
    "any", "none", "all", "count", "where", "latest", "earliest", "latest_by", "earliest_by", "highest", "lowest", "first_date",
    "last_date", "sum", "distinct", "spans", "pick", "peers",
];
