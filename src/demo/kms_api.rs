//! Key Management: `DescribeKey` in all four forms, `GetKeyRotationStatus` by id and ARN; what else there is, the key that
//! signs answers.

use std::sync::atomic::Ordering;

use serde::Deserialize;

use super::json::Json;
use super::key::{KeyKind, Keyring};
use super::operation::Operation;
use super::refusal::Refusal;
use super::world::{Invocation, World};

const DAY: i64 = 24 * 3600 * 1000;

/// What both operations are asked by.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Asked {
    key_id: String,
}

pub(super) fn answer(world: &World, invocation: &Invocation) -> Result<String, Refusal> {
    if matches!(invocation.operation, Operation::GetPublicKey | Operation::Sign) {
        return world.signing_key.answer(invocation);
    }
    let request: Asked = invocation.members()?;
    let keyring = world.organization.keyring(invocation.caller.account, invocation.caller.region.clone());
    let (kind, slot) = find(world, invocation, &keyring, &request.key_id)?;
    if invocation.operation == Operation::GetKeyRotationStatus {
        return Ok(rotation(&keyring, kind, slot));
    }
    Ok(metadata(world, invocation, &keyring, kind, slot))
}

/// The key that a name names, if the caller may ask for it.
fn find(world: &World, invocation: &Invocation, keyring: &Keyring, name: &str) -> Result<(KeyKind, u64), Refusal> {
    if name.is_empty() || name.len() > 2048 {
        return Err(Refusal::validation(format!(
            "1 validation error detected: Value '{name}' at 'keyId' failed to satisfy constraint: Member must have length greater than or equal to 1"
        )));
    }
    let (own, region) = (invocation.caller.account.as_str(), invocation.caller.region.as_str());
    let resource = match name.strip_prefix("arn:") {
        None => name,
        Some(rest) => {
            let parts: Vec<_> = rest.splitn(5, ':').collect();
            let [_partition, "kms", of_region, of_account, resource] = parts.as_slice() else {
                return Err(not_found(format!("Invalid arn {name}")));
            };
            if *of_region != region {
                return Err(not_found(format!("Invalid arn {of_region}")));
            }
            if *of_account != own {
                return Err(invocation.denied(
                    "on this resource because the resource does not exist in this Region, no resource-based policies allow access, or a \
                     resource-based policy explicitly denies access",
                ));
            }
            resource.strip_prefix("key/").unwrap_or(resource)
        }
    };
    if resource.starts_with("alias/aws/") {
        world.aws_alias_descriptions.fetch_add(1, Ordering::Relaxed);
    }
    if invocation.operation == Operation::GetKeyRotationStatus && resource.starts_with("alias/") {
        return Err(not_found(format!("Invalid keyId {resource}")));
    }
    let known = if resource.starts_with("alias/") { Keyring::by_alias(resource) } else { keyring.by_id(resource) };
    match known {
        None | Some((KeyKind::Missing, _)) if resource.starts_with("alias/") => {
            Err(not_found(format!("Alias arn:aws:kms:{region}:{own}:{resource} is not found.")))
        }
        None | Some((KeyKind::Missing, _)) => {
            Err(not_found(format!("Key 'arn:aws:kms:{region}:{own}:key/{resource}' does not exist")))
        }
        Some((KeyKind::Denied, slot)) => Err(invocation.denied(&format!(
            "on resource: {} because no resource-based policy allows the {} action",
            keyring.arn(KeyKind::Denied, slot),
            invocation.operation.action()
        ))),
        Some(known) => Ok(known),
    }
}

/// Every other key of a customer rotates, and all of AWS.
fn rotation(keyring: &Keyring, kind: KeyKind, slot: u64) -> String {
    let is_on = match kind {
        KeyKind::AwsManaged => true,
        KeyKind::PendingDeletion => false,
        KeyKind::Customer | KeyKind::Disabled | KeyKind::Denied | KeyKind::Missing => slot.is_multiple_of(2),
    };
    let mut json = Json::with_capacity(256);
    json.open();
    json.text("KeyId", &keyring.arn(kind, slot));
    json.flag("KeyRotationEnabled", is_on);
    if is_on {
        json.number("RotationPeriodInDays", 365);
    }
    json.close();
    json.finish()
}

fn not_found(message: String) -> Refusal {
    Refusal::new(400, "NotFoundException", message)
}

fn metadata(world: &World, invocation: &Invocation, keyring: &Keyring, kind: KeyKind, slot: u64) -> String {
    let (manager, state) = match kind {
        KeyKind::AwsManaged => ("AWS", "Enabled"),
        KeyKind::Disabled => ("CUSTOMER", "Disabled"),
        KeyKind::PendingDeletion => ("CUSTOMER", "PendingDeletion"),
        KeyKind::Customer | KeyKind::Denied | KeyKind::Missing => ("CUSTOMER", "Enabled"),
    };
    let now = world.organization.now();
    let mut json = Json::with_capacity(1024);
    json.open();
    json.object("KeyMetadata");
    json.text("AWSAccountId", invocation.caller.account.as_str());
    json.text("KeyId", &keyring.id(kind, slot));
    json.text("Arn", &keyring.arn(kind, slot));
    json.time("CreationDate", now - 900 * DAY);
    json.flag("Enabled", state == "Enabled");
    json.text(
        "Description",
        if kind == KeyKind::AwsManaged {
            "Default key that protects my S3 objects when no other key is defined"
        } else {
            ""
        },
    );
    json.text("KeyUsage", "ENCRYPT_DECRYPT");
    json.text("KeyState", state);
    if kind == KeyKind::PendingDeletion {
        json.time("DeletionDate", now - now.rem_euclid(DAY) + 12 * DAY);
    }
    json.text("Origin", "AWS_KMS");
    json.text("KeyManager", manager);
    json.text("CustomerMasterKeySpec", "SYMMETRIC_DEFAULT");
    json.text("KeySpec", "SYMMETRIC_DEFAULT");
    json.list("EncryptionAlgorithms");
    json.item("SYMMETRIC_DEFAULT");
    json.end_list();
    json.flag("MultiRegion", false);
    json.close();
    json.close();
    json.finish()
}
