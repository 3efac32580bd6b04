//! Calls about data and its keys: S3, EBS, RDS, Secrets Manager, KMS, DynamoDB, backups. Rows are
//! sorted by name and variant; this file must hold nothing but rows.

use super::Effect::{Act, Change, Make, Read, Remove, Replace};
use super::{
    By, COLLECTION, CREDENTIALS, Call, Detail, ESCALATION, EVASION, EXFILTRATION, IMPACT,
    NO_TARGET, PERSISTENCE, Target, owned, thing,
};

const BUCKET: Target = thing(&["q.bucketName"]);
const BUCKET_POLICY: Target =
    Target { thing: &["q.bucketName"], owner: &[], detail: Detail::PolicyPrincipals };
const SNAPSHOT_OF_DATABASE: Target = Target {
    thing: &["q.dBSnapshotIdentifier", "q.dBClusterSnapshotIdentifier"],
    owner: &[],
    detail: Detail::Shared,
};
const DATABASE: Target = thing(&["q.dBInstanceIdentifier", "q.dBClusterIdentifier"]);
const DELETED_DATABASE: Target = Target {
    thing: &["q.dBInstanceIdentifier", "q.dBClusterIdentifier"],
    owner: &[],
    detail: Detail::LastSnapshot(&["q.finalDBSnapshotIdentifier"]),
};
const SECRET: Target = thing(&["q.secretId", "r.name", "r.aRN", "q.name"]);
const KEY: Target = thing(&["q.keyId", "r.keyMetadata.keyId"]);

#[rustfmt::skip]
pub(super) static S3: &[Call] = &[
    Call("CopyObject", "", "copied objects", COLLECTION, "T1530", Read("object"), BUCKET),
    Call("CreateAccessPoint", "", "made an access point", EXFILTRATION, "T1537", Change("access point"), owned(&["q.name"], &["q.bucket"])),
    Call("DeleteAccessPoint", "", "deleted an access point", EVASION, "T1070", Remove(&[("access point policy", By::Thing), ("access point", By::Thing)]), thing(&["q.name"])),
    Call("DeleteAccessPointPolicy", "", "deleted an access point's policy", EVASION, "T1070", Remove(&[("access point policy", By::Thing)]), thing(&["q.name"])),
    Call("DeleteBucket", "", "deleted a bucket", IMPACT, "T1485", Remove(&[("bucket policy", By::Thing), ("bucket ACL", By::Thing), ("bucket public access", By::Thing), ("bucket replication", By::Thing), ("bucket lifecycle", By::Thing)]), BUCKET),
    Call("DeleteBucket", "logs", "deleted a bucket that held the account's logs", EVASION, "T1562.008", Replace("log bucket deleted", &[("bucket policy", By::Thing), ("bucket ACL", By::Thing), ("bucket public access", By::Thing), ("bucket replication", By::Thing), ("bucket lifecycle", By::Thing)]), BUCKET),
    Call("DeleteBucketEncryption", "", "took away a bucket's encryption", IMPACT, "T1486", Change("bucket encryption"), BUCKET),
    Call("DeleteBucketLifecycle", "", "took away a bucket's lifecycle rules", EVASION, "T1070", Remove(&[("bucket lifecycle", By::Thing)]), BUCKET),
    Call("DeleteBucketPolicy", "", "deleted a bucket policy", EVASION, "T1578.005", Remove(&[("bucket policy", By::Thing)]), BUCKET),
    Call("DeleteBucketPolicy", "logs", "shut the account's logs out of their bucket", EVASION, "T1562.008", Replace("log bucket policy", &[("bucket policy", By::Thing)]), BUCKET),
    Call("DeleteBucketPublicAccessBlock", "", "took away a bucket's public access block", EVASION, "T1578.005", Change("bucket public access"), BUCKET),
    Call("DeleteBucketReplication", "", "stopped a bucket's replication", IMPACT, "T1490", Remove(&[("bucket replication", By::Thing)]), BUCKET),
    Call("DeleteObject", "", "deleted objects", IMPACT, "T1485", Change("object deleted"), BUCKET),
    Call("DeleteObject", "logs", "deleted objects of a bucket that holds the account's logs", EVASION, "T1562.008", Change("log objects deleted"), BUCKET),
    Call("DeleteObjectVersion", "", "deleted versions of objects", IMPACT, "T1485", Change("object deleted"), BUCKET),
    Call("DeleteObjectVersion", "logs", "deleted versions of objects of a bucket that holds the account's logs", EVASION, "T1562.008", Change("log objects deleted"), BUCKET),
    Call("DeleteObjects", "", "deleted objects", IMPACT, "T1485", Change("object deleted"), BUCKET),
    Call("DeleteObjects", "logs", "deleted objects of a bucket that holds the account's logs", EVASION, "T1562.008", Change("log objects deleted"), BUCKET),
    Call("DeletePublicAccessBlock", "", "took away the public access block", EVASION, "T1578.005", Change("bucket public access"), BUCKET),
    Call("GetObject", "", "read objects", COLLECTION, "T1530", Read("object"), BUCKET),
    Call("PutAccessPointPolicy", "", "changed who may use an access point", EXFILTRATION, "T1537", Change("access point policy"), thing(&["q.name"])),
    Call("PutAccessPointPolicy", "outside", "let other accounts or the world into an access point", EXFILTRATION, "T1537", Make("access point policy"), thing(&["q.name"])),
    Call("PutAccountPublicAccessBlock", "", "changed the account's public access block", EVASION, "T1578.005", Change("bucket public access"), NO_TARGET),
    Call("PutBucketAcl", "", "changed a bucket's ACL", EXFILTRATION, "T1537", Change("bucket ACL"), BUCKET),
    Call("PutBucketAcl", "world", "opened a bucket's ACL to the world", EXFILTRATION, "T1537", Make("bucket ACL"), BUCKET),
    Call("PutBucketEncryption", "", "changed a bucket's encryption", IMPACT, "T1486", Change("bucket encryption"), BUCKET),
    Call("PutBucketLifecycle", "", "changed a bucket's lifecycle rules", EVASION, "T1485.001", Change("bucket lifecycle"), BUCKET),
    Call("PutBucketLifecycle", "logs", "changed when the account's logs expire", EVASION, "T1562.008", Change("bucket lifecycle"), BUCKET),
    Call("PutBucketLifecycleConfiguration", "", "changed a bucket's lifecycle rules", EVASION, "T1485.001", Change("bucket lifecycle"), BUCKET),
    Call("PutBucketLifecycleConfiguration", "logs", "changed when the account's logs expire", EVASION, "T1562.008", Change("bucket lifecycle"), BUCKET),
    Call("PutBucketLogging", "", "changed a bucket's access log", EVASION, "T1562.008", Change("bucket access log"), BUCKET),
    Call("PutBucketNotification", "", "changed what a bucket's events set off", PERSISTENCE, "T1546", Change("bucket notification"), BUCKET),
    Call("PutBucketOwnershipControls", "", "changed a bucket's object ownership", EVASION, "T1578.005", Change("bucket ACL"), BUCKET),
    Call("PutBucketPolicy", "", "changed a bucket policy", EXFILTRATION, "T1537", Change("bucket policy"), BUCKET_POLICY),
    Call("PutBucketPolicy", "deliverers", "let AWS deliver logs into a bucket", EXFILTRATION, "T1537", Replace("bucket policy", &[("bucket policy", By::Thing), ("log bucket policy", By::Thing)]), BUCKET_POLICY),
    Call("PutBucketPolicy", "inside", "let nobody outside into a bucket by its policy", EXFILTRATION, "T1537", Replace("bucket policy", &[("bucket policy", By::Thing)]), BUCKET_POLICY),
    Call("PutBucketPolicy", "logs", "shut the account's logs out of their bucket", EVASION, "T1562.008", Replace("log bucket policy", &[("bucket policy", By::Thing)]), BUCKET_POLICY),
    Call("PutBucketPolicy", "outside", "let other accounts or the world into a bucket", EXFILTRATION, "T1537", Make("bucket policy"), BUCKET_POLICY),
    Call("PutBucketPublicAccessBlock", "", "changed a bucket's public access block", EVASION, "T1578.005", Change("bucket public access"), BUCKET),
    Call("PutBucketPublicAccessBlock", "all", "blocked public access to a bucket", EVASION, "T1578.005", Remove(&[("bucket public access", By::Thing)]), BUCKET),
    Call("PutBucketReplication", "", "made a bucket copy itself elsewhere", EXFILTRATION, "T1537", Make("bucket replication"), BUCKET),
    Call("PutBucketVersioning", "", "changed a bucket's versioning", IMPACT, "T1490", Change("bucket versioning"), BUCKET),
    Call("PutBucketWebsite", "", "made a bucket a website", EXFILTRATION, "T1567", Change("bucket website"), BUCKET),
    Call("PutObject", "", "wrote objects", IMPACT, "T1565.001", Act, BUCKET),
    Call("PutObjectAcl", "", "changed who may read objects", EXFILTRATION, "T1537", Change("object ACL"), BUCKET),
    Call("PutObjectLockConfiguration", "", "changed a bucket's object lock", IMPACT, "T1490", Change("bucket object lock"), BUCKET),
    Call("PutPublicAccessBlock", "", "changed the public access block", EVASION, "T1578.005", Change("bucket public access"), BUCKET),
    Call("PutPublicAccessBlock", "all", "blocked public access", EVASION, "T1578.005", Remove(&[("bucket public access", By::Thing)]), BUCKET),
    Call("SelectObjectContent", "", "queried objects", COLLECTION, "T1530", Read("object"), BUCKET),
];

#[rustfmt::skip]
pub(super) static EBS: &[Call] = &[
    Call("GetSnapshotBlock", "", "read blocks of a snapshot", COLLECTION, "T1530", Read("snapshot"), thing(&["q.snapshotId"])),
    Call("ListChangedBlocks", "", "listed changed blocks of a snapshot", COLLECTION, "T1530", Read("snapshot"), thing(&["q.secondSnapshotId"])),
    Call("ListSnapshotBlocks", "", "listed blocks of a snapshot", COLLECTION, "T1530", Read("snapshot"), thing(&["q.snapshotId"])),
];

#[rustfmt::skip]
pub(super) static RDS: &[Call] = &[
    Call("AuthorizeDBSecurityGroupIngress", "", "opened a database security group", EVASION, "T1562.007", Change("database security group"), thing(&["q.dBSecurityGroupName"])),
    Call("CopyDBClusterSnapshot", "", "copied a database snapshot", EXFILTRATION, "T1537", Act, thing(&["q.sourceDBClusterSnapshotIdentifier"])),
    Call("CopyDBSnapshot", "", "copied a database snapshot", EXFILTRATION, "T1537", Act, thing(&["q.sourceDBSnapshotIdentifier"])),
    Call("CreateDBClusterSnapshot", "", "made a database snapshot", EXFILTRATION, "T1578.001", Act, owned(&["q.dBClusterSnapshotIdentifier"], &["q.dBClusterIdentifier"])),
    Call("CreateDBInstanceReadReplica", "", "made a copy of a database", EXFILTRATION, "T1537", Act, owned(&["q.dBInstanceIdentifier"], &["q.sourceDBInstanceIdentifier"])),
    Call("CreateDBSecurityGroup", "", "made a database security group", EVASION, "T1562.007", Act, thing(&["q.dBSecurityGroupName"])),
    Call("CreateDBSnapshot", "", "made a database snapshot", EXFILTRATION, "T1578.001", Act, owned(&["q.dBSnapshotIdentifier"], &["q.dBInstanceIdentifier"])),
    Call("DeleteDBCluster", "", "deleted a database cluster", IMPACT, "T1485", Change("database deleted"), DELETED_DATABASE),
    Call("DeleteDBClusterAutomatedBackup", "", "deleted a database's backups", IMPACT, "T1490", Change("backup deleted"), thing(&["q.dbClusterResourceId"])),
    Call("DeleteDBClusterSnapshot", "", "deleted a database snapshot", IMPACT, "T1490", Remove(&[("shared database snapshot", By::Thing)]), thing(&["q.dBClusterSnapshotIdentifier"])),
    Call("DeleteDBInstance", "", "deleted a database", IMPACT, "T1485", Change("database deleted"), DELETED_DATABASE),
    Call("DeleteDBInstanceAutomatedBackup", "", "deleted a database's backups", IMPACT, "T1490", Change("backup deleted"), thing(&["q.dbiResourceId", "q.dBInstanceAutomatedBackupsArn"])),
    Call("DeleteDBSnapshot", "", "deleted a database snapshot", IMPACT, "T1490", Remove(&[("shared database snapshot", By::Thing)]), thing(&["q.dBSnapshotIdentifier"])),
    Call("DownloadDBLogFilePortion", "", "read a database's log", COLLECTION, "T1530", Read("database log"), DATABASE),
    Call("ModifyDBCluster", "", "changed a database cluster", CREDENTIALS, "T1556", Change("database settings"), DATABASE),
    Call("ModifyDBClusterSnapshotAttribute", "", "changed who may restore a database snapshot", EXFILTRATION, "T1537", Act, SNAPSHOT_OF_DATABASE),
    Call("ModifyDBClusterSnapshotAttribute", "share", "shared a database snapshot", EXFILTRATION, "T1537", Make("shared database snapshot"), SNAPSHOT_OF_DATABASE),
    Call("ModifyDBClusterSnapshotAttribute", "unshare", "stopped sharing a database snapshot", EXFILTRATION, "T1537", Remove(&[("shared database snapshot", By::Thing)]), SNAPSHOT_OF_DATABASE),
    Call("ModifyDBInstance", "", "changed a database", CREDENTIALS, "T1556", Change("database settings"), DATABASE),
    Call("ModifyDBInstance", "no-backups", "switched off a database's backups", IMPACT, "T1490", Change("database backups"), DATABASE),
    Call("ModifyDBInstance", "private", "took a database off the internet", CREDENTIALS, "T1556", Replace("database settings", &[("public database", By::Thing)]), DATABASE),
    Call("ModifyDBInstance", "public", "opened a database to the internet", PERSISTENCE, "T1133", Make("public database"), DATABASE),
    Call("ModifyDBSnapshotAttribute", "", "changed who may restore a database snapshot", EXFILTRATION, "T1537", Act, SNAPSHOT_OF_DATABASE),
    Call("ModifyDBSnapshotAttribute", "share", "shared a database snapshot", EXFILTRATION, "T1537", Make("shared database snapshot"), SNAPSHOT_OF_DATABASE),
    Call("ModifyDBSnapshotAttribute", "unshare", "stopped sharing a database snapshot", EXFILTRATION, "T1537", Remove(&[("shared database snapshot", By::Thing)]), SNAPSHOT_OF_DATABASE),
    Call("RestoreDBClusterFromSnapshot", "", "restored a database from a snapshot", EXFILTRATION, "T1578.002", Act, owned(&["q.dBClusterIdentifier"], &["q.snapshotIdentifier"])),
    Call("RestoreDBInstanceFromDBSnapshot", "", "restored a database from a snapshot", EXFILTRATION, "T1578.002", Act, owned(&["q.dBInstanceIdentifier"], &["q.dBSnapshotIdentifier"])),
    Call("RestoreDBInstanceToPointInTime", "", "restored a database from its backup", EXFILTRATION, "T1578.002", Act, owned(&["q.targetDBInstanceIdentifier"], &["q.sourceDBInstanceIdentifier"])),
    Call("StartExportTask", "", "exported a database to S3", EXFILTRATION, "T1537", Read("database export"), thing(&["q.sourceArn"])),
];

#[rustfmt::skip]
pub(super) static SECRETS: &[Call] = &[
    Call("BatchGetSecretValue", "", "read secrets in bulk", CREDENTIALS, "T1555.006", Read("secret"), thing(&["r.secretValues.name", "q.secretIdList", "q.filters.values"])),
    Call("CancelRotateSecret", "", "stopped a secret's rotation", EVASION, "T1578.005", Change("secret rotation"), SECRET),
    Call("CreateSecret", "", "made a secret", CREDENTIALS, "T1555.006", Act, thing(&["q.name", "r.name", "r.aRN"])),
    Call("DeleteResourcePolicy", "", "deleted a secret's policy", EVASION, "T1070", Remove(&[("secret policy", By::Thing)]), SECRET),
    Call("DeleteSecret", "", "deleted a secret", IMPACT, "T1485", Change("secret deleted"), SECRET),
    Call("DescribeSecret", "", "looked at a secret's settings", CREDENTIALS, "T1555.006", Act, SECRET),
    Call("EndSecretVersionDelete", "", "ended the deletion of a secret", IMPACT, "T1485", Act, thing(&["a.ARN", "a.aRN", "a.SecretId", "a.Name"])),
    Call("GetSecretValue", "", "read a secret", CREDENTIALS, "T1555.006", Read("secret"), SECRET),
    Call("ListSecrets", "", "listed secrets", CREDENTIALS, "T1555.006", Act, NO_TARGET),
    Call("PutResourcePolicy", "", "changed who may read a secret", PERSISTENCE, "T1098.003", Make("secret policy"), SECRET),
    Call("PutResourcePolicy", "inside", "let nobody outside read a secret by its policy", PERSISTENCE, "T1098.003", Replace("secret policy", &[("secret policy", By::Thing)]), SECRET),
    Call("PutSecretValue", "", "changed a secret", IMPACT, "T1565.001", Act, SECRET),
    Call("ReplicateSecretToRegions", "", "copied a secret to other regions", CREDENTIALS, "T1555.006", Act, SECRET),
    Call("RestoreSecret", "", "restored a deleted secret", CREDENTIALS, "T1555.006", Remove(&[("secret deleted", By::Thing)]), SECRET),
    Call("StartSecretVersionDelete", "", "began the deletion of a secret", IMPACT, "T1485", Act, thing(&["a.ARN", "a.aRN", "a.SecretId", "a.Name"])),
    Call("UpdateSecret", "", "changed a secret", IMPACT, "T1565.001", Act, SECRET),
];

#[rustfmt::skip]
pub(super) static KMS: &[Call] = &[
    Call("CancelKeyDeletion", "", "cancelled a key's deletion", IMPACT, "T1485", Remove(&[("KMS key deletion", By::Thing)]), KEY),
    Call("CreateGrant", "", "granted the use of a key", ESCALATION, "T1098.003", Make("KMS grant"), owned(&["r.grantId"], &["q.keyId"])),
    Call("CreateKey", "", "made a key", IMPACT, "T1486", Act, KEY),
    Call("DeleteImportedKeyMaterial", "", "deleted a key's imported material", IMPACT, "T1485", Change("KMS key material"), KEY),
    Call("DeleteKey", "", "a key is gone", IMPACT, "T1485", Act, thing(&["a.keyId", "q.keyId"])),
    Call("DisableKey", "", "disabled a key", IMPACT, "T1489", Change("KMS key disabled"), KEY),
    Call("DisableKeyRotation", "", "stopped a key's rotation", EVASION, "T1578.005", Change("KMS key rotation"), KEY),
    Call("EnableKey", "", "enabled a key", IMPACT, "T1489", Remove(&[("KMS key disabled", By::Thing)]), KEY),
    Call("EnableKeyRotation", "", "let a key rotate", EVASION, "T1578.005", Remove(&[("KMS key rotation", By::Thing)]), KEY),
    Call("ImportKeyMaterial", "", "imported a key's material", IMPACT, "T1486", Act, KEY),
    Call("PutKeyPolicy", "", "changed who may use a key", PERSISTENCE, "T1098.003", Make("KMS key policy"), Target { thing: &["q.keyId"], owner: &[], detail: Detail::PolicyPrincipals }),
    Call("PutKeyPolicy", "inside", "let nobody outside use a key by its policy", PERSISTENCE, "T1098.003", Replace("KMS key policy", &[("KMS key policy", By::Thing)]), Target { thing: &["q.keyId"], owner: &[], detail: Detail::PolicyPrincipals }),
    Call("RetireGrant", "", "retired a grant", EVASION, "T1070", Remove(&[("KMS grant", By::Thing)]), owned(&["q.grantId"], &["q.keyId"])),
    Call("RevokeGrant", "", "revoked a grant", EVASION, "T1070", Remove(&[("KMS grant", By::Thing)]), owned(&["q.grantId"], &["q.keyId"])),
    Call("ScheduleKeyDeletion", "", "scheduled a key for deletion", IMPACT, "T1485", Change("KMS key deletion"), KEY),
];

#[rustfmt::skip]
pub(super) static DYNAMODB: &[Call] = &[
    Call("BatchGetItem", "", "read items of tables", COLLECTION, "T1530", Read("table"), thing(&["q.requestItems.tableName"])),
    Call("DeleteBackup", "", "deleted a table's backup", IMPACT, "T1490", Change("backup deleted"), thing(&["q.backupArn"])),
    Call("DeleteResourcePolicy", "", "deleted a table's policy", EVASION, "T1070", Remove(&[("table policy", By::Thing)]), thing(&["q.resourceArn"])),
    Call("DeleteTable", "", "deleted a table", IMPACT, "T1485", Change("table deleted"), thing(&["q.tableName"])),
    Call("ExportTableToPointInTime", "", "exported a table", EXFILTRATION, "T1537", Read("table export"), thing(&["q.tableArn"])),
    Call("GetItem", "", "read items of a table", COLLECTION, "T1530", Read("table"), thing(&["q.tableName"])),
    Call("PutResourcePolicy", "", "changed who may use a table", PERSISTENCE, "T1098.003", Make("table policy"), thing(&["q.resourceArn"])),
    Call("Query", "", "queried a table", COLLECTION, "T1530", Read("table"), thing(&["q.tableName"])),
    Call("Scan", "", "read a whole table", COLLECTION, "T1530", Read("table"), thing(&["q.tableName"])),
    Call("UpdateContinuousBackups", "", "changed a table's continuous backups", IMPACT, "T1490", Change("table backups"), thing(&["q.tableName"])),
];

#[rustfmt::skip]
pub(super) static BACKUP: &[Call] = &[
    Call("DeleteBackupPlan", "", "deleted a backup plan", IMPACT, "T1490", Change("backup deleted"), thing(&["q.backupPlanId"])),
    Call("DeleteBackupSelection", "", "deleted a backup selection", IMPACT, "T1490", Change("backup deleted"), thing(&["q.selectionId"])),
    Call("DeleteBackupVault", "", "deleted a backup vault", IMPACT, "T1490", Change("backup deleted"), thing(&["q.backupVaultName"])),
    Call("DeleteBackupVaultAccessPolicy", "", "deleted a backup vault's policy", EVASION, "T1070", Remove(&[("backup vault policy", By::Thing)]), thing(&["q.backupVaultName"])),
    Call("DeleteBackupVaultLockConfiguration", "", "unlocked a backup vault", IMPACT, "T1490", Change("backup vault lock"), thing(&["q.backupVaultName"])),
    Call("DeleteRecoveryPoint", "", "deleted a recovery point", IMPACT, "T1490", Change("backup deleted"), thing(&["q.recoveryPointArn"])),
    Call("DisassociateRecoveryPoint", "", "let go of a recovery point", IMPACT, "T1490", Change("backup deleted"), thing(&["q.recoveryPointArn"])),
    Call("PutBackupVaultAccessPolicy", "", "changed who may use a backup vault", IMPACT, "T1490", Change("backup vault policy"), thing(&["q.backupVaultName"])),
    Call("PutBackupVaultAccessPolicy", "outside", "let other accounts use a backup vault", EXFILTRATION, "T1537", Make("backup vault policy"), thing(&["q.backupVaultName"])),
    Call("StartCopyJob", "", "copied a recovery point", EXFILTRATION, "T1537", Act, owned(&["q.recoveryPointArn"], &["q.destinationBackupVaultArn"])),
    Call("UpdateBackupPlan", "", "changed a backup plan", IMPACT, "T1490", Change("backup plan"), thing(&["q.backupPlanId"])),
    Call("UpdateRecoveryPointLifecycle", "", "changed how long a recovery point is kept", IMPACT, "T1490", Change("backup lifecycle"), thing(&["q.recoveryPointArn"])),
];

#[rustfmt::skip]
pub(super) static EFS: &[Call] = &[
    Call("DeleteFileSystem", "", "deleted a file system", IMPACT, "T1485", Change("file system deleted"), thing(&["q.fileSystemId"])),
    Call("DeleteFileSystemPolicy", "", "deleted a file system's policy", EVASION, "T1070", Remove(&[("file system policy", By::Thing)]), thing(&["q.fileSystemId"])),
    Call("DeleteMountTarget", "", "deleted a file system's mount target", IMPACT, "T1485", Act, thing(&["q.mountTargetId"])),
    Call("PutFileSystemPolicy", "", "changed who may use a file system", PERSISTENCE, "T1098.003", Change("file system policy"), thing(&["q.fileSystemId"])),
    Call("PutFileSystemPolicy", "outside", "let other accounts or the world use a file system", PERSISTENCE, "T1098.003", Make("file system policy"), thing(&["q.fileSystemId"])),
];
