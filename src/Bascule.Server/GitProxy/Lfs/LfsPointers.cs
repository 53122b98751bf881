using System.Collections.Concurrent;
using System.Globalization;
using Bascule.Connectors.Git;
using Bascule.Core;
using Bascule.Core.Forges;
using Bascule.Server.GitProxy.Views;
using Bascule.Server.Mirrors;

namespace Bascule.Server.GitProxy.Lfs;

/// <summary>
/// Which LFS objects a view speaks of: those that some file in it points to. Nothing else may be read by who sees the view, because an object's name opens it at the
/// forge (THREATS T88). Read through once for each state of the view.
/// </summary>
internal sealed class LfsPointers(MirrorOptions mirrors)
{
    private const int MostPointers = 200_000;
    private const int MostRemembered = 64;
    private const int Together = 5_000;
    private static readonly string[] Listing =
    [
        "cat-file",
        "--batch-all-objects",
        "--unordered",
        "--batch-check=%(objectname) %(objecttype) %(objectsize)",
    ];
    private static readonly string[] Reading = ["cat-file", "--batch-command"];
    private readonly GitCommand _git = new(mirrors.Running);
    private readonly ConcurrentDictionary<string, Known> _known = new(StringComparer.Ordinal);

    public async Task<Result<IReadOnlySet<LfsPointer>>> ReadAsync(OpenView view, CancellationToken cancellationToken)
    {
        if (_known.TryGetValue(view.Path, out var known) && ReferenceEquals(known.Refs, view.Refs))
            return Result.Of(known.Pointers);
        var found = new HashSet<LfsPointer>();
        await using var reader = new ObjectReader(_git.Start(Call(view, Reading)));
        var process = _git.Start(Call(view, Listing));
        try
        {
            process.StandardInput.Close();
            var errors = BoundedBytes.DrainAsync(process.StandardError.BaseStream, 0);
            var small = new List<string>();
            while (await process.StandardOutput.ReadLineAsync(cancellationToken) is { } line)
            {
                if (line.Split(' ') is [var id, "blob", var size] && IsSmall(size))
                    small.Add(id);
                if (small.Count < Together)
                    continue;
                if (await TakeAsync(reader, small, found, cancellationToken) is { } problem)
                    return problem;
                small.Clear();
            }
            await process.WaitForExitAsync(cancellationToken);
            await errors;
            if (process.ExitCode != 0)
                throw new IOException("git could not list what is in a view");
            if (await TakeAsync(reader, small, found, cancellationToken) is { } last)
                return last;
        }
        finally
        {
            await GitCommand.EndAsync(process);
            GitCommand.CloseStreams(process);
            process.Dispose();
        }
        if (_known.Count >= MostRemembered)
            _known.Clear();
        _known[view.Path] = new Known(view.Refs, found);
        return Result.Of<IReadOnlySet<LfsPointer>>(found);
    }

    private static async Task<Problem?> TakeAsync(
        ObjectReader reader,
        List<string> ids,
        HashSet<LfsPointer> found,
        CancellationToken cancellationToken
    )
    {
        if (ids.Count == 0)
            return null;
        var read = await reader.ReadAsync("blob", ids, LfsPointer.MaxBytes, cancellationToken);
        if (read.Failed(out var problem))
            return problem;
        foreach (var blob in read.Value)
            if (LfsPointer.Read(blob) is { } pointer)
                found.Add(pointer);
        return found.Count > MostPointers
            ? Problem.Exceeded(
                $"more than {MostPointers} LFS objects are not looked through; let the policy show fewer refs"
            )
            : null;
    }

    private static bool IsSmall(string size) =>
        int.TryParse(size, NumberStyles.None, CultureInfo.InvariantCulture, out var bytes)
        && bytes <= LfsPointer.MaxBytes;

    private static GitCall Call(OpenView view, string[] arguments) =>
        new(view.Path, arguments) { Timeout = Timeout.InfiniteTimeSpan };

    private sealed record Known(IReadOnlyDictionary<RefName, CommitId> Refs, IReadOnlySet<LfsPointer> Pointers);
}
