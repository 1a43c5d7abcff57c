//! The county's units and the posts that each has for leaders.

use crate::county::County;
use crate::table::{T, row};

/// Levels of post that occur in a county, lowest first.
pub const LEVELS: &[&str] = &["科员级", "乡科级副职", "乡科级正职", "县处级副职", "县处级正职"];
pub const STAFF: usize = 0;
pub const DEPUTY_TOWN: usize = 1;
pub const CHIEF_TOWN: usize = 2;
pub const DEPUTY_COUNTY: usize = 3;
pub const CHIEF_COUNTY: usize = 4;

/// Name, kind, level, parent (index), in the order of their keys.
pub const UNITS: &[(&str, &str, usize, Option<usize>)] = &[
    ("中共云泽县委员会", "党委", CHIEF_COUNTY, None),
    ("云泽县人大常委会", "人大", CHIEF_COUNTY, Some(0)),
    ("云泽县人民政府", "政府", CHIEF_COUNTY, Some(0)),
    ("政协云泽县委员会", "政协", CHIEF_COUNTY, Some(0)),
    ("云泽县纪委监委", "纪委监委", DEPUTY_COUNTY, Some(0)),
    ("云泽县人民法院", "法院", DEPUTY_COUNTY, Some(0)),
    ("云泽县人民检察院", "检察院", DEPUTY_COUNTY, Some(0)),
    ("云泽县委组织部", "党委工作部门", DEPUTY_COUNTY, Some(0)),
    ("云泽县委宣传部", "党委工作部门", CHIEF_TOWN, Some(0)),
    ("云泽县委统战部", "党委工作部门", CHIEF_TOWN, Some(0)),
    ("云泽县委政法委", "党委工作部门", CHIEF_TOWN, Some(0)),
    ("云泽县委办公室", "党委工作部门", CHIEF_TOWN, Some(0)),
    ("云泽县委编办", "党委工作部门", CHIEF_TOWN, Some(0)),
    ("云泽县委巡察办", "党委工作部门", CHIEF_TOWN, Some(0)),
    ("云泽经济开发区党工委", "党委", CHIEF_TOWN, Some(0)),
    ("云泽县政府办公室", "政府工作部门", CHIEF_TOWN, Some(2)),
    ("云泽县发展和改革局", "政府工作部门", CHIEF_TOWN, Some(2)),
    ("云泽县教育局", "政府工作部门", CHIEF_TOWN, Some(2)),
    ("云泽县公安局", "政府工作部门", CHIEF_TOWN, Some(2)),
    ("云泽县民政局", "政府工作部门", CHIEF_TOWN, Some(2)),
    ("云泽县司法局", "政府工作部门", CHIEF_TOWN, Some(2)),
    ("云泽县财政局", "政府工作部门", CHIEF_TOWN, Some(2)),
    ("云泽县人社局", "政府工作部门", CHIEF_TOWN, Some(2)),
    ("云泽县自然资源局", "政府工作部门", CHIEF_TOWN, Some(2)),
    ("云泽县住建局", "政府工作部门", CHIEF_TOWN, Some(2)),
    ("云泽县交通运输局", "政府工作部门", CHIEF_TOWN, Some(2)),
    ("云泽县水利局", "政府工作部门", CHIEF_TOWN, Some(2)),
    ("云泽县农业农村局", "政府工作部门", CHIEF_TOWN, Some(2)),
    ("云泽县商务局", "政府工作部门", CHIEF_TOWN, Some(2)),
    ("云泽县文旅局", "政府工作部门", CHIEF_TOWN, Some(2)),
    ("云泽县卫生健康局", "政府工作部门", CHIEF_TOWN, Some(2)),
    ("云泽县审计局", "政府工作部门", CHIEF_TOWN, Some(2)),
    ("云泽县应急管理局", "政府工作部门", CHIEF_TOWN, Some(2)),
    ("云泽县市场监管局", "政府工作部门", CHIEF_TOWN, Some(2)),
    ("云泽县统计局", "政府工作部门", CHIEF_TOWN, Some(2)),
    ("云泽县信访局", "政府工作部门", CHIEF_TOWN, Some(2)),
    ("云泽县林业局", "政府工作部门", CHIEF_TOWN, Some(2)),
    ("云泽县总工会", "群团", CHIEF_TOWN, Some(0)),
    ("共青团云泽县委", "群团", CHIEF_TOWN, Some(0)),
    ("云泽县妇联", "群团", CHIEF_TOWN, Some(0)),
    ("云泽县工商联", "群团", CHIEF_TOWN, Some(0)),
    ("青石镇", "乡镇", CHIEF_TOWN, Some(2)),
    ("河湾镇", "乡镇", CHIEF_TOWN, Some(2)),
    ("松坪镇", "乡镇", CHIEF_TOWN, Some(2)),
    ("白鹭镇", "乡镇", CHIEF_TOWN, Some(2)),
    ("桃源岭镇", "乡镇", CHIEF_TOWN, Some(2)),
    ("石门渡镇", "乡镇", CHIEF_TOWN, Some(2)),
    ("云台镇", "乡镇", CHIEF_TOWN, Some(2)),
    ("柳溪镇", "乡镇", CHIEF_TOWN, Some(2)),
    ("双桥铺镇", "乡镇", CHIEF_TOWN, Some(2)),
    ("九渡镇", "乡镇", CHIEF_TOWN, Some(2)),
    ("竹岭乡", "乡镇", CHIEF_TOWN, Some(2)),
    ("雁落乡", "乡镇", CHIEF_TOWN, Some(2)),
    ("城东街道", "街道", CHIEF_TOWN, Some(2)),
    ("城西街道", "街道", CHIEF_TOWN, Some(2)),
    ("云泽县委党校", "事业单位", CHIEF_TOWN, Some(0)),
    ("云泽县融媒体中心", "事业单位", CHIEF_TOWN, Some(0)),
    ("云泽县人民医院", "事业单位", CHIEF_TOWN, Some(2)),
    ("云泽县职业教育中心", "事业单位", CHIEF_TOWN, Some(2)),
    ("云泽县城市投资公司", "国有企业", CHIEF_TOWN, Some(2)),
    ("云泽县水务公司", "国有企业", CHIEF_TOWN, Some(2)),
];

/// The index of a unit by a part of its name.
pub fn unit(name: &str) -> usize {
    let found = UNITS.iter().position(|u| u.0 == name).or_else(|| UNITS.iter().position(|u| u.0.contains(name)));
    found.unwrap_or_else(|| panic!("no unit {name}"))
}

pub fn kind(unit: usize) -> &'static str {
    UNITS[unit].1
}

/// A post for a leader that the unit's own table of posts has.
#[derive(Clone, Copy)]
pub struct Slot {
    pub unit: usize,
    pub title: &'static str,
    pub level: usize,
    pub chief: bool,
    pub duties: Option<&'static str>,
}

/// Every leader's post of the county, chiefs first in each unit.
pub fn slots() -> Vec<Slot> {
    let mut all = Vec::new();
    for unit in 0..UNITS.len() {
        for &(title, level, chief, duties) in slots_of(unit) {
            all.push(Slot { unit, title, level, chief, duties });
        }
    }
    all
}

type Titles = &'static [(&'static str, usize, bool, Option<&'static str>)];

fn slots_of(unit: usize) -> Titles {
    const ORGANISATION: Option<&str> = Some("组织人事");
    const DISCIPLINE: Option<&str> = Some("纪检监察");
    match UNITS[unit].0 {
        "中共云泽县委员会" => {
            &[("县委书记", 4, true, None), ("县委副书记", 3, false, None), ("县委常委", 3, false, None), ("县委常委", 3, false, None)]
        }
        "云泽县人大常委会" => {
            &[("人大常委会主任", 4, true, None), ("人大常委会副主任", 3, false, None), ("人大常委会副主任", 3, false, None)]
        }
        "云泽县人民政府" => &[
            ("县长", 4, true, None),
            ("副县长", 3, false, None),
            ("副县长", 3, false, None),
            ("副县长", 3, false, None),
            ("副县长", 3, false, None),
        ],
        "政协云泽县委员会" => &[("政协主席", 4, true, None), ("政协副主席", 3, false, None), ("政协副主席", 3, false, None)],
        "云泽县纪委监委" => &[("纪委书记", 3, true, None), ("纪委副书记", 2, false, DISCIPLINE), ("纪委常委", 1, false, DISCIPLINE)],
        "云泽县人民法院" => &[("院长", 3, true, None), ("副院长", 2, false, None), ("副院长", 1, false, None)],
        "云泽县人民检察院" => &[("检察长", 3, true, None), ("副检察长", 2, false, None), ("副检察长", 1, false, None)],
        "云泽县委组织部" => {
            &[("部长", 3, true, ORGANISATION), ("副部长", 2, false, ORGANISATION), ("副部长", 1, false, ORGANISATION)]
        }
        "云泽经济开发区党工委" => &[("党工委书记", 2, true, None), ("党工委副书记", 1, false, None)],
        "云泽县委党校" | "云泽县融媒体中心" | "云泽县人民医院" | "云泽县职业教育中心" => {
            &[("主任", 2, true, None), ("副主任", 1, false, None)]
        }
        _ => match kind(unit) {
            "党委工作部门" => &[("主任", 2, true, None), ("副主任", 1, false, None), ("副主任", 1, false, None)],
            "政府工作部门" => &[("局长", 2, true, None), ("副局长", 1, false, None), ("副局长", 1, false, None)],
            "群团" => &[("主席", 2, true, None), ("副主席", 1, false, None)],
            "乡镇" => &[
                ("党委书记", 2, true, None),
                ("镇长", 2, true, None),
                ("人大主席", 2, false, None),
                ("党委副书记", 1, false, None),
                ("纪委书记", 1, false, DISCIPLINE),
                ("组织委员", 1, false, ORGANISATION),
                ("副镇长", 1, false, None),
                ("副镇长", 1, false, None),
            ],
            "街道" => &[
                ("党工委书记", 2, true, None),
                ("办事处主任", 2, true, None),
                ("党工委副书记", 1, false, None),
                ("办事处副主任", 1, false, None),
            ],
            _ => &[("董事长", 2, true, None), ("副总经理", 1, false, None)],
        },
    }
}

/// Slots that the county leaves open, for the people of the planted faults who must be chiefs: every town from here on has no head of
/// government of its own, and these departments no director.
pub fn kept_open(slot: &Slot) -> bool {
    let towns = unit("松坪镇")..=unit("雁落乡");
    slot.chief
        && ((slot.title == "镇长" && towns.contains(&slot.unit))
            || (unit("商务局")..=unit("林业局")).contains(&slot.unit)
            || UNITS[slot.unit].0 == "云泽县委组织部" && slot.level == DEPUTY_COUNTY)
}

pub fn write(county: &mut County) {
    let ids: Vec<String> = (0..UNITS.len()).map(|at| county.unit_id(at)).collect();
    for (at, (name, kind, level, parent)) in UNITS.iter().enumerate() {
        let region = match *kind {
            "乡镇" | "街道" => format!("{}{name}", crate::names::COUNTY),
            _ => crate::names::COUNTY.to_string(),
        };
        let new = row(T::Unit)
            .with("unit_id", &ids[at])
            .with("name", *name)
            .with("parent_id", parent.map(|p| ids[p].clone()))
            .with("kind", *kind)
            .with("level", LEVELS[*level])
            .with("region", region);
        county.push(new);
    }
}
