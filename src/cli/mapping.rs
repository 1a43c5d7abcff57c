//! `mapping`: drafts a mapping of somebody else's tables, and checks one that is written.

use super::args::Common;
use super::args_mapping::{Check, Mapping, Suggest};
use super::exit::Exit;
use super::settings;
use super::trouble::{Plain, Trouble};
use super::{output, run, spare};
use crate::ingest;

/// Runs one of the mapping commands.
pub(super) fn run(command: &Mapping, common: &Common) -> Result<Exit, Trouble> {
    match command {
        Mapping::Suggest(args) => suggest(args, common),
        Mapping::Check(args) => check(args, common),
    }
}

fn suggest(args: &Suggest, common: &Common) -> Result<Exit, Trouble> {
    let settings = settings::settings(&args.sources.sources, &args.rules, None, common)?.with_sources()?;
    spare::spare(&settings.sources, [args.output.output.as_deref()])?;
    spare::spare_filled_in("usage::mapping-exists", args.output.output.as_deref())?;
    let schema = run::rules(&settings)?.set.schema;
    let drafted = ingest::suggest(&settings.sources, &schema);
    let draft = drafted.map_err(|e| Trouble::Records(Plain::new(e.code(), e.to_string()).help(e.advice())))?;
    output::write(args.output.output.as_deref(), |out| out.write_all(draft.text.as_bytes()))?;
    if draft.mapped == 0 {
        output::aside("草稿里还没有能用的映射，见草稿里的说明\n");
        return Ok(Exit::Found);
    }
    Ok(Exit::Clean)
}

fn check(args: &Check, common: &Common) -> Result<Exit, Trouble> {
    let mut settings = settings::settings(&[], &args.rules, None, common)?;
    settings.mapping = Some(args.file.clone());
    let schema = run::rules(&settings)?.set.schema;
    let Some(mapping) = run::mapping(&settings, &schema)? else { return Ok(Exit::Clean) };
    output::write(args.output.output.as_deref(), |out| {
        writeln!(out, "{}：写得对", if mapping.title.is_empty() { &args.file } else { &mapping.title })?;
        for (from, to, fields) in mapping.outline() {
            let (name, zh) = schema.tables.get(to).map_or(("", ""), |t| (t.name.as_str(), t.zh.as_str()));
            writeln!(out, "  {from} → {zh}（{name}），{fields} 个字段")?;
        }
        Ok(())
    })?;
    Ok(Exit::Clean)
}
