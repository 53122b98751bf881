using System.Text.Json.Nodes;
using Bascule.Core;
using Bascule.Core.Audit;
using Bascule.Server.Audit;

namespace Bascule.Server.GitProxy.Raw;

/// <summary>Writes down which file is about to be handed out, before its first byte leaves.</summary>
internal sealed class RawAudit(AuditTrail trail)
{
    public Task<Result<Done>> WriteAsync(AdmittedGit admitted, RawFile file, CancellationToken cancellationToken)
    {
        var (pass, repository) = (admitted.Pass, admitted.Repository);
        var entry = new AuditEntry(AuditTypes.GitFileRead, pass.Holder.AuditName)
        {
            Links = new Dictionary<string, string> { ["repository"] = $"{repository.Key}", ["git_token"] = pass.Uid },
            Decision = new AuditDecision(true, $"trust_policies.{pass.Policy}", "the policy lets its holder fetch"),
            Facts = new JsonObject
            {
                ["refs"] = pass.Refs.ToString(),
                ["ref"] = file.Place.Ref,
                ["commit"] = file.Place.Commit.ToString(),
                ["path"] = file.Path,
                ["blob"] = file.Blob,
            },
        };
        return trail.WriteAsync(entry, cancellationToken);
    }
}
