//! What is shipped is right before anybody calls.

use crate::phones::DOMAIN;
use crate::switch::Kamailio;

#[test]
fn kamailio_takes_the_shipped_configuration() {
    let folder = tempfile::tempdir().unwrap();
    let settings = [("SIP_DOMAIN", DOMAIN.to_owned())];
    let switch = Kamailio::configure(&folder.path().join("switch"), &settings);
    assert_eq!(switch.faults(), None);
}
