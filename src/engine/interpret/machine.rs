//! The one engine that runs every script: what it knows, what it may not do, and what its errors mean.

use super::super::say;
use super::operators::{add, calculate, compare, divide, extreme, has, holds, plain, show};
use super::value::{Kind, Rows, Stop, Value};
use super::{Fallible, desk};
use crate::rules::ir::Cmp;
use crate::rules::{ALL, ANY, CALL, PLAIN, SHOWN};
use rhai::packages::{Package, StandardPackage};
use rhai::{Array, Dynamic, Engine, EvalAltResult, EvalContext, Expression, ImmutableString};
use std::sync::OnceLock;

/// Operations that one script may do for one subject.
const MOST_OPERATIONS: u64 = 200_000;
/// Functions that may call each other: beyond, the stack of a worker thread would not hold them.
const MOST_CALLS: usize = 12;
/// Bytes of a text.
const LONGEST_TEXT: usize = 64 * 1024;
/// Elements of an array, entries of a map.
const MOST_ELEMENTS: usize = 4096;
/// Variables at one time.
const MOST_VARIABLES: usize = 256;

/// The engine: it has no state of its own, so all threads share it.
pub(super) fn engine() -> &'static Engine {
    static ENGINE: OnceLock<Engine> = OnceLock::new();
    ENGINE.get_or_init(build)
}

fn build() -> Engine {
    let mut engine = Engine::new_raw();
    StandardPackage::new().register_into_engine(&mut engine);
    // A lock on interned texts would let only one thread run.
    engine.set_max_strings_interned(0);
    engine.set_fast_operators(false);
    engine.set_fail_on_invalid_map_property(true);
    engine.set_max_operations(MOST_OPERATIONS);
    engine.set_max_call_levels(MOST_CALLS);
    engine.set_max_expr_depths(64, 24);
    engine.set_max_string_size(LONGEST_TEXT);
    engine.set_max_array_size(MOST_ELEMENTS);
    engine.set_max_map_size(MOST_ELEMENTS);
    engine.set_max_variables(MOST_VARIABLES);
    engine.set_max_modules(0);
    engine.on_print(|_| {});
    engine.on_debug(|_, _, _| {});
    types(&mut engine);
    comparisons(&mut engine);
    arithmetic(&mut engine);
    effects(&mut engine);
    syntax(&mut engine);
    engine
}

fn types(engine: &mut Engine) {
    engine.register_type_with_name::<Value>("值").register_type_with_name::<Rows>("若干行");
    engine.register_indexer_get(|row: &mut Value, name: ImmutableString| desk(|d| d.member(row, &name)));
    engine.register_fn("has", |row: &mut Value, name: ImmutableString| desk(|d| d.has_member(row, &name)));
    engine.register_indexer_get(|rows: &mut Rows, index: i64| rows.at(index));
    engine.register_iterator_result::<Rows, Dynamic>();
    engine.register_fn("len", |rows: &mut Rows| rows.len());
    engine.register_get("len", |rows: &mut Rows| rows.len());
    engine.register_fn("is_empty", |rows: &mut Rows| rows.len().map(|n| n == 0));
    engine.register_fn("to_array", |rows: &mut Rows| rows.clone().into_iter().collect::<Fallible<Array>>());
    engine.register_fn("to_string", |value: &mut Value| show(value));
    engine.register_fn("to_debug", |value: &mut Value| show(value));
    engine.register_fn("to_string", |truth: bool| if truth { "是" } else { "否" });
    engine.register_fn("to_string", |list: &mut Array| joined(list));
    engine.register_fn("has", |value: Dynamic| has(&value));
    engine.register_fn("has", |rows: Rows| rows.len().map(|n| n > 0));
    engine.register_fn("size", |array: Array| i64::try_from(array.len()).unwrap_or(i64::MAX));
}

fn comparisons(engine: &mut Engine) {
    let all = [("==", Cmp::Eq), ("!=", Cmp::Ne), ("<", Cmp::Lt), ("<=", Cmp::Le), (">", Cmp::Gt), (">=", Cmp::Ge)];
    for (name, cmp) in all {
        engine.register_fn(name, move |a: Value, b: Value| compare(cmp, &Dynamic::from(a), &Dynamic::from(b)));
        engine.register_fn(name, move |a: Value, b: Dynamic| compare(cmp, &Dynamic::from(a), &b));
        engine.register_fn(name, move |a: Dynamic, b: Value| compare(cmp, &a, &Dynamic::from(b)));
    }
    engine.register_fn("contains", |array: &mut Array, value: Value| holds(array, &Dynamic::from(value)));
    engine.register_fn("contains", |value: &mut Value, _: ImmutableString| match value.kind {
        Kind::Text(false) => Ok(false),
        _ => Err(Stop::at([&*value]).error()),
    });
}

fn arithmetic(engine: &mut Engine) {
    for sign in ['+', '-'] {
        let name = sign.to_string();
        engine.register_fn(name.as_str(), move |a: Value, b: Value| add(sign, &Dynamic::from(a), &Dynamic::from(b)));
        engine.register_fn(name.as_str(), move |a: Value, b: Dynamic| add(sign, &Dynamic::from(a), &b));
        engine.register_fn(name.as_str(), move |a: Dynamic, b: Value| add(sign, &a, &Dynamic::from(b)));
    }
    for op in ['*', '/'] {
        let name = op.to_string();
        engine.register_fn(name.as_str(), move |a: Value, b: Value| calculate(op, &Dynamic::from(a), &Dynamic::from(b)));
        engine.register_fn(name.as_str(), move |a: Value, b: Dynamic| calculate(op, &Dynamic::from(a), &b));
        engine.register_fn(name.as_str(), move |a: Dynamic, b: Value| calculate(op, &a, &Dynamic::from(b)));
    }
    engine.register_fn("-", |a: Value| calculate('-', &Dynamic::from_int(0), &Dynamic::from(a)));
    engine.register_fn("/", divide);
    for (name, least) in [("min", true), ("max", false)] {
        engine.register_fn(name, move |a: Value, b: Value| extreme(least, &Dynamic::from(a), &Dynamic::from(b)));
    }
}

fn effects(engine: &mut Engine) {
    engine.register_fn("part", |text: Dynamic| {
        if desk(|d| d.keeps()) {
            let text = words(&text);
            desk(|d| d.part(text));
        }
    });
    for (name, advice) in [("violation", false), ("advise", true)] {
        engine.register_fn(name, move |text: Dynamic| {
            let text = words(&text);
            desk(|d| d.find(advice, text));
        });
    }
    engine.register_fn("unverified", || -> Fallible<()> { Err(Stop::at([]).error()) });
}

/// A list in a sentence: of several texts that will do, the first.
fn joined(list: &[Dynamic]) -> String {
    let first = |value: &Dynamic| words(value).split('|').next().unwrap_or_default().to_owned();
    list.iter().map(first).collect::<Vec<_>>().join("、")
}

/// A value as a sentence shows it.
fn words(value: &Dynamic) -> String {
    if let Some(value) = value.read_lock::<Value>() {
        return show(&value);
    }
    if let Some(list) = value.read_lock::<Array>() {
        return joined(&list);
    }
    match value.as_bool() {
        Ok(true) => "是".to_owned(),
        Ok(false) => "否".to_owned(),
        Err(_) => value.to_string(),
    }
}

fn syntax(engine: &mut Engine) {
    // Only a change of the scope could be refused, and none changes it.
    let _ = engine.register_custom_syntax_handler(CALL, false, island);
    let _ = engine.register_custom_syntax_handler(ALL, false, |cx, inputs, _| decide(cx, inputs, false));
    let _ = engine.register_custom_syntax_handler(ANY, false, |cx, inputs, _| decide(cx, inputs, true));
    let _ = engine.register_custom_syntax_handler(PLAIN, false, |cx, inputs, _| match inputs {
        [one] => plain(cx.eval_expression_tree(one)?.flatten()),
        _ => Ok(Dynamic::UNIT),
    });
    let _ = engine.register_custom_syntax_handler(SHOWN, false, |cx, inputs, _| match inputs.first().map(|i| cx.eval_expression_tree(i)) {
        Some(Err(error)) if Stop::of(&error).is_some() => Ok(Dynamic::from(say::UNKNOWN)),
        Some(value) => value,
        None => Ok(Dynamic::UNIT),
    });
    // Inside functions, whose bodies stay as written, islands are called like functions.
    let types = [std::any::TypeId::of::<i64>()].into_iter();
    let any = std::any::TypeId::of::<Dynamic>();
    for inputs in 0..9 {
        let signature: Vec<_> = types.clone().chain(std::iter::repeat_n(any, inputs)).collect();
        engine.register_raw_fn(CALL, signature, |_, args| {
            let mut values: Vec<Dynamic> = args.iter().map(|a| (**a).clone().flatten()).collect();
            let number = values.first().and_then(|n| n.as_int().ok()).unwrap_or(-1);
            desk(|d| d.island(number, values.get_mut(1..).unwrap_or_default()))
        });
    }
}

fn island(context: &mut EvalContext<'_, '_, '_, '_, '_, '_>, inputs: &[Expression<'_>], number: &Dynamic) -> Fallible<Dynamic> {
    let mut values = Vec::with_capacity(inputs.len());
    for input in inputs {
        values.push(context.eval_expression_tree(input)?.flatten());
    }
    let number = number.as_int().unwrap_or(-1);
    desk(|d| d.island(number, &mut values))
}

/// `&&` (`||`): one side that is false (true) decides, whatever is not known of the others.
fn decide(context: &mut EvalContext<'_, '_, '_, '_, '_, '_>, inputs: &[Expression<'_>], decisive: bool) -> Fallible<Dynamic> {
    let mut open: Option<Box<EvalAltResult>> = None;
    for input in inputs {
        match context.eval_expression_tree(input) {
            Ok(value) => match value.as_bool() {
                Ok(truth) if truth == decisive => return Ok(Dynamic::from_bool(decisive)),
                Ok(_) => {}
                Err(_) => return Err("&& 和 || 的两边应是条件".into()),
            },
            Err(error) => match (Stop::of(&error), open.as_ref().and_then(|e| Stop::of(e))) {
                (Some(new), Some(old)) => open = Some(old.and(&new).error()),
                (Some(_), None) => open = Some(error),
                (None, _) => return Err(error),
            },
        }
    }
    open.map_or(Ok(Dynamic::from_bool(!decisive)), Err)
}

/// Whether a script used up all it may.
pub(super) fn is_exhausted(error: &EvalAltResult) -> bool {
    use EvalAltResult as E;
    matches!(error.unwrap_inner(), E::ErrorTooManyOperations(_) | E::ErrorDataTooLarge(..) | E::ErrorStackOverflow(_))
}

/// An error in the words of whoever wrote the script.
pub(super) fn explain(error: &EvalAltResult) -> String {
    use EvalAltResult as E;
    let inner = error.unwrap_inner();
    let what = match inner {
        E::ErrorTooManyOperations(_) => format!("执行超过{MOST_OPERATIONS}步"),
        E::ErrorStackOverflow(_) => format!("函数嵌套超过{MOST_CALLS}层"),
        E::ErrorDataTooLarge(what, _) => format!("{}太大", data(what)),
        E::ErrorTooManyVariables(_) => format!("变量超过{MOST_VARIABLES}个"),
        E::ErrorFunctionNotFound(what, _) => format!("不能这样调用“{}”", what.split(' ').next().unwrap_or_default()),
        E::ErrorVariableNotFound(name, _) => format!("没有变量“{name}”"),
        E::ErrorPropertyNotFound(name, _) => format!("没有“{name}”"),
        E::ErrorMismatchDataType(..) | E::ErrorMismatchOutputType(..) => "值的类型不对".to_owned(),
        E::ErrorArrayBounds(len, index, _) => format!("下标{index}超出范围（共{len}个）"),
        E::ErrorIndexingType(..) | E::ErrorIndexNotFound(..) => "不能这样取下标".to_owned(),
        E::ErrorFor(_) => "for 里应是若干行、数组或范围".to_owned(),
        E::ErrorArithmetic(..) => "计算溢出或除以零".to_owned(),
        E::ErrorRuntime(text, _) => text.to_string(),
        _ => "执行出错".to_owned(),
    };
    match inner.position().line() {
        Some(line) => format!("脚本第{line}行：{what}"),
        None => format!("脚本：{what}"),
    }
}

fn data(what: &str) -> &'static str {
    let what = what.to_lowercase();
    if what.contains("string") {
        "文本"
    } else if what.contains("array") {
        "数组"
    } else {
        "数据"
    }
}
