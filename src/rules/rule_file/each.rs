//! Over what a rule is asked: each of some rows, or each element of a list.

use super::super::compile::{Bound, Compiler};
use super::super::ir::{Node, Piece, Template, Ty, Unit};
use super::super::rule::Each;
use super::Draft;
use crate::diagnostic::Diagnostic;
use crate::document;

impl Draft<'_> {
    pub(super) fn each(&mut self, compiler: &mut Compiler<'_>) -> Option<Each> {
        let value = self.doc.get("each")?;
        let table = document::table(self.source, value, &mut compiler.sink)?;
        let name = table.get("name").and_then(|v| document::text(self.source, v, &mut compiler.sink)).unwrap_or("each").to_owned();
        let over = self.parse(table.get("in")?, compiler)?;
        // `of` names the code list that the elements of a literal list are of.
        let list = table.get("of").and_then(|v| document::text(self.source, v, &mut compiler.sink)).and_then(|l| compiler.schema.list(l));
        let Some((node, ty)) = compiler.expr(&self.env, &over, list.map(Ty::Codes)) else {
            self.env.names.push((name, Bound::Failed));
            return None;
        };
        let year = table.get("year").and_then(|v| document::boolean(self.source, v, &mut compiler.sink)).unwrap_or(false);
        let part = table.get("part").cloned();
        let under = table.get("subject").and_then(|v| document::text(self.source, v, &mut compiler.sink)).map(str::to_owned);
        document::report_unknown_keys(self.source, table, &["name", "in", "year", "part", "subject", "of"], &mut compiler.sink);
        let made = match ty {
            Ty::Rows(rows_table) => {
                let slot = self.env.next_slot;
                let row = compiler.slot_row(slot);
                self.env.next_slot = slot.saturating_add(1);
                self.env.names.push((name, Bound::Value(row, Ty::Row(rows_table))));
                Each::Rows { rows: node, table: rows_table, slot, part: None }
            }
            Ty::Ints | Ty::Codes(_) | Ty::Texts => {
                let var = self.env.next_var;
                self.env.next_var = var.saturating_add(1);
                let element = match ty {
                    Ty::Codes(l) => Ty::Code(l),
                    Ty::Texts => Ty::Text,
                    _ => Ty::Int(Unit::Plain),
                };
                self.env.names.push((name.clone(), Bound::Variable(var, element)));
                let under = under.map(|table| {
                    let node = compiler.program.add(Node::Var(var), name);
                    (table, Template(vec![Piece::Value(node, element)]))
                });
                Each::List { list: node, var, year, under, part: None }
            }
            _ => {
                compiler.complain(&self.env, over.span, "rule::type", "each 的 in 应为若干行或列表");
                self.env.names.push((name, Bound::Failed));
                return None;
            }
        };
        let tells_apart = part.is_some() || matches!(&made, Each::List { year, under, .. } if *year || under.is_some());
        if !tells_apart {
            let help = "写 part（如 part = \"k.kin_id\"）；逐年的写 year = true；逐项各成对象的写 subject";
            let message = "each 没有写明怎样把各项分开，几项的问题会混成一个";
            compiler.sink.push(Diagnostic::new("rule::missing-key", self.source, value.span.clone(), message).help(help));
        }
        // The part is a value, not a sentence: `part = "k.kin_id"`.
        let template = part.and_then(|v| {
            let expr = self.parse(&v, compiler)?;
            let (node, ty) = compiler.expr(&self.env, &expr, Some(Ty::Text))?;
            Some(Template(vec![Piece::Value(node, ty)]))
        });
        Some(match made {
            Each::Rows { rows, table, slot, .. } => Each::Rows { rows, table, slot, part: template },
            Each::List { list, var, year, under, .. } => Each::List { list, var, year, under, part: template },
        })
    }
}
