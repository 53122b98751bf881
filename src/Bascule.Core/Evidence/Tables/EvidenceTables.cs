using static Bascule.Core.Audit.AuditTypes;
using static Bascule.Core.Evidence.Tables.EvidenceColumn;

namespace Bascule.Core.Evidence.Tables;

/// <summary>Which entries go into which table. Every type of <see cref="Audit.AuditTypes"/> is in one or more, or is left out by name.</summary>
public static class EvidenceTables
{
    public const string AccessDecisions = "access-decisions.csv";
    public const string AccessRights = "access-rights.csv";
    public const string ApprovalDecisions = "approvals.csv";
    public const string Attestations = "attestations.csv";
    public const string Calls = "calls.csv";
    public const string Changes = "changes-by-environment/";
    public const string CodeChanges = "code-changes.csv";
    public const string Exceptions = "exceptions.csv";
    public const string IdentitiesRetired = "identities-retired.csv";
    public const string Operations = "operations.csv";
    public const string Rotations = "rotations.csv";

    public static IReadOnlyList<EvidenceTable> All { get; } =
    [
        new(
            AccessDecisions,
            "Access decisions",
            "Who was let in or refused, by which rule: sign-ins, tokens, what was read and pushed. Refusals of who is not known are counted by address and minute.",
            [
                DeliveriesRefused,
                PersonSignedIn,
                PersonSignedOut,
                SignInsRefused,
                PersonRefused,
                GitTokenGiven,
                GitTokenRefused,
                GitTokenRevoked,
                ExchangesRefused,
                PushDecided,
                GitFetched,
                GitFileRead,
                LfsRead,
                LfsWritten,
                GitRefused,
                TokenSigned,
            ],
            [
                .. Decision,
                .. Links("repository", "git_token", "session", "push", "run"),
                .. Facts(
                    "asked",
                    "verbs",
                    "refs",
                    "issuer",
                    "by",
                    "provider",
                    "how",
                    "holder",
                    "count",
                    "path",
                    "commit"
                ),
                .. Facts("sub", "aud"),
                .. Times("expires_at"),
            ]
        ),
        new(
            AccessRights,
            "What gives access",
            "Changes of what decisions rest on: accounts and keys of people, issuers, trust policies, administrators, retirements.",
            [
                PersonRetired,
                AccountLinked,
                AccountUnlinked,
                SigningKeyConfirmed,
                SigningKeyForgotten,
                IssuerNoted,
                IssuerConfirmed,
                FirstAdminAsked,
                FirstAdminGranted,
                TrustPoliciesTaken,
                TrustPoliciesRefused,
                GitTokenRevoked,
            ],
            [
                .. Decision,
                .. Facts("person", "forge", "account", "proof", "kind", "fingerprint", "issuer", "confirmed"),
                .. Facts("commit", "policies", "asked", "holder", "minutes", "again"),
            ]
        ),
        new(
            ApprovalDecisions,
            "Approvals",
            "Approvals given, refused, voided and expired, runs let go without, and content proven by a signature: each with the digests of exactly what it was about.",
            [
                ApprovalGiven,
                ApprovalRefused,
                ApprovalVoided,
                ApprovalExpired,
                GlassBroken,
                GlassReviewed,
                GlassUnreviewed,
                RunProven,
            ],
            [
                .. Decision,
                .. Links("run", "repository"),
                .. Facts(
                    "environment",
                    "commit",
                    "content",
                    "plan_sha256",
                    "approved_sha256",
                    "approval",
                    "generation"
                ),
                .. Facts("source", "authenticated_at", "carried_from", "given_by", "asked", "person", "fingerprint"),
            ]
        ),
        new(
            Attestations,
            "Signed statements",
            "The statements that were signed about runs, by the digests that the log has of them; the statements themselves where they could be fetched.",
            [RunAttested],
            []
        ),
        new(
            Calls,
            "Calls to platforms and forges",
            "Each call that changes something outside: before it was made, and how it ended.",
            [CallBegun, CallEnded],
            [
                .. Links("call", "run", "repository"),
                .. Facts("operation", "target", "ok", "problem", "reason", "details"),
            ]
        ),
        new(
            Changes,
            "Changes by environment",
            "One row for each run that was to change something there: commit, plan, decision, approvals, what was sent and how it went. One file for each environment.",
            [
                RunDecided,
                RunAsked,
                RunProven,
                RunAttested,
                ApprovalGiven,
                ApprovalRefused,
                ApprovalVoided,
                ApprovalExpired,
                GlassBroken,
                GlassReviewed,
                GlassUnreviewed,
                CallBegun,
                CallEnded,
            ],
            []
        ),
        new(
            CodeChanges,
            "Changes of code",
            "Each move of a branch or tag that Bascule saw, of a deploy ref or an alias of a model that it made, and each push through it: who, from which commit to which, and whether history was rewritten or a version rolled back.",
            [RefMoved, DeployRefMoved, ModelPromoted, ModelRolledBack, PushDecided, PushEnded, LfsWritten],
            [
                .. Decision,
                .. Links("repository", "push", "delivery", "git_token", "run"),
                .. Facts("ref", "before", "after", "move", "assurance", "generation", "refs", "outcome", "not_moved"),
                .. Facts("policy", "holder", "reasons", "oid", "environment", "rolled_back_because"),
                .. Facts("model", "alias", "commit", "producer"),
            ]
        ),
        new(
            Exceptions,
            "Exceptions",
            "What went past a rule or should not happen: runs let go without approval and their review, forged statuses, first administrators, lost history, restores, a clock that went back, changes on a platform made outside Git, runs that claim a commit nobody has.",
            [
                GlassBroken,
                GlassReviewed,
                GlassUnreviewed,
                StatusForged,
                RunUnfounded,
                DriftFound,
                DriftEnded,
                FirstAdminAsked,
                FirstAdminGranted,
                HistoryLost,
                ClockWentBack,
                InstallationRestored,
            ],
            []
        ),
        new(
            IdentitiesRetired,
            "Identities retired",
            "Who was retired, when and by whom; the first refusal after it that names them; and whether anything was let in after.",
            [PersonRetired],
            []
        ),
        new(
            Operations,
            "Operations",
            "The installation itself: starts, logs, restores, work set aside and what became of it, deletion of old records, legal holds and erasures.",
            [
                ServerStarted,
                LogOpened,
                HistoryLost,
                ClockWentBack,
                InstallationRestored,
                InstallationImported,
                InstallationResumed,
                RecordsForgotten,
                WorkQuarantined,
                WorkReplayed,
                WorkDismissed,
                CollectorReplayAsked,
                PersonHeld,
                PersonReleased,
                PersonErased,
            ],
            [
                .. Decision,
                .. Facts(
                    "kind",
                    "subject",
                    "lane",
                    "event",
                    "failed",
                    "because",
                    "epoch",
                    "former_epoch",
                    "last_entry"
                ),
                .. Facts("number", "origin", "key", "url", "environments", "forges", "size", "behind_ms", "rows"),
                .. Facts("deliveries", "runs", "collector", "person"),
                new("collector_entry", "facts", "entry"),
                .. Times("deliveries_before", "runs_before", "held_since", "made"),
            ]
        ),
        new(
            Rotations,
            "Rotations",
            "Keys and credentials made, replaced, ended, or not replaced and why; uses of a former secret while both were good.",
            [
                CredentialSealed,
                CredentialRotationAsked,
                CredentialRotated,
                CredentialEnded,
                CredentialRotationFailed,
                FormerSecretUsed,
                KeyMade,
                ProvenanceKeyAdded,
            ],
            [
                .. Facts("forge", "account", "fingerprint", "former", "step", "reason", "kid", "key", "place", "after"),
                .. Facts("from", "count"),
                .. Times("until"),
            ]
        ),
    ];

    /// <summary>Types that no table is made from, each for its reason; their entries are in the pack all the same.</summary>
    public static IReadOnlyDictionary<string, string> LeftOut { get; } =
        new Dictionary<string, string>
        {
            [DeliveryAccepted] = "what the forge said is no decision; those that it led to name the delivery",
        };

    /// <exception cref="InvalidOperationException">There is none.</exception>
    public static EvidenceTable Of(string file) => All.First(table => table.File == file);
}
