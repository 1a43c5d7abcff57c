//! Sheets as people make them, of invented people: 干部名册, 讨论任免干部名单, 年度考核表, 领导职数配备情况表, 全程纪实表.

use encoding_rs::GB18030;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, FormatAlign, Workbook, Worksheet, XlsxError};

/// Every sample: where it lies under `samples`, and its bytes.
pub fn all() -> Vec<(&'static str, Vec<u8>)> {
    vec![
        ("workbooks/干部名册.xlsx", book(&[roster, slate, quota, process, explanations]).expect("the roster can be written")),
        ("workbooks/年度考核.xlsx", book(&[yearly]).expect("the assessments can be written")),
        ("gb18030/干部名册.csv", gb18030(ROSTER_CSV)),
        ("gb18030/年度考核.csv", gb18030(YEARLY_CSV)),
    ]
}

const ROSTER_CSV: &str = "云岭县干部名册,,,,,,,,,\n单位：云岭县林草局,,,,,,,,填表日期：2026年3月,\n姓  名,\"现任\n职务\",性别,民族,籍贯,全日制教育,,\"出生\n年月\",\"参加工\n作时间\",\"任现职\n时 间\"\n,,,,,学历,毕业院校及专业,,,\n申屠望,县林草局局长,男,汉族,云岭,大学,某林业大学林学,1972.08,1995.07,2019.11\n\"仲孙\n素\",县林草局副局长,女,白族,云岭,大学,某农业大学园林,1979.3,2002年8月,2021/5\n合计,2人,,,,,,,,\n注：本表由单位组织人事部门填写,,,,,,,,,\n";
const YEARLY_CSV: &str = "序号,姓名,单位及职务,等次\n1,申屠望,县林草局局长,优秀\n2,仲孙素,县林草局副局长,称职\n";

fn gb18030(text: &str) -> Vec<u8> {
    GB18030.encode(&text.replace('\n', "\r\n")).0.into_owned()
}

type Write = fn(&mut Worksheet) -> Result<(), XlsxError>;

/// A workbook that is the same byte for byte whenever it is written.
fn book(sheets: &[Write]) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    book.set_properties(&DocProperties::new().set_creation_datetime(&ExcelDateTime::from_ymd(2026, 3, 2)?));
    for write in sheets {
        write(book.add_worksheet())?;
    }
    book.save_to_buffer()
}

fn title() -> Format {
    Format::new().set_bold().set_align(FormatAlign::Center)
}

fn head() -> Format {
    Format::new().set_text_wrap().set_align(FormatAlign::Center)
}

fn row(sheet: &mut Worksheet, at: u32, cells: &[&str]) -> Result<(), XlsxError> {
    for (column, cell) in (0u16..).zip(cells).filter(|(_, c)| !c.is_empty()) {
        sheet.write(at, column, *cell)?;
    }
    Ok(())
}

/// Headers of two rows: `upper/lower` over several columns, `upper` alone over two rows.
fn two_rows(sheet: &mut Worksheet, at: u32, headers: &[&str]) -> Result<(), XlsxError> {
    let upper = |column: usize| headers.get(column).map(|h| h.split_once('/').map_or((*h, ""), |(u, l)| (u, l)));
    let mut column = 0;
    while let Some((over, below)) = upper(column) {
        if below.is_empty() {
            sheet.merge_range(at, column as u16, at + 1, column as u16, over, &head())?;
            column += 1;
            continue;
        }
        let first = column;
        while let Some((same, below)) = upper(column).filter(|(u, l)| *u == over && !l.is_empty()) {
            let _ = same;
            sheet.write_with_format(at + 1, column as u16, below, &head())?;
            column += 1;
        }
        if column - first > 1 {
            sheet.merge_range(at, first as u16, at, column as u16 - 1, over, &head())?;
        } else {
            sheet.write_with_format(at, first as u16, over, &head())?;
        }
    }
    Ok(())
}

fn roster(sheet: &mut Worksheet) -> Result<(), XlsxError> {
    sheet.set_name("名册")?;
    sheet.merge_range(0, 0, 0, 14, "云岭县县管干部名册", &title())?;
    row(sheet, 1, &["单位：中共云岭县委组织部"])?;
    sheet.write(1, 12, "2026年3月")?;
    let headers = [
        "姓  名",
        "现任\n职务",
        "性\n别",
        "民族",
        "籍 贯",
        "全日制教育/学历\n学位",
        "全日制教育/毕业院校\n及专业",
        "在职教育/学历\n学位",
        "在职教育/毕业院校\n及专业",
        "出生\n年月",
        "参加工\n作时间",
        "入党\n时间",
        "任现职\n时 间",
        "备注",
        "单位归口",
    ];
    two_rows(sheet, 2, &headers)?;
    sheet.set_column_hidden(14)?;
    let group = |sheet: &mut Worksheet, at: u32, name: &str| sheet.merge_range(at, 0, at, 14, name, &Format::new()).map(|_| ());
    group(sheet, 4, "云岭县财政局")?;
    let people: [[&str; 15]; 5] = [
        [
            "司空明远",
            "县财政局局长",
            "男",
            "汉族",
            "云岭",
            "大学\n经济学学士",
            "某财经大学",
            "",
            "",
            "1971.05",
            "1993.07",
            "199806",
            "2019.03",
            "",
            "2",
        ],
        [
            "漆雕 宁",
            "县财政局副局长",
            "女",
            "彝族",
            "云岭",
            "大专",
            "某财贸学校",
            "省委党校研究生",
            "经济管理",
            "1978.10",
            "1999年8月",
            "2003.07",
            "2021.06",
            "",
            "2",
        ],
        [
            "巫马长青",
            "县财政局四级调研员",
            "男",
            "汉族",
            "江川",
            "大学",
            "某大学",
            "",
            "",
            "68.11",
            "1990.12",
            "民建",
            "2020.01 正科",
            "",
            "2",
        ],
        [
            "公良芷",
            "云溪镇党委书记",
            "女",
            "汉族",
            "云岭",
            "大学\n法学学士",
            "某政法大学",
            "",
            "",
            "1984.02",
            "2006.07",
            "2008.12",
            "2022.04",
            "",
            "3",
        ],
        ["亓官海", "云溪镇镇长", "男", "白族", "云岭", "大学", "某农业大学", "", "", "", "2009.08", "2012.06", "", "挂任", "3"],
    ];
    for (at, person) in [5u32, 6, 7, 9, 10].into_iter().zip(&people) {
        row(sheet, at, person)?;
    }
    group(sheet, 8, "云溪镇")?;
    // Cells as spreadsheets keep them: a month typed as a number, and one as a date.
    sheet.write(10, 9, 1986.1)?;
    sheet.write_with_format(10, 12, &ExcelDateTime::from_ymd(2023, 9, 1)?, &Format::new().set_num_format("yyyy\"年\"m\"月\""))?;
    sheet.set_row_hidden(7)?;
    row(sheet, 11, &["总  计", "5人"])?;
    row(sheet, 12, &["说明：一、出生年月等写到月。"])?;
    row(sheet, 13, &["二、本表由县委组织部干部科填写，未尽事宜请与干部科联系。"])?;
    Ok(())
}

fn slate(sheet: &mut Worksheet) -> Result<(), XlsxError> {
    sheet.set_name("讨论名单")?;
    sheet.merge_range(0, 0, 0, 11, "讨论任免干部名单", &title())?;
    row(
        sheet,
        1,
        &[
            "姓名",
            "现任职务",
            "拟任免职务",
            "性别",
            "出生\n年月",
            "学历",
            "籍贯",
            "工作\n年月",
            "入党\n年月",
            "副处职\n(正处)\n时间",
            "现职\n时间",
            "备注",
        ],
    )?;
    let people: [[&str; 12]; 3] = [
        [
            "漆雕宁",
            "县财政局副局长",
            "任县审计局局长，免县财政局副局长职务",
            "女",
            "78.10",
            "研究生",
            "云岭",
            "99.08",
            "03.07",
            "",
            "21.06",
            "",
        ],
        ["公良芷", "云溪镇党委书记", "拟任三级调研员", "女", "84.02", "大学", "云岭", "06.07", "08.12", "13.04 正科", "22.04", ""],
        ["夹谷一", "县审计局局长", "免去县审计局局长职务", "男", "66.06", "大学", "云岭", "88.07", "1992.07", "", "15.02", "退休"],
    ];
    for (at, person) in (2u32..).zip(&people) {
        row(sheet, at, person)?;
    }
    row(sheet, 5, &["共 3 人"])?;
    Ok(())
}

fn quota(sheet: &mut Worksheet) -> Result<(), XlsxError> {
    sheet.set_name("领导职数")?;
    sheet.merge_range(0, 0, 0, 14, "各单位领导职数配备情况表", &title())?;
    let headers = [
        "机构名称",
        "机构级别",
        "机构类型",
        "领导职数/应配",
        "领导职数/实配",
        "领导职数/超配",
        "领导职数/缺配",
        "正职/应配",
        "正职/实配",
        "正职/超配",
        "正职/缺配",
        "副职/应配",
        "副职/实配",
        "副职/超配",
        "副职/缺配",
    ];
    two_rows(sheet, 1, &headers)?;
    let units: [(&str, &str, [i32; 12]); 3] = [
        ("云岭县财政局", "正科级", [4, 2, 0, 2, 1, 1, 0, 0, 3, 1, 0, 2]),
        ("云溪镇", "乡科级", [9, 2, 0, 7, 2, 2, 0, 0, 7, 0, 0, 7]),
        ("云岭县档案馆", "股所级", [1, 1, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0]),
    ];
    for (at, (name, level, counts)) in (3u32..).zip(&units) {
        row(sheet, at, &[name, level, "政府工作部门"])?;
        for (column, count) in (3u16..).zip(counts) {
            sheet.write(at, column, *count)?;
        }
    }
    row(sheet, 6, &["合计"])?;
    for column in 3u16..15 {
        let letter = char::from(b'A' + column as u8);
        sheet.write(6, column, format!("=SUM({letter}4:{letter}6)").as_str())?;
    }
    Ok(())
}

fn process(sheet: &mut Worksheet) -> Result<(), XlsxError> {
    sheet.set_name("全程纪实")?;
    sheet.merge_range(0, 0, 0, 17, "干部选拔任用工作全程纪实表", &title())?;
    let headers = [
        "序号",
        "姓名",
        "现任职务",
        "拟任职务",
        "动议/时间",
        "会议推荐/推荐时间",
        "会议推荐/参加人数",
        "会议推荐/得票数",
        "个别谈话推荐/推荐时间",
        "个别谈话推荐/参加人数",
        "个别谈话推荐/得票数",
        "考察/考察时间",
        "讨论决定/时间",
        "讨论决定/应到人数",
        "讨论决定/参加人数",
        "讨论决定/同意",
        "任前公示/开始时间",
        "任前公示/结束时间",
    ];
    two_rows(sheet, 1, &headers)?;
    let people: [[&str; 18]; 1] = [[
        "1",
        "漆雕宁",
        "县财政局副局长",
        "县审计局局长",
        "2026-01-05",
        "2026-01-12",
        "36",
        "31",
        "2026-01-13",
        "28",
        "25",
        "2026-01-26",
        "2026-02-06",
        "11",
        "10",
        "10",
        "2026-02-09",
        "2026-02-13",
    ]];
    for (at, person) in (3u32..).zip(&people) {
        row(sheet, at, person)?;
    }
    Ok(())
}

fn explanations(sheet: &mut Worksheet) -> Result<(), XlsxError> {
    sheet.set_name("填表说明")?;
    row(sheet, 0, &["填表说明"])?;
    row(sheet, 1, &["一、各表由单位组织人事部门填写。"])
}

fn yearly(sheet: &mut Worksheet) -> Result<(), XlsxError> {
    sheet.set_name("考核")?;
    sheet.merge_range(0, 0, 0, 3, "云岭县干部年度考核等次表", &title())?;
    row(sheet, 1, &["序号", "姓 名", "单位及职务", "等次"])?;
    let people = [
        ["1", "司空明远", "云岭县财政局局长", "优秀"],
        ["2", "漆雕宁", "县财政局副局长", "称职"],
        ["3", "公良芷", "云溪镇党委书记", "合格"],
        ["4", "夹谷一", "县审计局局长", "待定"],
    ];
    for (at, person) in (2u32..).zip(&people) {
        row(sheet, at, person)?;
    }
    Ok(())
}
