/// The migrations as the executable carries them. A new one is a file `NNNN_name.sql` here, a name in `migrations` of
/// Package.swift, and a line below (the generated constants have `_` for the first digit). Files only ever move forward: one that has been released never changes.
public enum Migrations {
    /// Name and text of each migration, in the order in which they are applied.
    public static let all: [(name: String, text: [UInt8])] = [
        ("0001_partitions", PackageResources._001_partitions_sql),
        ("0002_serving_rights", PackageResources._002_serving_rights_sql),
        ("0003_users", PackageResources._003_users_sql),
        ("0004_scopes", PackageResources._004_scopes_sql),
        ("0005_clients", PackageResources._005_clients_sql),
        ("0006_client_secrets", PackageResources._006_client_secrets_sql),
        ("0007_sessions", PackageResources._007_sessions_sql),
        ("0008_grants", PackageResources._008_grants_sql),
        ("0009_user_consents", PackageResources._009_user_consents_sql),
        ("0010_authorization_requests", PackageResources._010_authorization_requests_sql),
        ("0011_authorization_codes", PackageResources._011_authorization_codes_sql),
        ("0012_access_tokens", PackageResources._012_access_tokens_sql),
        ("0013_refresh_tokens", PackageResources._013_refresh_tokens_sql),
        ("0014_signing_keys", PackageResources._014_signing_keys_sql),
        ("0015_outbox", PackageResources._015_outbox_sql),
        ("0016_webhooks", PackageResources._016_webhooks_sql),
        ("0017_audit_logs", PackageResources._017_audit_logs_sql),
        ("0018_client_changes", PackageResources._018_client_changes_sql),
        ("0019_bucket_defaults", PackageResources._019_bucket_defaults_sql),
        ("0020_names_before_buckets", PackageResources._020_names_before_buckets_sql),
        ("0021_partition_checks", PackageResources._021_partition_checks_sql),
        ("0022_event_patterns", PackageResources._022_event_patterns_sql),
        ("0023_device_authorizations", PackageResources._023_device_authorizations_sql),
        ("0024_mail", PackageResources._024_mail_sql),
        ("0025_account_links", PackageResources._025_account_links_sql),
        ("0029_factors", PackageResources._029_factors_sql),
        ("0030_rate_limits", PackageResources._030_rate_limits_sql),
        ("0031_logout", PackageResources._031_logout_sql),
        ("0034_consents", PackageResources._034_consents_sql),
        ("0035_revocations", PackageResources._035_revocations_sql),
        ("0040_audit_chain", PackageResources._040_audit_chain_sql),
        ("0042_applications", PackageResources._042_applications_sql),
    ]
}
