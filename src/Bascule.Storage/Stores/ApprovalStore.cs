using Bascule.Core.Approvals;
using Bascule.Core.Content;
using Bascule.Core.Forges;
using Bascule.Core.Runs;
using Bascule.Storage.Changes;

namespace Bascule.Storage.Stores;

internal sealed class ApprovalStore(IReaders readers) : IApprovalStore
{
    public async Task<ApprovalRequest?> FindAsync(RunId run, CancellationToken cancellationToken) =>
        (
            await readers.FindAsync<RequestRow>(
                "SELECT * FROM approval_request WHERE run = @Run",
                new { Run = run.Text },
                cancellationToken
            )
        )?.ToRequest();

    public async Task<IReadOnlyList<Approval>> ReadAsync(RunId run, CancellationToken cancellationToken)
    {
        var rows = await readers.ListAsync<ApprovalRow>(
            """
            SELECT uid, run, generation, person, content, commit_id, plan_digest, environment, at, authenticated_at, source, comment, carried_from,
                   pull_request, review, voided_at, voided_because
            FROM approval WHERE run = @Run ORDER BY seq
            """,
            new { Run = run.Text },
            cancellationToken
        );
        return [.. rows.Select(row => row.ToApproval())];
    }

    public async Task<BreakGlass?> FindBreakGlassAsync(RunId run, CancellationToken cancellationToken) =>
        (
            await readers.FindAsync<BreakGlassRow>(
                "SELECT * FROM break_glass WHERE run = @Run",
                new { Run = run.Text },
                cancellationToken
            )
        )?.ToAct();

    public Task<IReadOnlyList<Run>> ListOpenAsync(RepositoryKey repository, CancellationToken cancellationToken) =>
        ListAsync(
            """
            run.forge_uid = @ForgeUid AND run.repository_id = @Id AND NOT run.start_begun
              AND (run.state IN ('AwaitingApproval', 'Queued') OR (run.state = 'Planned' AND run.on_merge))
            ORDER BY run.seq DESC
            """,
            new { repository.ForgeUid, repository.Id },
            cancellationToken
        );

    public Task<IReadOnlyList<Run>> ListLaneAsync(
        RepositoryKey repository,
        RefName name,
        string workflow,
        string environment,
        int limit,
        CancellationToken cancellationToken
    ) =>
        ListAsync(
            """
            run.forge_uid = @ForgeUid AND run.repository_id = @Id AND run.ref = @Ref AND run.workflow = @Workflow
              AND run.environment = @Environment AND run.reproduces IS NULL AND run.promotes IS NULL
            ORDER BY run.seq DESC LIMIT @Limit
            """,
            new
            {
                repository.ForgeUid,
                repository.Id,
                Ref = name.ToString(),
                Workflow = workflow,
                Environment = environment,
                Limit = limit,
            },
            cancellationToken
        );

    public Task<IReadOnlyList<Run>> ListProposedAsync(
        RepositoryKey repository,
        string workflow,
        string environment,
        ContentId content,
        CancellationToken cancellationToken
    ) =>
        ListAsync(
            """
            run.forge_uid = @ForgeUid AND run.repository_id = @Id AND run.workflow = @Workflow AND run.environment = @Environment
              AND run.content = @Content AND run.pull_request IS NOT NULL AND run.reproduces IS NULL AND run.promotes IS NULL AND approval_request.carried_to IS NULL
            ORDER BY run.seq DESC LIMIT 50
            """,
            new
            {
                repository.ForgeUid,
                repository.Id,
                Workflow = workflow,
                Environment = environment,
                Content = content.Hex,
            },
            cancellationToken
        );

    private async Task<IReadOnlyList<Run>> ListAsync(
        string conditions,
        object parameters,
        CancellationToken cancellationToken
    )
    {
        var rows = await readers.ListAsync<RunRow>(
            $"SELECT run.* FROM run JOIN approval_request ON approval_request.run = run.id WHERE {conditions}",
            parameters,
            cancellationToken
        );
        return [.. rows.Select(row => row.ToRun())];
    }

    private sealed record RequestRow
    {
        public string Run { get; init; } = "";
        public long Generation { get; init; }
        public long Revision { get; init; }
        public long OpenedAt { get; init; }
        public long ExpiresAt { get; init; }
        public string? CarriedTo { get; init; }

        public ApprovalRequest ToRequest() =>
            new(new RunId(Run), Generation, Revision, Times.Read(OpenedAt), Times.Read(ExpiresAt))
            {
                CarriedTo = CarriedTo is null ? null : new RunId(CarriedTo),
            };
    }
}
