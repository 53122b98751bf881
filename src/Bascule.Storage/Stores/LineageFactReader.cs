using Bascule.Core.Approvals;
using Bascule.Core.Forges;
using Bascule.Core.Lineage;
using Bascule.Core.Pushes;
using Bascule.Core.Runs;
using Bascule.Storage.Changes;
using Dapper;

namespace Bascule.Storage.Stores;

/// <summary>What hangs on many runs at once: one statement for each table, however many runs there are.</summary>
internal sealed class LineageFactReader(IReaders readers)
{
    private const string ProofStep = "proof";

    public async Task<RunFacts> ReadAsync(IReadOnlyList<Run> runs, CancellationToken cancellationToken)
    {
        var parameters = new DynamicParameters(new { Step = ProofStep });
        var ids = parameters.In(runs.Select(run => run.Id.Text));
        var commits = parameters.In(runs.Select(run => run.Commit.ToString()).Distinct());
        var deliveries = parameters.In(runs.Select(run => run.Delivery).OfType<string>().Distinct());
        var models = await readers.ListAsync<ModelRow>(
            $"SELECT run, name, version, page FROM run_model WHERE run IN {ids} ORDER BY run, place",
            parameters,
            cancellationToken
        );
        var approvals = await readers.ListAsync<ApprovalRow>(
            $"""
            SELECT uid, approval.run, approval.generation, person, content, commit_id, plan_digest, environment, at, authenticated_at, source, comment,
                   carried_from, pull_request, review, voided_at, voided_because
              FROM approval JOIN approval_request ON approval_request.run = approval.run AND approval_request.generation = approval.generation
             WHERE approval.run IN {ids} AND voided_at IS NULL ORDER BY seq
            """,
            parameters,
            cancellationToken
        );
        var glass = await readers.ListAsync<BreakGlassRow>(
            $"SELECT * FROM break_glass WHERE run IN {ids}",
            parameters,
            cancellationToken
        );
        var proofs = await readers.ListAsync<ProofRow>(
            $"SELECT run, text FROM run_timeline WHERE run IN {ids} AND step = @Step ORDER BY seq",
            parameters,
            cancellationToken
        );
        var origins = await readers.ListAsync<DeliveryRow>(
            $"SELECT uid, event_name, received_at FROM delivery WHERE uid IN {deliveries}",
            parameters,
            cancellationToken
        );
        var pulls = await readers.ListAsync<PullRequestRow>(
            $"""
            SELECT * FROM pull_request WHERE merge_commit IN {commits}
            UNION SELECT pull_request.* FROM pull_request JOIN run
              ON run.forge_uid = pull_request.forge_uid AND run.repository_id = pull_request.repository_id AND run.pull_request = pull_request.number
             WHERE run.id IN {ids}
            """,
            parameters,
            cancellationToken
        );
        return new RunFacts(
            [
                .. models.Select(row =>
                    (new RunId(row.Run), new ModelVersion(row.Name, row.Version, Stored.Address(row.Page)))
                ),
            ],
            [.. approvals.Select(row => row.ToApproval())],
            [.. glass.Select(row => row.ToAct())],
            [
                .. proofs
                    .Select(row => (Run: new RunId(row.Run), By: ProvenBy.Read(row.Text)))
                    .Where(proof => proof.By is not null)
                    .Select(proof => (proof.Run, proof.By!)),
            ],
            [.. origins.Select(row => new DeliveryOrigin(row.Uid, row.EventName, Times.Read(row.ReceivedAt)))],
            [.. pulls.Select(row => row.ToPullRequest())]
        );
    }

    /// <param name="where">Takes <c>@Limit</c> for granted.</param>
    public async Task<IReadOnlyList<ObservedRun>> ReadObservedAsync(
        string where,
        DynamicParameters parameters,
        CancellationToken cancellationToken
    )
    {
        var rows = await readers.ListAsync<ObservedRow>(
            $"SELECT * FROM observed_run WHERE {where} ORDER BY coalesce(started_at, noted_at) DESC, id LIMIT @Limit",
            parameters,
            cancellationToken
        );
        if (rows.Count == 0)
            return [];
        var named = new DynamicParameters();
        var models = await readers.ListAsync<ObservedModelRow>(
            $"SELECT environment, run, name, version FROM observed_model WHERE run IN {named.In(rows.Select(row => row.Id))} ORDER BY name, version",
            named,
            cancellationToken
        );
        return [.. rows.Select(row => row.ToRun(models))];
    }

    public async Task<IReadOnlyList<PushedRef>> ReadPushesAsync(
        IReadOnlyCollection<CommitId> commits,
        CancellationToken cancellationToken
    )
    {
        var parameters = new DynamicParameters();
        var rows = await readers.ListAsync<PushedRow>(
            $"""
            SELECT push, ref, forge_uid, repository_id, head, actor_type, actor_uid, token_uid, account_id, account_login, at
              FROM pushed_ref WHERE head IN {parameters.In(commits.Select(commit => commit.ToString()))}
             ORDER BY at, push, ref LIMIT 100
            """,
            parameters,
            cancellationToken
        );
        return [.. rows.Select(row => row.ToPushed())];
    }

    public async Task<IReadOnlyList<KnownPerson>> ReadPeopleAsync(
        IReadOnlyCollection<string> uids,
        IReadOnlyCollection<ForgeAccountKey> accounts,
        CancellationToken cancellationToken
    )
    {
        var parameters = new DynamicParameters();
        var owned = accounts.Select(account =>
            $"SELECT person_uid FROM forge_link WHERE forge_uid IN {parameters.In([account.ForgeUid])} AND account_id = {account.AccountId.ToString(System.Globalization.CultureInfo.InvariantCulture)}"
        );
        var meant = string.Concat(owned.ToList().Select(part => $" OR uid IN ({part})"));
        var rows = await readers.ListAsync<PersonRow>(
            $"""
            SELECT person.uid, person.name, forge_link.forge_uid, forge_link.account_id, forge_link.login
              FROM person LEFT JOIN forge_link ON forge_link.person_uid = person.uid
             WHERE uid IN {parameters.In(uids)}{meant}
             ORDER BY person.uid, forge_link.forge_uid, forge_link.account_id
            """,
            parameters,
            cancellationToken
        );
        return
        [
            .. rows.GroupBy(row => (row.Uid, row.Name))
                .Select(person => new KnownPerson(
                    person.Key.Uid,
                    person.Key.Name,
                    [
                        .. person
                            .Where(row => row.ForgeUid is not null)
                            .Select(row => (new ForgeAccountKey(row.ForgeUid!, row.AccountId ?? 0), row.Login ?? "")),
                    ]
                )),
        ];
    }

    private sealed record ModelRow(string Run, string Name, string Version, string? Page);

    private sealed record ProofRow(string Run, string Text);

    private sealed record DeliveryRow(string Uid, string EventName, long ReceivedAt);

    private sealed record PersonRow
    {
        public required string Uid { get; init; }
        public required string Name { get; init; }
        public string? ForgeUid { get; init; }
        public long? AccountId { get; init; }
        public string? Login { get; init; }
    }
}
