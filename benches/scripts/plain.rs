//! JL002 embedded in rhai the way one would without an engine of rules: days as a small type of their own, rows with getters, the
//! names of the subject put into one scope that is rewound from subject to subject. No blanks, no intervals.

use guiju::dates::{Calendar, Day, Period, add};
use rhai::packages::{Package, StandardPackage};
use rhai::{AST, Dynamic, Engine, ImmutableString, Scope};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

#[derive(Clone, Copy, PartialEq, PartialOrd)]
struct Date(Day);

#[derive(Clone, Copy)]
struct Report(Date);

#[derive(Clone)]
struct Reports(Arc<[Report]>);

impl IntoIterator for Reports {
    type Item = Report;
    type IntoIter = std::vec::IntoIter<Report>;
    fn into_iter(self) -> Self::IntoIter {
        Vec::from(&*self.0).into_iter()
    }
}

pub struct Plain {
    engine: Engine,
    ast: AST,
    posts: Vec<(Date, Date, Reports)>,
    as_of: Date,
    findings: Arc<AtomicUsize>,
}

impl Plain {
    pub fn new(script: &str, posts: &[(String, String, Vec<String>)], as_of: &str) -> Self {
        let mut engine = Engine::new_raw();
        StandardPackage::new().register_into_engine(&mut engine);
        engine.set_max_strings_interned(0);
        engine.set_max_operations(200_000);
        engine.set_max_call_levels(12);
        engine.set_max_string_size(64 * 1024);
        engine.set_max_array_size(4096);
        engine.set_max_map_size(4096);
        engine.register_type::<Date>().register_type::<Report>();
        engine.register_get("date", |r: &mut Report| r.0);
        engine.register_iterator::<Reports>();
        engine.register_fn("==", |a: Date, b: Date| a == b);
        engine.register_fn(">", |a: Date, b: Date| a > b);
        engine.register_fn(">=", |a: Date, b: Date| a >= b);
        engine.register_fn("<=", |a: Date, b: Date| a <= b);
        engine.register_fn("min", |a: Date, b: Date| if a <= b { a } else { b });
        let calendar = Calendar::empty();
        engine.register_fn("+", move |a: Date, period: ImmutableString| {
            Period::parse(&period).and_then(|p| add(a.0, p, &calendar)).map_or(a, Date)
        });
        engine.register_fn("to_string", |d: &mut Date| d.0.to_string());
        engine.register_fn("part", |_: Date| {});
        let findings = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&findings);
        engine.register_fn("advise", move |_: ImmutableString| {
            count.fetch_add(1, Ordering::Relaxed);
        });
        let ast = engine.compile(script).unwrap();
        let day = |text: &String| Date(text.parse().unwrap());
        let posts = posts.iter().map(|(a, b, days)| (day(a), day(b), Reports(days.iter().map(|d| Report(day(d))).collect()))).collect();
        Self { engine, ast, posts, as_of: day(&as_of.to_owned()), findings }
    }

    /// How many findings there are.
    pub fn judge(&self) -> usize {
        self.findings.store(0, Ordering::Relaxed);
        let mut scope = Scope::new();
        scope.push_constant("as_of", self.as_of).push_constant("interval", ImmutableString::from("3个月"));
        let common = scope.len();
        for (start, end, reports) in &self.posts {
            scope
                .push_constant("start", *start)
                .push_constant("end", *end)
                .push_constant_dynamic("secondment_report", Dynamic::from(reports.clone()));
            self.engine.eval_ast_with_scope::<()>(&mut scope, &self.ast).unwrap();
            scope.rewind(common);
        }
        self.findings.load(Ordering::Relaxed)
    }
}
