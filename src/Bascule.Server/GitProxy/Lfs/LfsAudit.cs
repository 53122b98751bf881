using System.Text.Json.Nodes;
using Bascule.Core;
using Bascule.Core.Audit;
using Bascule.Server.Audit;

namespace Bascule.Server.GitProxy.Lfs;

/// <summary>Writes down each object that is about to be handed out, or handed on to the forge, before its first byte leaves.</summary>
internal sealed class LfsAudit(AuditTrail trail)
{
    public Task<Result<Done>> ReadAsync(
        AdmittedGit admitted,
        LfsPointer pointer,
        CancellationToken cancellationToken
    ) => WriteAsync(AuditTypes.LfsRead, admitted, pointer, Allowed(admitted, "fetch"), cancellationToken);

    public Task<Result<Done>> WrittenAsync(
        AdmittedGit admitted,
        LfsPointer pointer,
        CancellationToken cancellationToken
    ) => WriteAsync(AuditTypes.LfsWritten, admitted, pointer, Allowed(admitted, "push"), cancellationToken);

    /// <param name="reason">For whoever sent it.</param>
    public Task<Result<Done>> RefusedAsync(
        AdmittedGit admitted,
        LfsPointer pointer,
        string rule,
        string reason,
        CancellationToken cancellationToken
    ) =>
        WriteAsync(AuditTypes.LfsWritten, admitted, pointer, new AuditDecision(false, rule, reason), cancellationToken);

    private static AuditDecision Allowed(AdmittedGit admitted, string verb) =>
        new(true, $"trust_policies.{admitted.Pass.Policy}", $"the policy lets its holder {verb}");

    private Task<Result<Done>> WriteAsync(
        string type,
        AdmittedGit admitted,
        LfsPointer pointer,
        AuditDecision decision,
        CancellationToken cancellationToken
    )
    {
        var (pass, repository) = (admitted.Pass, admitted.Repository);
        var entry = new AuditEntry(type, pass.Holder.AuditName)
        {
            Links = new Dictionary<string, string> { ["repository"] = $"{repository.Key}", ["git_token"] = pass.Uid },
            Decision = decision,
            Facts = new JsonObject
            {
                ["refs"] = pass.Refs.ToString(),
                ["oid"] = pointer.Oid,
                ["size"] = pointer.Size,
            },
        };
        return trail.WriteAsync(entry, cancellationToken);
    }
}
