using System.CommandLine;
using Bascule.Cli.Features;
using Bascule.Cli.Features.Dags;
using Bascule.Cli.Features.Trees;
using Bascule.Connectors.Platforms.Airflow.Gate;
using Bascule.Core;
using Bascule.Core.Forges;

namespace Bascule.Cli.Commands.Dags;

/// <summary><c>bascule dags check</c>: the gate before anything that a scheduler follows moves. Ends with 1 when there is an error.</summary>
internal static class DagsCheckCommand
{
    private static readonly Argument<string> Where = new("folder")
    {
        Description = "The repository: a folder, or a bare repository with --commit.",
        DefaultValueFactory = _ => ".",
    };

    private static readonly Option<string?> Commit = new("--commit")
    {
        Description = "Check this commit, branch or tag instead of the files as they are.",
        HelpName = "commit",
    };

    private static readonly Option<string?> Base = new("--base")
    {
        Description = "Only what concerns files that differ from this commit counts. Needs --commit.",
        HelpName = "commit",
    };

    private static readonly Option<string?> Policy = new("--policy")
    {
        Description = "A YAML file with what the environment asks of DAG files.",
        HelpName = "file",
    };

    private static readonly Option<string?> Folder = new("--folder")
    {
        Description = "Where DAGs are in the repository, whatever the policy says; . is all of it.",
        HelpName = "folder",
    };

    private static readonly Option<string[]> Held = new("--held")
    {
        Description = "What this command wrote with --json for another repository of the environment. May be repeated.",
        HelpName = "file",
    };

    private static readonly Option<string> Python = new("--python")
    {
        Description = "The Python whose grammar counts, 3.10 or newer.",
        HelpName = "program",
        DefaultValueFactory = _ => "python3",
    };

    private static readonly Option<bool> Import = new("--import")
    {
        Description = "Import each DAG file too, with the Airflow of that Python, in a sandbox of bubblewrap.",
    };

    public static Command Create()
    {
        var command = new Command(
            "check",
            "Checks DAG files without running them: syntax, ids, limits, imports, policy."
        )
        {
            Where,
            Commit,
            Base,
            Policy,
            Folder,
            Held,
            Python,
            Import,
        };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var output = new OutputFeature(parsed);
        var policy = DagPolicyFile.Read(parsed.GetValue(Policy), parsed.GetValue(Folder));
        if (policy.Failed(out var problem))
            return output.Refuse(problem);
        var held = HeldDagFiles.Read(parsed.GetValue(Held) ?? []);
        if (held.Failed(out problem))
            return output.Refuse(problem);
        var read = await ReadAsync(parsed, policy.Value, cancellationToken);
        if (read.Failed(out problem))
            return output.Refuse(problem);
        var (tree, commit, origin) = read.Value;
        var gate = new DagGate(parsed.GetValue(Python)!, new PythonLimits())
        {
            Imports = parsed.GetValue(Import) ? new ImportLimits() : null,
        };
        var report = await gate.CheckAsync(tree, policy.Value, held.Value, cancellationToken);
        if (report.Failed(out problem))
            return output.Refuse(problem);
        var record = DagCheckRecord.Of(report.Value, policy.Value.Folder, commit, origin);
        output.Write(record, DagCheckJson.Default.DagCheckRecord, () => DagCheckText.Of(record));
        return record.Ok ? ExitCodes.Success : ExitCodes.Negative;
    }

    private static async Task<Result<(DagTree Tree, string? Commit, string? Base)>> ReadAsync(
        ParseResult parsed,
        DagPolicy policy,
        CancellationToken cancellationToken
    )
    {
        var where = parsed.GetValue(Where)!;
        var limits = new LocalLimits(policy.MaxFiles, policy.MaxFileBytes, DagTreeLimits.TotalBytes);
        var folder = new LocalFolder(
            policy.Folder,
            "say where DAGs are by --folder, or by folder in the policy (. is all of it)"
        );
        if (parsed.GetValue(Commit) is not { } name)
        {
            if (parsed.GetValue(Base) is not null)
                return Problem.Invalid("--base needs --commit: what changed is told by comparing two commits");
            var files = FolderTree.Read(where, folder, limits);
            return files.Failed(out var wrong) ? wrong : (TreeOf(policy, files.Value), (string?)null, (string?)null);
        }
        var opened = CommitTree.Open(where, folder);
        if (opened.Failed(out var problem))
            return problem;
        var commit = await opened.Value.ResolveAsync(name, cancellationToken);
        if (commit.Failed(out problem))
            return problem;
        var read = await opened.Value.ReadAsync(commit.Value, limits, cancellationToken);
        if (read.Failed(out problem))
            return problem;
        var tree = TreeOf(policy, read.Value);
        if (parsed.GetValue(Base) is not { } before)
            return (tree, commit.Value.ToString(), (string?)null);
        var compared = await CompareAsync(opened.Value, before, commit.Value, cancellationToken);
        return compared.Failed(out problem)
            ? problem
            : (tree with { Changed = compared.Value.Changed }, commit.Value.ToString(), compared.Value.Base.ToString());
    }

    private static DagTree TreeOf(DagPolicy policy, IReadOnlyList<LocalFile> files) =>
        new(policy.Folder, [.. files.Select(file => new DagFile(file.Path, file.Kind, file.Size, file.Bytes))]);

    private static async Task<Result<(IReadOnlySet<string> Changed, CommitId Base)>> CompareAsync(
        CommitTree tree,
        string before,
        CommitId commit,
        CancellationToken cancellationToken
    )
    {
        var origin = await tree.ResolveAsync(before, cancellationToken);
        if (origin.Failed(out var problem))
            return problem;
        var changed = await tree.ChangedAsync(origin.Value, commit, cancellationToken);
        return changed.Failed(out problem) ? problem : (changed.Value, origin.Value);
    }
}
