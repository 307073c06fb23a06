//! One number in the forms in which switches and people write it.

use api_types::PhoneNumber;

/// How many ways there are to write the digits.
pub const SPELLINGS: usize = 11;
/// How many things they may stand in.
pub const PLACES: usize = 15;

/// A number of Japan, in one of its forms.
pub fn form(number: &PhoneNumber, spelling: usize, place: usize) -> String {
    let e164 = number.e164();
    let (digits, printed) = (&e164[1..], number.japanese());
    let national = number.national().expect("a number of Japan");
    let wide = |text: &str| -> String {
        text.chars().map(|c| char::from_u32(c as u32 + 0xFEE0).unwrap_or(c)).collect()
    };
    let spelled = match spelling % SPELLINGS {
        0 => e164.to_owned(),
        1 => national,
        2 => printed,
        3 => digits.to_owned(),
        // Its 0 was lost.
        4 => national[1..].to_owned(),
        5 => format!("0081{}", &digits[2..]),
        6 => format!("010{digits}"),
        7 => format!("+81 (0){}", &printed[1..]),
        8 => wide(&national),
        9 => format!("%2B{digits}"),
        _ => printed.replace('-', "."),
    };
    match place % PLACES {
        0 => spelled,
        1 => format!(" {spelled}\t"),
        2 => format!("{spelled}#"),
        3 => format!("tel:{spelled}"),
        4 => format!("tel:{spelled};npdi;rn=+81300000000"),
        5 => format!("sip:{spelled}@carrier.example"),
        6 => format!("SIPS:{spelled}@[2001:db8::1]:5061;user=phone;transport=tls"),
        7 => format!("sip:{spelled};npdi;rn=+81300000000@carrier.example:5060;user=phone"),
        8 => format!("\"代表, \\\"東京\\\"\" <sip:{spelled}@carrier.example>;tag=a"),
        9 => format!("<tel:{spelled};cpc=ordinary>"),
        10 => format!("{spelled}@carrier.example"),
        11 => format!("{spelled};phone-context=+81"),
        12 => format!("{spelled};x={}", "y".repeat(1_700)),
        13 => format!("<sip:{spelled}@carrier.example?Privacy=id>"),
        _ => format!("\"{spelled}\""),
    }
}
