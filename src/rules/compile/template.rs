//! Sentences with values in them: `任前公示{notice.start}至{notice.end}`.

use super::{Compiler, Env};
use crate::diagnostic::{Diagnostic, Source};
use crate::document;
use crate::rules::ir::{Given, Piece, Template, Ty};
use crate::rules::syntax::{self, Kind, Origin};
use std::sync::Arc;

/// Where a value's text starts in its file: after the quotes, if the text stands there as it is.
pub fn text_origin(source: &Arc<Source>, value: &document::Value, text: &str) -> usize {
    let raw = source.text.get(value.span.clone()).unwrap_or_default();
    value.span.start + raw.find(text).unwrap_or(0)
}

impl Compiler<'_> {
    /// Compiles a sentence. `given` names what the engine supplies in this place.
    pub fn template(&mut self, env: &Env, text: &str, offset: usize, given: &[(&str, Given)]) -> Template {
        let mut pieces = Vec::new();
        let mut rest = 0;
        while let Some(open) = text.get(rest..).and_then(|t| t.find('{')).map(|i| rest + i) {
            let Some(close) = text.get(open..).and_then(|t| t.find('}')).map(|i| open + i) else {
                let span = offset + open..offset + text.len();
                self.sink.push(Diagnostic::new("rule::template", &env.source, span, "“{”没有对应的“}”"));
                break;
            };
            push_words(&mut pieces, text.get(rest..open).unwrap_or_default());
            let inner = text.get(open + 1..close).unwrap_or_default();
            if let Some(piece) = self.placeholder(env, inner, offset + open + 1, given) {
                pieces.push(piece);
            }
            rest = close + 1;
        }
        push_words(&mut pieces, text.get(rest..).unwrap_or_default());
        Template(pieces)
    }

    fn placeholder(&mut self, env: &Env, text: &str, offset: usize, given: &[(&str, Given)]) -> Option<Piece> {
        if let Some((_, given)) = given.iter().find(|(name, _)| *name == text.trim()) {
            return Some(Piece::Given(*given));
        }
        match syntax::parse_expr(text, Origin { source: &env.source, offset }) {
            Ok(expr) => {
                let (node, ty) = self.expr(env, &expr, Some(Ty::Text))?;
                match ty {
                    Ty::Rows(_) | Ty::Spans | Ty::Truth => {
                        let message = format!("句子里放不下{}", self.ty_name(ty));
                        self.fail(env, &expr, "rule::type", message)
                    }
                    _ => Some(Piece::Value(node, ty)),
                }
            }
            Err(error) => {
                self.sink.push(*error);
                None
            }
        }
    }

    /// The sentence of a script's `violation(…)`: plain text or a template with `${…}`.
    pub(super) fn script_text(&mut self, env: &Env, expr: &syntax::Expr) -> Option<Template> {
        let parts: &[syntax::Expr] = match &expr.kind {
            Kind::Template(parts) => parts,
            _ => std::slice::from_ref(expr),
        };
        let pieces: Vec<Option<Piece>> = parts
            .iter()
            .map(|part| match &part.kind {
                Kind::Text(words) => Some(Piece::Words(words.clone())),
                _ => self.expr(env, part, Some(Ty::Text)).map(|(node, ty)| Piece::Value(node, ty)),
            })
            .collect();
        Some(Template(pieces.into_iter().collect::<Option<Vec<_>>>()?))
    }
}

fn push_words(pieces: &mut Vec<Piece>, words: &str) {
    if !words.is_empty() {
        pieces.push(Piece::Words(words.to_owned()));
    }
}
