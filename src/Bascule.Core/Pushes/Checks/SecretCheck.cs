namespace Bascule.Core.Pushes.Checks;

/// <summary>
/// Credentials whose makers gave them a shape of their own. It finds no password and nothing encoded: what it does not find is not shown to be clean.
/// </summary>
public sealed class SecretCheck : IPushCheck
{
    public string Name => "pushes.secrets";

    public PushFinding? Look(AddedLine line) =>
        SecretShapes.Find(line.Text) is { } kind
            ? new PushFinding(
                Name,
                $"'{line.Path}' line {line.Number} (commit {line.Commit.Short}) holds what looks like {kind}; take it out of the commit (git commit --amend, git rebase -i), and replace it where it is in use"
            )
            : null;
}
