//! What is proposed for a text that is no entry of a block list.

use api_types::{BlockMatch, BlockPattern};

#[test]
fn what_was_meant_is_proposed_where_only_one_number_can_be() {
    use BlockMatch::{Exact, Prefix};
    type Case = (BlockMatch, &'static str, Option<(BlockMatch, &'static str)>);
    let table: &[Case] = &[
        // Lost by spreadsheets and exports.
        (Exact, "9012345678", Some((Exact, "+819012345678"))),
        (Prefix, "9012345678", Some((Prefix, "+819012345678"))),
        (Exact, "819011110001", Some((Exact, "+819011110001"))),
        (Exact, "81-90-1111-0001", Some((Exact, "+819011110001"))),
        (Exact, "８１９０１１１１０００１", Some((Exact, "+819011110001"))),
        (Exact, "81 (0)3 1111 0001", Some((Exact, "+81311110001"))),
        (Exact, "81311110001", Some((Exact, "+81311110001"))),
        (Exact, "8131111000", None),
        (Exact, "12345", None),
        (Exact, "12125550123", None),
        // Words around the number.
        (Exact, "03-1111-0001（代表）", Some((Exact, "+81311110001"))),
        (Exact, "03-1111-0001(代)", Some((Exact, "+81311110001"))),
        (Exact, "03-1111-0001 代表", Some((Exact, "+81311110001"))),
        (Exact, "（代）03-1111-0001", Some((Exact, "+81311110001"))),
        (Exact, "電話：03-1111-0001", Some((Exact, "+81311110001"))),
        (Exact, "TEL 03-1111-0001", Some((Exact, "+81311110001"))),
        (Exact, "Tel.03-1111-0001", Some((Exact, "+81311110001"))),
        (Exact, "℡03-1111-0001", Some((Exact, "+81311110001"))),
        (Exact, "携帯 090-1111-0001", Some((Exact, "+819011110001"))),
        (Exact, "山田（090-1111-0001）", Some((Exact, "+819011110001"))),
        (Exact, "03-1111-0001 内線12", Some((Exact, "+81311110001"))),
        (Exact, "03-1111-0001（内線：123）", Some((Exact, "+81311110001"))),
        (Exact, "+81 3-1111-0001 ext. 12", Some((Exact, "+81311110001"))),
        (Exact, "03-1111-0001 x12", Some((Exact, "+81311110001"))),
        (Exact, "03-1111-0001 home", Some((Exact, "+81311110001"))),
        (Exact, "9011110001（携帯）", Some((Exact, "+819011110001"))),
        (Exact, "09055550000#", Some((Exact, "+819055550000"))),
        (Prefix, "0120（フリーダイヤル）", Some((Prefix, "+81120"))),
        // Beginnings.
        (Exact, "0311110*", Some((Prefix, "+81311110"))),
        (Exact, "０３１１１１０＊", Some((Prefix, "+81311110"))),
        (Exact, "03-1111-****", Some((Prefix, "+8131111"))),
        (Exact, "03-1111-xxxx", Some((Prefix, "+8131111"))),
        (Exact, "03-11xx-xxxx", Some((Prefix, "+81311"))),
        (Exact, "0311110%", Some((Prefix, "+81311110"))),
        (Exact, "0120～", Some((Prefix, "+81120"))),
        (Exact, "0120で始まる番号", Some((Prefix, "+81120"))),
        (Exact, "0120-*", Some((Prefix, "+81120"))),
        (Exact, "^0120", Some((Prefix, "+81120"))),
        (Exact, "+8131111*", Some((Prefix, "+8131111"))),
        (Exact, "8131111*", Some((Prefix, "+8131111"))),
        (Exact, "+1*", Some((Prefix, "+1"))),
        (Prefix, "0311110*", Some((Prefix, "+81311110"))),
        // Nobody knows what these mean.
        (Exact, "*1234", None),
        (Exact, "090*1234", None),
        (Exact, "*", None),
        (Exact, "#31#0312345678", None),
        (Exact, "11O-2222-3333", None),
        (Exact, "9.01E+09", None),
        (Exact, "03-1111-0001 または 03-1111-0002", None),
        (Exact, "0312345678 / 0312345679", None),
        (Exact, "0311110001@example.jp", None),
        (Exact, "A0311110001", None),
        (Exact, "0311110001abc", None),
        (Exact, "〒105-0001", None),
        (Exact, "山田", None),
        (Exact, "", None),
    ];
    for (matching, text, expected) in table {
        let proposal = BlockPattern::propose(*matching, text);
        let found = proposal.as_ref().map(|pattern| (pattern.matching(), pattern.key()));
        assert_eq!(found, *expected, "{text}");
    }
    assert_eq!(BlockPattern::propose(Exact, &"0".repeat(5000)), None);
}
