//! What a file is, by its content: its name and what the sender calls it prove nothing.

/// The media type; nothing for what is neither a recording nor a fax.
pub(super) fn media_type(bytes: &[u8]) -> Option<&'static str> {
    let at = |offset: usize, magic: &[u8]| bytes.get(offset..offset + magic.len()) == Some(magic);
    // An MPEG audio frame: eleven set bits, layer III, and a bit rate and a sample rate that exist.
    let is_mp3_frame = matches!(bytes, [0xff, second, third, ..]
        if second & 0xe6 == 0xe2 && (second & 0x18) != 0x08 && third >> 4 != 0x0f && third & 0x0c != 0x0c);
    if at(4, b"ftyp") {
        Some("audio/mp4")
    } else if at(0, b"RIFF") && at(8, b"WAVE") {
        Some("audio/wav")
    } else if at(0, b"OggS") {
        Some("audio/ogg")
    } else if at(0, b"ID3") || is_mp3_frame {
        Some("audio/mpeg")
    } else if at(0, b"%PDF-") {
        Some("application/pdf")
    } else if at(0, b"II*\0") || at(0, b"MM\0*") {
        Some("image/tiff")
    } else {
        None
    }
}

/// The length of a recording in milliseconds, where its head tells it.
pub(super) fn duration_ms(media_type: &str, bytes: &[u8]) -> Option<u32> {
    match media_type {
        "audio/wav" => wav_ms(bytes),
        "audio/mp4" => mp4_ms(bytes),
        _ => None,
    }
}

fn wav_ms(bytes: &[u8]) -> Option<u32> {
    let (mut rest, mut bytes_per_second) = (bytes.get(12..)?, None);
    loop {
        let (name, size) = (rest.get(..4)?, u32::from_le_bytes(rest.get(4..8)?.try_into().ok()?));
        let body = rest.get(8..)?;
        match name {
            b"fmt " => {
                bytes_per_second = Some(u32::from_le_bytes(body.get(8..12)?.try_into().ok()?))
            }
            // A recorder that was cut off leaves a size that the file does not have.
            b"data" => {
                let size = u64::from(size).min(body.len() as u64);
                return u32::try_from((size * 1000).checked_div(u64::from(bytes_per_second?))?)
                    .ok();
            }
            _ => {}
        }
        // Chunks begin at even places.
        rest = body.get(usize::try_from(size).ok()?.checked_add(size as usize % 2)?..)?;
    }
}

/// ISO/IEC 14496-12: `moov` holds `mvhd`, which says how many ticks there are and how many of them
/// are a second.
fn mp4_ms(bytes: &[u8]) -> Option<u32> {
    let head = inside(inside(bytes, b"moov")?, b"mvhd")?;
    let be32 =
        |at: usize| Some(u64::from(u32::from_be_bytes(head.get(at..at + 4)?.try_into().ok()?)));
    let be64 = |at: usize| Some(u64::from_be_bytes(head.get(at..at + 8)?.try_into().ok()?));
    let (scale, duration) =
        if head.first()? == &1 { (be32(20)?, be64(24)?) } else { (be32(12)?, be32(16)?) };
    u32::try_from(duration.checked_mul(1000)?.checked_div(scale)?).ok()
}

/// The content of the first box with this name.
fn inside<'b>(mut boxes: &'b [u8], name: &[u8; 4]) -> Option<&'b [u8]> {
    loop {
        let size = u64::from(u32::from_be_bytes(boxes.get(..4)?.try_into().ok()?));
        let found = boxes.get(4..8)?;
        let (head, size) = match size {
            // To the end.
            0 => (8, boxes.len()),
            1 => {
                (16, usize::try_from(u64::from_be_bytes(boxes.get(8..16)?.try_into().ok()?)).ok()?)
            }
            size => (8, usize::try_from(size).ok()?),
        };
        if size < head {
            return None;
        }
        if found == name {
            return boxes.get(head..size.min(boxes.len()));
        }
        boxes = boxes.get(size..)?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wav(bytes_per_second: u32, data: &[u8], said: u32) -> Vec<u8> {
        let head = [
            b"RIFF\0\0\0\0WAVELIST\x03\0\0\0abc\0fmt \x10\0\0\0".as_slice(),
            &[1, 0, 1, 0],
            &[0; 4],
        ]
        .concat();
        [
            head,
            bytes_per_second.to_le_bytes().to_vec(),
            vec![1, 0, 8, 0],
            b"data".to_vec(),
            said.to_le_bytes().to_vec(),
            data.to_vec(),
        ]
        .concat()
    }

    fn mp4(version: u8) -> Vec<u8> {
        let times = if version == 1 { vec![0; 16] } else { vec![0; 8] };
        let scale = 44_100_u32.to_be_bytes().to_vec();
        let duration = if version == 1 {
            66_150_u64.to_be_bytes().to_vec()
        } else {
            66_150_u32.to_be_bytes().to_vec()
        };
        let sized = |name: &[u8], body: Vec<u8>| {
            [&(body.len() as u32 + 8).to_be_bytes(), name, &body].concat()
        };
        let mvhd = sized(b"mvhd", [vec![version, 0, 0, 0], times, scale, duration].concat());
        [
            sized(b"ftyp", b"M4A ".to_vec()),
            sized(b"free", vec![0; 5]),
            sized(b"moov", [sized(b"udta", vec![]), mvhd].concat()),
        ]
        .concat()
    }

    #[test]
    fn files_are_known_by_their_content() {
        let table: [(&[u8], Option<&str>); 14] = [
            (&mp4(0), Some("audio/mp4")),
            (&wav(8_000, &[0; 10], 10), Some("audio/wav")),
            (b"RIFF\0\0\0\0AVI ", None),
            (b"OggS\0", Some("audio/ogg")),
            (b"ID3\x04", Some("audio/mpeg")),
            (&[0xff, 0xfb, 0x90, 0x64], Some("audio/mpeg")),
            (&[0xff, 0xff, 0xff, 0xff], None),
            // UTF-16, and a JPEG.
            (&[0xff, 0xfe, b'h', 0], None),
            (&[0xff, 0xd8, 0xff, 0xe0], None),
            (b"%PDF-1.7", Some("application/pdf")),
            (b"II*\0", Some("image/tiff")),
            (b"MM\0*", Some("image/tiff")),
            (b"<html>", None),
            (b"", None),
        ];
        for (bytes, kind) in table {
            assert_eq!(media_type(bytes), kind, "{:?}", bytes.get(..12).unwrap_or(bytes));
        }
    }

    #[test]
    fn the_length_is_read_where_the_head_tells_it_and_nonsense_is_no_length() {
        let table = [
            (wav(8_000, &[0; 12_000], 12_000), Some(1_500)),
            (wav(8_000, &[0; 4_000], u32::MAX), Some(500)),
            (wav(0, &[0; 4], 4), None),
            (mp4(0), Some(1_500)),
            (mp4(1), Some(1_500)),
        ];
        for (bytes, length) in table {
            let kind = media_type(&bytes).unwrap();
            assert_eq!(duration_ms(kind, &bytes), length, "{kind}");
            for end in 0..bytes.len().min(120) {
                // Whatever is missing, nothing breaks.
                _ = duration_ms(kind, &bytes[..end]);
            }
        }
    }
}
