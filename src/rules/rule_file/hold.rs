//! From which day a local rule holds, where a pack or a profile says so.

use super::super::compile::{Compiler, Env, text_origin};
use super::super::ir::{NodeId, Ty};
use super::super::syntax::{self, Origin};
use super::Draft;
use super::version::Built;
use crate::diagnostic::Diagnostic;
use crate::document;
use std::sync::Arc;

impl Draft<'_> {
    /// Lets the rule hold only from the day that a pack or a profile says; gives the date that then decides, where that says one.
    pub(super) fn hold(&self, versions: &mut Vec<Built>, compiler: &mut Compiler<'_>) -> Option<NodeId> {
        let hold = self.setting.changes.hold.as_ref()?;
        let day = hold.from.value;
        versions.retain(|b| b.version.until.is_none_or(|u| u >= day));
        versions.iter_mut().for_each(|b| b.version.from = b.version.from.max(Some(day)));
        let complain = |compiler: &mut Compiler<'_>, code, message: &str, help: &str| {
            let diagnostic = Diagnostic::new(code, &hold.source, hold.from.span.clone(), message);
            let end = self.source.text.find('\n').unwrap_or(self.source.text.len());
            compiler.sink.push(diagnostic.help(help).also(self.source, 0..end, "这条规则"));
        };
        let Some(last) = versions.last() else {
            complain(compiler, "profile::bad-value", "到这一天规则已经失效", "核对日期");
            return None;
        };
        let Some(by) = &hold.by else {
            let table = compiler.schema.tables.get(self.table)?;
            if self.doc.peek("anchor").is_none() && !compiler.definitions.has(&table.name, "decided") {
                let message = "这条规则没有自己的时点，不知道按哪个日期算“从这一天起”";
                let help = format!("用 by 写明按哪个日期，如 by = \"{}\"", first_date(table));
                complain(compiler, "profile::needs-by", message, &help);
            }
            return None;
        };
        let document::Node::Text(text) = &by.value else { return None };
        let origin = Origin { source: &hold.source, offset: text_origin(&hold.source, by, text) };
        match syntax::parse_expr(text, origin) {
            Ok(expr) => {
                let env = Env { source: Arc::clone(&hold.source), ..last.env.clone() };
                compiler.expect(&env, &expr, Ty::Date)
            }
            Err(error) => {
                compiler.sink.push(*error);
                None
            }
        }
    }
}

/// The name of a table's first date, to be offered.
fn first_date(table: &crate::records::Table) -> &str {
    table.fields.iter().find(|f| f.ty == crate::records::FieldType::Date).map_or("date", |f| f.name.as_str())
}
