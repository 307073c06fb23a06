//! A notice as HTML that mail programs understand: one column, styles at the elements, colours for
//! the light and the dark.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use crate::notify::words::Lines;
use crate::platform::texts::Lang;

/// Mail programs that know dark colours take them from here; the others show the light ones that
/// stand at the elements.
const STYLE: &str = "\
:root{color-scheme:light dark;supported-color-schemes:light dark}\
@media(prefers-color-scheme:dark){\
.g{background:#0d1113!important}\
.c{background:#171c1f!important}\
.i{color:#eef2f3!important}\
.s{color:#a3adb2!important}\
.l{border-color:#2a3135!important}\
.q{background:#12343a!important;color:#eef2f3!important}\
.b{background:#4fc3cd!important;color:#062226!important}\
.a{color:#4fc3cd!important}}";

const FONT: &str = "font-family:system-ui,-apple-system,'Hiragino Sans','Hiragino Kaku Gothic \
    ProN','Noto Sans JP','Yu Gothic UI',Meiryo,sans-serif";

const CARD: &str = "max-width:560px;background:#ffffff;border-radius:14px;text-align:left";
const TITLE: &str = "margin:0;font-size:22px;line-height:1.35;font-weight:700;color:#14191b";
const LABEL: &str = "font-size:13px;line-height:1.5;color:#566066;padding-bottom:6px";
const SAID: &str = "background:#e0f2f3;color:#14191b;border-radius:10px;padding:14px 16px;\
    font-size:16px;line-height:1.7;overflow-wrap:anywhere";
const BUTTON: &str = "display:block;background:#00737d;color:#ffffff;border-radius:12px;\
    padding:15px 20px;font-size:16px;line-height:1.4;font-weight:600;text-align:center;\
    text-decoration:none";
const FOOTER: &str = "font-size:13px;line-height:1.6;color:#566066";

/// The page. `call_back` is the caller's number in E.164, which the first row then calls; `icon`
/// stands before the link's words.
pub fn page(lang: Lang, lines: &Lines, call_back: Option<&str>, icon: &str) -> String {
    let page = html! {
        (DOCTYPE)
        html lang=(lang.tag()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width,initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="supported-color-schemes" content="light dark";
                meta name="format-detection" content="telephone=no";
                title { (lines.title) }
                style { (PreEscaped(STYLE)) }
            }
            body.g style="margin:0;padding:0;background:#f2f4f5" {
                table.g role="presentation" width="100%" cellpadding="0" cellspacing="0"
                    style="background:#f2f4f5" {
                    tr { td align="center" style="padding:24px 12px" {
                        table.c role="presentation" width="100%" cellpadding="0" cellspacing="0"
                            style=(CARD) { (card(lines, call_back, icon)) }
                    } }
                }
            }
        }
    };
    page.into_string()
}

fn card(lines: &Lines, call_back: Option<&str>, icon: &str) -> Markup {
    html! {
        tr { td style={ "padding:24px 20px 8px;" (FONT) } {
            h1.i style=(TITLE) { (lines.title) }
        } }
        tr { td style="padding:8px 20px" {
            table role="presentation" width="100%" cellpadding="0" cellspacing="0" {
                @for (index, (label, value)) in lines.rows.iter().enumerate() {
                    (row(index, label, value, call_back.filter(|_| index == 0)))
                }
            }
        } }
        @if let Some(transcript) = &lines.transcript {
            tr { td style={ "padding:12px 20px 4px;" (FONT) } {
                div.s style=(LABEL) { (lines.transcript_label) }
                div.q style=(SAID) {
                    @for (index, line) in transcript.split('\n').enumerate() {
                        @if index > 0 { br; }
                        (line)
                    }
                }
            } }
        }
        @if let Some((label, url)) = &lines.link {
            tr { td style={ "padding:16px 20px 8px;" (FONT) } {
                a.b href=(url) style=(BUTTON) {
                    @if !icon.is_empty() { (icon) "\u{a0} " }
                    (label)
                }
            } }
        }
        tr { td.s style={ "padding:16px 20px 22px;" (FONT) ";" (FOOTER) } { (lines.footer) } }
    }
}

fn row(index: usize, label: &str, value: &str, call_back: Option<&str>) -> Markup {
    let border = if index == 0 { "" } else { "border-top:1px solid #e1e6e8;" };
    let label_style = "font-size:14px;line-height:1.5;color:#566066;white-space:nowrap";
    let value_style = "font-size:16px;line-height:1.5;color:#14191b;overflow-wrap:anywhere";
    html! {
        tr {
            td.s.l valign="top" style={ (border) "padding:12px 16px 12px 0;" (FONT) ";" (label_style) } {
                (label)
            }
            td.i.l valign="top" width="100%"
                style={ (border) "padding:12px 0;" (FONT) ";" (value_style) } {
                @if let Some(number) = call_back {
                    a.a href={ "tel:" (number) } style="color:#00737d;text-decoration:none" {
                        (value)
                    }
                } @else {
                    (value)
                }
            }
        }
    }
}
