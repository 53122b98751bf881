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
    /// <param name="mirror">A bare repository on this disk that has the commit; asked for only when this one lacks it.</param>
    public async Task<Result<Done>> BringAsync(
        CommitId commit,
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
            if (refs.TryAdd(RefName.Parse($"{Kept}{commit}"), commit))
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
        var question = string.Concat([$"{commit}\n", .. have.Distinct().Select(id => $"^{id}\n")]);
        GitOutput? taken = null;
        var packed = await GitPipe.RunAsync(
            git,
            Call(source, "pack-objects", "--revs", "--stdout", "--delta-base-offset", "-q"),
            (input, cancel) => input.WriteAsync(Encoding.ASCII.GetBytes(question), cancel).AsTask(),
            async (pack, cancel) =>
            {
                taken = await GitPipe.RunAsync(
                    git,
                    Call(Path, "index-pack", "--stdin"),
                    (input, stop) => pack.CopyToAsync(input, stop),
                    async (output, stop) =>
                    {
                        await output.CopyToAsync(Stream.Null, stop);
                        return true;
                    },
                    cancel
                );
                return taken.Worked;
            },
            cancellationToken
        );
        if (packed.Worked && taken is { Worked: true })
            return null;
        var why = UntrustedText.Line($"{packed.Error} {taken?.Error}", 300);
        return Problem.Unavailable($"commit {commit.Short} could not be kept for {place.Ref}: {why}");
    }

    private GitCall Call(string repository, params string[] arguments) =>
        new(repository, arguments) { Timeout = options.FetchTimeout };
}
