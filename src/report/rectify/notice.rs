//! The list as a letter: 整改通知 with 问题清单, a page a unit, to be edited before it is sent.

use super::draft::{Problem, UnitDraft};
use super::words;
use crate::dates::Day;
use crate::ledger::item::Line;
use docx_rs::{
    AlignmentType, Docx, PageMargin, Paragraph, Run, RunFonts, Shading, SpecialIndentType, Table, TableCell, TableLayoutType, TableRow,
    WidthType,
};
use std::io::{self, Cursor, Write};

/// Who writes, and what is asked.
#[derive(Clone, Debug)]
pub struct Letter {
    /// Who signs; blank to be filled in.
    pub issuer: Option<String>,
    /// The day of the letter.
    pub on: Day,
    /// The day by which the unit answers; blank to be filled in.
    pub reply_by: Option<Day>,
}

/// Columns of the list and their widths, in twentieths of a point; together the width of an A4 page between its margins.
const COLUMNS: [(&str, usize); 6] =
    [("序号", 650), ("反馈问题", 3300), ("依据", 1900), ("整改建议", 1650), ("整改时限", 1000), ("责任人", 900)];
const SONG: &str = "宋体";
const FANGSONG: &str = "仿宋";
const HEITI: &str = "黑体";

/// Writes the letter.
///
/// # Errors
/// What the writer says.
pub fn draft_docx(units: &[UnitDraft<'_>], letter: &Letter, out: &mut dyn Write) -> io::Result<()> {
    let margin = PageMargin::new().top(1440).bottom(1440).left(1250).right(1250);
    // The clock must not get into the bytes.
    let made = "2000-01-01T00:00:00Z";
    let mut docx = Docx::new()
        .page_size(11_906, 16_838)
        .page_margin(margin)
        .default_fonts(RunFonts::new().ascii(SONG).hi_ansi(SONG).east_asia(FANGSONG))
        .created_at(made)
        .updated_at(made);
    for (n, unit) in units.iter().enumerate() {
        docx = one(docx, unit, letter, n > 0);
    }
    if units.is_empty() {
        docx = docx.add_paragraph(body("没有需要整改的问题。"));
    }
    let mut bytes = Cursor::new(Vec::new());
    docx.build().pack(&mut bytes).map_err(io::Error::other)?;
    out.write_all(bytes.get_ref())
}

fn one(docx: Docx, unit: &UnitDraft<'_>, letter: &Letter, new_page: bool) -> Docx {
    let lines: Vec<&Line> = unit.problems.iter().flat_map(|p| p.lines.iter().copied()).collect();
    let counted = format!(
        "经对选人用人记录进行核查，发现你单位有以下{}个方面需要整改或者核实（共{}项：{}），现予反馈（清单附后）。",
        unit.problems.len(),
        lines.len(),
        words::levels(&lines)
    );
    let by = letter.reply_by.map_or_else(|| "　　年　　月　　日".to_owned(), chinese);
    let asked = format!(
        "请逐项认领，明确整改措施、责任领导、责任人和整改时限，能立即整改的立行立改，并对照自查、举一反三。请于{by}前反馈整改情况，附佐证材料；\
         整改情况经核验后予以销号。"
    );
    let unsure = lines.iter().any(|line| line.item.verdict == crate::engine::Verdict::Unverified.word());
    let mut docx = docx
        .add_paragraph(title("选人用人问题整改通知").page_break_before(new_page))
        .add_paragraph(Paragraph::new())
        .add_paragraph(Paragraph::new().add_run(run(&format!("{}：", unit.addressee))))
        .add_paragraph(body(&counted))
        .add_paragraph(body(&asked));
    if unsure {
        docx = docx.add_paragraph(body("清单中“待核”的事项系资料不全、尚不能判定，请补充资料，不据此认定问题。"));
    }
    docx.add_paragraph(Paragraph::new())
        .add_paragraph(signed(letter.issuer.as_deref().unwrap_or("（落款单位）")))
        .add_paragraph(signed(&chinese(letter.on)))
        .add_paragraph(title("问题清单").page_break_before(true))
        .add_paragraph(Paragraph::new().add_run(small(&format!("单位：{}", unit.name))))
        .add_table(list(&unit.problems))
}

fn list(problems: &[Problem<'_>]) -> Table {
    let head = COLUMNS.iter().map(|(name, width)| {
        let text = Paragraph::new().align(AlignmentType::Center).add_run(small(name).bold());
        TableCell::new().width(*width, WidthType::Dxa).shading(Shading::new().fill("D9E1F2")).add_paragraph(text)
    });
    let mut rows = vec![TableRow::new(head.collect()).cant_split()];
    for (problem, number) in problems.iter().zip(1..) {
        let own = |text: Option<&String>| text.cloned().unwrap_or_default();
        let item = problem.item();
        let texts = [
            number.to_string(),
            words::problem(&problem.lines),
            words::basis(&problem.lines),
            item.and_then(|i| i.measures.clone()).unwrap_or_else(|| words::remedies(&problem.lines)),
            own(item.and_then(|i| i.due.as_ref())),
            own(item.and_then(|i| i.owner.as_ref())),
        ];
        let cells = COLUMNS
            .iter()
            .zip(&texts)
            .map(|((_, width), text)| TableCell::new().width(*width, WidthType::Dxa).add_paragraph(Paragraph::new().add_run(small(text))));
        rows.push(TableRow::new(cells.collect()));
    }
    Table::new(rows).layout(TableLayoutType::Fixed).set_grid(COLUMNS.iter().map(|(_, width)| *width).collect())
}

fn title(text: &str) -> Paragraph {
    let fonts = RunFonts::new().ascii(HEITI).hi_ansi(HEITI).east_asia(HEITI);
    Paragraph::new().align(AlignmentType::Center).add_run(Run::new().add_text(clean(text)).size(44).fonts(fonts))
}

fn body(text: &str) -> Paragraph {
    Paragraph::new().indent(None, Some(SpecialIndentType::FirstLine(640)), None, None).add_run(run(text))
}

fn signed(text: &str) -> Paragraph {
    Paragraph::new().align(AlignmentType::Right).add_run(run(text))
}

fn run(text: &str) -> Run {
    Run::new().add_text(clean(text)).size(32)
}

fn small(text: &str) -> Run {
    Run::new().add_text(clean(text)).size(21)
}

/// XML takes no control characters.
fn clean(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).collect()
}

/// 2026年6月30日.
fn chinese(day: Day) -> String {
    let text = day.to_string();
    let mut parts = text.splitn(3, '-').map(|part| part.trim_start_matches('0').to_owned());
    let mut next = || parts.next().unwrap_or_default();
    format!("{}年{}月{}日", next(), next(), next())
}
