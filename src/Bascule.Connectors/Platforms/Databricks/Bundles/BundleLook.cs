using System.Text.Json.Nodes;
using Bascule.Connectors.Platforms.Sending;
using Bascule.Core;
using Bascule.Core.Audit;
using Bascule.Core.Content;
using Bascule.Core.Identity;

namespace Bascule.Connectors.Platforms.Databricks.Bundles;

/// <summary>As whom a workspace is asked.</summary>
/// <param name="Principal">The application id of the service principal.</param>
/// <param name="Client">Calls as that principal.</param>
internal sealed record BundleCaller(string Principal, DatabricksClient Client, IRunIdentity Identity, ICallAudit Audit);

/// <summary>A bundle laid out on the host, and what the workspace says a deployment of it would do.</summary>
internal sealed record BundleLook(CliUse Use, ResolvedBundle Resolved, BundleChanges Changes) : IDisposable
{
    public void Dispose() => Use.Folder.Dispose();
}

/// <summary>Asks a workspace what a deployment would do there.</summary>
internal sealed class BundleLooking(DatabricksOptions options, DatabricksCli cli, PointerSearch pointers)
{
    /// <summary>The look is the caller's to dispose; when it fails, nothing is left of it.</summary>
    public async Task<Result<BundleLook>> TakeAsync(
        IContentTree tree,
        string target,
        BundleCaller caller,
        CancellationToken cancellationToken
    )
    {
        var version = await cli.VersionAsync(cancellationToken);
        if (version.Failed(out var problem))
            return problem;
        // Says why, and what to do, where the CLI would only say that it is not let in.
        var session = new DatabricksSession(caller.Identity, caller.Audit);
        var known = await DatabricksIdentity.AskAsync(caller.Client, session, cancellationToken);
        if (known.Failed(out problem))
            return problem;
        var details = new JsonObject
        {
            ["audience"] = options.Audience,
            ["cli"] = version.Value,
            ["client"] = caller.Principal,
            ["subject"] = caller.Identity.Subject,
            ["target"] = target,
        };
        return await caller.Audit.CallAsync(
            "databricks.bundle.plan",
            options.Workspace,
            details,
            stop => LayOutAsync(tree, target, caller, stop),
            cancellationToken
        );
    }

    private async Task<Result<BundleLook>> LayOutAsync(
        IContentTree tree,
        string target,
        BundleCaller caller,
        CancellationToken cancellationToken
    )
    {
        var made = await BundleFolder.MakeAsync(tree, pointers, cancellationToken);
        if (made.Failed(out var problem))
            return problem;
        var use = new CliUse(made.Value, target, caller.Principal, caller.Identity);
        var look = Result.Failure<BundleLook>(Problem.Internal("not looked"));
        try
        {
            look = await CompareAsync(use, cancellationToken);
            return look;
        }
        finally
        {
            if (look.Problem is not null)
                made.Value.Dispose();
        }
    }

    private async Task<Result<BundleLook>> CompareAsync(CliUse use, CancellationToken cancellationToken)
    {
        var validated = await cli.ValidateAsync(use, cancellationToken);
        if (validated.Failed(out var problem))
            return problem;
        var resolved = ResolvedBundle.Check(validated.Value, options.Workspace, use.Folder.Tree);
        if (resolved.Failed(out problem))
            return problem;
        var planned = await cli.PlanAsync(use, cancellationToken);
        if (planned.Failed(out problem))
            return problem;
        var changes = BundleChanges.Read(planned.Value, use.Folder.Tree, [options.Client, options.Planner!]);
        if (changes.Failed(out problem))
            return problem;
        // What was compared is what is deployed: the CLI refuses the file when the deployment's state has moved on.
        await File.WriteAllBytesAsync(use.Folder.Plan, planned.Value, cancellationToken);
        return new BundleLook(use, resolved.Value, changes.Value);
    }
}
