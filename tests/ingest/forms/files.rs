//! Forms in every encoding and style, several of them, zips of them, and files made to harm.

use super::*;
use proptest::prelude::*;
use std::io::{Cursor, Write};
use zip::write::SimpleFileOptions;

const PLAIN: &str = "1998.07--2001.03  某镇科员\n2001.03--  某乡科员";

/// What a form of PLAIN is read as, in whatever file.
fn is_plain(store: &Store, note: &str) {
    assert_eq!(rows(store, "post"), ["某镇科员||1998-07|2001-03", "某乡科员||2001-03|"], "{note}");
    assert_eq!(person(store, "name").as_deref(), Some("江远"), "{note}");
    assert!(store.problems.is_empty(), "{note}: {:?}", store.problems);
}

#[test]
fn every_encoding_with_and_without_bom() {
    let text = with_resume(PLAIN);
    let wide = |big: bool| -> Vec<u8> { text.encode_utf16().flat_map(|u| if big { u.to_be_bytes() } else { u.to_le_bytes() }).collect() };
    let gbk = |text: &str| encoding_rs::GB18030.encode(text).0.into_owned();
    let cases: Vec<(&str, Vec<u8>)> = vec![
        ("UTF-8", text.clone().into_bytes()),
        ("UTF-8 BOM", [b"\xef\xbb\xbf", text.as_bytes()].concat()),
        ("UTF-16LE BOM", [&b"\xff\xfe"[..], &wide(false)].concat()),
        ("UTF-16BE BOM", [&b"\xfe\xff"[..], &wide(true)].concat()),
        ("UTF-16LE", wide(false)),
        ("UTF-16BE", wide(true)),
        ("GBK declared", gbk(&text.replace("utf-8", "GBK"))),
        ("GB2312 declared", gbk(&text.replace("utf-8", "gb2312"))),
        ("GBK declared as UTF-8", gbk(&text)),
        ("UTF-8 declared as GBK", text.replace("utf-8", "GB18030").into_bytes()),
        ("nothing declared", text.split_once('\n').unwrap().1.as_bytes().to_vec()),
        ("GBK, nothing declared", gbk(text.split_once('\n').unwrap().1)),
    ];
    for (note, bytes) in cases {
        is_plain(&forms(&[("表.lrmx", &bytes)]), note);
    }
    let dir = tempfile::tempdir().unwrap();
    let other = dir.path().join("a.lrmx");
    fs::write(&other, gbk(&text.replace("utf-8", "Big5"))).unwrap();
    assert_eq!(read_forms(&other).unwrap_err().code(), "form::encoding");
    fs::write(&other, [text.as_bytes(), b"\xff\xff\xff"].concat()).unwrap();
    assert_eq!(read_forms(&other).unwrap_err().code(), "form::encoding");
}

#[test]
fn every_style_of_blank_and_escape() {
    let one_line = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?><Person><XingMing>江 远</XingMing><NiRenZhiWu/><NiMianZhiWu></NiMianZhiWu><JianLi>1998.07--2001.03  某镇科员&#13;\n2001.03--         某乡科员</JianLi><ShenFenZheng>999999197804150136</ShenFenZheng></Person>";
    is_plain(&form(one_line), "server");
    is_plain(&form(&one_line.replace("<NiRenZhiWu/>", "<NiRenZhiWu>\n  </NiRenZhiWu>")), "blank on two lines");
    is_plain(&form(&one_line.replace("&#13;\n", "<br/>")), "breaks as elements");
    is_plain(&form(&one_line.replace("&#13;\n", "&lt;br /&gt;")), "breaks as text");
    is_plain(&form(&one_line.replace("<XingMing>江 远</XingMing>", "<XingMing><![CDATA[江远]]></XingMing>")), "CDATA");
    is_plain(&form(&one_line.replace("<Person>", "<!-- 注 --><Person><ZhaoPian>AAAA</ZhaoPian>")), "comment and photo");
    // Escaped twice, by the database and by the writer; and an ampersand that nobody escaped.
    let twice = form(&lrmx(&[NAME, ID, ("JianLi", "2015.06--  某局副局长&amp;lt;正科级&amp;gt;")]));
    assert_eq!(rows(&twice, "post"), ["某局副局长<正科级>||2015-06|"]);
    let raw = form(&lrmx(&[NAME, ID, ("JianLi", "2015.06--  某R&D中心主任")]));
    assert_eq!(rows(&raw, "post"), ["某R&D中心主任||2015-06|"]);
}

fn lrm(resume: &str) -> String {
    let mut fields = vec![String::new(); 34];
    for (at, text) in [(0, "江远"), (1, "男"), (2, "197804"), (9, "大学#文学学士@省委党校研究生#"), (17, resume), (33, ID.1)]
    {
        fields[at] = text.to_owned();
    }
    for (at, text) in [(20, "妻子@儿子@@@"), (21, "沈清@江小@@@"), (24, "某校\"名师\",教研员@@@@")] {
        fields[at] = text.to_owned();
    }
    fields.iter().map(|f| format!("\"{f}\"")).collect::<Vec<_>>().join(",")
}

#[test]
fn old_records_with_quotes_commas_and_line_breaks_within() {
    let bytes = encoding_rs::GBK.encode(&lrm("1998.07--2001.03  某镇\"两办\",科员\r\n2001.03--  某乡科员")).0.into_owned();
    let store = forms(&[("表.lrm", &bytes)]);
    assert_eq!(rows(&store, "post"), ["某镇\"两办\",科员||1998-07|2001-03", "某乡科员||2001-03|"]);
    assert_eq!(rows(&store, "kin"), ["配偶|沈清|某校\"名师\",教研员", "儿子|江小|"]);
    assert_eq!(person(&store, "education").as_deref(), Some("研究生"));
    let post = store.schema.table("post").unwrap();
    assert_eq!(store.place(post, 0, store.schema.tables[post].field("start").unwrap()), "表.lrm:1:简历");
    let dir = tempfile::tempdir().unwrap();
    let at = |name: &str, text: &str| {
        let path = dir.path().join(name);
        fs::write(&path, encoding_rs::GBK.encode(text).0).unwrap();
        read_forms(&path)
    };
    // What is a form is told by what is in it.
    assert!(at("没有后缀", &lrm(PLAIN)).is_ok());
    let whole = lrm(PLAIN);
    assert_eq!(at("a.lrm", &whole[..whole.len() - 1]).unwrap_err().code(), "form::truncated");
    assert_eq!(at("b.lrm", "\"江远\",\"男\"").unwrap_err().code(), "form::truncated");
    assert_eq!(at("c.lrm", &lrm("甲\",\"乙\",\"丙")).unwrap_err().code(), "form::ambiguous");
    assert_eq!(at("d.lrm", "江远").unwrap_err().code(), "form::not-a-form");
}

#[test]
fn one_bad_form_among_others_costs_nothing_else() {
    let good = with_resume(PLAIN);
    let store = forms(&[
        ("a.lrmx", good.as_bytes()),
        ("b.lrmx", &good.as_bytes()[..good.len() / 2]),
        ("c.lrmx", b""),
        ("d.lrmx", b"PK\x03\x04..."),
        ("e.lrmx", b"\xff\xd8\xff\xe0"),
        ("f.lrmx", lrmx(&[ID]).as_bytes()),
        ("g.lrmx", b"<html></html>"),
        ("._a.lrmx", b"\0\0"),
        ("a.pic", b"\xff\xd8"),
    ]);
    assert_eq!(tally(&store, "person"), (7, 1, 0, 6));
    assert_eq!(rows(&store, "post").len(), 2);
    let refused: Vec<(&str, &str)> = store.problems.iter().map(|p| (p.file.as_str(), p.code)).collect();
    let expected = [
        ("b.lrmx", "form::truncated"),
        ("c.lrmx", "form::empty"),
        ("d.lrmx", "form::not-a-form"),
        ("e.lrmx", "form::not-a-form"),
        ("f.lrmx", "form::no-name"),
        ("g.lrmx", "form::not-a-form"),
    ];
    assert_eq!(refused, expected);
}

#[test]
fn two_forms_of_one_person_are_one_or_none() {
    let good = with_resume(PLAIN);
    let later = with_resume("1998.07--2001.03  某镇科员\n2001.03--2024.02  某乡科员");
    // The same said twice, in another file and style.
    let copy = good.replace('\n', "\r\n").replace("</Person>", "<Version>3.2.1.16</Version></Person>");
    let store = forms(&[("a.lrmx", good.as_bytes()), ("b.lrmx", copy.as_bytes())]);
    assert_eq!(tally(&store, "person"), (2, 1, 1, 0));
    assert_eq!((rows(&store, "post").len(), codes(&store)), (2, vec![("form::copy", Fate::Noted)]));
    // Different: neither is believed.
    let store = forms(&[("a.lrmx", good.as_bytes()), ("b.lrmx", later.as_bytes())]);
    assert_eq!(tally(&store, "person"), (2, 0, 0, 2));
    assert!(rows(&store, "post").is_empty());
    assert_eq!(codes(&store), [("form::two-of-one", Fate::Refused), ("form::two-of-one", Fate::Refused)]);
    // Wherever they lie.
    let dir = tempfile::tempdir().unwrap();
    let paths = [dir.path().join("a.lrmx"), dir.path().join("b.lrmx")];
    fs::write(&paths[0], &good).unwrap();
    fs::write(&paths[1], &later).unwrap();
    let sources: Vec<String> = paths.iter().map(|p| p.display().to_string()).collect();
    let store = checked(ingest::read(&sources, &SCHEMA, &Wanted::all(&SCHEMA), &Silent).unwrap());
    assert_eq!(tally(&store, "person"), (2, 0, 0, 2));
}

#[test]
fn namesakes_are_told_and_not_merged() {
    let of = |id: &str, post: &str| {
        lrmx(&[NAME, ("ChuShengNianYue", "197804"), ("XianRenZhiWu", post), ("ShenFenZheng", id), ("JianLi", "2001.03--  某乡科员")])
    };
    let (one, other, none) = (of(ID.1, "甲"), of("999999197804220018", "乙"), of("", "甲"));
    let store = forms(&[("a.lrmx", one.as_bytes()), ("b.lrmx", other.as_bytes()), ("c.lrmx", none.as_bytes())]);
    assert_eq!(tally(&store, "person"), (3, 3, 0, 0));
    assert_eq!(codes(&store), [("form::namesakes", Fate::Noted), ("form::namesakes", Fate::Noted)]);
}

// ---- Zips ----

fn zipped(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in entries {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn read_zip(name: &str, bytes: &[u8]) -> Result<Store, IngestError> {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join(name);
    fs::write(&path, bytes).unwrap();
    read_forms(&path).map(checked)
}

#[test]
fn a_zip_of_forms_is_read_as_its_folder_would_be() {
    let good = with_resume(PLAIN);
    let bytes = zipped(&[("表/江远.lrmx", good.as_bytes()), ("表/江远.pic", b"\xff\xd8"), ("表/坏.lrmx", b"<Person>")]);
    let store = read_zip("名单.zip", &bytes).unwrap();
    assert_eq!((tally(&store, "person"), rows(&store, "post").len()), ((2, 1, 0, 1), 2));
    assert_eq!(store.problems[0].file, "名单.zip/表/坏.lrmx");
    // The ending does not matter.
    assert!(read_zip("名单", &bytes).is_ok());
    // Names in GBK.
    let gbk = read_forms(&sample("forms.zip")).map(checked).unwrap();
    assert!(gbk.places.files.iter().any(|f| f == "forms.zip/任免表/温良.lrmx"), "{:?}", gbk.places.files);
    assert_eq!(read_zip("空.zip", &zipped(&[("说明.txt", b"x")])).unwrap_err().code(), "form::not-a-form");
}

/// The zip with a byte of its first entry changed, in the head of the entry and in the list of all.
fn marked(zip: &[u8], in_head: usize, in_list: usize, byte: u8) -> Vec<u8> {
    let list = zip.windows(4).position(|w| w == b"PK\x01\x02").unwrap();
    let mut zip = zip.to_vec();
    zip[in_head] = byte;
    zip[list + in_list] = byte;
    zip
}

#[test]
fn an_entry_that_cannot_be_unpacked_is_refused_and_the_others_are_read() {
    let good = with_resume(PLAIN);
    let bytes = zipped(&[("a.lrmx", good.as_bytes()), ("b.lrmx", good.as_bytes())]);
    // The first flag says that a password is needed; method 9 (Deflate64) is none that is unpacked here.
    for (zip, code) in [(marked(&bytes, 6, 8, 1), "form::zip-password"), (marked(&bytes, 8, 10, 9), "form::zip-method")] {
        let store = read_zip("名单.zip", &zip).unwrap();
        assert_eq!((tally(&store, "person"), codes(&store)), ((2, 1, 0, 1), vec![(code, Fate::Refused)]));
        assert_eq!(store.problems[0].file, "名单.zip/a.lrmx");
    }
}

#[test]
fn a_form_that_cannot_be_opened_is_refused_and_one_in_a_folder_below_is_told() {
    let good = with_resume(PLAIN);
    let dir = folder(&[("a.lrmx", &good)]);
    // It leads to no file.
    std::os::unix::fs::symlink(dir.path().join("nowhere"), dir.path().join("b.lrmx")).unwrap();
    fs::create_dir(dir.path().join("下一级")).unwrap();
    fs::write(dir.path().join("下一级/c.lrmx"), &good).unwrap();
    let store = checked(read_forms(dir.path()).unwrap());
    assert_eq!(tally(&store, "person"), (2, 1, 0, 1));
    let mut told: Vec<_> = store.problems.iter().map(|p| (p.code, p.file.as_str(), p.fate)).collect();
    told.sort();
    assert_eq!(told, [("form::folder-not-read", "下一级", Fate::Noted), ("form::unreadable", "b.lrmx", Fate::Refused)]);
}

#[test]
fn zips_that_are_cut_or_made_to_exhaust_are_refused() {
    let good = with_resume(PLAIN);
    let bytes = zipped(&[("a.lrmx", good.as_bytes()), ("b.lrmx", good.as_bytes())]);
    for cut in [30, bytes.len() / 2, bytes.len() - 10] {
        assert_eq!(read_zip("cut.zip", &bytes[..cut]).unwrap_err().code(), "form::truncated", "{cut}");
    }
    // Thirty megabytes of blanks pack to thirty thousand bytes.
    let bomb = zipped(&[("bomb.lrmx", &vec![b' '; 30 << 20])]);
    assert!(bomb.len() < 100_000);
    let error = read_zip("bomb.zip", &bomb).unwrap_err();
    assert_eq!(error.code(), "form::zip-bomb");
    assert!(error.to_string().contains("压缩比"), "{error}");
    // Twenty thousand and one entries.
    let names: Vec<String> = (0..20_001).map(|i| format!("{i}.lrmx")).collect();
    let many: Vec<(&str, &[u8])> = names.iter().map(|n| (n.as_str(), &b""[..])).collect();
    assert_eq!(read_zip("many.zip", &zipped(&many)).unwrap_err().code(), "form::zip-bomb");
    // Damage anywhere brings nothing down.
    for at in 0..bytes.len() {
        let mut broken = bytes.clone();
        broken[at] ^= 0x5a;
        if let Err(error) = read_zip("broken.zip", &broken) {
            assert!(!error.code().is_empty() && !error.advice().is_empty());
        }
    }
}

// ---- Files made to harm ----

#[test]
fn entities_and_document_types_are_never_followed() {
    let error = |text: &str| {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.lrmx");
        fs::write(&path, text).unwrap();
        read_forms(&path).unwrap_err()
    };
    let secret =
        "<?xml version=\"1.0\"?><!DOCTYPE Person [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><Person><XingMing>&x;</XingMing></Person>";
    assert_eq!(error(secret).code(), "form::doctype");
    let laughs =
        "<!DOCTYPE Person [<!ENTITY a \"哈哈哈哈\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\">]><Person><XingMing>&b;</XingMing></Person>";
    assert_eq!(error(laughs).code(), "form::doctype");
    assert_eq!(error("<Person><XingMing>江</XingMing></Person><Person></Person>").code(), "form::not-a-form");
    assert_eq!(error("<Person><XingMing>江</XinMing></Person>").code(), "form::bad-xml");
    assert_eq!(error("<Person><XingMing>江</XingMing><XingMing>远</XingMing></Person>").code(), "form::field-twice");
    let deep = format!("<Person>{}</Person>", "<a>".repeat(100_000));
    assert_eq!(error(&deep).code(), "form::bad-xml");
    // An entity nobody declared stands for itself.
    let store = form(&lrmx(&[("XingMing", "江&x;远"), ("JianLi", "2001.03--  某")]));
    assert_eq!(person(&store, "name").as_deref(), Some("江&x;远"));
}

#[test]
fn fields_of_megabytes_are_refused_and_a_photo_is_not() {
    let long = |element: &str, c: &str| lrmx(&[NAME, ID, (element, &c.repeat(10 << 20)), ("JianLi", "2001.03--  某")]);
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("a.lrmx");
    fs::write(&path, long("JianLi", "x")).unwrap();
    assert_eq!(read_forms(&path).unwrap_err().code(), "form::too-long");
    fs::write(&path, long("ChengBaoDanWei", "x")).unwrap();
    assert_eq!(read_forms(&path).unwrap_err().code(), "form::too-long");
    fs::write(&path, long("ZhaoPian", "A")).unwrap();
    let store = read_forms(&path).map(checked).unwrap();
    assert!(store.problems.is_empty());
    fs::write(&path, vec![b' '; 17 << 20]).unwrap();
    assert!(read_forms(&path).is_err());
}

#[test]
fn a_named_file_that_is_no_form_is_an_error_with_its_name() {
    let dir = tempfile::tempdir().unwrap();
    for (name, bytes, code) in
        [("a.lrmx", &b"%PDF-1.7"[..], "form::not-a-form"), ("b.lrmx", b"", "ingest::empty"), ("c.lrmx", b"hello", "form::not-a-form")]
    {
        let path = dir.path().join(name);
        fs::write(&path, bytes).unwrap();
        let error = read_forms(&path).unwrap_err();
        assert_eq!(error.code(), code, "{name}");
        assert!(error.to_string().contains(name));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Whatever stands in a résumé, every line that is not blank is a row or told.
    #[test]
    fn no_line_of_a_resume_is_lost(resume in "((19|20)[0-9]{2}[.．年]?[0-9]{0,2}月?|--|—|至今|至|（其间：|（|）|；|，|某局局长|在某校学习|任三级主任科员|待分配| {1,20}|　|[0-9]|\n|\r\n|<br/>|&|<){0,40}") {
        let store = form(&with_resume(&resume));
        let plain = resume.trim().replace("\r\n", "\n").replace("<br/>", "\n");
        let lines: Vec<u32> = (1..).zip(plain.lines()).filter(|(_, l)| !l.trim().is_empty()).map(|(n, _)| n).collect();
        let mut starts: Vec<u32> = store.problems.iter().filter(|p| p.column == "JianLi").map(|p| p.row).collect();
        let mut kept = 0;
        for table in ["post", "study", "rank"] {
            let of = store.rows(store.schema.table(table).unwrap());
            starts.extend((0..of.len).filter_map(|r| of.origin.get(r)).map(|(_, line)| line));
            kept += (0..of.len as RowId).filter(|&r| !of.is_open(r)).count();
        }
        // The first line begins something; every further one begins something or goes on with what stands before it.
        if let Some(first) = lines.first() {
            prop_assert!(starts.contains(first), "{plain:?}: {starts:?}");
        }
        prop_assert!(starts.iter().all(|s| *s == 0 || lines.contains(s)), "{plain:?}: {starts:?}");
        // No character of it is lost: what is kept, or told to be no post (of a long text the beginning), holds every word that says what was done.
        let waiting = || store.problems.iter().filter(|p| p.code == "form::resume-waiting");
        let is_shortened = waiting().any(|p| p.value.ends_with('…'));
        let words = plain.matches("某局局长").count();
        let post = store.schema.table("post").unwrap();
        let title = store.schema.tables[post].field("title").unwrap();
        let study = store.schema.table("study").unwrap();
        let study_title = store.schema.tables[study].field("title").unwrap();
        let mut found = waiting().map(|p| p.value.matches("某局局长").count()).sum::<usize>();
        for (t, f) in [(post, title), (study, study_title)] {
            found += (0..store.rows(t).len as RowId).filter_map(|r| store.show(t, r, f)).map(|t| t.matches("某局局长").count()).sum::<usize>();
        }
        prop_assert!(found >= words || is_shortened, "{plain:?}: {words} words, {found} found, {kept} rows");
    }

    #[test]
    fn changed_bytes_of_forms(changes in prop::collection::vec((0usize..1200, any::<u8>()), 1..8), cut in any::<Option<u16>>()) {
        let dir = tempfile::tempdir().unwrap();
        for name in ["02欧阳静.lrmx", "04卢青.lrm"] {
            let mut bytes = fs::read(sample("forms").join(name)).unwrap();
            for &(at, byte) in &changes {
                let at = at % bytes.len();
                bytes[at] = byte;
            }
            bytes.truncate(cut.map_or(bytes.len(), |c| usize::from(c) % bytes.len()));
            let path = dir.path().join(name);
            fs::write(&path, &bytes).unwrap();
            if let Ok(store) = read_forms(&path) {
                checked(store);
            }
        }
    }
}
