using System.Text.Json.Nodes;
using Bascule.Core;
using Bascule.Core.Audit;
using Bascule.Server.Audit;
using Bascule.Server.Telemetry;
using Microsoft.AspNetCore.Http;

namespace Bascule.Server.GitProxy;

/// <summary>Who answers a fetch, as the audit log names it in lower case.</summary>
internal enum FetchSource
{
    /// <summary>The forge itself, through Bascule.</summary>
    Forge,

    /// <summary>Bascule, from a repository that holds the allowed refs alone.</summary>
    View,

    /// <summary>Bascule, from what was deployed.</summary>
    Deployed,
}

/// <summary>Writes down which commits are about to be handed out, before the first byte of them leaves: no entry, no pack; those of deploy refs may wait in a spool (ARCHITECTURE 2.8).</summary>
internal sealed class FetchAudit(AuditTrail trail, BasculeMetrics metrics)
{
    /// <summary>Lists of refs are asked for every few minutes by whoever waits for a change: they are counted, and not written down one by one.</summary>
    public void Listed(AdmittedGit admitted) => metrics.GitListed(admitted.Repository.Connection.Name);

    /// <summary>False when it could not be written: then the answer says so, or is cut.</summary>
    public async Task<bool> NoteAsync(
        HttpContext context,
        AdmittedGit admitted,
        UploadPackRequest request,
        FetchSource source
    )
    {
        var written = await WriteAsync(admitted, request, source, context.RequestAborted);
        if (!written.Failed(out var problem))
            return true;
        await GitAnswer.RefuseAsync(context, problem);
        return false;
    }

    private Task<Result<Done>> WriteAsync(
        AdmittedGit admitted,
        UploadPackRequest request,
        FetchSource source,
        CancellationToken cancellationToken
    )
    {
        var (pass, repository) = (admitted.Pass, admitted.Repository);
        var entry = new AuditEntry(AuditTypes.GitFetched, pass.Holder.AuditName)
        {
            Links = new Dictionary<string, string> { ["repository"] = $"{repository.Key}", ["git_token"] = pass.Uid },
            Decision = new AuditDecision(true, $"trust_policies.{pass.Policy}", "the policy lets its holder fetch"),
            Facts = new JsonObject
            {
                ["refs"] = pass.Refs.ToString(),
                ["served_by"] = source.ToString().ToLowerInvariant(),
                ["wanted"] = new JsonArray([.. request.Wants.Select(want => JsonValue.Create(want.ToString()))]),
                ["wanted_count"] = request.WantCount,
            },
        };
        if (source != FetchSource.Deployed)
            return trail.WriteAsync(entry, cancellationToken);
        return admitted.Remembered is null
            ? trail.ForDeployed.WriteAsync(entry, cancellationToken)
            : Task.FromResult(trail.ForDeployed.Spool(entry));
    }
}
