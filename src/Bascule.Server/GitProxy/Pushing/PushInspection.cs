using System.Globalization;
using Bascule.Connectors.Git;
using Bascule.Core;
using Bascule.Core.Exchange;
using Bascule.Core.Forges;
using Bascule.Core.Pushes;
using Bascule.Server.GitProxy.Lfs;

namespace Bascule.Server.GitProxy.Pushing;

/// <summary>Shows what a push brings to every check, piece by piece, and gathers what they say.</summary>
/// <param name="tips">Where the forge's refs are that the pass may see, and its default branch.</param>
internal sealed class PushInspection(
    QuarantineGit git,
    IReadOnlyList<IPushCheck> checks,
    IReadOnlyDictionary<RefName, CommitId> tips,
    RefName defaultBranch,
    GitPass pass,
    PushLimits limits,
    LfsProofs proofs
)
{
    /// <summary>More than anybody reads at once.</summary>
    private const int MostFindings = 20;
    private const int MostUnsent = 10_000;
    private const string EmptyTree = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"; // git knows it without having it

    private readonly List<PushFinding> _findings = [];

    /// <summary>The commit that each ref will lead to, once it was inspected.</summary>
    public IReadOnlyDictionary<string, CommitId> Heads { get; private set; } = new Dictionary<string, CommitId>();

    /// <summary>Everything that the checks say, each thing once; a problem when the push cannot be judged, which refuses it as well.</summary>
    public async Task<Result<IReadOnlyList<PushFinding>>> InspectAsync(
        IReadOnlyList<RefCommand> commands,
        CancellationToken cancellationToken
    )
    {
        var after = commands.Where(command => !command.IsDeletion).ToList();
        var heads = await HeadsAsync(after, cancellationToken);
        if (heads.Failed(out var problem))
            return problem;
        Heads = heads.Value.ToDictionary(head => head.Key.Name, head => head.Value, StringComparer.Ordinal);
        if (await LookAtObjectsAsync(after, cancellationToken) is { } unread)
            return unread;
        foreach (var command in commands)
        {
            var head = heads.Value.TryGetValue(command, out var found) ? found : (CommitId?)null;
            if (await LookAtRefAsync(command, head, cancellationToken) is { } undecided)
                return undecided;
        }
        if (_findings.Count < MostFindings && await LookAtLinesAsync(after, cancellationToken) is { } unseen)
            return unseen;
        return Result.Of<IReadOnlyList<PushFinding>>(_findings);
    }

    /// <summary>The commit that each ref will lead to. A branch holds a commit itself; a tag may hold a tag object.</summary>
    private async Task<Result<IReadOnlyDictionary<RefCommand, CommitId>>> HeadsAsync(
        List<RefCommand> commands,
        CancellationToken cancellationToken
    )
    {
        var names = commands.Select(command =>
            RefName.Parse(command.Name).IsTag ? $"{command.After}^{{commit}}" : command.After.ToString()
        );
        var kinds = await git.KindsAsync([.. names], cancellationToken);
        if (kinds.Failed(out var problem))
            return problem;
        var heads = new Dictionary<RefCommand, CommitId>();
        foreach (var (command, (id, kind)) in commands.Zip(kinds.Value))
        {
            if (kind != "commit")
                return Problem.Invalid($"'{command.Name}' would not lead to a commit that is here; push a commit");
            heads[command] = CommitId.Parse(id);
        }
        return heads;
    }

    /// <summary>
    /// Walks over everything that the visible refs do not lead to: all of it must be here. Whoever sees only some refs must have sent it too, or it must be
    /// reachable from what they see: else a ref of theirs would show what others hide, to who knows an id (THREATS T88, T89).
    /// </summary>
    private async Task<Problem?> LookAtObjectsAsync(List<RefCommand> after, CancellationToken cancellationToken)
    {
        if (after.Count == 0)
            return null;
        var range = Range(after, Seen);
        var listed = await git.AskAsync(range, false, cancellationToken, "rev-list", "--objects", "--stdin");
        if (listed.Failed(out var notWhole))
            return notWhole;
        var objects = listed.Value.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        if (objects.Length > limits.MaxObjects)
            return Problem.Exceeded(
                $"the push brings more than {limits.MaxObjects} objects; push fewer commits at once"
            );
        const string Form = "--batch-check=%(objecttype) %(objectsize) %(rest)";
        var asked = await git.AskAsync(objects, alone: true, cancellationToken, "cat-file", Form);
        if (asked.Failed(out var unread))
            return unread;
        var unsent = new HashSet<string>(StringComparer.Ordinal);
        var small = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (name, line) in objects.Zip(asked.Value.Split('\n')))
        {
            var id = name[..ObjectHash.Sha1Digits];
            if (line == $"{id} missing")
                unsent.Add(id);
            else if (line.Split(' ', 3) is ["blob", var size, var path])
            {
                Add(checks.Select(check => check.Look(new NewFile(Shown(path), Number(size)))));
                if (Number(size) <= LfsPointer.MaxBytes)
                    small.Add(id);
            }
        }
        if (pass.Refs.IsWhole)
            return null;
        return await RefuseHiddenAsync(unsent, cancellationToken)
            ?? await new PointerCheck(git, proofs, pass).CheckAsync(
                small,
                () => ListSeenAsync(cancellationToken),
                cancellationToken
            );
    }

    private async Task<Problem?> RefuseHiddenAsync(HashSet<string> unsent, CancellationToken cancellationToken)
    {
        if (unsent.Count == 0)
            return null;
        if (unsent.Count > MostUnsent)
            return Problem.Invalid("the push leaves out too much of what it needs; clone again and push from there");
        var listed = await ListSeenAsync(cancellationToken);
        if (listed.Failed(out var problem))
            return problem;
        foreach (var line in listed.Value.Split('\n', StringSplitOptions.RemoveEmptyEntries))
            unsent.Remove(line[..ObjectHash.Sha1Digits]);
        return unsent.Count == 0
            ? null
            : Problem.Denied(
                $"the push refers to {unsent.Count} objects that it does not bring and that no ref of policy '{pass.Policy}' leads to; push from a clone of what the policy shows"
            );
    }

    private Task<Result<string>> ListSeenAsync(CancellationToken cancellationToken)
    {
        var seen = Seen.Select(tip => tip.ToString());
        return git.AskAsync(seen, false, cancellationToken, "rev-list", "--objects", "--stdin");
    }

    private async Task<Problem?> LookAtRefAsync(RefCommand command, CommitId? head, CancellationToken cancellationToken)
    {
        var name = RefName.Parse(command.Name);
        var before = command.IsCreation ? (CommitId?)null : command.Before;
        var rewrites = false;
        if (before is { } old && head is { } now)
        {
            var forward = name.IsTag ? false : await git.IsAncestorAsync(old, now, cancellationToken);
            if (forward.Failed(out var problem))
                return problem;
            rewrites = !forward.Value;
        }
        var after = command.IsDeletion ? (CommitId?)null : command.After;
        Add(checks.Select(check => check.Look(new MovedRef(name, before, after, rewrites))));
        return head is { } tip ? await LookAtPathsAsync(name, before, tip, cancellationToken) : null;
    }

    /// <summary>Against what was there before, and against the default branch: what its owners have put there is nobody else's change.</summary>
    private async Task<Problem?> LookAtPathsAsync(
        RefName name,
        CommitId? before,
        CommitId head,
        CancellationToken cancellationToken
    )
    {
        var main = tips.TryGetValue(defaultBranch, out var tip) ? tip : (CommitId?)null;
        var from =
            before?.ToString()
            ?? (main is { } other ? await git.FindMergeBaseAsync(other, head, cancellationToken) : null);
        var changed = await PathsAsync(from ?? EmptyTree, head, cancellationToken);
        if (changed.Failed(out var problem))
            return problem;
        var paths = changed.Value;
        if (main is { } branch && paths.Count > 0)
        {
            var different = await PathsAsync(branch.ToString(), head, cancellationToken);
            if (different.Failed(out problem))
                return problem;
            if (branch != before)
                paths.IntersectWith(different.Value);
        }
        foreach (var path in paths)
            Add(checks.Select(check => check.Look(new ChangedPath(name, Shown(path)))));
        return null;
    }

    private async Task<Result<HashSet<string>>> PathsAsync(
        string from,
        CommitId to,
        CancellationToken cancellationToken
    )
    {
        string[] arguments = ["diff-tree", "-r", "-z", "--no-renames", "--name-only", from, to.ToString()];
        var asked = await git.AskAsync([], false, cancellationToken, arguments);
        return asked.Failed(out var problem)
            ? problem
            : asked.Value.Split('\0', StringSplitOptions.RemoveEmptyEntries).ToHashSet(StringComparer.Ordinal);
    }

    private async Task<Problem?> LookAtLinesAsync(List<RefCommand> after, CancellationToken cancellationToken)
    {
        if (after.Count == 0)
            return null;
        var reader = new PatchReader(line => Add(checks.Select(check => check.Look(line))));
        var streamed = await git.StreamAsync(
            Range(after, tips.Values),
            alone: false,
            async (stream, cancel) =>
            {
                var chunk = new byte[64 * 1024];
                while (await stream.ReadAsync(chunk, cancel) is > 0 and var count)
                    reader.Read(chunk.AsSpan(0, count));
                return true;
            },
            cancellationToken,
            [
                "log",
                "--stdin",
                "--format=%x00%H",
                "-p",
                "-c",
                "-U0",
                "--no-color",
                "--no-renames",
                "--no-ext-diff",
                "--no-textconv",
                "--no-notes",
            ]
        );
        return streamed.Problem;
    }

    /// <summary>What the holder of the pass can have had before.</summary>
    private IEnumerable<CommitId> Seen => tips.Where(tip => pass.Refs.Allow(tip.Key)).Select(tip => tip.Value);

    /// <summary>Everything that the refs will lead to, but for what the known ones lead to already.</summary>
    private static IEnumerable<string> Range(IEnumerable<RefCommand> after, IEnumerable<CommitId> known) =>
        after.Select(command => command.After.ToString()).Concat(known.Distinct().Select(tip => $"^{tip}"));

    private void Add(IEnumerable<PushFinding?> found)
    {
        foreach (var finding in found.OfType<PushFinding>())
            if (_findings.Count < MostFindings && !_findings.Contains(finding))
                _findings.Add(finding);
    }

    private static string Shown(string path) => UntrustedText.Line(path, 300);

    private static long Number(string size) =>
        long.TryParse(size, CultureInfo.InvariantCulture, out var bytes) ? bytes : long.MaxValue;
}
