using System.Text.RegularExpressions;
using Bascule.Core;
using Bascule.Core.Api;

namespace Bascule.Cli.Features.Git;

/// <summary>
/// Leads this user's git to Bascule instead of to the forges, by their global settings alone; and back, so that nothing of it is left. What a person wrote there
/// themselves stays in both directions.
/// </summary>
internal sealed partial class GitSetup(Uri server, GlobalGitFile file, GitSetups setups)
{
    private readonly string _origin = server.GetLeftPart(UriPartial.Authority);

    private string Headline =>
        $"# Bascule at {_origin}. To take these lines out again: bascule login --undo-git --server {_origin}";

    /// <summary>As often as one likes: what was written before is taken out first.</summary>
    /// <param name="ca">PEM certificates by which git is to trust the server; null for its own.</param>
    public async Task<Result<GitSetupOutcome>> WriteAsync(
        IReadOnlyList<GitForgeRecord> forges,
        string? ca,
        CancellationToken cancellationToken
    )
    {
        if (forges.SelectMany(forge => forge.Routes).FirstOrDefault(route => !IsSound(route)) is { } unsound)
            return Problem.Invalid($"{_origin} names an address that git should not be led by: {unsound.Address}");
        var undone = await UndoAsync(cancellationToken);
        if (undone.Failed(out var stuck))
            return stuck;
        var listed = await ListAsync(cancellationToken);
        if (listed.Failed(out var unread))
            return unread;
        var wanted = Settings(forges, ca);
        var added = wanted.FindAll(setting => !listed.Value.Contains((setting.Name.ToUpperInvariant(), setting.Value)));
        if (Save(added) is { } problem)
            return problem;
        return new GitSetupOutcome(
            file.File,
            [.. forges.SelectMany(forge => forge.Routes)],
            Rivals(listed.Value, wanted)
        );
    }

    /// <summary>False when there is nothing to undo.</summary>
    public async Task<Result<bool>> UndoAsync(CancellationToken cancellationToken)
    {
        var read = setups.Read();
        if (read.Failed(out var problem))
            return problem;
        if (!read.Value.TryGetValue(_origin, out var record))
            return false;
        var written = new GlobalGitFile(record.File);
        var cut = written.Cut(record.Added);
        if (cut is { Code: ProblemCode.Conflict })
            cut = await UnsetAsync(written, record, cancellationToken);
        return (cut ?? setups.Save(_origin, record: null)) is { } failed ? failed : true;
    }

    /// <summary>How git is to call this program, whatever its folder is called.</summary>
    public static string HelperCommand(string server)
    {
        var program = Environment.ProcessPath!;
        List<string> words = [program, "git-credential", "--server", server];
        if (Path.GetFileNameWithoutExtension(program) == "dotnet")
            words.Insert(1, Path.GetFullPath(Environment.GetCommandLineArgs()[0]));
        return "!"
            + string.Join(' ', words.Select(word => $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'"));
    }

    /// <summary>The empty helper keeps every other one of the user from being asked, and from being told our token to keep.</summary>
    private List<GitSetting> Settings(IReadOnlyList<GitForgeRecord> forges, string? ca)
    {
        List<GitSetting> settings =
        [
            new("credential", _origin, "helper", ""),
            new("credential", _origin, "helper", HelperCommand(_origin)),
            new("credential", _origin, "useHttpPath", "true"),
        ];
        if (ca is not null)
            settings.Add(new GitSetting("http", _origin, "sslCAInfo", ca));
        settings.AddRange(
            forges
                .SelectMany(forge => forge.Routes)
                .SelectMany(route =>
                    route.InsteadOf.Select(old => new GitSetting("url", route.Address, "insteadOf", old))
                )
        );
        return settings;
    }

    /// <summary>Noted before it is written: what was left half done can be undone.</summary>
    private Problem? Save(List<GitSetting> settings)
    {
        var text = Headline + "\n" + GitSetting.Write(settings);
        if (
            setups.Save(_origin, new GitSetupRecord(file.File, new AddedText(text, WasThere: true), settings)) is
            { } early
        )
            return early;
        var added = file.Append(text);
        return added.Failed(out var failed)
            ? failed
            : setups.Save(_origin, new GitSetupRecord(file.File, added.Value, settings));
    }

    /// <summary>One by one and by value, where somebody has changed the lines since.</summary>
    private async Task<Problem?> UnsetAsync(
        GlobalGitFile written,
        GitSetupRecord record,
        CancellationToken cancellationToken
    )
    {
        if (!File.Exists(record.File))
            return null;
        if (written.Drop(Headline) is { } undropped)
            return undropped;
        foreach (var setting in record.Settings)
        {
            var unset = await GitProgram.RunAsync(
                ["config", "--file", record.File, "--fixed-value", "--unset-all", setting.Name, setting.Value],
                cancellationToken
            );
            if (unset.Failed(out var problem))
                return problem;
            // 5: there was none.
            if (unset.Value.Code is not (0 or 5))
                return Problem.Unavailable($"git cannot change '{record.File}': {unset.Value.Errors}");
        }
        return null;
    }

    /// <summary>By name in capitals, as far as git does not look at letters, and value.</summary>
    private async Task<Result<HashSet<(string Name, string Value)>>> ListAsync(CancellationToken cancellationToken)
    {
        if (!File.Exists(file.File))
            return new HashSet<(string, string)>();
        var listed = await GitProgram.RunAsync(["config", "--file", file.File, "--null", "--list"], cancellationToken);
        if (listed.Failed(out var problem))
            return problem;
        if (listed.Value.Code != 0)
            return Problem.Invalid($"git cannot read '{file.File}': {listed.Value.Errors}");
        return listed
            .Value.Output.Split('\0', StringSplitOptions.RemoveEmptyEntries)
            .Select(entry => entry.Split('\n', 2))
            .Select(parts => (parts[0].ToUpperInvariant(), parts.ElementAtOrDefault(1) ?? ""))
            .ToHashSet();
    }

    /// <summary>The user's own rewriting that goes before ours: git takes the longest beginning, and for pushes <c>pushInsteadOf</c> first.</summary>
    private static List<string> Rivals(HashSet<(string Name, string Value)> listed, List<GitSetting> wanted)
    {
        var ours = wanted.FindAll(setting => setting.Section == "url");
        return
        [
            .. listed
                .Where(one => one.Name.StartsWith("URL.", StringComparison.Ordinal))
                .Where(one =>
                    !ours.Exists(setting => one.Name.Equals(setting.Name, StringComparison.OrdinalIgnoreCase))
                )
                .Where(one =>
                    ours.Exists(setting =>
                        one.Value.StartsWith(setting.Value, StringComparison.Ordinal)
                        || (
                            one.Name.EndsWith(".PUSHINSTEADOF", StringComparison.Ordinal)
                            && setting.Value.StartsWith(one.Value, StringComparison.Ordinal)
                        )
                    )
                )
                .Select(one => one.Value)
                .Order(StringComparer.Ordinal),
        ];
    }

    /// <summary>Whatever the server says: git is led to that server alone, and only for addresses with a host in them.</summary>
    private bool IsSound(GitRoute route) =>
        route.Address.StartsWith($"{_origin}/git/", StringComparison.Ordinal)
        && Clean().IsMatch(route.Address)
        && route.InsteadOf.Count > 0
        && route.InsteadOf.All(old =>
            Spelling().IsMatch(old) && !old.StartsWith(_origin + "/", StringComparison.Ordinal)
        );

    [GeneratedRegex(@"\A[A-Za-z0-9:/._\[\]-]{1,1000}\z", RegexOptions.None, 1000)]
    private static partial Regex Clean();

    [GeneratedRegex(
        @"\A(?:(?:https?|ssh)://(?:[A-Za-z0-9._-]+@)?[A-Za-z0-9.\[\]:-]+/|[A-Za-z0-9._-]+@[A-Za-z0-9.\[\]-]+:)[A-Za-z0-9/._-]{0,900}\z",
        RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex Spelling();
}

/// <param name="Rivals">Beginnings of addresses that settings of the user's own lead elsewhere.</param>
internal sealed record GitSetupOutcome(string File, IReadOnlyList<GitRoute> Routes, IReadOnlyList<string> Rivals);
