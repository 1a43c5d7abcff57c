//! What one layer says against another, and whether it knows that it does.

use super::{Resolver, Who};
use crate::diagnostic::{Diagnostic, Place, Source};
use crate::document::Placed;
use std::ops::Range;
use std::sync::Arc;

impl Resolver<'_> {
    /// The file of a layer.
    pub(super) fn source(&self, who: Who) -> Arc<Source> {
        Arc::clone(self.profile.packs.get(who).map_or(&self.profile.source, |p| &p.source))
    }

    /// What people call a layer.
    pub(super) fn title(&self, who: Who) -> String {
        self.profile.packs.get(who).map_or(&self.profile.title, |p| &p.title).clone()
    }

    /// What orders call a layer.
    pub(super) fn name(&self, who: Who) -> String {
        self.profile.packs.get(who).map_or_else(|| "（口径文件）".to_owned(), |p| p.name.clone())
    }

    /// Complains of an order that contradicts another place.
    pub(super) fn against(&mut self, code: &'static str, who: Who, span: &Range<usize>, message: String, other: Place, help: &str) {
        let mut diagnostic = Diagnostic::new(code, &self.source(who), span.clone(), message);
        diagnostic.also = Some(Box::new(other));
        self.sink.push(if help.is_empty() { diagnostic } else { diagnostic.help(help) });
    }

    /// Whether a rule was changed or switched by another layer that this order does not name: then it says so.
    pub(super) fn touched(&mut self, rule: usize, who: Who, over: Option<&Placed<String>>, here: &Place) -> bool {
        let switched = self.switched.get(&rule).map(|s| (s.by, s.place.clone(), s.on));
        let changed = self.items.iter().filter(|((r, ..), n)| *r == rule && n.by.is_some()).map(|(_, n)| n.clone()).next();
        let code = self.rules.get(rule).and_then(|r| r.code.as_ref()).map_or_else(String::new, |c| c.value.clone());
        match (switched, changed) {
            (Some((_, place, false)), _) => {
                let message = format!("{code} 已经不在用了");
                self.sink.push(Diagnostic::new("profile::not-in-force", &here.source, here.span.clone(), message).also(
                    &place.source,
                    place.span,
                    place.what,
                ));
                true
            }
            (Some((by, place, true)), _) if by != who => self.unless_over(over, by, here, place),
            (_, Some(now)) if now.by != Some(who) => self.unless_over(over, now.by.unwrap_or(who), here, now.place),
            _ => {
                self.nothing_over(who, over, here);
                false
            }
        }
    }

    /// Two layers change one thing: the later must name the earlier.
    pub(super) fn unless_over(&mut self, over: Option<&Placed<String>>, by: Who, here: &Place, other: Place) -> bool {
        let name = self.name(by);
        if over.is_some_and(|o| o.value == name) {
            return false;
        }
        let message = match over {
            None => format!("“{}”已经改过这里，没有写明以谁为准", self.title(by)),
            Some(over) => format!("改过这里的是“{name}”，不是“{}”", over.value),
        };
        self.sink.push(
            Diagnostic::new("profile::conflict", &here.source, here.span.clone(), message)
                .also(&other.source, other.span, other.what)
                .help(format!("以这里为准的，写 over = \"{name}\"；否则删去")),
        );
        true
    }

    /// An order that overrides nobody's order.
    pub(super) fn nothing_over(&mut self, who: Who, over: Option<&Placed<String>>, here: &Place) {
        let Some(over) = over else { return };
        let known: Vec<&str> = self.profile.packs.iter().take(who).map(|p| p.name.as_str()).collect();
        let diagnostic = if known.contains(&over.value.as_str()) {
            let message = format!("“{}”没有改过这里", over.value);
            Diagnostic::new("profile::stale", &here.source, over.span.clone(), message).help("删去 over")
        } else {
            Diagnostic::new("pack::unknown", &here.source, over.span.clone(), format!("没有规则包“{}”", over.value))
                .nearest(&over.value, known)
        };
        self.sink.push(diagnostic);
    }
}
