using System.CommandLine;
using Bascule.Cli.Features;
using Bascule.Cli.Features.Apis;
using Bascule.Cli.Features.Trees;
using Bascule.Connectors.Git;
using Bascule.Connectors.Platforms.ApiManagement.Gate;
using Bascule.Connectors.Platforms.ApiManagement.Source;
using Bascule.Core;
using Bascule.Core.Content;
using Bascule.Core.Settings;

namespace Bascule.Cli.Commands.Apis;

/// <summary><c>bascule apis check</c>: the gate before anything of an API Management service changes. Ends with 1 when there is an error.</summary>
internal static class ApisCheckCommand
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

    private static readonly Option<string?> Environment = new("--environment")
    {
        Description = "Whose overrides count: those of configuration.NAME.yaml.",
        HelpName = "name",
    };

    private static readonly Option<string?> Rules = new("--rules")
    {
        Description = "A YAML file with what the environment asks of policies.",
        HelpName = "file",
    };

    private static readonly Option<string?> Folder = new("--folder")
    {
        Description = "Where the files of the service are in the repository; . is all of it.",
        HelpName = "folder",
    };

    public static Command Create()
    {
        var command = new Command(
            "check",
            "Checks an API Management repository: files, policies, specifications, what they refer to."
        )
        {
            Where,
            Commit,
            Environment,
            Rules,
            Folder,
        };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var output = new OutputFeature(parsed);
        var rules = ApimRulesFile.Read(parsed.GetValue(Rules));
        if (rules.Failed(out var problem))
            return output.Refuse(problem);
        var folder = FolderOf(parsed);
        if (folder.Failed(out problem))
            return output.Refuse(problem);
        var read = await ReadAsync(parsed, folder.Value, cancellationToken);
        if (read.Failed(out problem))
            return output.Refuse(problem);
        var source = await ApimSourceReader.ReadAsync(read.Value.Tree, folder.Value, cancellationToken);
        var report = ApimGate.Check(source, rules.Value);
        var record = ApimCheckRecord.Of(report, folder.Value, read.Value.Commit, source.Overrides);
        output.Write(record, ApimCheckJson.Default.ApimCheckRecord, record.Text);
        return record.Ok ? ExitCodes.Success : ExitCodes.Negative;
    }

    private static Result<ApimFolder> FolderOf(ParseResult parsed)
    {
        if (parsed.GetValue(Environment) is { } environment && !SettingName.IsWellFormed(environment))
            return Problem.Invalid($"--environment '{environment}' is no name of an environment; {SettingName.Rule}");
        var text = parsed.GetValue(Folder) is { } chosen and not "." ? chosen.TrimEnd('/') : "";
        return TreePath.Split(text).Failed(out var problem)
            ? problem
            : new ApimFolder(text, parsed.GetValue(Environment));
    }

    /// <summary>All of the repository: overrides may lie beside the folder.</summary>
    private static async Task<Result<(LocalTree Tree, string? Commit)>> ReadAsync(
        ParseResult parsed,
        ApimFolder folder,
        CancellationToken cancellationToken
    )
    {
        var where = parsed.GetValue(Where)!;
        var limits = new LocalLimits(MostFiles, folder.Limits.FileBytes, folder.Limits.TotalBytes)
        {
            Wanted = path => IsWanted(folder, path),
        };
        var all = new LocalFolder("", "name the folder of a repository");
        if (parsed.GetValue(Commit) is not { } name)
        {
            var files = FolderTree.Read(where, all, limits);
            return files.Failed(out var wrong) ? wrong : Whole(files.Value, limits, null);
        }
        var opened = CommitTree.Open(where, all);
        if (opened.Failed(out var problem))
            return problem;
        var commit = await opened.Value.ResolveAsync(name, cancellationToken);
        if (commit.Failed(out problem))
            return problem;
        var read = await opened.Value.ReadAsync(commit.Value, limits, cancellationToken);
        return read.Failed(out problem) ? problem : Whole(read.Value, limits, commit.Value.ToString());
    }

    private static Result<(LocalTree Tree, string? Commit)> Whole(
        IReadOnlyList<LocalFile> files,
        LocalLimits limits,
        string? commit
    ) =>
        files.Count > limits.Files
        || files.Any(file =>
            file is { Bytes: null, Kind: TreeEntryKind.File or TreeEntryKind.Executable }
            && file.Size <= limits.FileBytes
            && limits.Wanted(file.Path)
        )
            ? Problem.Exceeded(
                $"the repository has more than {limits.Files} files, or the folder more than {limits.TotalBytes} bytes; keep other files out of it, or name the folder by --folder"
            )
            : (new LocalTree(files), commit);

    /// <summary>What is below the folder, and what lies at the top: overrides may.</summary>
    private static bool IsWanted(ApimFolder folder, string path) =>
        !path.Contains('/', StringComparison.Ordinal)
        || folder.Path.Length == 0
        || path.StartsWith(folder.Path + "/", StringComparison.Ordinal);

    /// <summary>Of the whole repository, whose other folders may hold more than the service's.</summary>
    private const int MostFiles = 50_000;
}
