//! Whether an entry tells of a post, of study, or of neither.

/// The nature of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum What {
    /// Work: whatever is neither of the others.
    Post,
    /// Study, full-time or beside a post.
    Study,
    /// Waiting for work.
    Waiting,
}

/// What a clause about study ends with. One that ends otherwise (学生处处长, 培训中心主任) is work.
const STUDY: [&str; 19] = [
    "学习",
    "进修",
    "培训",
    "就读",
    "攻读",
    "读书",
    "上学",
    "求学",
    "学生",
    "学员",
    "研究生",
    "研修",
    "专业",
    "本科",
    "专科",
    "函授",
    "自学",
    "毕业",
    "读研",
];

/// The nature of a text.
pub(super) fn of(text: &str) -> What {
    let plain = without_brackets(text);
    let plain = plain.trim();
    if is_waiting(plain) {
        return What::Waiting;
    }
    // 在某校某专业学习，获管理学硕士学位: the first clause says what was done.
    let first = plain.split(['，', ',', '；', ';', '。']).next().unwrap_or(plain).trim();
    let is_study = STUDY.iter().any(|w| first.ends_with(w)) || plain.contains("攻读");
    if is_study { What::Study } else { What::Post }
}

/// Whether a text says that the person waited for work and nothing besides: 毕业后待分配, 待业在家; but not 待分配某局局长.
fn is_waiting(plain: &str) -> bool {
    const WAITING: [&str; 4] = ["等待分配", "待分配", "待安置", "待业"];
    let rest = |w: &&str| plain.strip_prefix(*w).is_some_and(|rest| ["", "在家", "期间", "人员", "青年"].contains(&rest.trim()));
    WAITING.iter().any(|w| plain.ends_with(w) || rest(w))
}

/// Whether a text about one day tells that something ended.
pub(super) fn is_leaving(text: &str) -> bool {
    ["免", "辞", "离任", "离职", "退休", "去世", "退二线", "不再"].iter().any(|w| text.starts_with(w))
}

fn without_brackets(text: &str) -> String {
    let mut depth = 0u32;
    text.chars()
        .filter(|c| {
            let within = depth > 0;
            match c {
                '（' => depth += 1,
                '）' => depth = depth.saturating_sub(1),
                _ => {}
            }
            !within && *c != '（' && *c != '）'
        })
        .collect()
}
