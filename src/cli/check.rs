//! `check`: the main job. Rules over records; the findings, and an exit code that tells them from a run that could not see everything.

use super::args::{Check, Common};
use super::exit::Exit;
use super::settings::{self, Gate, Screen};
use super::trouble::Trouble;
use super::{newness, output, record, run, scope, waivers};
use crate::report::{self, Format, Report};

/// Checks and writes the report.
pub(super) fn run(args: &Check, common: &Common, screen: Screen) -> Result<Exit, Trouble> {
    let settings = settings::settings(&args.sources.sources, &args.rules, args.as_of.as_of.as_deref(), common)?.with_sources()?;
    let gate = settings::gate(args.fail_on.as_deref(), &settings.config)?;
    let fallback = settings.config.format.unwrap_or(Format::Text);
    let format = settings::format(args.format.as_deref(), &args.output, fallback, &settings::report_formats(), Format::is_binary)?;
    let scope = scope::scope(&args.scope)?;
    let newness = newness::newness(&args.known)?;
    let in_force = args.known.waivers.as_deref().map(waivers::read).transpose()?;
    let mut book = args.known.ledger.as_deref().map(|path| record::open(path, &settings, &scope, screen)).transpose()?;
    let mut checked = run::check(&settings, &scope, screen)?;
    if let Some(in_force) = &in_force {
        waivers::apply(in_force, &mut checked, &settings, &scope);
    }
    let recorded = book.as_mut().map(|book| record::record(book, &checked, in_force.as_ref(), &settings, &scope, screen)).transpose()?;
    let mut report = checked.report;
    newness.apply(&mut report, book.as_ref(), &scope);
    output::write(args.output.output.as_deref(), |out| report::render(&report, format, screen.result(&args.output), out))?;
    match format {
        Format::Jsonl => output::aside_with(|err| report::jsonl_asides(&report, err)),
        _ if args.output.output.is_some() => output::aside(&report::closing(&report, screen.err)),
        _ => {}
    }
    recorded.iter().for_each(|recorded| output::aside(&record::told(recorded, screen)));
    Ok(exit(&report, gate))
}

/// A partial run beats findings: what was not seen may hold worse.
fn exit(report: &Report, gate: Gate) -> Exit {
    let found = report.outcome.findings.iter().any(|f| f.waived.is_none() && gate.fails(f.verdict));
    match (report.is_partial(), found) {
        (true, _) => Exit::Partial,
        (false, true) => Exit::Found,
        (false, false) => Exit::Clean,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::engine::{Failure, Finding, Subject, Verdict, Waived};
    use crate::records::{Fate, Problem};

    fn finding(verdict: Verdict) -> Finding {
        let subject = Subject { table: "case".into(), id: "C1".into(), year: None };
        Finding {
            fingerprint: String::new(),
            code: "GS002".into(),
            rule: String::new(),
            pack: String::new(),
            verdict,
            subject,
            person_id: None,
            unit_id: None,
            part: None,
            message: String::new(),
            days: None,
            basis: Vec::new(),
            parameters: serde_json::Map::new(),
            evidence: Vec::new(),
            missing: Vec::new(),
            due: None,
            remedy: String::new(),
            waived: None,
            title: String::new(),
        }
    }

    fn waived() -> Waived {
        let text = String::new;
        Waived { reason: text(), document: "组〔2024〕3号".into(), approver: text(), approved: text(), expires: text() }
    }

    fn report(verdicts: &[Verdict]) -> Report {
        let mut report = Report::default();
        report.outcome.findings = verdicts.iter().map(|v| finding(*v)).collect();
        report
    }

    const BREACH: Gate = Gate::At(Verdict::Breach);

    #[test]
    fn findings_at_the_gate_fail_a_run_and_lighter_ones_do_not() {
        assert_eq!(exit(&report(&[]), BREACH), Exit::Clean);
        assert_eq!(exit(&report(&[Verdict::Breach]), BREACH), Exit::Found);
        assert_eq!(exit(&report(&[Verdict::Advice, Verdict::Unverified, Verdict::Warning]), BREACH), Exit::Clean);
        assert_eq!(exit(&report(&[Verdict::Advice]), Gate::At(Verdict::Advice)), Exit::Found);
        assert_eq!(exit(&report(&[Verdict::Warning]), Gate::At(Verdict::Unverified)), Exit::Clean);
        assert_eq!(exit(&report(&[Verdict::Breach]), Gate::Never), Exit::Clean);
    }

    #[test]
    fn a_waived_finding_fails_no_run() {
        let mut report = report(&[Verdict::Breach]);
        report.outcome.findings.iter_mut().for_each(|f| f.waived = Some(waived()));
        assert_eq!(exit(&report, BREACH), Exit::Clean);
    }

    #[test]
    fn a_partial_run_beats_findings_whatever_the_gate() {
        let problem = |fate| Problem {
            file: "case.csv".into(),
            table: "case".into(),
            row: 2,
            column: String::new(),
            code: "data::bad-date",
            fate,
            value: String::new(),
            why: String::new(),
            right: String::new(),
        };
        for gate in [BREACH, Gate::Never] {
            for verdicts in [&[][..], &[Verdict::Breach]] {
                for fate in [Fate::Refused, Fate::Blanked] {
                    let mut report = report(verdicts);
                    report.problems.push(problem(fate));
                    assert_eq!(exit(&report, gate), Exit::Partial);
                }
                let mut report = report(verdicts);
                let subject = Subject { table: "case".into(), id: "C1".into(), year: None };
                report.outcome.failures.push(Failure { code: "JL002".into(), subject, why: String::new(), subjects: 1 });
                assert_eq!(exit(&report, gate), Exit::Partial);
            }
        }
        let mut noted = report(&[]);
        noted.problems.push(problem(Fate::Noted));
        assert_eq!(exit(&noted, BREACH), Exit::Clean);
    }
}
