//! Invented names, places and ID numbers.

use crate::day::Day;
use crate::rng::Rng;

const SURNAMES: &str = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章云苏潘葛奚范彭郎鲁韦昌马苗凤花方俞任袁柳酆鲍史唐费廉岑薛雷贺倪汤滕殷罗毕郝邬安常乐于时傅皮卞齐康伍余元卜顾孟平黄和穆萧尹";
const GIVEN: &str = "安邦本波博才昌超成诚川春达丹德栋恩帆芳飞枫刚歌光桂国海涵航浩禾恒红洪虹华辉慧佳坚健江杰捷晋静炯军君钧凯康可兰岚磊黎丽力立莉良林玲岭龙璐鹭洛满茂梅敏明铭木宁培沛平芊谦青清晴庆秋泉然仁荣蓉如瑞润森山珊善尚绍申升胜石淑舒树松涛腾天田廷彤桐万威维伟文雯武溪霞贤宪祥翔晓心欣新兴星雄秀旭轩雪勋雅岩砚彦燕阳洋瑶业怡义艺毅英盈颖永咏勇友宇雨玉钰裕元原远悦越云泽展哲振正之知志智中舟竹卓梓宗祖";

pub fn name(rng: &mut Rng) -> String {
    let surnames: Vec<char> = SURNAMES.chars().collect();
    let given: Vec<char> = GIVEN.chars().collect();
    let mut name = String::new();
    name.push(*rng.pick(&surnames));
    for _ in 0..if rng.percent(70) { 2 } else { 1 } {
        name.push(*rng.pick(&given));
    }
    name
}

/// 18 characters with the check digit of GB 11643. The region 999999 is given to no place, so that nobody real can match.
pub fn id_number(rng: &mut Rng, birth: Day, male: bool) -> String {
    let (y, m, d) = birth.civil();
    let order = rng.between(0, 499) * 2 + i32::from(male);
    with_check_digit(&format!("999999{y:04}{m:02}{d:02}{order:03}"))
}

/// The number of the next person of the same birthday and sex: its order is two higher, and after the last comes the first.
pub fn next_id_number(number: &str) -> String {
    let (birth, order) = (&number[..14], number[14..17].parse::<u32>().unwrap_or_default());
    with_check_digit(&format!("{birth}{:03}", (order + 2) % 1000))
}

fn with_check_digit(body: &str) -> String {
    let weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let sum: u32 = body.bytes().zip(weights).map(|(b, w)| u32::from(b - b'0') * w).sum();
    let check = ["1", "0", "X", "9", "8", "7", "6", "5", "4", "3", "2"][(sum % 11) as usize];
    format!("{body}{check}")
}

pub const COUNTY: &str = "岚州市云泽县";
/// Counties of the same invented city, where the chiefs of the county come from.
pub const ELSEWHERE: &[&str] = &["岚州市澜溪县", "岚州市栖霞湾区", "岚州市北屏县", "岚州市枫桥岭县"];
pub const ETHNICITIES: &[&str] = &["汉族", "汉族", "汉族", "汉族", "汉族", "汉族", "汉族", "汉族", "满族", "回族", "苗族"];
pub const COURSES: &[&str] =
    &["县委党校秋季主体班", "县委党校春季主体班", "依法行政专题培训班", "乡村振兴专题研修班", "党性教育专题班", "基层治理能力提升班"];
