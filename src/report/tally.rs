//! The counts that close a report: nothing that was read or judged may be missing from them.

use super::{Paint, Report, unexported, words};
use crate::engine::Verdict;
use crate::records::{Fate, FieldTally, Problem, Tally};

impl Report {
    /// Subjects by verdict over all rules, in the order of [`Verdict::ALL`].
    pub(super) fn verdicts(&self) -> [u64; 8] {
        let mut all = [0u64; 8];
        for count in &self.outcome.counts {
            all.iter_mut().zip(count.verdicts).for_each(|(sum, n)| *sum += n);
        }
        all
    }

    /// Findings by verdict, in the order of [`Verdict::ALL`]: a subject may have several.
    pub(super) fn findings_by_verdict(&self) -> [u64; 8] {
        count(self.outcome.findings.iter().map(|f| f.verdict))
    }

    /// How many problems met a fate.
    pub(super) fn problems_of(&self, fate: Fate) -> u64 {
        self.problems.iter().filter(|p| p.fate == fate).count() as u64
    }

    /// Rows read, kept, merged, refused, corrected and set aside.
    pub(super) fn rows(&self) -> [u64; 6] {
        let of = |t: &Tally| [t.read, t.kept, t.merged, t.refused, t.corrected, t.put_aside()];
        self.tallies.iter().map(of).fold([0; 6], |all, one| std::array::from_fn(|i| all[i] + one[i]))
    }

    /// 读入 9 行 = 采用 6 + 重复合并 0 + 拒收 2（编码重复 2 行） + 已更正 1.
    pub(super) fn accounts(&self) -> String {
        let n = words::count;
        let [read, kept, merged, refused, corrected, aside] = self.rows();
        let why = if refused == 0 { String::new() } else { format!("（{}）", words::reasons(&self.tallies)) };
        let corrected = if corrected == 0 { String::new() } else { format!(" + 已由更正的行代替 {}", n(corrected)) };
        let aside = if aside == 0 { String::new() } else { format!(" + 不作数据 {}（{}）", n(aside), words::asides(&self.tallies)) };
        format!("读入 {} 行 = 采用 {} + 重复合并 {} + 拒收 {}{why}{corrected}{aside}", n(read), n(kept), n(merged), n(refused))
    }

    /// The lines of the tally, each a label and what it counts.
    pub(super) fn tally(&self) -> Vec<(&'static str, String)> {
        let n = words::count;
        let list = |verdicts: &[Verdict], counts: [u64; 8]| {
            let of = |v: &Verdict| format!("{} {}", v.word(), n(counts.get(*v as usize).copied().unwrap_or(0)));
            verdicts.iter().map(of).collect::<Vec<_>>().join(" · ")
        };
        let (shown, quiet) = Verdict::ALL.split_at(4);
        let waived = self.outcome.findings.iter().filter(|f| f.waived.is_some()).count() as u64;
        let waived = if waived == 0 { String::new() } else { format!("（其中已豁免 {}）", n(waived)) };
        let [_, _, _, refused, ..] = self.rows();
        let hidden = if self.hidden == 0 { String::new() } else { format!("（另有已知的 {} 个未列出）", n(self.hidden)) };
        let mut lines = vec![
            ("截至", format!("{}，{} 条规则", self.run.as_of, self.run.rule_count)),
            ("问题", format!("{}{waived}{hidden}", list(shown, self.findings_by_verdict()))),
            ("其余", list(quiet, self.verdicts())),
            ("记录", self.accounts()),
            (
                "数据",
                format!(
                    "拒收行 {} · 按未知处理的单元格 {} · 提示 {}{}",
                    // Rows, not reasons: one row may be refused for several.
                    n(refused),
                    n(self.problems_of(Fate::Blanked)),
                    n(self.problems_of(Fate::Noted)),
                    if self.is_partly_read { "（只读规则用到的列；全部的错格用 guiju import 列出）" } else { "" }
                ),
            ),
            (
                "规则",
                format!(
                    "出错 {} 条 · 有待核对象的 {} 条 · 因未导出而判不了的 {} 条",
                    self.outcome.failures.len(),
                    self.starved.len(),
                    self.starved.iter().filter(|s| s.is_blind()).count()
                ),
            ),
        ];
        lines.extend(self.mostly_undecided().map(|text| (LACKING, text)));
        lines.extend(self.problems.iter().filter(|p| p.code == MISSING_COLUMN).map(|p| (LACKING, self.missing_column(p))));
        lines.extend(self.notices.iter().map(|notice| ("注意", notice.message.clone())));
        if !self.field_tallies.is_empty() {
            let [read, kept, refused, untaken] = fields(&self.field_tallies).map(n);
            lines.push(("表栏", format!("任免审批表填写 {read} 栏 = 采用 {kept} + 有误 {refused} + 未采用 {untaken}")));
        }
        if let Some(profile) = &self.run.profile {
            let packs: Vec<String> = profile.packs.iter().map(|p| format!("{}（{}，{}）", p.name, p.title, p.layer)).collect();
            let packs = if packs.is_empty() { String::new() } else { format!(" · 规则包 {}", packs.join("、")) };
            let limits = if profile.limits == 0 { "" } else { " · 限定了单位、职务范围" };
            lines.insert(1, ("口径", format!("{}（{}）{packs}{limits}", profile.title, profile.file)));
        }
        if !self.assumed_blank.is_empty() {
            lines.push(("说明", format!("以下列未导出，按空白处理：{}", self.assumed_blank.join("、"))));
        }
        lines
    }

    /// Said where most of the rules could decide nothing: few findings then mean little read, not little wrong.
    fn mostly_undecided(&self) -> Option<String> {
        /// Of fewer rules the list of them says enough.
        const FEW: usize = 10;
        let (blind, all) = (self.starved.iter().filter(|s| s.is_blind()).count(), self.run.rule_count);
        (blind >= FEW && blind.saturating_mul(2) >= all).then(|| {
            format!("{all} 条规则中有 {blind} 条因为缺表、缺列判不了，问题少不等于没有问题；先用 guiju profile 看缺什么，补导出后再核查")
        })
    }

    /// A required column that a file lacks, how many rules that starves, and what it may have been written as.
    fn missing_column(&self, problem: &Problem) -> String {
        let schema = self.names.schema.as_deref();
        let table = schema.and_then(|s| s.tables.get(s.table(&problem.table)?));
        let field = table.and_then(|t| Some(t.fields.get(t.field_called(&problem.column)?)?.name.as_str()));
        let starved = match unexported::starved_by(self, &problem.table, field) {
            0 => String::new(),
            n => format!("，{n} 条规则因此判不了"),
        };
        format!("{} 没有必填列“{}”{starved}；{}", problem.file, problem.column, problem.right)
    }
}

/// The label of a required column that a file lacks: worth a colour.
pub(super) const LACKING: &str = "缺列";

/// The code of a required column that a file lacks.
const MISSING_COLUMN: &str = "data::missing-column";

/// Fields of forms filled, kept, refused and without a place in the records.
pub(super) fn fields(tallies: &[FieldTally]) -> [u64; 4] {
    tallies.iter().fold([0; 4], |[a, b, c, d], t| [a + t.read, b + t.kept, c + t.refused, d + t.untaken])
}

/// The tally alone, for a run whose report went to a file.
pub fn closing(report: &Report, paint: Paint) -> String {
    report.tally().into_iter().map(|(label, text)| format!("{}  {text}\n", paint.label(label))).collect()
}

/// Verdicts counted, in the order of [`Verdict::ALL`].
pub(super) fn count(verdicts: impl Iterator<Item = Verdict>) -> [u64; 8] {
    let mut counts = [0; 8];
    for verdict in verdicts {
        if let Some(slot) = counts.get_mut(verdict as usize) {
            *slot += 1;
        }
    }
    counts
}
