//! Records made up by chance: few persons, many gaps. Months for days, blanks and cells nobody can read are as frequent as dates.

use guiju::records::{Builder, Cell, FieldId, FieldType, Schema, Store, Wanted};
use std::sync::Arc;

/// A small generator of numbers that look like chance, the same every time.
pub struct Chance(u64);

impl Chance {
    /// Numbers of a seed.
    pub fn of(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x2545_f491_4f6c_dd1d)
    }

    /// A number below `n`.
    pub fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 16) as usize % n
    }
}

/// Records of one seed.
pub fn store(schema: &Arc<Schema>, seed: u64) -> Store {
    let mut chance = Chance::of(seed);
    let gaps = [0, 3, 12, 40][chance.below(4)];
    let mut builder = Builder::new(Arc::clone(schema), Wanted::all(schema));
    let counts = [
        ("unit", 3),
        ("person", 4),
        ("post", 9),
        ("case", 6),
        ("step", 20),
        ("sanction", 5),
        ("secondment_report", 14),
        ("assessment", 12),
        ("kin", 4),
        ("rank", 5),
    ];
    for (name, count) in counts {
        // Now and then a table is not exported.
        if name != "person" && name != "post" && chance.below(25) == 0 {
            continue;
        }
        let table = schema.table(name).expect("a table of the schema");
        let def = &schema.tables[table];
        builder.declare(table);
        let fields: Vec<FieldId> = (0..def.fields.len()).filter(|&f| f == def.key || chance.below(40) != 0).collect();
        let headed = fields.iter().map(|&f| (f, def.fields[f].name.clone())).collect();
        let cells: Vec<Vec<Option<String>>> = (0..count)
            .map(|n| {
                fields
                    .iter()
                    .map(|&f| if f == def.key { Some(format!("{name}{n}")) } else { cell(schema, &def.fields[f].ty, gaps, &mut chance) })
                    .collect()
            })
            .collect();
        let mut reading = builder.reading(table, &format!("{name}.csv"), headed);
        for (n, row) in cells.iter().enumerate() {
            reading.start_row(n as u32 + 2);
            for (i, text) in row.iter().enumerate() {
                reading.cell(i, text.as_deref().map_or(Cell::Blank, Cell::Text));
            }
            reading.end_row();
        }
    }
    builder.finish()
}

fn cell(schema: &Schema, ty: &FieldType, gaps: usize, chance: &mut Chance) -> Option<String> {
    if chance.below(100) < gaps {
        return [None, None, Some("？".to_owned())][chance.below(3)].clone();
    }
    Some(match ty {
        FieldType::Date => {
            let (y, m, d) = (2018 + chance.below(9), 1 + chance.below(12), 1 + chance.below(28));
            match chance.below(100) {
                0..8 if gaps > 0 => format!("{y}-{m:02}"),
                8..11 if gaps > 0 => y.to_string(),
                11..30 => format!("2024-{m:02}-10"),
                _ => format!("{y}-{m:02}-{d:02}"),
            }
        }
        FieldType::Int => [chance.below(12), 2018 + chance.below(9)][chance.below(2)].to_string(),
        FieldType::Number => format!("{}.{}", chance.below(5), chance.below(10)),
        FieldType::Bool => ["是", "否"][chance.below(2)].to_owned(),
        FieldType::Code(list) => {
            let values = &schema.lists[*list].values;
            // The first few values, so that they meet each other.
            values[chance.below(values.len().min(4))].clone()
        }
        FieldType::Ref(table) => {
            let name = &schema.tables[*table].name;
            format!("{name}{}", chance.below(5))
        }
        _ => ["甲", "乙", "甲、乙", "丙 丁"][chance.below(4)].to_owned(),
    })
}
