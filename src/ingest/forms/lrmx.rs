//! `.lrmx`: XML of one flat `<Person>`. Entities are never looked up anywhere: a file that declares its own is refused.

use super::form::{Field, Form, Kind, Relative};
use super::wrong::Wrong;
use quick_xml::Reader;
use quick_xml::events::{BytesRef, Event};

/// A form is far from it; what is nested deeper is made to exhaust.
const MOST_DEPTH: usize = 16;
/// Bytes of one field, the photo aside. A résumé of a hundred lines has ten thousand.
const LONGEST_FIELD: usize = 256 * 1024;
/// Relatives. The form has room for ten, editors for thirteen.
const MOST_KIN: u32 = 100;
/// Unknown elements that are told by name.
const MOST_STRANGE: usize = 8;

/// Reads a form.
pub(super) fn read(text: &str) -> Result<Form, Wrong> {
    let mut reader = Reader::from_str(text);
    let config = reader.config_mut();
    config.allow_dangling_amp = true;
    config.expand_empty_elements = true;
    let mut open = Open { form: Form::new(Kind::Lrmx), path: Vec::new(), text: String::new(), relative: None, kin: 0, done: false };
    loop {
        match reader.read_event() {
            Ok(Event::Start(start)) => open.start(start.name().local_name().as_ref())?,
            Ok(Event::End(_)) => open.end()?,
            Ok(Event::Text(text)) => open.add(&text.xml10_content())?,
            Ok(Event::CData(text)) => open.add(&text.xml10_content())?,
            Ok(Event::GeneralRef(entity)) => open.entity(&entity)?,
            Ok(Event::DocType(_)) => {
                return Err(Wrong::new(
                    "form::doctype",
                    "含有文档类型声明（DOCTYPE），不予读取",
                    "任免审批表不该有这种声明；请用任免审批表编辑器打开后另存",
                ));
            }
            Ok(Event::Eof) => break,
            Ok(Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::Empty(_)) => {}
            Err(quick_xml::Error::Syntax(_)) => return Err(Wrong::cut("文件末尾断在标记中间")),
            Err(_) => return Err(Wrong::new("form::bad-xml", "XML 标记有误", "请用任免审批表编辑器打开后另存")),
        }
    }
    if !open.path.is_empty() {
        return Err(Wrong::cut("没有结束标记"));
    }
    if !open.done {
        return Err(Wrong::other("没有 Person"));
    }
    Ok(open.form)
}

/// The form so far, and where in it the reader is.
struct Open {
    form: Form,
    path: Vec<Element>,
    text: String,
    relative: Option<Relative>,
    kin: u32,
    done: bool,
}

/// An element that is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Element {
    Person,
    Field(Field),
    Kin,
    Relative,
    /// A cell of a relative.
    Cell(Cell),
    /// Whatever else: not read.
    Other,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Cell {
    Relation,
    Name,
    Birth,
    Party,
    Work,
}

impl Open {
    fn start(&mut self, name: &str) -> Result<(), Wrong> {
        if self.path.len() >= MOST_DEPTH {
            return Err(Wrong::new("form::bad-xml", format!("标记嵌套超过 {MOST_DEPTH} 层"), "请用任免审批表编辑器打开后另存"));
        }
        let element = match self.path.last() {
            None if name == "Person" && !self.done => {
                self.done = true;
                Element::Person
            }
            None if self.done => return Err(Wrong::other("一个文件里不止一个 Person")),
            None => return Err(Wrong::other("最外层不是 Person")),
            Some(Element::Person) if name == "JiaTingChengYuan" => Element::Kin,
            Some(Element::Person) => Field::of_element(name).map_or_else(|| self.strange(name), Element::Field),
            Some(Element::Kin) if name == "Item" => {
                self.kin += 1;
                if self.kin > MOST_KIN {
                    return Err(Wrong::new("form::too-long", format!("家庭成员超过 {MOST_KIN} 人"), "请核对文件"));
                }
                self.relative = Some(Relative::default());
                Element::Relative
            }
            Some(Element::Relative) => match name {
                "ChengWei" => Element::Cell(Cell::Relation),
                "XingMing" => Element::Cell(Cell::Name),
                "ChuShengRiQi" => Element::Cell(Cell::Birth),
                "ZhengZhiMianMao" => Element::Cell(Cell::Party),
                "GongZuoDanWeiJiZhiWu" => Element::Cell(Cell::Work),
                _ => Element::Other,
            },
            Some(_) => Element::Other,
        };
        // What lies within a field belongs to its text: hand-made files break lines by <br/>.
        if element == Element::Other && name.eq_ignore_ascii_case("br") {
            self.text.push('\n');
        } else if element != Element::Other {
            self.text.clear();
        }
        self.path.push(element);
        Ok(())
    }

    fn strange(&mut self, name: &str) -> Element {
        let name: String = name.chars().take(40).collect();
        if self.form.strange.len() < MOST_STRANGE && !self.form.strange.contains(&name) {
            self.form.strange.push(name);
        }
        Element::Other
    }

    fn end(&mut self) -> Result<(), Wrong> {
        let text = std::mem::take(&mut self.text);
        match self.path.pop() {
            Some(Element::Field(Field::Photo)) => self.fill(Field::Photo, if text.is_empty() { "" } else { "有" })?,
            Some(Element::Field(field)) => self.fill(field, &unescaped_again(&text))?,
            Some(Element::Cell(cell)) => {
                let text = unescaped_again(text.trim());
                if let Some(relative) = &mut self.relative {
                    *match cell {
                        Cell::Relation => &mut relative.relation,
                        Cell::Name => &mut relative.name,
                        Cell::Birth => &mut relative.birth,
                        Cell::Party => &mut relative.party,
                        Cell::Work => &mut relative.work,
                    } = text;
                }
            }
            Some(Element::Relative) => {
                if let Some(relative) = self.relative.take() {
                    self.form.add_kin(self.kin, relative);
                }
            }
            Some(Element::Other) => self.text = text,
            _ => {}
        }
        Ok(())
    }

    fn fill(&mut self, field: Field, text: &str) -> Result<(), Wrong> {
        if self.form.fill(field, text) {
            return Ok(());
        }
        Err(Wrong::new("form::field-twice", format!("“{}”有两处，内容不同", field.zh()), "同一栏只留一处"))
    }

    fn add(&mut self, text: &str) -> Result<(), Wrong> {
        match self.path.last() {
            None if text.trim().is_empty() => Ok(()),
            None => Err(Wrong::other("标记之外有文字")),
            // A photo is never kept, and never shown.
            Some(Element::Field(Field::Photo)) => {
                if self.text.is_empty() && !text.trim().is_empty() {
                    self.text.push('1');
                }
                Ok(())
            }
            Some(Element::Field(field)) if self.text.len() + text.len() > LONGEST_FIELD => {
                Err(Wrong::new("form::too-long", format!("“{}”超过 {} KB", field.zh(), LONGEST_FIELD / 1024), "请核对文件"))
            }
            Some(Element::Cell(_)) if self.text.len() + text.len() > LONGEST_FIELD => {
                Err(Wrong::new("form::too-long", format!("“家庭成员”超过 {} KB", LONGEST_FIELD / 1024), "请核对文件"))
            }
            Some(Element::Field(_) | Element::Cell(_)) => {
                self.text.push_str(text);
                Ok(())
            }
            Some(_) => Ok(()),
        }
    }

    fn entity(&mut self, entity: &BytesRef<'_>) -> Result<(), Wrong> {
        let name = entity.xml10_content();
        match entity.resolve_char_ref() {
            Ok(Some(c)) => return self.add(c.encode_utf8(&mut [0; 4])),
            Ok(None) => {}
            Err(_) => return self.add(&format!("&{name};")),
        }
        match named(&name) {
            Some(text) => self.add(text),
            // No file declares any, so it stands for itself.
            None => self.add(&format!("&{name};")),
        }
    }
}

fn named(entity: &str) -> Option<&'static str> {
    Some(match entity {
        "lt" => "<",
        "gt" => ">",
        "amp" => "&",
        "quot" => "\"",
        "apos" => "'",
        "nbsp" => " ",
        _ => return None,
    })
}

/// Databases escape what is escaped again when it is written: `&amp;lt;`.
fn unescaped_again(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        plain.push_str(rest.get(..at).unwrap_or(""));
        rest = rest.get(at..).unwrap_or("");
        let end = rest.bytes().take(8).position(|b| b == b';');
        let entity = end.and_then(|end| rest.get(1..end));
        let found = match entity {
            Some("#13" | "#xD" | "#xd") => Some("\r"),
            Some("#10" | "#xA" | "#xa") => Some("\n"),
            Some(name) => named(name),
            None => None,
        };
        match (found, end) {
            (Some(text), Some(end)) => {
                plain.push_str(text);
                rest = rest.get(end + 1..).unwrap_or("");
            }
            _ => {
                plain.push('&');
                rest = rest.get(1..).unwrap_or("");
            }
        }
    }
    plain.push_str(rest);
    plain
}
