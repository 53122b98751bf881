using Bascule.Core.People;
using Bascule.Core.Settings;

namespace Bascule.Core.Pushes.Checks;

/// <summary>Files that decide what Bascule runs are changed by their owners alone, on every ref: any of them may start a run.</summary>
public sealed class PolicyFileCheck(IReadOnlyList<Glob> paths, IReadOnlyList<Selector> owners, Actor holder)
    : IPushCheck
{
    /// <summary>What a repository asks of Bascule; nobody has to name it in the settings.</summary>
    private const string WorkflowFile = ".bascule.yaml";

    private readonly bool _isOwner = owners.Any(owner => owner.Matches(holder));

    public string Name => "pushes.policy_files";

    public PushFinding? Look(ChangedPath changed) =>
        !_isOwner && IsPolicy(changed.Path)
            ? new PushFinding(Name, $"'{changed.Path}' is changed by its owners alone: {Remedy}")
            {
                Ref = changed.Ref.ToString(),
            }
            : null;

    private string Remedy =>
        owners.Count == 0
            ? "nobody is one yet, so name them under pushes.policy_owners"
            : $"ask one of {string.Join(", ", owners)}, or leave it out of this push";

    /// <summary>In any spelling: on some disks another case is the same file.</summary>
    private bool IsPolicy(string path) =>
        path.Equals(WorkflowFile, StringComparison.OrdinalIgnoreCase) || paths.Any(glob => glob.IsMatch(path));
}
