//! What a profile changed, told with its place and its reason.

use crate::report::{Align, Grid, Paint};
use crate::rules::{Grade, InForce, Off, Rule, Told};
use std::io::{self, Write};

/// Everything that a profile and its packs changed.
pub(super) fn tell(in_force: &InForce, rules: &[Rule], paint: Paint, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "\n{}", paint.bold(&format!("── 口径：{}（{}）──", in_force.title, in_force.file)))?;
    for pack in &in_force.packs {
        let above = pack.parent.and_then(|p| in_force.packs.get(p)).map_or(String::new(), |p| format!("，上级 {}", p.name));
        writeln!(out, "规则包 {}（{}，{}{above}）  {}", pack.name, pack.title, pack.layer.word(), paint.dim(&pack.source.name))?;
    }
    changes(in_force, rules, paint, out)?;
    off(&in_force.off, paint, out)?;
    for limit in &in_force.limits {
        let named = |all: &[crate::document::Placed<String>]| all.iter().map(|p| p.value.as_str()).collect::<Vec<_>>().join("、");
        let whose = if limit.rules.is_empty() { "全部规则".to_owned() } else { named(&limit.rules) };
        let mut what = Vec::new();
        if !limit.units.is_empty() {
            what.push(format!("单位 {}（含下级）", named(&limit.units)));
        }
        if !limit.posts.is_empty() {
            what.push(format!("职务 {}", named(&limit.posts)));
        }
        writeln!(out, "范围  {whose} 只看{}：{}", what.join("，或者"), limit.reason)?;
    }
    if let Some(waivers) = &in_force.waivers {
        let caps = Grade::ALL.into_iter().filter_map(|g| waivers.caps.iter().find(|(grade, _)| *grade == g));
        let caps: Vec<String> = caps
            .map(|(grade, longest)| format!("{} {}", grade.word(), longest.map_or_else(|| "不得豁免".to_owned(), |p| format!("最长{p}"))))
            .collect();
        writeln!(out, "豁免  {}：{}", caps.join("，"), waivers.reason)?;
    }
    Ok(())
}

/// One change on one line.
pub(super) fn sentence(told: &Told) -> String {
    let version = told.version.as_ref().map_or_else(String::new, |v| format!("（{v} 起的版本）"));
    let what = match told.what.as_str() {
        "代替" => format!("{} 代替 {}", told.now, told.was),
        _ => format!("{}{version}：{} → {}", told.what, told.was, told.now),
    };
    format!("{what}（{}，{}:{}：{}）", told.by, told.file, told.line, told.reason)
}

fn changes(in_force: &InForce, rules: &[Rule], paint: Paint, out: &mut dyn Write) -> io::Result<()> {
    let left = Align::Left;
    let mut grid = Grid::new([("编码", left), ("改了什么", left), ("原来", left), ("现在", left), ("出处", left), ("理由", left)]);
    let words = in_force.words.iter().map(|t| ("共用说法", t));
    let all: Vec<(&str, &Told)> = rules.iter().flat_map(|r| r.changes.iter().map(move |t| (r.code.as_str(), t))).chain(words).collect();
    if all.is_empty() {
        return Ok(());
    }
    for (code, told) in all {
        let version = told.version.as_ref().map_or_else(String::new, |v| format!("（{v} 起）"));
        let place = format!("{}:{}", told.file, told.line);
        grid.row([code.to_owned(), format!("{}{version}", told.what), told.was.clone(), told.now.clone(), place, told.reason.clone()]);
    }
    writeln!(out)?;
    grid.render(paint, out)
}

fn off(off: &[Off], paint: Paint, out: &mut dyn Write) -> io::Result<()> {
    if off.is_empty() {
        return Ok(());
    }
    let left = Align::Left;
    let mut grid = Grid::new([("不用的", left), ("名称", left), ("由谁代替", left), ("出处", left), ("理由", left)]);
    for rule in off {
        let place = format!("{}:{}", rule.told.file, rule.told.line);
        let by = rule.replaced_by.clone().unwrap_or_default();
        grid.row([rule.code.clone(), rule.title.clone(), by, place, rule.told.reason.clone()]);
    }
    writeln!(out)?;
    grid.render(paint, out)
}
