using System.Text;
using Bascule.Connectors.Git;
using Bascule.Core;
using Bascule.Core.Deployments;
using Bascule.Core.Forges;
using Bascule.Server.Mirrors;

namespace Bascule.Server.Deployments;

/// <summary>
/// A bare repository on this disk that holds what was ever deployed at one place, and nothing else: whoever may follow a deploy ref may have any object of it
/// by its id (THREATS T88). Unlike a mirror it is no cache: what was deployed stays, so that going back asks nobody.
/// </summary>
internal sealed class DeployedRepository(DeployPlace place, MirrorFolder folder, GitCommand git, MirrorOptions options)
    : IDisposable
{
    /// <summary>By which commits are kept that the ref has left; hidden from whoever fetches.</summary>
    private const string Kept = "refs/bascule/deployed/";

    private readonly SemaphoreSlim _writing = new(1, 1);
    private IReadOnlyDictionary<RefName, CommitId>? _refs;

    public string Path => folder.Path;

    /// <summary>Has the ref point to a commit, with all that it leads to. Done at once when it does already.</summary>
    /// <param name="store">Brings it from the store; false when that does not have it. Asked only when this one lacks it.</param>
    /// <param name="mirror">A bare repository on this disk that has the commit; asked for when the store lacks it too.</param>
    public async Task<Result<Done>> BringAsync(
        CommitId commit,
        Func<DeployedRepository, CancellationToken, Task<bool>> store,
        Func<CancellationToken, Task<Result<string>>> mirror,
        CancellationToken cancellationToken
    )
    {
        if (IsAt(commit))
            return Result.Done;
        await _writing.WaitAsync(cancellationToken);
        try
        {
            var before = _refs ?? Open();
            var refs = new Dictionary<RefName, CommitId>(before);
            var isMissing = refs.TryAdd(RefName.Parse($"{Kept}{commit}"), commit);
            if (isMissing && !await store(this, cancellationToken))
            {
                var source = await mirror(cancellationToken);
                if (source.Failed(out var missing))
                    return missing;
                if (await CopyAsync(source.Value, commit, before.Values, cancellationToken) is { } broken)
                    return broken;
            }
            refs[place.Ref] = commit;
            folder.WriteRefs(refs);
            folder.WriteHead(place.Ref);
            Volatile.Write(ref _refs, refs);
            return Result.Done;
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <summary>A pack of all that a commit leads to, without what others do. Null when it is larger than the limit.</summary>
    /// <param name="without">Of these only those that are here count.</param>
    /// <param name="limit">In bytes.</param>
    public async Task<Result<byte[]?>> PackAsync(
        CommitId commit,
        IEnumerable<CommitId> without,
        long limit,
        CancellationToken cancellationToken
    )
    {
        if (limit <= 0)
            return Result.Of<byte[]?>(null);
        var here = Volatile.Read(ref _refs)?.Values.ToHashSet() ?? [];
        var question = Question(commit, without.Where(here.Contains));
        using var bytes = new MemoryStream();
        var isTooLarge = false;
        var packed = await GitPipe.RunAsync(
            git,
            Pack(Path),
            (input, cancel) => input.WriteAsync(question, cancel).AsTask(),
            async (pack, cancel) =>
            {
                var buffer = new byte[64 * 1024];
                while (!isTooLarge && await pack.ReadAsync(buffer, cancel) is > 0 and var read)
                {
                    await bytes.WriteAsync(buffer.AsMemory(0, read), cancel);
                    isTooLarge = bytes.Length > limit;
                }
                return !isTooLarge;
            },
            cancellationToken
        );
        return isTooLarge ? Result.Of<byte[]?>(null)
            : packed.Worked ? Result.Of<byte[]?>(bytes.ToArray())
            : Unkept(commit, packed.Error);
    }

    /// <summary>Adds what a pack holds. Null when it was whole; no ref leads to it yet.</summary>
    public async Task<Problem?> TakeAsync(ReadOnlyMemory<byte> pack, CancellationToken cancellationToken)
    {
        var taken = await GitPipe.RunAsync(
            git,
            Call(Path, "index-pack", "--stdin"),
            (input, cancel) => input.WriteAsync(pack, cancel).AsTask(),
            DrainAsync,
            cancellationToken
        );
        return taken.Worked ? null : Problem.Invalid($"git does not take it: {UntrustedText.Line(taken.Error, 300)}");
    }

    /// <summary>Whether a commit is here with everything that it leads to.</summary>
    public async Task<bool> HasWholeAsync(CommitId commit, CancellationToken cancellationToken) =>
        (
            await GitPipe.RunAsync(
                git,
                Call(Path, "rev-list", "--objects", "--quiet", commit.ToString()),
                (_, _) => Task.CompletedTask,
                DrainAsync,
                cancellationToken
            )
        ).Worked;

    public void Dispose() => _writing.Dispose();

    private bool IsAt(CommitId commit) =>
        Volatile.Read(ref _refs) is { } refs && refs.TryGetValue(place.Ref, out var at) && at == commit;

    /// <summary>What is on disk, as it was left: refs are written after what they lead to.</summary>
    private IReadOnlyDictionary<RefName, CommitId> Open()
    {
        folder.Prepare();
        return folder.ReadRefs() ?? new Dictionary<RefName, CommitId>();
    }

    private async Task<Problem?> CopyAsync(
        string source,
        CommitId commit,
        IEnumerable<CommitId> have,
        CancellationToken cancellationToken
    )
    {
        var question = Question(commit, have);
        GitOutput? taken = null;
        var packed = await GitPipe.RunAsync(
            git,
            Pack(source),
            (input, cancel) => input.WriteAsync(question, cancel).AsTask(),
            async (pack, cancel) =>
            {
                taken = await GitPipe.RunAsync(
                    git,
                    Call(Path, "index-pack", "--stdin"),
                    (input, stop) => pack.CopyToAsync(input, stop),
                    DrainAsync,
                    cancel
                );
                return taken.Worked;
            },
            cancellationToken
        );
        if (packed.Worked && taken is { Worked: true })
            return null;
        return Unkept(commit, $"{packed.Error} {taken?.Error}");
    }

    private Problem Unkept(CommitId commit, string error) =>
        Problem.Unavailable(
            $"commit {commit.Short} could not be kept for {place.Ref}: {UntrustedText.Line(error, 300)}"
        );

    private static byte[] Question(CommitId commit, IEnumerable<CommitId> without) =>
        Encoding.ASCII.GetBytes(string.Concat([$"{commit}\n", .. without.Distinct().Select(id => $"^{id}\n")]));

    private static async Task<bool> DrainAsync(Stream output, CancellationToken cancellationToken)
    {
        await output.CopyToAsync(Stream.Null, cancellationToken);
        return true;
    }

    private GitCall Pack(string repository) =>
        Call(repository, "pack-objects", "--revs", "--stdout", "--delta-base-offset", "-q");

    private GitCall Call(string repository, params string[] arguments) =>
        new(repository, arguments) { Timeout = options.FetchTimeout };
}
