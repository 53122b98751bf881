using Bascule.Core.Forges;
using Bascule.Core.Pushes;
using Bascule.Server.Identity;

namespace Bascule.Server.GitProxy.Pushing;

/// <summary>What a developer reads once a push is through: who it went in as, and where to look next.</summary>
internal sealed class PushNotes(IssuerAddress address)
{
    public Task<IReadOnlyList<string>> AfterAsync(PushUnderWay push, IReadOnlyList<RefCommand> moved)
    {
        List<string> lines = [];
        if (push.Request.Options.Count > 0)
            lines.Add("Bascule: push options are not passed on to the forge; yours did nothing");
        if (moved.Count > 0)
            lines.Add($"Bascule: pushed under policy '{push.Pass.Policy}'");
        foreach (var command in moved.Where(command => !command.IsDeletion && RefName.Parse(command.Name).IsBranch))
            lines.Add($"Bascule: runs of {command.After.Short}: {RunsOf(command.After)}");
        return Task.FromResult<IReadOnlyList<string>>(lines);
    }

    private Uri RunsOf(CommitId commit) => new($"{address.Url.ToString().TrimEnd('/')}/runs?commit={commit}");
}
