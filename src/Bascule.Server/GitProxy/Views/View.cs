using System.Text;
using Bascule.Connectors.Git;
using Bascule.Core;
using Bascule.Core.Exchange;
using Bascule.Core.Forges;
using Bascule.Server.Mirrors;
using Microsoft.Extensions.Logging;

namespace Bascule.Server.GitProxy.Views;

/// <summary>
/// A bare repository that holds the objects of allowed refs and nothing else: git hands out any object that a repository has to whoever knows its id, so what
/// must stay hidden must not be there (THREATS T88). It grows while history goes forward; when what it holds is no longer all allowed, it is made anew from nothing.
/// </summary>
internal sealed partial class View(
    MirrorFolder folder,
    RefPatterns patterns,
    ForgeListing listing,
    MirrorFetch fetch,
    GitCommand git,
    MirrorOptions options,
    TimeProvider time,
    ILogger log
) : IDisposable
{
    private const int MostTries = 3;
    private readonly SemaphoreSlim _writing = new(1, 1);
    private readonly string _dirty = folder.Path + ".dirty";
    private Built? _built;
    private int _inUse;

    public string Path => folder.Path;

    /// <summary>Whether there is anything to look at without asking the forge.</summary>
    public bool IsBuilt => Volatile.Read(ref _built) is not null;

    public bool IsInUse => Volatile.Read(ref _inUse) > 0;

    /// <summary>Keeps it from being removed until the answer is disposed; to be asked for before it is looked at.</summary>
    public IDisposable Use()
    {
        Interlocked.Increment(ref _inUse);
        if (IsBuilt)
            folder.Touch(time.GetUtcNow());
        return new Using(this);
    }

    /// <summary>What git says of it to whoever speaks version 2, which is the same whatever it holds; null until somebody has asked.</summary>
    public byte[]? Capabilities { get; set; }

    /// <summary>
    /// Brings it to where the forge's refs are now. One caller does it; the others wait, and find it done. What was begun is finished even when whoever asked goes away.
    /// The refs are listed while the address is being confirmed; nothing is fetched before it is.
    /// </summary>
    /// <returns>The refs that it then has: those that are allowed, and where they point. A tag is the tag object where there is one.</returns>
    public async Task<Result<IReadOnlyDictionary<RefName, CommitId>>> RefreshAsync(
        AskedGit asked,
        CancellationToken cancellationToken
    )
    {
        var seen = Volatile.Read(ref _built);
        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var refs = listing.ReadAsync(asked.Access, patterns, giveUp.Token);
        var confirmed = await asked.Confirmed;
        if (confirmed.Failed(out var refused))
        {
            await giveUp.CancelAsync();
            await ((Task)refs).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return refused;
        }
        var listed = await refs;
        if (listed.Failed(out var problem))
            return problem;
        if (seen is not null && seen.Has(listed.Value))
            return Result.Of(seen.Refs);
        await _writing.WaitAsync(cancellationToken);
        var updating = UpdateAsync(confirmed.Value.Repository, seen, listed.Value);
        return await updating.WaitAsync(cancellationToken);
    }

    /// <summary>Removes it, unless somebody uses it.</summary>
    public async Task<bool> RemoveAsync()
    {
        if (!await _writing.WaitAsync(TimeSpan.Zero))
            return false;
        try
        {
            if (IsInUse)
                return false;
            Volatile.Write(ref _built, null);
            if (Directory.Exists(Path))
                Directory.Delete(Path, recursive: true);
            File.Delete(_dirty);
            return true;
        }
        finally
        {
            _writing.Release();
        }
    }

    public void Dispose() => _writing.Dispose();

    /// <summary>Holds the lock, and lets it go at its end.</summary>
    private async Task<Result<IReadOnlyDictionary<RefName, CommitId>>> UpdateAsync(
        ProxiedRepository repository,
        Built? seen,
        IReadOnlyDictionary<RefName, CommitId> listed
    )
    {
        try
        {
            for (var attempt = 0; attempt < MostTries; attempt++)
            {
                var built = _built ??= Open();
                // Somebody else has brought it further since the list was read: what the list lacks may be new.
                if (attempt > 0 || !ReferenceEquals(built, seen))
                {
                    var again = await listing.ReadAsync(repository.Access, patterns, CancellationToken.None);
                    if (again.Failed(out var problem))
                        return problem;
                    (listed, seen) = (again.Value, built);
                }
                if (built.Has(listed))
                    return Result.Of(built.Refs);
                var updated = await BringAsync(repository, built, listed);
                if (updated.Failed(out var failed))
                    return failed;
                if (updated.Value is { } now)
                    return Result.Of(now.Refs);
            }
            return Problem.Unavailable("the refs move faster than they can be followed; try again");
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <summary>What is on disk, as it was left; nothing, when the last one who wrote did not get to the end.</summary>
    private Built Open()
    {
        if (File.Exists(_dirty) || !Directory.Exists(Path))
            return Empty();
        folder.Prepare();
        return folder.ReadRefs() is { } refs ? new Built(refs) : Empty();
    }

    private Built Empty()
    {
        folder.Remake(sha256: false);
        File.Delete(_dirty);
        return new Built(new Dictionary<RefName, CommitId>());
    }

    /// <returns>Null when it must be tried again: the view is empty then.</returns>
    private async Task<Result<Built?>> BringAsync(
        ProxiedRepository repository,
        Built before,
        IReadOnlyDictionary<RefName, CommitId> listed
    )
    {
        // From here on until the end nothing says that all that is here may be seen.
        await File.WriteAllBytesAsync(_dirty, [], CancellationToken.None);
        Volatile.Write(ref _built, null);
        var fetched = await fetch.FetchAsync(repository.Access, [.. listed.Keys], CancellationToken.None);
        if (fetched.Failed(out var problem))
            return problem;
        var now = await ReadFetchedAsync(fetched.Value);
        if (before.Refs.Count > 0 && await HoldsMoreAsync(before.Refs.Values, now.Values))
        {
            Log.Rebuilt(log, Path);
            _built = Empty();
            return Result.Of<Built?>(null);
        }
        folder.WriteRefs(now);
        if (HeadOf(repository.Repository, now) is { } head)
            folder.WriteHead(head);
        File.Delete(_dirty);
        var brought = new Built(now);
        Volatile.Write(ref _built, brought);
        return brought;
    }

    /// <summary>Where refs point that were just fetched: they may have moved since they were listed.</summary>
    private async Task<Dictionary<RefName, CommitId>> ReadFetchedAsync(IReadOnlyCollection<RefName> refs)
    {
        var output = await RunAsync("for-each-ref", "--format=%(objectname) %(refname)", "refs/bascule/at");
        var byName = Encoding
            .ASCII.GetString(output.Bytes)
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split(' ', 2))
            .ToDictionary(parts => parts[1], parts => CommitId.Parse(parts[0]), StringComparer.Ordinal);
        return refs.Where(name => byName.ContainsKey(MirrorRefs.Local(name)))
            .ToDictionary(name => name, name => byName[MirrorRefs.Local(name)]);
    }

    /// <summary>Whether something that was allowed is reached from no ref any more. In doubt it is.</summary>
    private async Task<bool> HoldsMoreAsync(IEnumerable<CommitId> before, IEnumerable<CommitId> now)
    {
        var gone = before.Except(now).ToList();
        if (gone.Count == 0)
            return false;
        var questions = gone.Select(id => $"{id}").Concat(now.Select(id => $"^{id}"));
        var call = Call("rev-list", "--objects", "--max-count=1", "--stdin");
        var output = await git.AskAsync(call, string.Join('\n', questions) + "\n", CancellationToken.None);
        return !output.Worked || output.Bytes.Length > 0;
    }

    private async Task<GitOutput> RunAsync(params string[] arguments)
    {
        var output = await git.RunAsync(Call(arguments), CancellationToken.None, CancellationToken.None);
        return output.Worked ? output : throw new IOException($"git {arguments[0]} failed in a view: {output.Error}");
    }

    private GitCall Call(params string[] arguments) =>
        new(Path, arguments) { Timeout = options.ReadTimeout, MaxOutput = (int)options.MaxListingBytes };

    /// <summary>The repository's own where it may be seen; otherwise one that may be, so that a clone has something to check out.</summary>
    private static RefName? HeadOf(ForgeRepository repository, Dictionary<RefName, CommitId> refs)
    {
        if (RefName.TryBranch(repository.DefaultBranch, out var usual) && refs.ContainsKey(usual))
            return usual;
        var branches = refs.Keys.Where(name => name.IsBranch).OrderBy(name => name.ToString(), StringComparer.Ordinal);
        return branches.Select(name => (RefName?)name).FirstOrDefault();
    }

    /// <summary>Refs that are known to be all that leads to what is there.</summary>
    private sealed record Built(IReadOnlyDictionary<RefName, CommitId> Refs)
    {
        public bool Has(IReadOnlyDictionary<RefName, CommitId> listed) =>
            listed.Count == Refs.Count
            && listed.All(pair => Refs.TryGetValue(pair.Key, out var at) && at == pair.Value);
    }

    private sealed class Using(View view) : IDisposable
    {
        private int _isOver;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _isOver, 1) == 0)
                Interlocked.Decrement(ref view._inUse);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(
            1,
            LogLevel.Information,
            "View {View} is made anew: it holds what no allowed ref leads to any more"
        )]
        public static partial void Rebuilt(ILogger log, string view);
    }
}
