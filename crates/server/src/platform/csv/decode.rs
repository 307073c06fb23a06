//! From the bytes of a file to its text, in pieces.

use encoding_rs::{Decoder, DecoderResult, EncoderResult};

use super::headings::is_heading;
use super::{FileFault, FileKind};

/// How much text is decoded at a time. Large enough to make the calls not count, small enough to
/// stay in the cache.
const PIECE: usize = 16 * 1024;
/// How much of a file is looked at to tell text from other things.
const PROBE: usize = 64 * 1024;
/// Behind the two-byte characters that the standard gives a meaning: CP932's area for characters of
/// one's own (Gaiji), U+E000 on.
const PRIVATE_AREA: u32 = 8836;
const PRIVATE_FIRST: char = '\u{E000}';
const PRIVATE_LAST: char = '\u{E757}';

/// How a file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Encoding {
    /// UTF-8, or nothing but ASCII.
    Utf8,
    /// UTF-8 with a byte order mark.
    Utf8Bom,
    /// UTF-16, the lower byte first.
    Utf16Le,
    /// UTF-16, the higher byte first.
    Utf16Be,
    /// Shift_JIS with what Windows adds to it (CP932).
    ShiftJis,
    /// EUC-JP, of Unix and older servers.
    EucJp,
    /// ISO-2022-JP, of mails.
    Iso2022Jp,
}

impl Encoding {
    /// The stable name, as it stands in answers of the API.
    pub fn name(self) -> &'static str {
        match self {
            Encoding::Utf8 => "utf-8",
            Encoding::Utf8Bom => "utf-8-bom",
            Encoding::Utf16Le => "utf-16le",
            Encoding::Utf16Be => "utf-16be",
            Encoding::ShiftJis => "shift_jis",
            Encoding::EucJp => "euc-jp",
            Encoding::Iso2022Jp => "iso-2022-jp",
        }
    }

    /// The name for a media type, which has none for a byte order mark.
    pub fn charset(self) -> &'static str {
        match self {
            Encoding::Utf8Bom => "utf-8",
            other => other.name(),
        }
    }

    fn coder(self) -> &'static encoding_rs::Encoding {
        match self {
            Encoding::Utf8 | Encoding::Utf8Bom => encoding_rs::UTF_8,
            Encoding::Utf16Le => encoding_rs::UTF_16LE,
            Encoding::Utf16Be => encoding_rs::UTF_16BE,
            Encoding::ShiftJis => encoding_rs::SHIFT_JIS,
            Encoding::EucJp => encoding_rs::EUC_JP,
            Encoding::Iso2022Jp => encoding_rs::ISO_2022_JP,
        }
    }

    /// The byte order mark that its files begin with.
    pub(super) fn mark(self) -> &'static [u8] {
        match self {
            Encoding::Utf8 | Encoding::ShiftJis | Encoding::EucJp | Encoding::Iso2022Jp => b"",
            Encoding::Utf8Bom => b"\xEF\xBB\xBF",
            Encoding::Utf16Le => b"\xFF\xFE",
            Encoding::Utf16Be => b"\xFE\xFF",
        }
    }

    /// Appends a text in this encoding.
    ///
    /// # Errors
    /// A character that would not come back as it is. Nothing is appended then.
    pub(super) fn encode(self, text: &str, out: &mut Vec<u8>) -> Result<(), char> {
        match self {
            Encoding::Utf8 | Encoding::Utf8Bom => out.extend_from_slice(text.as_bytes()),
            Encoding::Utf16Le => out.extend(text.encode_utf16().flat_map(u16::to_le_bytes)),
            Encoding::Utf16Be => out.extend(text.encode_utf16().flat_map(u16::to_be_bytes)),
            Encoding::ShiftJis | Encoding::EucJp | Encoding::Iso2022Jp => {
                return encode_japanese(self, text, out);
            }
        }
        Ok(())
    }

    /// A character of a text that this encoding does not have.
    pub fn lacks(self, text: &str) -> Option<char> {
        if text.is_ascii() {
            return None;
        }
        self.encode(text, &mut Vec::with_capacity(text.len())).err()
    }
}

/// Appends a text; says no to what the encoding lacks and to what would come back as another character:
/// the encoding standard writes ¥ as a backslash, ‾ as a tilde and the minus sign as a full-width
/// hyphen.
fn encode_japanese(encoding: Encoding, text: &str, out: &mut Vec<u8>) -> Result<(), char> {
    if let Some(lost) = text.chars().find(|c| matches!(c, '¥' | '‾' | '\u{2212}')) {
        return Err(lost);
    }
    let before = out.len();
    let mut encoder = encoding.coder().new_encoder();
    let mut rest = text;
    loop {
        let start = out.len();
        // No character takes more bytes than in UTF-8; the rest is what the encoder wants to have
        // at hand.
        out.resize(start + rest.len() + 16, 0);
        let (result, read, written) =
            encoder.encode_from_utf8_without_replacement(rest, &mut out[start..], true);
        out.truncate(start + written);
        rest = &rest[read..];
        match result {
            EncoderResult::InputEmpty => return Ok(()),
            EncoderResult::OutputFull => {}
            EncoderResult::Unmappable(c)
                if encoding == Encoding::ShiftJis
                    && (PRIVATE_FIRST..=PRIVATE_LAST).contains(&c) =>
            {
                // All of this area has lead bytes from 0xF0 on; the trail byte leaves out 0x7F.
                let place = c as u32 - PRIVATE_FIRST as u32 + PRIVATE_AREA;
                let (lead, trail) = (place / 188 + 0xC1, place % 188);
                out.extend([lead as u8, (trail + if trail < 0x3F { 0x40 } else { 0x41 }) as u8]);
            }
            EncoderResult::Unmappable(c) => {
                out.truncate(before);
                return Err(c);
            }
        }
    }
}

/// Recognises how a file is written.
///
/// # Errors
/// It is no text, or text in no encoding that we know, or in two at once.
pub(super) fn detect(bytes: &[u8]) -> Result<Encoding, FileFault> {
    if let Some(fault) = foreign(bytes) {
        return Err(fault);
    }
    if let Some(encoding) = [Encoding::Utf8Bom, Encoding::Utf16Le, Encoding::Utf16Be]
        .into_iter()
        .find(|e| bytes.starts_with(e.mark()))
    {
        return valid(bytes, encoding);
    }
    let probe = &bytes[..bytes.len().min(PROBE)];
    if let Some(encoding) = utf16_without_mark(probe) {
        return valid(bytes, encoding);
    }
    if is_binary(probe) {
        return Err(FileFault::NotText(FileKind::Unknown));
    }
    if is_iso_2022_jp(bytes) {
        return valid(bytes, Encoding::Iso2022Jp);
    }
    match std::str::from_utf8(bytes) {
        Ok(_) => Ok(Encoding::Utf8),
        Err(_) if is_damaged_utf8(bytes) => valid(bytes, Encoding::Utf8),
        Err(_) if is_euc_jp(bytes) => valid(bytes, Encoding::EucJp),
        Err(_) => valid(bytes, Encoding::ShiftJis),
    }
}

/// Seven bits, and an escape sequence that switches to Japanese.
fn is_iso_2022_jp(bytes: &[u8]) -> bool {
    bytes.is_ascii()
        && bytes
            .windows(3)
            .any(|part| matches!(part, b"\x1B$B" | b"\x1B$@" | b"\x1B(J" | b"\x1B(I"))
}

/// Whether bytes that are no UTF-8 are EUC-JP. Nearly every text is only one of both; of what could
/// be both, half-width kana of Shift_JIS against kanji of EUC-JP, the more likely Japanese decides.
fn is_euc_jp(bytes: &[u8]) -> bool {
    if valid(bytes, Encoding::EucJp).is_err() {
        return false;
    }
    valid(bytes, Encoding::ShiftJis).is_err()
        || likelihood(bytes, Encoding::EucJp) > likelihood(bytes, Encoding::ShiftJis)
}

/// How much what a probe reads as looks like Japanese.
fn likelihood(bytes: &[u8], encoding: Encoding) -> i32 {
    let probe = &bytes[..bytes.len().min(PROBE)];
    let (text, _) = encoding.coder().decode_without_bom_handling(probe);
    let headings = text.split([',', ';', '\t', '\n', '\r']).take(500);
    let headings = headings.filter(|cell| !cell.is_ascii() && is_heading(cell)).count();
    let mut score = i32::try_from(headings).unwrap_or(0) * 20;
    let mut before = ' ';
    for c in text.chars() {
        score += match c {
            'ぁ'..='ゖ' | 'ァ'..='ヺ' | '！'..='～' | '　'..='〿' => 2,
            // Kanji of the first level, which are those in use.
            '一'..='鿿' if is_common(c) => 2,
            'ﾞ' if matches!(before, 'ｳ' | 'ｶ'..='ﾄ' | 'ﾊ'..='ﾎ') => 1,
            'ﾟ' if matches!(before, 'ﾊ'..='ﾎ') => 1,
            // No word begins with these, and nothing else has a voice.
            'ﾞ' | 'ﾟ' => -2,
            'ｧ'..='ｰ' | 'ﾝ' if !matches!(before, 'ｦ'..='ﾟ') => -2,
            'ｦ'..='ﾟ' => 1,
            '\u{E000}'..='\u{F8FF}' | '\u{FFFD}' => -2,
            _ => 0,
        };
        before = c;
    }
    score
}

fn is_common(kanji: char) -> bool {
    let mut room = [0; 4];
    let (bytes, _, _) = encoding_rs::EUC_JP.encode(kanji.encode_utf8(&mut room));
    bytes.first().is_some_and(|lead| (0xB0..=0xCF).contains(lead))
}

/// What is recognised by its first bytes and is no list.
fn foreign(bytes: &[u8]) -> Option<FileFault> {
    let begins = |magic: &[&[u8]]| magic.iter().any(|magic| bytes.starts_with(magic));
    let contains = |part: &[u8]| {
        bytes[..bytes.len().min(PROBE)].windows(part.len()).any(|window| window == part)
    };
    let markup = || {
        let start =
            bytes.strip_prefix(Encoding::Utf8Bom.mark()).unwrap_or(bytes).trim_ascii_start();
        let start = start[..start.len().min(9)].to_ascii_lowercase();
        [&b"<html"[..], b"<!doctype", b"<?xml", b"<table"].iter().any(|tag| start.starts_with(tag))
    };
    if begins(&[b"PK\x03\x04", b"PK\x05\x06"]) {
        // Excel's workbooks have a folder "xl" in them; LibreOffice and Numbers have other names
        // for theirs.
        let workbook = [&b"xl/_rels"[..], b"xl/work", b"opendocument.spreadsheet", b"Index/Tables"]
            .iter()
            .any(|part| contains(part));
        Some(if workbook { FileFault::Spreadsheet } else { FileFault::NotText(FileKind::Archive) })
    } else if begins(&[b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"]) || (markup() && contains(b"Excel")) {
        Some(FileFault::Spreadsheet)
    } else if markup() {
        Some(FileFault::NotText(FileKind::Markup))
    } else if begins(&[b"%PDF-"]) {
        Some(FileFault::NotText(FileKind::Pdf))
    } else if begins(&[b"\x1F\x8B", b"Rar!", b"7z\xBC\xAF"]) {
        Some(FileFault::NotText(FileKind::Archive))
    } else if begins(&[b"\x89PNG", b"\xFF\xD8\xFF", b"GIF8"]) {
        Some(FileFault::NotText(FileKind::Image))
    } else {
        None
    }
}

/// Lists are mostly digits and delimiters, whose higher byte is NUL in UTF-16: a quarter of the
/// units, and hardly one on the other side.
fn utf16_without_mark(probe: &[u8]) -> Option<Encoding> {
    let units = probe.len() / 2;
    // A text with hardly a digit has few NULs, but nothing that is not Japanese or ASCII.
    let reads = |high: usize| {
        let written = |unit: &[u8]| {
            let (high, low) = (unit[high], unit[1 - high]);
            matches!(high, 0x30 | 0x4E..=0x9F | 0xFF) || (high == 0 && low != 0)
        };
        let is_ascii = |unit: &[u8]| unit[high] == 0 && unit[1 - high].is_ascii_graphic();
        probe.chunks_exact(2).filter(|unit| written(unit)).count() * 10 >= units * 9
            && probe.chunks_exact(2).any(is_ascii)
    };
    let nul = |side: usize| probe.chunks_exact(2).filter(|unit| unit[side] == 0).count();
    let (even, odd) = (nul(0), nul(1));
    if even * 10 < odd && (odd * 4 > units || reads(1)) {
        Some(Encoding::Utf16Le)
    } else if odd * 10 < even && (even * 4 > units || reads(0)) {
        Some(Encoding::Utf16Be)
    } else {
        None
    }
}

/// A few control characters happen; when they are many it is no text.
fn is_binary(probe: &[u8]) -> bool {
    let probe = without_padding(probe);
    let nul = probe.iter().filter(|&&byte| byte == 0).count();
    let control =
        probe.iter().filter(|&&byte| matches!(byte, 1..=8 | 0x0E..=0x19 | 0x1C..=0x1F)).count();
    (nul > 4 && nul * 4 > probe.len()) || (control > 4 && control * 20 > probe.len())
}

/// Whether a file that is not UTF-8 was meant to be.
///
/// What Shift_JIS calls Japanese is almost never well-formed UTF-8, while UTF-8 read as Shift_JIS
/// often is well-formed gibberish. So one bad byte must not turn a file of UTF-8 into that. Only
/// characters that Japanese is written with count, since names such as 齊藤 happen to give a
/// well-formed sequence for something else. A file that was put together from both encodings is
/// damaged, too.
fn is_damaged_utf8(bytes: &[u8]) -> bool {
    let (mut good, mut bad) = (0_usize, 0_usize);
    for chunk in bytes.utf8_chunks() {
        good += chunk
            .valid()
            .chars()
            .filter(|c| {
                matches!(c,
                '\u{3000}'..='\u{30FF}' | '\u{4E00}'..='\u{9FFF}' | '\u{FF00}'..='\u{FFEF}')
            })
            .count();
        bad += usize::from(!chunk.invalid().is_empty());
    }
    good > bad || (good >= 8 && good * 8 > bad)
}

/// Reads the whole file, so that a bad byte at its end is known before its first row is taken.
fn valid(bytes: &[u8], encoding: Encoding) -> Result<Encoding, FileFault> {
    let mut text = Text::new(bytes, encoding);
    while text.advance()? {}
    Ok(encoding)
}

/// Cuts off what old programs leave behind the text: the end mark of DOS and filled up blocks.
fn without_padding(bytes: &[u8]) -> &[u8] {
    let end = bytes.iter().rposition(|byte| !matches!(byte, 0 | 0x1A)).map_or(0, |last| last + 1);
    &bytes[..end]
}

/// The text of a file, piece by piece: every line break is a line feed, NUL is left out.
pub(super) struct Text<'a> {
    rest: &'a [u8],
    decoder: Decoder,
    decoded: String,
    piece: String,
    after_return: bool,
    line: u32,
    state: State,
}

enum State {
    Reading,
    Bad,
    Ended,
}

impl<'a> Text<'a> {
    pub(super) fn new(bytes: &'a [u8], encoding: Encoding) -> Self {
        let body = bytes.strip_prefix(encoding.mark()).unwrap_or(bytes);
        let rest = match encoding {
            Encoding::Utf16Le => body.strip_suffix(&[0x1A, 0]).unwrap_or(body),
            Encoding::Utf16Be => body.strip_suffix(&[0, 0x1A]).unwrap_or(body),
            _ => without_padding(body),
        };
        Self {
            rest,
            decoder: encoding.coder().new_decoder_without_bom_handling(),
            decoded: String::with_capacity(PIECE),
            piece: String::with_capacity(PIECE),
            after_return: false,
            line: 1,
            state: State::Reading,
        }
    }

    /// What [`Text::advance`] decoded.
    pub(super) fn piece(&self) -> &str {
        &self.piece
    }

    /// Decodes the next piece; `false` at the end.
    ///
    /// # Errors
    /// A byte does not belong. What stands before it has been a piece of its own.
    pub(super) fn advance(&mut self) -> Result<bool, FileFault> {
        match self.state {
            State::Reading => {}
            State::Bad => return Err(FileFault::BadEncoding { line: self.line }),
            State::Ended => return Ok(false),
        }
        self.decoded.clear();
        let (result, read) =
            self.decoder.decode_to_string_without_replacement(self.rest, &mut self.decoded, true);
        self.rest = &self.rest[read..];
        match result {
            DecoderResult::InputEmpty => self.state = State::Ended,
            DecoderResult::OutputFull => {}
            DecoderResult::Malformed(..) => self.state = State::Bad,
        }
        self.piece.clear();
        self.normalise();
        self.line += self.piece.bytes().filter(|&byte| byte == b'\n').count() as u32;
        Ok(true)
    }

    fn normalise(&mut self) {
        let mut rest = self.decoded.as_str();
        if self.after_return && !rest.is_empty() {
            self.after_return = false;
            rest = rest.strip_prefix('\n').unwrap_or(rest);
        }
        while let Some(place) = rest.bytes().position(|byte| matches!(byte, b'\r' | 0)) {
            self.piece.push_str(&rest[..place]);
            let found = rest.as_bytes()[place];
            rest = &rest[place + 1..];
            if found == b'\r' {
                self.piece.push('\n');
                // The line feed that belongs to it may only come with the next piece.
                self.after_return = rest.is_empty();
                rest = rest.strip_prefix('\n').unwrap_or(rest);
            }
        }
        self.piece.push_str(rest);
    }
}
