using System.Security.Cryptography;
using Bascule.Core.Evidence.Tables;

namespace Bascule.Core.Evidence.Packing;

/// <summary>The statements about the runs of a pack, each under its digest: only those that the log says were signed.</summary>
internal sealed class StatementFiles(PackFolder folder, AttestationTable table)
{
    private const string Folder = "attestations/";

    private readonly SortedSet<string> _keys = new(StringComparer.Ordinal);

    public int Count { get; private set; }

    /// <summary>What is gone, or not for whoever asks, is left out; Unavailable where asking again may help.</summary>
    public async Task<Result<Done>> WriteAsync(IStatementSource? source, CancellationToken cancellationToken)
    {
        if (source is null || table.Runs.Count == 0)
            return Result.Done;
        foreach (var run in table.Runs)
        {
            var listed = await source.ListAsync(run, cancellationToken);
            if (listed.Problem is { Code: not (ProblemCode.NotFound or ProblemCode.Denied) } problem)
                return problem;
            if (listed.Problem is null)
                foreach (var one in listed.Value.Attestations)
                    Write(one.Key, one.Envelope, one.Bundle);
        }
        return Count == 0 ? Result.Done : await WriteKeysAsync(source, cancellationToken);
    }

    private void Write(string key, byte[] envelope, byte[] bundle)
    {
        var digest = Convert.ToHexStringLower(SHA256.HashData(envelope));
        if (!table.Has(digest))
            return;
        folder.Write($"{Folder}{digest}.intoto.json", envelope);
        folder.Write($"{Folder}{digest}.sigstore.json", bundle);
        _keys.Add(key);
        Count++;
    }

    private async Task<Result<Done>> WriteKeysAsync(IStatementSource source, CancellationToken cancellationToken)
    {
        var listed = await source.ListKeysAsync(cancellationToken);
        if (listed.Failed(out var problem))
            return problem;
        foreach (var key in listed.Value.Keys.Where(key => _keys.Contains(key.Id) && key.Id.All(char.IsAsciiHexDigit)))
            folder.Write($"{Folder}keys/{key.Id}.pem", key.Pem);
        return Result.Done;
    }
}
