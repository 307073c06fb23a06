//! A new contract, with its first numbers and IDs: all of it or nothing.

use api_types::{
    AccountStatus, AuditAction, AuditObject, FieldCode, FieldFault, FieldValues, OperatorAccount,
    OperatorAccountCreate, OperatorPhoneIdCreate, OperatorPhoneIdCreated, PhoneIdKind,
};
use store::accounts::account;
use store::{Conn, OperatorScope, new_id};

use crate::accounts::provisioning::{account_view, is_taken};
use crate::error::Failure;
use crate::identity::passwords::{PreparedPassword, check_password};
use crate::numbers::phone_ids::create_phone_id;
use crate::numbers::provisioning::create_number;
use crate::platform::change::{Ctx, fields, record, taken, trimmed};
use crate::platform::crypto::Secrets;

/// What is wrong, gathered so that all of it is said at once.
#[derive(Default)]
struct Faults(Vec<FieldFault>);

impl Faults {
    /// What came of one item of a list; its faults are named below that item.
    fn gather<T>(
        &mut self,
        list: &str,
        index: usize,
        outcome: Result<T, Failure>,
    ) -> Result<Option<T>, Failure> {
        match outcome {
            Ok(value) => Ok(Some(value)),
            Err(Failure::Fields(faults)) => {
                self.0.extend(faults.into_iter().map(|fault| FieldFault {
                    pointer: format!("/{list}/{index}{}", fault.pointer),
                    ..fault
                }));
                Ok(None)
            }
            // PostgreSQL takes no more questions once another request has taken a value.
            Err(_) if !self.0.is_empty() => Err(Failure::Fields(std::mem::take(&mut self.0))),
            Err(failure) => Err(failure),
        }
    }

    /// Ends it where something is wrong.
    fn check(self) -> Result<(), Failure> {
        if self.0.is_empty() { Ok(()) } else { Err(Failure::Fields(self.0)) }
    }
}

/// Takes the passwords out of new IDs and makes them ready, in their order. Slow, as
/// [`PreparedPassword::new`] is; `realm` is that of digest authentication.
///
/// # Errors
/// Passwords that contain their login ids; a second basic ID.
pub fn prepare_passwords(
    realm: &str,
    ids: &mut [OperatorPhoneIdCreate],
) -> Result<Vec<PreparedPassword>, Failure> {
    let mut faults = Faults::default();
    let mut has_basic = false;
    for (index, id) in ids.iter().enumerate() {
        if let Some(password) = &id.password {
            faults.gather("ids", index, check_password("/password", &id.login_id, password))?;
        }
        if id.kind == PhoneIdKind::Basic {
            // It would be refused later, after its password was hashed for nothing.
            let second =
                if has_basic { Err(Failure::field("/kind", FieldCode::Taken)) } else { Ok(()) };
            faults.gather("ids", index, second)?;
            has_basic = true;
        }
    }
    faults.check()?;
    let ready =
        |id: &mut OperatorPhoneIdCreate| PreparedPassword::new(realm, id.kind, id.password.take());
    Ok(ids.iter_mut().map(ready).collect())
}

/// Makes a contract with its first numbers and IDs; `passwords` are those of the IDs. An error must
/// end the transaction.
///
/// # Errors
/// A reference that is in use, and what is wrong with the numbers and IDs.
pub fn create_account(
    conn: &mut Conn,
    operator: OperatorScope,
    ctx: &Ctx,
    secrets: &Secrets,
    new: OperatorAccountCreate,
    passwords: &[PreparedPassword],
) -> Result<OperatorAccount, Failure> {
    let OperatorAccountCreate { name, contact_mail, options, reference, numbers, ids } = new;
    let mut faults = Faults::default();
    let mut reference = reference.as_deref().map(trimmed);
    if is_taken(conn, operator, reference.as_deref())? {
        faults.0.push(FieldFault::new("/reference", FieldCode::Taken));
        // So that the rest can be looked at, too.
        reference = None;
    }
    let row = account::Row {
        id: new_id(),
        name: name.trim().to_owned(),
        contact_mail,
        status: AccountStatus::Active.into(),
        suspended_reason: None,
        forwarding_number: None,
        option_ip_phone: options.ip_phone,
        option_premises_device: options.premises_device,
        option_voicemail: options.voicemail,
        option_fax: options.fax,
        revision: 0,
        version: 1,
        created_at: ctx.at(),
        updated_at: ctx.at(),
        callbacks_until: None,
        reference,
    };
    let scope = operator.account(&row.id);
    account::insert(conn, operator, row.clone()).map_err(|error| taken(error, "/reference"))?;
    let differences = fields::differences(FieldValues::new(), fields::of_account(&row));
    record(conn, &scope, ctx, (AuditObject::Account, &row.id), AuditAction::Create, differences)?;
    let mut made_numbers = Vec::with_capacity(numbers.len());
    for (index, number) in numbers.into_iter().enumerate() {
        let made = create_number(conn, &scope, ctx, number);
        made_numbers.extend(faults.gather("numbers", index, made)?);
    }
    let mut made_ids = Vec::with_capacity(ids.len());
    for (index, (id, password)) in ids.into_iter().zip(passwords).enumerate() {
        let made = create_phone_id(conn, &scope, ctx, secrets, id, password);
        made_ids.extend(faults.gather("ids", index, made)?.map(|phone_id| {
            OperatorPhoneIdCreated { phone_id, generated_password: password.generated() }
        }));
    }
    faults.check()?;
    let account = account_view(conn, &scope)?;
    Ok(OperatorAccount { numbers: Some(made_numbers), ids: Some(made_ids), ..account })
}
