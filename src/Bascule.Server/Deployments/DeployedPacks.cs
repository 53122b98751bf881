using System.Security.Cryptography;
using Bascule.Core;
using Bascule.Core.Deployments;
using Bascule.Core.Forges;
using Bascule.Core.Work;
using Bascule.Server.Configuration;
using Microsoft.Extensions.Logging;

namespace Bascule.Server.Deployments;

/// <summary>
/// What is deployed, in the store and so in the backup: packs that hold together all that the deployed commits of a place lead to, up to a limit. Beyond it each
/// replica has what it brought to its own disk, and nothing more.
/// </summary>
internal sealed partial class DeployedPacks(
    IDeploymentStore store,
    DeployRefSettings settings,
    ILogger<DeployedPacks> log
)
{
    /// <summary>Then they are made one: who wants the last commit reads them all.</summary>
    private const int MostPacks = 100;

    /// <summary>What stores a commit, to be done together with the move to it. Nothing when it is stored, or when it is too large.</summary>
    public async Task<Result<IReadOnlyList<Change>>> MakeAsync(
        DeployedRepository repository,
        DeployPlace place,
        CommitId commit,
        CancellationToken cancellationToken
    )
    {
        if (settings.StoreBytes == 0)
            return Result.Of<IReadOnlyList<Change>>([]);
        var kept = await store.ListPacksAsync(place, cancellationToken);
        if (kept.Any(pack => pack.Commit == commit))
            return Result.Of<IReadOnlyList<Change>>([]);
        var number = kept.Count == 0 ? 1 : kept[^1].Number + 1;
        var room = kept.Count < MostPacks ? settings.StoreBytes - kept.Sum(pack => pack.Size) : 0;
        var further = await repository.PackAsync(commit, kept.Select(pack => pack.Commit), room, cancellationToken);
        if (further.Failed(out var broken))
            return broken;
        if (further.Value is { } more)
            return Result.Of<IReadOnlyList<Change>>([Keep(place, number, commit, more)]);
        var whole = await repository.PackAsync(commit, [], settings.StoreBytes, cancellationToken);
        if (whole.Failed(out broken))
            return broken;
        if (whole.Value is { } all)
            return Result.Of<IReadOnlyList<Change>>([new ForgetDeployedPacks(place), Keep(place, number, commit, all)]);
        Log.TooLarge(log, commit, place.Environment, settings.StoreBytes);
        return Result.Of<IReadOnlyList<Change>>([]);
    }

    /// <summary>Brings a commit from the store. False when it is not there, or not whole: then it has to come from elsewhere.</summary>
    public async Task<bool> RestoreAsync(
        DeployedRepository repository,
        DeployPlace place,
        CommitId commit,
        CancellationToken cancellationToken
    )
    {
        var kept = await store.ListPacksAsync(place, cancellationToken);
        if (kept.FirstOrDefault(pack => pack.Commit == commit) is not { } last)
            return false;
        foreach (var pack in kept.Where(pack => pack.Number <= last.Number))
            if (await TakeAsync(repository, pack, cancellationToken) is { } broken)
            {
                Log.Broken(log, commit, place.Environment, broken.Message);
                return false;
            }
        if (await repository.HasWholeAsync(commit, cancellationToken))
            return true;
        Log.Broken(log, commit, place.Environment, "something that it leads to is missing");
        return false;
    }

    private async Task<Problem?> TakeAsync(
        DeployedRepository repository,
        DeployedPack pack,
        CancellationToken cancellationToken
    )
    {
        using var bytes = new MemoryStream();
        for (var part = 0; part < pack.Parts; part++)
        {
            if (await store.ReadPackAsync(pack, part, cancellationToken) is not { } read)
                return Problem.NotFound($"part {part} of pack {pack.Number} is not there");
            await bytes.WriteAsync(read, cancellationToken);
        }
        var whole = bytes.GetBuffer().AsMemory(0, (int)bytes.Length);
        return Digest(whole.Span) == pack.Sha256
            ? await repository.TakeAsync(whole, cancellationToken)
            : Problem.Invalid($"pack {pack.Number} is not what was stored");
    }

    private static KeepDeployedPack Keep(DeployPlace place, long number, CommitId commit, ReadOnlyMemory<byte> bytes) =>
        new(new DeployedPack(place, number, commit, bytes.Length, Digest(bytes.Span)), bytes);

    private static string Digest(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    private static partial class Log
    {
        [LoggerMessage(
            1,
            LogLevel.Warning,
            "Commit {Commit}, deployed to {Environment}, is larger than deploy_refs.store_bytes ({Limit}): it is on the replicas' disks alone, and in no backup"
        )]
        public static partial void TooLarge(ILogger log, CommitId commit, string environment, long limit);

        [LoggerMessage(
            2,
            LogLevel.Error,
            "Commit {Commit}, deployed to {Environment}, cannot be had from the store: {Reason}"
        )]
        public static partial void Broken(ILogger log, CommitId commit, string environment, string reason);
    }
}
