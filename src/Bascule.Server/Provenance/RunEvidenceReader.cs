using Bascule.Core;
using Bascule.Core.Approvals;
using Bascule.Core.Installation;
using Bascule.Core.Provenance.Statements;
using Bascule.Core.Runs;
using Bascule.Server.Connections;

namespace Bascule.Server.Provenance;

/// <summary>Gathers what is known of a run that ended, from the database and the settings; nothing is asked of its platform.</summary>
internal sealed class RunEvidenceReader(
    IRunStore runs,
    IApprovalStore approvals,
    IInstallationStore installation,
    RunPartyReader parties,
    ForgeConnections forges,
    EnvironmentConnections environments,
    ProvenanceOptions options,
    TimeProvider time
)
{
    /// <param name="at">When it is signed.</param>
    /// <param name="mayLackProof">Whether to go on when it cannot be told now whether the commit is signed.</param>
    public async Task<Result<RunEvidence>> ReadAsync(
        Run run,
        DateTimeOffset at,
        bool mayLackProof,
        CancellationToken cancellationToken
    )
    {
        var by = await parties.ReadAsync(run, cancellationToken);
        if (by.Failed(out var unknown) && !mayLackProof)
            return unknown;
        var environment = run.Environment is { } name ? environments.Find(name) : null;
        return new RunEvidence
        {
            Run = run,
            By = unknown is null ? by.Value : [],
            Approvals = await CountedAsync(run, environment, cancellationToken),
            BreakGlass = await approvals.FindBreakGlassAsync(run.Id, cancellationToken),
            Rule = run.Rule,
            Models = await runs.ReadModelsAsync(run.Id, cancellationToken),
            Forge = forges.Find(run.Repository.ForgeUid)?.Forge.Url,
            EnvironmentUid = environment?.Uid,
            Platform = environment is null
                ? null
                : new RunPlatform(environment.Platform.Kind, environment.Platform.Name, environment.Platform.Address),
            Bascule = options.Bascule,
            Epoch = await installation.ReadEpochAsync(cancellationToken),
            At = at,
        };
    }

    /// <summary>Those that stood when the run was started: what was given or taken back later has let nothing go.</summary>
    private async Task<IReadOnlyList<Approval>> CountedAsync(
        Run run,
        EnvironmentConnection? environment,
        CancellationToken cancellationToken
    )
    {
        if (await approvals.FindAsync(run.Id, cancellationToken) is not { } request)
            return [];
        var at = run.StartedAt ?? run.FinishedAt ?? time.GetUtcNow();
        var within = environment?.Rule.Approvals?.Within;
        return
        [
            .. (await approvals.ReadAsync(run.Id, cancellationToken))
                .Where(one => one.Generation == request.Generation && one.At <= at)
                .Where(one => one.VoidedAt is not { } end || end > at)
                .Where(one => within is not { } limit || one.At + limit >= at)
                .DistinctBy(one => one.PersonUid),
        ];
    }
}
