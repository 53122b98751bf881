using System.Text.Json.Nodes;
using Bascule.Core.Audit;
using Bascule.Core.Credentials;
using Bascule.Core.Text;
using Bascule.Server.Connections;

namespace Bascule.Server.Credentials;

/// <summary>What the audit log says of forge credentials: keyed fingerprints, never more (THREATS T115).</summary>
internal static class CredentialEntries
{
    private const int LongestReason = 300;

    /// <param name="former">The fingerprint of what was sealed before; null where nothing was.</param>
    public static AuditEntry Sealed(ConnectedForge forge, StoredCredential credential, string? former, string by) =>
        new(AuditTypes.CredentialSealed, by) { Facts = Facts(forge, credential, former) };

    public static AuditEntry Asked(ConnectedForge forge, StoredCredential credential, string by) =>
        new(AuditTypes.CredentialRotationAsked, by) { Facts = Facts(forge, credential, former: null) };

    public static AuditEntry Rotated(ConnectedForge forge, StoredCredential credential, string former) =>
        new(AuditTypes.CredentialRotated, "bascule") { Facts = Facts(forge, credential, former) };

    /// <param name="former">The fingerprint of what the forge refuses from now on.</param>
    public static AuditEntry Ended(ConnectedForge forge, StoredCredential credential, string former) =>
        new(AuditTypes.CredentialEnded, "bascule") { Facts = Facts(forge, credential, former) };

    /// <param name="credential">As it stays in force.</param>
    /// <param name="step">Where it failed.</param>
    public static AuditEntry Failed(ConnectedForge forge, StoredCredential credential, CredentialStep step, string why)
    {
        var facts = Facts(forge, credential, former: null);
        facts["step"] = step.ToString().ToLowerInvariant();
        facts["reason"] = PlainText.Line(why, LongestReason);
        return new(AuditTypes.CredentialRotationFailed, "bascule") { Facts = facts };
    }

    private static JsonObject Facts(ConnectedForge forge, StoredCredential credential, string? former)
    {
        var facts = new JsonObject
        {
            ["forge"] = forge.Name,
            ["account"] = credential.Account.Id,
            ["fingerprint"] = credential.Fingerprint,
        };
        if (former is not null)
            facts["former"] = former;
        return facts;
    }
}
