//! Lines become paragraphs: without blanks, of half width, with the line of every part. Drafts typed as text break lines anywhere.

use crate::dates::spelled::{half_width, leading};
use crate::ingest::Draft;

/// A paragraph.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Paragraph {
    /// Without blanks; cells of a table have a tab between them.
    pub text: String,
    /// From which byte on which line.
    marks: Vec<(usize, u32)>,
}

impl Paragraph {
    /// The line of a byte.
    pub(super) fn line(&self, at: usize) -> u32 {
        let mark = self.marks.iter().rev().find(|(from, _)| *from <= at).or(self.marks.first());
        mark.map_or(0, |(_, line)| *line)
    }

    /// The cells of a row of a table.
    pub(super) fn cells(&self) -> Option<Vec<&str>> {
        self.text.contains('\t').then(|| self.text.trim_end_matches('\t').split('\t').collect())
    }
}

/// A shorter line ends where its writer wanted it to.
const FULL: usize = 16;
/// What ends a sentence.
const ENDS: [char; 8] = ['。', '；', '：', '！', '？', ':', ';', '）'];

/// The paragraphs of a draft.
pub(super) fn paragraphs(draft: &Draft) -> Vec<Paragraph> {
    let mut all: Vec<Paragraph> = Vec::new();
    let mut before: Option<u32> = None;
    for (line, raw) in &draft.lines {
        let text = squeezed(raw);
        if text.trim_matches('\t').is_empty() {
            continue;
        }
        let goes_on = before.is_some_and(|b| b + 1 == *line) && draft.counts == "行" && !raw.starts_with(char::is_whitespace);
        before = Some(*line);
        match all.last_mut() {
            Some(last) if goes_on && is_broken(&last.text) && !text.contains('\t') => {
                last.marks.push((last.text.len(), *line));
                last.text.push_str(&text);
            }
            _ => all.push(Paragraph { text, marks: vec![(0, *line)] }),
        }
    }
    all
}

fn is_broken(text: &str) -> bool {
    // Lines of a résumé begin with a date, and each stands for itself.
    !text.contains('\t') && leading(text).is_none() && text.chars().count() >= FULL && !text.ends_with(ENDS)
}

/// Without blanks. Where blanks alone part the pieces on a person, they stand for commas.
fn squeezed(raw: &str) -> String {
    let text = half_width(&raw.replace('\t', "\u{1}")).replace('\u{1}', "\t");
    let pieces: Vec<&str> = text.split(' ').filter(|p| !p.is_empty()).collect();
    let is_list = !text.contains(['，', ',', '\t']) && pieces.iter().skip(1).take(3).any(|p| matches!(*p, "男" | "女"));
    if is_list {
        let mut out = String::new();
        for (i, piece) in pieces.iter().enumerate() {
            // 张 三: a name spread out.
            if i > 0 && !(i == 1 && piece.chars().count() == 1 && !matches!(*piece, "男" | "女")) {
                out.push('，');
            }
            out.push_str(piece);
        }
        return out;
    }
    text.chars().filter(|c| *c == '\t' || !c.is_whitespace()).collect()
}
