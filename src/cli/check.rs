//! `check`: the main job. Rules over records; the findings, and an exit code that tells them from a run that could not see everything.

use super::args::{Check, Common};
use super::exit::Exit;
use super::round::{self, Typed};
use super::settings::{self, Screen};
use super::trouble::Trouble;
use super::{output, record, spare};
use crate::report::{self, Format};

/// Checks and writes the report.
pub(super) fn run(args: &Check, common: &Common, screen: Screen) -> Result<Exit, Trouble> {
    let typed = Typed {
        sources: &args.sources.sources,
        rules: &args.rules,
        as_of: args.as_of.as_of.as_deref(),
        scope: &args.scope,
        known: &args.known,
        common,
    };
    let mut round = round::prepare(&typed, screen)?;
    let gate = settings::gate(args.fail_on.as_deref(), &round.settings.config)?;
    let fallback = round.settings.config.format.unwrap_or(Format::Text);
    let format = settings::format(args.format.as_deref(), &args.output, fallback, &settings::report_formats(), Format::is_binary)?;
    spare::spare(&round.settings.sources, [args.output.output.as_deref(), args.known.ledger.as_deref()])?;
    round.open()?;
    let (exit, recorded, _) = round.run(gate, |report| {
        output::write(args.output.output.as_deref(), |out| report::render(report, format, screen.result(&args.output), out))?;
        match format {
            Format::Jsonl => output::aside_with(|err| report::jsonl_asides(report, err)),
            _ if args.output.output.is_some() => output::aside(&report::closing(report, screen.err)),
            _ => {}
        }
        Ok(())
    })?;
    recorded.iter().for_each(|recorded| output::aside(&record::told(recorded, screen)));
    Ok(exit)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::cli::round::exit;
    use crate::cli::settings::Gate;
    use crate::engine::{Failure, Finding, Subject, Verdict, Waived};
    use crate::records::{Fate, Problem};
    use crate::report::Report;

    fn finding(verdict: Verdict) -> Finding {
        let subject = Subject { table: "case".into(), id: "C1".into(), year: None };
        Finding {
            fingerprint: String::new(),
            code: "GS002".into(),
            rule: "".into(),
            pack: "".into(),
            verdict,
            subject,
            person_id: None,
            unit_id: None,
            part: None,
            message: String::new(),
            days: None,
            basis: Vec::new(),
            parameters: Default::default(),
            evidence: Vec::new(),
            missing: Vec::new(),
            due: None,
            remedy: "".into(),
            waived: None,
            confidential: false,
            title: "".into(),
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
        let problem = |fate| Problem::noted("case.csv", "data::bad-date", "", "").of_table("case").at_row(2).fated(fate);
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
