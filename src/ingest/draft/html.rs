//! HTML as browsers save it and editors paste it: its text, a line a block.

use html5gum::{Token, Tokenizer};

/// Elements that begin and end a line of their own.
const BLOCKS: [&[u8]; 17] = [
    b"p", b"div", b"br", b"tr", b"li", b"ul", b"ol", b"table", b"section", b"article", b"header", b"footer", b"h1", b"h2", b"h3", b"h4",
    b"title",
];
/// Elements whose text nobody sees.
const UNSEEN: [&[u8]; 4] = [b"script", b"style", b"template", b"noscript"];

/// Whether a text says at its beginning that it is HTML.
pub(super) fn is_html(text: &str) -> bool {
    let start: String = text.trim_start().chars().take(64).collect::<String>().to_ascii_lowercase();
    ["<!doctype html", "<html", "<head", "<body", "<div", "<p>", "<p ", "<table", "<!--"].iter().any(|s| start.starts_with(s))
}

/// The text; the cells of a row of a table stand in one line, with tabs between.
pub(super) fn text(html: &str) -> String {
    let mut text = String::new();
    // The element whose text is passed over, up to its end.
    let mut unseen: Option<Vec<u8>> = None;
    let mut in_row = false;
    for token in Tokenizer::new(html).flatten() {
        match token {
            Token::StartTag(tag) => {
                let name: &[u8] = &tag.name;
                if unseen.is_none() && UNSEEN.contains(&name) && !tag.self_closing {
                    unseen = Some(name.to_vec());
                }
                if name == b"tr" {
                    in_row = true;
                    text.push('\n');
                } else if BLOCKS.contains(&name) {
                    text.push(if in_row { ' ' } else { '\n' });
                }
            }
            Token::EndTag(tag) => {
                let name: &[u8] = &tag.name;
                if unseen.as_deref() == Some(name) {
                    unseen = None;
                }
                match name {
                    b"td" | b"th" => text.push('\t'),
                    b"tr" | b"table" => {
                        in_row = false;
                        text.push('\n');
                    }
                    _ if BLOCKS.contains(&name) => text.push(if in_row { ' ' } else { '\n' }),
                    _ => {}
                }
            }
            Token::String(run) if unseen.is_none() => {
                // Line breaks of the source are no line breaks of the page.
                text.extend(String::from_utf8_lossy(&run).chars().map(|c| if matches!(c, '\n' | '\r' | '\t') { ' ' } else { c }));
            }
            _ => {}
        }
    }
    let lines = text.lines().filter(|l| !l.trim().is_empty());
    lines.collect::<Vec<_>>().join("\n")
}
