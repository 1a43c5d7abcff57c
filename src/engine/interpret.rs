//! Scripts that cannot be lowered, run by rhai's interpreter.

use super::eval::Eval;
use super::judge::{Asking, Rulings, Watched};
use crate::rules::{Rule, Script};

/// Interprets a script on the subject that is bound.
pub(super) fn run<P: Watched>(_: &mut Eval<'_, P>, rule: &Rule, _: &Script, _: &Asking, out: &mut Rulings) {
    let why = rule.script.as_ref().and_then(|s| s.interpreted.clone()).unwrap_or_default();
    out.failure = Some(format!("脚本含有不支持的写法（{why}）"));
}
