//! The sample contract: planted through the functions that serve everybody else, with a past.

use api_types::{
    AccountOptions, DeviceOption, NumberKind, OperatorAccountCreate, OperatorNumberCreate,
    OperatorNumberPatch, OperatorPhoneIdCreate, OperatorPhoneIdPatch, PhoneIdKind, TerminalKind,
    TerminalRegistration,
};
use chrono::{DateTime, TimeDelta, Utc};
use store::numbers::{number, phone_id};
use store::{Conn, OperatorScope, Scope};

use crate::cli::Error;
use crate::error::Failure;
use crate::identity::passwords::PreparedPassword;
use crate::platform::change::{Actor, Ctx, Expected};
use crate::platform::crypto::Secrets;
use crate::{App, accounts, numbers};

mod calls;
pub(super) mod files;
mod notices;

/// The basic ID.
pub(super) const LOGIN_ID: &str = "minato201";

/// Who set the contract up, in its change log.
pub(super) const ACTOR: &str = "開通センター";

/// The contract while it is being planted.
struct Garden<'a> {
    conn: &'a mut Conn,
    scope: Scope,
    secrets: &'a Secrets,
    now: DateTime<Utc>,
}

/// An hour and minute in Japan, so many days before today: nobody there renames a number at four in
/// the morning.
fn on_day(now: DateTime<Utc>, days_ago: i64, (hour, minute): (u32, u32)) -> DateTime<Utc> {
    const JAPAN: TimeDelta = TimeDelta::hours(9);
    let day = (now + JAPAN).date_naive() - TimeDelta::days(days_ago);
    day.and_hms_opt(hour, minute, 0).map_or(now, |local| local.and_utc() - JAPAN)
}

/// Plants the contract with a history that ends a little before `now`.
pub(super) fn plant(
    conn: &mut Conn,
    app: &App,
    files: &files::Files,
    now: DateTime<Utc>,
    basic: &PreparedPassword,
) -> Result<(), Error> {
    let start = Ctx { actor: Actor::operator(ACTOR), now: on_day(now, 92, (10, 2)) };
    let new = OperatorAccountCreate {
        name: "株式会社みなと商会".into(),
        contact_mail: Some("soumu@minato.example".into()),
        options: AccountOptions {
            ip_phone: true,
            premises_device: true,
            voicemail: true,
            fax: true,
        },
        reference: None,
        numbers: Vec::new(),
        ids: Vec::new(),
    };
    let operator = OperatorScope::authorised();
    let made = accounts::opening::create_account(conn, operator, &start, &app.secrets, new, &[])?;
    let mut garden = Garden { conn, scope: operator.account(made.id), secrets: &app.secrets, now };
    garden.contract(basic)?;
    garden.life()?;
    Ok(notices::plant(&mut garden, &app.config, files)?)
}

impl Garden<'_> {
    /// The operator on a day so many days ago, at an hour and minute in Japan.
    fn operator(&self, days_ago: i64, time: (u32, u32)) -> Ctx {
        Ctx { actor: Actor::operator(ACTOR), now: on_day(self.now, days_ago, time) }
    }

    /// The operator, so long ago.
    fn ago(&self, ago: TimeDelta) -> Ctx {
        Ctx { actor: Actor::operator(ACTOR), now: self.now - ago }
    }

    /// What the operator sets up on the first day.
    fn contract(&mut self, basic: &PreparedPassword) -> Result<(), Failure> {
        let day = self.operator(92, (10, 9));
        for (kind, number, name, max_channels) in [
            (NumberKind::Primary, "050-1234-5678", "代表", 6),
            (NumberKind::Additional, "03-3456-7890", "サポート窓口", 5),
            (NumberKind::Additional, "0120-345-678", "フリーダイヤル", 3),
        ] {
            let new = OperatorNumberCreate {
                number: number.into(),
                kind,
                name: name.into(),
                max_channels,
                reference: None,
            };
            numbers::provisioning::create_number(self.conn, &self.scope, &day, new)?;
        }
        for (kind, login_id, extension, name, device_option) in [
            (PhoneIdKind::Basic, LOGIN_ID, "201", "受付 iPhone", None),
            (
                PhoneIdKind::Additional,
                "minato203",
                "203",
                "会議室の電話",
                Some(DeviceOption::IpPhone),
            ),
            (
                PhoneIdKind::Additional,
                "minato204",
                "204",
                "倉庫（仮）",
                Some(DeviceOption::PremisesDevice),
            ),
            (PhoneIdKind::Additional, "minato205", "205", "佐藤 Android", None),
            (PhoneIdKind::Additional, "minato206", "206", "鈴木（未使用）", None),
        ] {
            let new = OperatorPhoneIdCreate {
                login_id: login_id.into(),
                kind,
                extension: extension.into(),
                terminal_name: name.into(),
                device_option,
                password: None,
                reference: None,
            };
            let made = PreparedPassword::new("", PhoneIdKind::Additional, None);
            let password = if kind == PhoneIdKind::Basic { basic } else { &made };
            numbers::phone_ids::create_phone_id(
                self.conn,
                &self.scope,
                &day,
                self.secrets,
                new,
                password,
            )?;
        }
        Ok(())
    }

    /// What happened since, the oldest first: the change log is in the order of its writing.
    fn life(&mut self) -> Result<(), Failure> {
        self.sign_in("203", TerminalKind::IpPhone, "会議室 T54W", self.operator(91, (14, 31)))?;
        self.sign_in(
            "204",
            TerminalKind::PremisesDevice,
            "倉庫 アダプタ",
            self.operator(91, (16, 5)),
        )?;

        let more = self.operator(64, (11, 20));
        let primary = self.number("+815012345678")?;
        let patch = OperatorNumberPatch { max_channels: Some(9), ..OperatorNumberPatch::default() };
        numbers::provisioning::patch_number(
            self.conn,
            &self.scope,
            &more,
            &Expected::Any,
            &primary.id,
            patch,
        )?;

        let named =
            number::Changes { name: Some("代表番号".into()), ..number::Changes::default() };
        self.set("+815012345678", (41, (9, 48)), named)?;
        let rung = number::Changes {
            ringtone: Some(api_types::Ringtone::Ringtone2.into()),
            ..number::Changes::default()
        };
        self.set("+81334567890", (23, (17, 2)), rung)?;

        let warehouse = self.phone_id("204")?;
        let renamed = OperatorPhoneIdPatch {
            terminal_name: Some("倉庫".into()),
            ..OperatorPhoneIdPatch::default()
        };
        let moved = self.operator(12, (8, 55));
        numbers::phone_ids::patch_phone_id(
            self.conn,
            &self.scope,
            &moved,
            &Expected::Any,
            &warehouse.id,
            renamed,
        )?;

        calls::plant(self)?;

        let shown = number::Changes {
            display_name: Some("東京代表".into()),
            ..number::Changes::default()
        };
        self.set("+815012345678", (5, (10, 37)), shown)?;
        let limited = number::Changes { channel_limit: Some(3), ..number::Changes::default() };
        self.set("+815012345678", (2, (15, 54)), limited)?;

        self.sign_in("201", TerminalKind::Windows, "受付 PC", self.ago(TimeDelta::hours(9)))?;
        self.sign_in("205", TerminalKind::Android, "Pixel 10", self.ago(TimeDelta::hours(3)))?;
        self.sign_in("201", TerminalKind::Ios, "iPhone 17", self.ago(TimeDelta::minutes(12)))
    }

    /// A change that the contract holder made.
    fn set(
        &mut self,
        e164: &str,
        (days_ago, time): (i64, (u32, u32)),
        changes: number::Changes,
    ) -> Result<(), Failure> {
        let before = self.number(e164)?;
        let ctx = Ctx { actor: Actor::holder(LOGIN_ID), now: on_day(self.now, days_ago, time) };
        numbers::provisioning::change_number(self.conn, &self.scope, &ctx, &before, &changes)
            .map(|_| ())
    }

    fn sign_in(
        &mut self,
        extension: &str,
        kind: TerminalKind,
        name: &str,
        ctx: Ctx,
    ) -> Result<(), Failure> {
        let id = self.phone_id(extension)?.id;
        let new = TerminalRegistration { kind, name: name.into() };
        numbers::phone_ids::create_terminal(self.conn, &self.scope, &ctx, &id, new).map(|_| ())
    }

    fn number(&mut self, e164: &str) -> Result<number::Row, Failure> {
        number::list(self.conn, &self.scope)?
            .into_iter()
            .find(|number| number.e164 == e164)
            .ok_or(Failure::NOT_FOUND)
    }

    fn phone_id(&mut self, extension: &str) -> Result<phone_id::Row, Failure> {
        phone_id::list(self.conn, &self.scope)?
            .into_iter()
            .find(|id| id.extension == extension)
            .ok_or(Failure::NOT_FOUND)
    }
}
