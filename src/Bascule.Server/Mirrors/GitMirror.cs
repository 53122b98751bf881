using System.Diagnostics;
using Bascule.Connectors.Git;
using Bascule.Core;
using Bascule.Core.Content;
using Bascule.Core.Forges;
using Bascule.Core.Signatures;
using Microsoft.Extensions.Logging;

namespace Bascule.Server.Mirrors;

/// <summary>One bare mirror: fetches go one after the other, reads side by side through a few running readers.</summary>
internal sealed partial class GitMirror(
    RepositoryKey key,
    MirrorFolder folder,
    MirrorFetch fetch,
    MirrorReads reads,
    MirrorSignatures signatures,
    ObjectReaders readers,
    MirrorOptions options,
    TimeProvider time,
    ILogger logger
) : IMirror, IAsyncDisposable
{
    private readonly SemaphoreSlim _writing = new(1, 1);
    private volatile bool _damaged;
    private int _readers;

    public async Task<Result<IReadOnlyDictionary<RefName, CommitId>>> FetchAsync(
        GitAccess access,
        IReadOnlyCollection<RefName> refs,
        CancellationToken cancellationToken
    )
    {
        if (ForgeUrl.Check(access.Url) is { } refusal)
            return refusal;
        if (refs.Contains(default))
            return Problem.Invalid("a ref without a name cannot be fetched");
        await _writing.WaitAsync(cancellationToken);
        try
        {
            folder.Touch(time.GetUtcNow());
            if (_damaged || folder.Measure().Bytes > options.MaxMirrorBytes)
                await RemakeAsync();
            var fetched = await fetch.FetchAsync(access, refs, cancellationToken);
            if (fetched.Failed(out var problem))
                return problem;
            return await AskAsync(
                (reader, cancel) => MirrorReads.WhereAsync(reader, fetched.Value, cancel),
                cancellationToken
            );
        }
        finally
        {
            _writing.Release();
        }
    }

    public async Task<Result<Done>> FetchCommitAsync(
        GitAccess access,
        CommitId commit,
        CancellationToken cancellationToken
    )
    {
        if (ForgeUrl.Check(access.Url) is { } refusal)
            return refusal;
        await _writing.WaitAsync(cancellationToken);
        try
        {
            return await fetch.FetchCommitAsync(access, commit, cancellationToken);
        }
        finally
        {
            _writing.Release();
        }
    }

    public async Task<Result<IReadOnlyDictionary<RefName, CommitId>>> ListRemoteAsync(
        GitAccess access,
        CancellationToken cancellationToken
    ) => ForgeUrl.Check(access.Url) is { } refusal ? refusal : await fetch.ListAsync(access, cancellationToken);

    public Task<Result<IReadOnlyList<string>>> ChangedPathsAsync(
        CommitId? before,
        CommitId after,
        CancellationToken cancellationToken
    ) => AskAsync((reader, cancel) => reads.ChangedPathsAsync(reader, before, after, cancel), cancellationToken);

    public Task<Result<ReadOnlyMemory<byte>?>> ReadFileAsync(
        CommitId commit,
        string path,
        int maxBytes,
        CancellationToken cancellationToken
    ) => AskAsync((reader, cancel) => reads.FileAsync(reader, commit, path, maxBytes, cancel), cancellationToken);

    public Task<Result<IContentTree>> ReadTreeAsync(
        CommitId commit,
        string root,
        CancellationToken cancellationToken
    ) => AskAsync((reader, cancel) => reads.TreeAsync(reader, commit, root, ReadBlobAsync, cancel), cancellationToken);

    public Task<Result<CommitId?>> FindMergeBaseAsync(
        CommitId one,
        CommitId other,
        CancellationToken cancellationToken
    ) => AskAsync((reader, cancel) => reads.FindMergeBaseAsync(reader, one, other, cancel), cancellationToken);

    public Task<Result<bool?>> IsAncestorAsync(
        CommitId ancestor,
        CommitId descendant,
        CancellationToken cancellationToken
    ) => AskAsync((reader, cancel) => reads.IsAncestorAsync(reader, ancestor, descendant, cancel), cancellationToken);

    public Task<Result<IReadOnlyList<CommitId>>> ListCommitsAsync(
        CommitId from,
        CommitId to,
        string path,
        int limit,
        CancellationToken cancellationToken
    ) => AskAsync((reader, cancel) => reads.ListCommitsAsync(reader, from, to, path, limit, cancel), cancellationToken);

    public Task<Result<CommitSummary>> DescribeAsync(CommitId commit, CancellationToken cancellationToken) =>
        AskAsync((reader, cancel) => reads.DescribeAsync(reader, commit, cancel), cancellationToken);

    public Task<Result<CommitSignature>> VerifyAsync(
        CommitId commit,
        IReadOnlyCollection<SigningKey> keys,
        CancellationToken cancellationToken
    ) => AskAsync((reader, cancel) => signatures.VerifyAsync(reader, commit, keys, cancel), cancellationToken);

    /// <summary>What is done when nobody waits: readers end, packs are joined.</summary>
    public async Task SweepAsync(CancellationToken cancellationToken)
    {
        await readers.SweepAsync();
        if (!await _writing.WaitAsync(TimeSpan.Zero, cancellationToken))
            return;
        try
        {
            await fetch.TidyAsync(cancellationToken);
        }
        finally
        {
            _writing.Release();
        }
    }

    public void Touch() => folder.Touch(time.GetUtcNow());

    /// <summary>Empties it, unless somebody uses it or has used it since then. Whoever needs it next fetches again.</summary>
    public async Task<bool> EvictAsync(DateTimeOffset unusedSince, CancellationToken cancellationToken)
    {
        if (!await _writing.WaitAsync(TimeSpan.Zero, cancellationToken))
            return false;
        try
        {
            if (Volatile.Read(ref _readers) > 0 || folder.UsedAt > unusedSince)
                return false;
            await readers.CloseAsync();
            folder.Remake(sha256: false);
            folder.Touch(unusedSince);
            Log.Evicted(logger, key);
            return true;
        }
        finally
        {
            _writing.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await readers.DisposeAsync();
        _writing.Dispose();
    }

    private async Task<ReadOnlyMemory<byte>> ReadBlobAsync(TreeEntry entry, CancellationToken cancellationToken)
    {
        var read = await AskAsync(
            (reader, cancel) => reader.ReadAsync("blob", [entry.ObjectId], options.MaxBlobBytes, cancel),
            cancellationToken
        );
        if (read.Failed(out var problem))
            throw new IOException($"'{entry.Path}': {problem.Message}");
        return read.Value[0].Length == entry.Size
            ? read.Value[0]
            : throw new UnreachableException("an object's size is part of its hash");
    }

    private async Task<Result<T>> AskAsync<T>(
        Func<ObjectReader, CancellationToken, Task<Result<T>>> ask,
        CancellationToken cancellationToken
    )
    {
        Interlocked.Increment(ref _readers);
        try
        {
            folder.Touch(time.GetUtcNow());
            return await readers.UseAsync(ask, cancellationToken);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return Problem.Exceeded(
                $"reading the mirror took longer than {options.ReadTimeout.TotalSeconds:0} seconds; raise the mirrors' limit"
            );
        }
        catch (IOException problem) when (problem is MirrorDamagedException or ReaderEndedException)
        {
            _damaged = true;
            Log.Damaged(logger, key, problem.Message);
            return Problem.Unavailable($"the mirror of repository {key.Id} was damaged; its next fetch makes it anew");
        }
        finally
        {
            Interlocked.Decrement(ref _readers);
        }
    }

    private async Task RemakeAsync()
    {
        Log.Remade(logger, key);
        await readers.CloseAsync();
        folder.Remake(sha256: false);
        _damaged = false;
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Mirror {Mirror} is damaged: {Detail}")]
        public static partial void Damaged(ILogger logger, RepositoryKey mirror, string detail);

        [LoggerMessage(2, LogLevel.Information, "Mirror {Mirror} is damaged or too large and is made anew")]
        public static partial void Remade(ILogger logger, RepositoryKey mirror);

        [LoggerMessage(
            3,
            LogLevel.Information,
            "Mirror {Mirror} is emptied: all mirrors together are larger than mirrors.max_bytes"
        )]
        public static partial void Evicted(ILogger logger, RepositoryKey mirror);
    }
}
