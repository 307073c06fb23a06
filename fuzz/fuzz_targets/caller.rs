//! Whatever is read as a caller or as an entry of a block list is the same when it is printed and
//! read again.
#![no_main]

use api_types::{BlockMatch, BlockPattern, Caller, PhoneNumber, SipIdentity};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    read(Caller::parse(&text).ok());
    read(Caller::from_network(&text).ok());
    if let Ok(number) = PhoneNumber::parse(&text) {
        assert_eq!(PhoneNumber::parse(&number.japanese()).as_ref(), Ok(&number));
    }

    // As in the golden table: From name, From user, P-Asserted-Identity, Privacy.
    let mut fields = text.split('¦').map(str::trim).map(Some);
    let mut next = || fields.next().flatten();
    let identity = SipIdentity { from_display: next(), from_user: next(),
        p_asserted_identity: next(), privacy: next() };
    read(Caller::from_sip(&identity).ok());
    read(Caller::from_sip(&SipIdentity { p_asserted_identity: Some(&text),
        ..SipIdentity::default() }).ok());

    for matching in [BlockMatch::Exact, BlockMatch::Prefix] {
        let Ok(pattern) = BlockPattern::parse(matching, &text) else { continue };
        assert_eq!(BlockPattern::from_key(matching, pattern.key()).as_ref(), Some(&pattern));
        assert_eq!(BlockPattern::parse(matching, &pattern.japanese()).as_ref(), Ok(&pattern));
        assert_eq!(BlockPattern::parse(matching, &pattern.csv()).as_ref(), Ok(&pattern));
        assert!(pattern.covers(&pattern) && pattern.digits() > 0 && !pattern.csv().starts_with('+'));
    }
});

fn read(caller: Option<Caller>) {
    let Some(caller) = caller else { return };
    assert_eq!(Caller::parse(&caller.japanese()).as_ref(), Ok(&caller));
    if let Some(key) = caller.key() {
        let pattern = BlockPattern::from_key(BlockMatch::Exact,
            key).expect("a caller's key is an entry");
        assert!(pattern.matches(&caller));
    }
}
