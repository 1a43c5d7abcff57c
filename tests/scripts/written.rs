//! Scripts that use every statement and function that can be lowered: name, subject, the rule's other keys, script.

/// Each must come out the same lowered and interpreted.
pub const LOWERED: &[(&str, &str, &str, &str)] = &[
    (
        "gaps",
        "post",
        "interval = '3个月'",
        r#"
        let last = min(end, as_of);
        let before = start;
        for report in secondment_report {
            if report.date >= start && report.date <= last {
                part(before);
                if report.date > before + interval { violation(`${before}至${report.date}超过${interval}`); }
                before = report.date;
            }
        }
        part(before);
        if last > before + interval { advise(`${before}至${last}超过${interval}`); }
    "#,
    ),
    (
        "counter",
        "person",
        "most = 2",
        r#"
        let n = 0;
        for p in post {
            if p.kind == '挂职' { continue; }
            if p.start > as_of { break; }
            n += 1;
            if n > most { violation(`第${n}段任职${p.title}自${p.start}`); return; }
        }
        if n == 0 { unverified(); }
    "#,
    ),
    (
        "levels",
        "person",
        "floor = '厅局级正职'",
        r#"
        let best = highest(post, start <= as_of, level);
        if has(best) && best >= floor { violation(`最高${best}`); }
        let any_rank = any(rank, start <= as_of);
        if any_rank || count(post) > 3 { advise(`任职${count(post)}段`); }
    "#,
    ),
    (
        "two filters",
        "case",
        "",
        r#"
        let s = latest(step, kind in ['动议', '讨论决定', '考察']);
        if !has(s) { return; }
        for t in step {
            if t == s { continue; }
            let gap = days(t.start, s.start);
            if t.start <= s.start && gap > 400 && any(step, start > t.start && end < s.end) {
                part(t);
                violation(`${t}早${gap}天，${workdays(t.start, t.end)}个工作日，${t.kind}`);
            }
        }
    "#,
    ),
    (
        "while",
        "person",
        "",
        r#"
        let day = date(2024, 1, 10);
        let turns = 0;
        while day < as_of && turns < 40 {
            if any(post, start <= day && end >= day && leader) { turns = turns + 2; } else { turns += 1; }
            day = day + '1个月';
        }
        if turns > 35 { violation(`${turns}：${year(day)}年${month(day)}月`); } else if turns > 30 { advise(`${turns}`); }
    "#,
    ),
    (
        "years",
        "person",
        "good = ['优秀', '称职']",
        r#"
        let run = 0;
        for y in last_years(5) {
            if any(assessment, year == y && result in good) { run += 1; } else { run = 0; }
            if run >= 3 { part(`${y}`); violation(`${y}连续${run}年`); break; }
        }
        for i in 0..3 { if count(assessment, year == 2020 + i) > 1 { advise(`${2020 + i}重复`); } }
        for i in 1..=2 { if i == 2 && count(kin) == i { advise(`亲属${i}`); } }
    "#,
    ),
    (
        "logic",
        "post",
        "",
        r#"
        if (leader && !chief) || kind == '兼职' { part("a"); violation(`${leader}`); }
        if !has(end) || has(case) && case.kind == '提拔' { part("b"); advise("在任"); }
        let ok = if start < as_of { 1 } else { 2 };
        if ok * 3 - 1 == 2 && ok / 2 == 0 { part("c"); violation(`${ok}`); }
        { let inner = ok; if inner > 1 { part("d"); advise("以后"); } }
    "#,
    ),
    (
        "sanctions",
        "person",
        "",
        r#"
        for s in sanction {
            let ends = first_of(s.ends, plus_months(s.date, 12), impact_end(s.filed, 6));
            if between(as_of, s.filed, ends) { part(s); violation(`${s.kind}影响期至${ends}`); }
            if has(s.document) && s.document == '甲' { part(s); advise(`文号${s.document}`); }
            if whole_months(s.filed, s.date) >= 6 || whole_years(s.conduct_start, s.conduct_end) > 2 { part(s); advise("久"); }
        }
    "#,
    ),
    (
        "codes",
        "case",
        "",
        r#"
        for s in step {
            if s.due < s.present || blank_as(s.ayes, 0) + blank_as(s.nays, 0) > s.present { part(s); violation(`应到${s.due}实到${s.present}同意${s.ayes}`); }
            if has(s.channels) && size(lacking(s.channels, ['甲', '乙'])) > 0 { part(s); advise(`缺${lacking(s.channels, ['甲', '乙'])}`); }
            for item in items(s.fields) { if item == '乙' { part(item); advise(`${item}`); } }
        }
        if below(level, 1) == level || steps(level, '厅局级正职') > 2 { violation(`${level}`); }
    "#,
    ),
    (
        "sets",
        "person",
        "",
        r#"
        if none(post, chief) && all(post, has(title)) { part("1"); violation("无正职"); }
        if distinct(post, has(unit), unit) > 1 { part("2"); advise(`${distinct(post, has(unit), unit)}个单位`); }
        let months = held_months(spans(post, leader, start, end), as_of);
        if months >= 24 { part("3"); violation(`共${months}个月`); }
        let reached = reaches(spans(post, true, start, end), 12);
        if reached <= as_of { part("4"); advise(`${reached}满`); }
        let first = first_date(post, true, start);
        if first < date(2020, 1, 1) && last_date(post, true, start) > first { part("5"); advise(`${first}`); }
        if sum(assessment, year > 2019, year) > 6060 { part("6"); violation("多"); }
        let own = earliest(case, has(unit));
        if has(own) && own.person == self && max(birth, own.decided, as_of) == as_of { part("7"); advise(`${own}`); }
    "#,
    ),
];
