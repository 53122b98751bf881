using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Bascule.Core.Json;

namespace Bascule.Core.Audit;

/// <summary>
/// One line of the audit log: a decision, or a call made or received. Its form is written down in <c>docs/audit-entries.md</c> and lasts: later
/// versions add types and fields, they never change what stands here.
/// </summary>
/// <param name="Type">A stable word, e.g. <c>run.decided</c>; see <see cref="AuditTypes"/>.</param>
/// <param name="Actor">On whose behalf: <c>bascule</c>, <c>operator</c>, <c>person:p-…</c> and <c>workload:w-…</c> (pseudonyms), <c>webhook:…</c>, <c>source:&lt;address&gt;</c>.</param>
public sealed record AuditEntry(string Type, string Actor)
{
    /// <summary>What entries of one story share: delivery, run, call, repository, …</summary>
    public IReadOnlyDictionary<string, string> Links { get; init; } = new Dictionary<string, string>();

    /// <summary>Null where nothing was decided.</summary>
    public AuditDecision? Decision { get; init; }

    /// <summary>More facts, by type. No personal data, no secret.</summary>
    public JsonObject? Facts { get; init; }

    /// <summary>Whom a pseudonym of the entry stands for; the only place for personal data.</summary>
    public PersonalPart? Personal { get; init; }

    /// <summary>The exact bytes that go into the log: RFC 8785.</summary>
    public byte[] ToCanonical(DateTimeOffset at)
    {
        var links = new JsonObject();
        foreach (var (name, value) in Links)
            links[name] = value;
        var entry = new JsonObject
        {
            ["v"] = 1,
            ["id"] = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)),
            ["time"] = TimeText(at),
            ["type"] = Type,
            ["actor"] = Actor,
            ["links"] = links,
        };
        if (Decision is { } decision)
            entry["decision"] = new JsonObject
            {
                ["allow"] = decision.Allow,
                ["rule"] = decision.Rule,
                ["reason"] = decision.Reason,
            };
        if (Facts is not null)
            entry["facts"] = Facts.DeepClone();
        if (Personal is not null)
            entry[PersonalPart.Member] = Personal.ToJson();
        return CanonicalJson.Serialize(entry);
    }

    /// <summary>A time as entries spell it: UTC, to the millisecond.</summary>
    public static string TimeText(DateTimeOffset at) =>
        at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}

/// <param name="Rule">The setting that decided, e.g. <c>environments.ml-prod.branches</c>.</param>
public sealed record AuditDecision(bool Allow, string Rule, string Reason);

/// <summary>The types that exist. A type keeps its meaning for ever.</summary>
public static class AuditTypes
{
    public const string ServerStarted = "server.started";
    public const string LogOpened = "log.opened";
    public const string HistoryLost = "history.lost";
    public const string DeliveryAccepted = "delivery.accepted";
    public const string DeliveriesRefused = "deliveries.refused";
    public const string FormerSecretUsed = "secret.former_used";
    public const string RefMoved = "ref.moved";
    public const string RunDecided = "run.decided";
    public const string RunAsked = "run.asked";
    public const string RunProven = "run.proven";
    public const string RunAttested = "run.attested";
    public const string ProvenanceKeyAdded = "provenance_key.added";
    public const string ApprovalGiven = "approval.given";
    public const string ApprovalRefused = "approval.refused";
    public const string ApprovalVoided = "approval.voided";
    public const string ApprovalExpired = "approval.expired";
    public const string GlassBroken = "approval.bypassed";
    public const string GlassReviewed = "approval.bypass_reviewed";
    public const string GlassUnreviewed = "approval.bypass_unreviewed";
    public const string CallBegun = "call.begun";
    public const string CallEnded = "call.ended";
    public const string KeyMade = "key.made";
    public const string TokenSigned = "token.signed";
    public const string StatusForged = "status.forged";
    public const string WorkQuarantined = "work.quarantined";
    public const string WorkReplayed = "work.replayed";
    public const string WorkDismissed = "work.dismissed";
    public const string ClockWentBack = "clock.went_back";
    public const string InstallationRestored = "installation.restored";
    public const string InstallationImported = "installation.imported";
    public const string InstallationResumed = "installation.resumed";
    public const string PersonRetired = "person.retired";
    public const string PersonRefused = "person.refused";
    public const string PersonHeld = "person.held";
    public const string PersonReleased = "person.released";
    public const string PersonErased = "person.erased";
    public const string AccountLinked = "account.linked";
    public const string AccountUnlinked = "account.unlinked";
    public const string SigningKeyConfirmed = "signing_key.confirmed";
    public const string SigningKeyForgotten = "signing_key.forgotten";
    public const string RecordsForgotten = "records.forgotten";
    public const string IssuerNoted = "issuer.noted";
    public const string IssuerConfirmed = "issuer.confirmed";
    public const string PersonSignedIn = "person.signed_in";
    public const string FirstAdminAsked = "first_admin.asked";
    public const string FirstAdminGranted = "first_admin.granted";
    public const string PersonSignedOut = "person.signed_out";
    public const string SignInsRefused = "sign_ins.refused";
    public const string GitTokenGiven = "git_token.given";
    public const string GitTokenRefused = "git_token.refused";
    public const string GitTokenRevoked = "git_token.revoked";
    public const string ExchangesRefused = "exchanges.refused";
    public const string TrustPoliciesTaken = "trust_policies.taken";
    public const string TrustPoliciesRefused = "trust_policies.refused";
    public const string PushDecided = "push.decided";
    public const string PushEnded = "push.ended";
    public const string DeployRefMoved = "deploy.moved";
    public const string ModelPromoted = "model.promoted";
    public const string ModelRolledBack = "model.rolled_back";
    public const string RunUnfounded = "run.unfounded";
    public const string DriftFound = "drift.found";
    public const string DriftEnded = "drift.ended";
    public const string GitFetched = "git.fetched";
    public const string GitFileRead = "git.file_read";
    public const string LfsRead = "lfs.read";
    public const string LfsWritten = "lfs.written";
    public const string GitRefused = "git.refused";
    public const string CredentialSealed = "credential.sealed";
    public const string CredentialRotationAsked = "credential.rotation_asked";
    public const string CredentialRotated = "credential.rotated";
    public const string CredentialEnded = "credential.ended";
    public const string CollectorReplayAsked = "collector.replay_asked";
    public const string CredentialRotationFailed = "credential.rotation_failed";
}
