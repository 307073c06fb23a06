//! A notice as HTML that mail programs understand: one column, styles at the elements, colours for
//! the light and the dark.

use std::fmt::Write as _;

use crate::notify::words::Lines;
use crate::platform::texts::Lang;

/// Mail programs that know dark colours take them from here; the others show the light ones that
/// stand at the elements.
const STYLE: &str = "<style>:root{color-scheme:light dark;supported-color-schemes:light dark}\
@media(prefers-color-scheme:dark){.g{background:#0d1113!important}.c{background:#171c1f!important}.i{color:#eef2f3!important}\
.s{color:#a3adb2!important}.l{border-color:#2a3135!important}.q{background:#12343a!important;color:#eef2f3!important}\
.b{background:#4fc3cd!important;color:#062226!important}.a{color:#4fc3cd!important}}</style>";

const FONT: &str = "font-family:system-ui,-apple-system,'Hiragino Sans','Hiragino Kaku Gothic \
    ProN','Noto Sans JP','Yu Gothic UI',Meiryo,sans-serif";

/// The page. `call_back` is the caller's number in E.164, which the first row then calls; `icon`
/// stands before the link's words.
pub fn page(lang: Lang, lines: &Lines, call_back: Option<&str>, icon: &str) -> String {
    let tag = lang.tag();
    let title = escape(&lines.title);
    let mut html = format!(
        "<!doctype html><html lang=\"{tag}\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" \
            content=\"width=device-width,initial-scale=1\">\
<meta name=\"color-scheme\" content=\"light dark\"><meta name=\"supported-color-schemes\" \
    content=\"light dark\">\
<meta name=\"format-detection\" content=\"telephone=no\"><title>{title}</title>{STYLE}</head>\
<body class=\"g\" style=\"margin:0;padding:0;background:#f2f4f5\">\
<table role=\"presentation\" class=\"g\" width=\"100%\" cellpadding=\"0\" cellspacing=\"0\" \
    style=\"background:#f2f4f5\"><tr><td align=\"center\" style=\"padding:24px 12px\">\
<table role=\"presentation\" class=\"c\" width=\"100%\" cellpadding=\"0\" cellspacing=\"0\" \
    style=\"max-width:560px;background:#ffffff;border-radius:14px;text-align:left\">\
<tr><td style=\"padding:24px 20px 8px;{FONT}\"><h1 class=\"i\" \
    style=\"margin:0;font-size:22px;line-height:1.35;font-weight:700;color:#14191b\">{title}</h1></td></tr>\
<tr><td style=\"padding:8px 20px\"><table role=\"presentation\" width=\"100%\" cellpadding=\"0\" \
    cellspacing=\"0\">"
    );
    for (index, (label, value)) in lines.rows.iter().enumerate() {
        row(&mut html, index, label, value, call_back.filter(|_| index == 0));
    }
    html.push_str("</table></td></tr>");
    if let Some(transcript) = &lines.transcript {
        let (label, transcript) =
            (escape(&lines.transcript_label), escape(transcript).replace('\n', "<br>"));
        _ = write!(
            html,
            "<tr><td style=\"padding:12px 20px 4px;{FONT}\"><div class=\"s\" \
                style=\"font-size:13px;line-height:1.5;color:#566066;padding-bottom:6px\">{label}</div>\
<div class=\"q\" style=\"background:#e0f2f3;color:#14191b;border-radius:10px;padding:14px \
    16px;font-size:16px;line-height:1.7;overflow-wrap:anywhere\">{transcript}</div></td></tr>"
        );
    }
    if let Some((label, url)) = &lines.link {
        let (label, url) = (escape(label), escape(url));
        let icon = if icon.is_empty() { String::new() } else { format!("{icon}&nbsp; ") };
        _ = write!(
            html,
            "<tr><td style=\"padding:16px 20px 8px;{FONT}\"><a class=\"b\" href=\"{url}\" \
                style=\"display:block;background:#00737d;color:#ffffff;border-radius:12px;\
padding:15px 20px;font-size:16px;line-height:1.4;font-weight:600;text-align:center;text-decoration:none\">{icon}{label}</a></td></tr>"
        );
    }
    let footer = escape(&lines.footer);
    _ = write!(
        html,
        "<tr><td class=\"s\" style=\"padding:16px 20px \
            22px;{FONT};font-size:13px;line-height:1.6;color:#566066\">{footer}</td></tr>\
</table></td></tr></table></body></html>"
    );
    html
}

fn row(html: &mut String, index: usize, label: &str, value: &str, call_back: Option<&str>) {
    let border = if index == 0 { "" } else { "border-top:1px solid #e1e6e8;" };
    let (label, mut value) = (escape(label), escape(value));
    if let Some(number) = call_back {
        value = format!(
            "<a class=\"a\" href=\"tel:{}\" \
                style=\"color:#00737d;text-decoration:none\">{value}</a>",
            escape(number)
        );
    }
    _ = write!(
        html,
        "<tr><td class=\"s l\" valign=\"top\" style=\"{border}padding:12px 16px 12px \
            0;{FONT};font-size:14px;line-height:1.5;color:#566066;white-space:nowrap\">{label}</td>\
<td class=\"i l\" valign=\"top\" width=\"100%\" style=\"{border}padding:12px \
    0;{FONT};font-size:16px;line-height:1.5;color:#14191b;overflow-wrap:anywhere\">{value}</td></tr>"
    );
}

/// Text that came from outside stays text.
fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&#39;")
}
