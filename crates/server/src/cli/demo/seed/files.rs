//! A recording and a fax, made of nothing but numbers.

use chrono::{DateTime, Utc};
use object_store::Error;
use store::new_id;

use crate::App;

/// The files of the sample contract's past, whose bytes are there already.
#[derive(Clone, Debug)]
pub(crate) struct Files {
    /// A recording.
    pub(super) recording: File,
    /// A fax.
    pub(super) fax: File,
}

/// One of them.
#[derive(Clone, Debug)]
pub(super) struct File {
    pub(super) id: String,
    pub(super) object_key: String,
    pub(super) size: i64,
}

/// Keeps the bytes of both.
///
/// # Errors
/// When they cannot be written.
pub(crate) async fn keep(app: &App, now: DateTime<Utc>) -> Result<Files, Error> {
    Ok(Files {
        recording: keep_one(app, now, recording()).await?,
        fax: keep_one(app, now, fax()).await?,
    })
}

async fn keep_one(app: &App, now: DateTime<Utc>, bytes: Vec<u8>) -> Result<File, Error> {
    let id = new_id();
    let object_key = format!("{}/{id}", now.format("%Y-%m-%d"));
    let size = i64::try_from(bytes.len()).unwrap_or_default();
    app.calls.attachments.write(&object_key, bytes.into()).await?;
    Ok(File { id, object_key, size })
}

/// How long the recording is.
pub(super) const RECORDING_MS: u32 = 3_000;

/// A chime of three tones in three seconds, as WAV with 8,000 samples of 16 bits a second.
pub(crate) fn recording() -> Vec<u8> {
    const RATE: u32 = 8_000;
    let samples = RATE * RECORDING_MS / 1_000;
    let length = 2 * samples;
    let mut wave =
        [b"RIFF".as_slice(), &(36 + length).to_le_bytes(), b"WAVEfmt \x10\0\0\0\x01\0\x01\0"]
            .concat();
    wave.extend([RATE.to_le_bytes(), (2 * RATE).to_le_bytes()].concat());
    wave.extend([2, 0, 16, 0]);
    wave.extend_from_slice(b"data");
    wave.extend(length.to_le_bytes());
    for sample in 0..samples {
        let time = f64::from(sample) / f64::from(RATE);
        // E, C and G, each dying away.
        let tone = |start: f64, hertz: f64| match time - start {
            since if since < 0.0 => 0.0,
            since => (-3.0 * since).exp() * (std::f64::consts::TAU * hertz * since).sin(),
        };
        let sum = tone(0.0, 659.26) + tone(0.8, 523.25) + tone(1.6, 783.99);
        // Three tones together stay within the range.
        wave.extend(((sum * 9_000.0) as i16).to_le_bytes());
    }
    wave
}

/// A page of A4 as PDF.
fn fax() -> Vec<u8> {
    let lines = [
        "BT /F1 22 Tf 60 770 Td (ORDER SHEET) Tj ET",
        "BT /F1 12 Tf 60 735 Td (To: Minato Shokai    From: Aoba Kogyo    Pages: 1) Tj ET",
        "BT /F1 12 Tf 60 690 Td (A4 copy paper, 500 sheets      20 boxes) Tj ET",
        "BT /F1 12 Tf 60 665 Td (Envelopes, size 3, white       10 packs) Tj ET",
        "1 w 60 722 475 0.5 re f 60 650 475 0.5 re f",
    ];
    let content = lines.join("\n");
    let objects = [
        "<</Type/Catalog/Pages 2 0 R>>".to_owned(),
        "<</Type/Pages/Kids[3 0 R]/Count 1>>".to_owned(),
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 \
            R>>>>>>"
            .to_owned(),
        format!("<</Length {}>>stream\n{content}\nendstream", content.len()),
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>".to_owned(),
    ];
    let (mut file, mut places) = (String::from("%PDF-1.4\n"), String::new());
    for (index, object) in objects.iter().enumerate() {
        places.push_str(&format!("{:010} 00000 n \n", file.len()));
        file.push_str(&format!("{} 0 obj{object}endobj\n", index + 1));
    }
    let count = objects.len() + 1;
    let end = format!("trailer<</Size {count}/Root 1 0 R>>\nstartxref\n{}\n%%EOF\n", file.len());
    format!("{file}xref\n0 {count}\n0000000000 65535 f \n{places}{end}").into_bytes()
}
