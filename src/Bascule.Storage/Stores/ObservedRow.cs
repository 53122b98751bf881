using Bascule.Core.Forges;
using Bascule.Core.Lineage;
using Bascule.Core.Runs;

namespace Bascule.Storage.Stores;

/// <summary>An observed run as its table has it.</summary>
internal sealed record ObservedRow
{
    public required string Environment { get; init; }
    public required string Id { get; init; }
    public required string Platform { get; init; }
    public required string ForgeUid { get; init; }
    public long RepositoryId { get; init; }
    public required string CommitId { get; init; }
    public required string Tag { get; init; }
    public string? Name { get; init; }
    public string? ByName { get; init; }
    public string? State { get; init; }
    public long? StartedAt { get; init; }
    public string? Page { get; init; }
    public long NotedAt { get; init; }

    public ObservedRun ToRun(IEnumerable<ObservedModelRow> models) =>
        new(Environment, Id)
        {
            Platform = Platform,
            Repository = new RepositoryKey(ForgeUid, RepositoryId),
            Commit = Core.Forges.CommitId.Parse(CommitId),
            Tag = Tag,
            Name = Name,
            By = ByName,
            State = State,
            StartedAt = Times.Read(StartedAt),
            Page = Stored.Address(Page),
            NotedAt = Times.Read(NotedAt),
            Models =
            [
                .. models
                    .Where(model => model.Environment == Environment && model.Run == Id)
                    .Select(model => new ModelVersion(model.Name, model.Version, null)),
            ],
        };
}

internal sealed record ObservedModelRow(string Environment, string Run, string Name, string Version);
