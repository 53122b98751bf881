using Bascule.Core.Settings;

namespace Bascule.Connectors.Platforms.Airflow.Gate;

/// <summary>Reads a policy strictly: a key that is not known is refused, and every problem is told at once.</summary>
public static class DagPolicyReader
{
    private const int MostFiles = 10_000;
    private const int MostFileBytes = 16 * 1024 * 1024;
    private const int MostTasks = 100_000;
    private const int MostForbidden = 500;
    private const string Stances = "write allow, warn or refuse";
    private const string NameRemedy =
        "write dotted names, e.g. [subprocess, airflow.models]; each stands for all below it";

    /// <summary>Null when something is wrong; everything that is wrong is in <paramref name="problems"/>.</summary>
    public static DagPolicy? Read(SettingMap map, ICollection<SettingProblem> problems)
    {
        var settings = new SettingReader(map, "", problems);
        var policy = Read(settings);
        return problems.Count == 0 ? policy : null;
    }

    /// <summary>As a block of other settings; null when something is wrong with it.</summary>
    internal static DagPolicy? Read(SettingReader settings)
    {
        var usual = new DagPolicy();
        var required = settings.Texts("require");
        foreach (var word in required.Where(word => word is not ("schedule" or "owner")))
            settings.Refuse("require", $"names '{word}'", "name schedule, owner or both");
        var policy = new DagPolicy
        {
            Folder = FolderOf(settings, usual.Folder),
            MaxFiles = (int)(settings.Number("max_files", 1, MostFiles) ?? usual.MaxFiles),
            MaxFileBytes = (int)(settings.Number("max_file_bytes", 1, MostFileBytes) ?? usual.MaxFileBytes),
            MaxTasks = (int)(settings.Number("max_tasks", 1, MostTasks) ?? usual.MaxTasks),
            ForbiddenImports = ForbiddenOf(settings),
            RequireSchedule = required.Contains("schedule"),
            RequireOwner = required.Contains("owner"),
            DynamicIds = StanceOf(settings, "dynamic_ids", usual.DynamicIds),
            DynamicTasks = StanceOf(settings, "dynamic_tasks", usual.DynamicTasks),
            DynamicImports = StanceOf(settings, "dynamic_imports", usual.DynamicImports),
            Opaque = StanceOf(settings, "opaque", usual.Opaque),
            IgnoreSyntax = SyntaxOf(settings),
        };
        settings.RefuseOthers();
        return settings.HasProblems ? null : policy;
    }

    /// <summary>A folder of the repository in the one way to write it; <c>.</c> is all of the repository, and null no folder at all.</summary>
    public static string? CleanFolder(string text)
    {
        if (text is ".")
            return "";
        var clean = text.EndsWith('/') ? text[..^1] : text;
        var valid =
            clean.Split('/').All(part => part is not ("" or "." or ".."))
            && !clean.Any(character => character == '\\' || char.IsControl(character));
        return valid ? clean : null;
    }

    private static string FolderOf(SettingReader settings, string usual)
    {
        if (settings.Text("folder") is not { } text)
            return usual;
        if (CleanFolder(text) is { } folder)
            return folder;
        settings.Refuse(
            "folder",
            $"'{text}' is no folder of a repository",
            "write it relative, e.g. dags, or . for all"
        );
        return usual;
    }

    private static IReadOnlyList<string> ForbiddenOf(SettingReader settings)
    {
        var names = settings.Texts("forbidden_imports");
        if (names.Count > MostForbidden)
            settings.Refuse("forbidden_imports", $"holds more than {MostForbidden} names", "forbid what is above them");
        foreach (var name in names.Where(name => !IsDotted(name)))
            settings.Refuse("forbidden_imports", $"holds '{name}', which is no name of a module", NameRemedy);
        return names;
    }

    private static bool IsDotted(string name) =>
        name.Split('.')
            .All(part =>
                part.Length > 0 && !char.IsDigit(part[0]) && part.All(one => one == '_' || char.IsLetterOrDigit(one))
            );

    private static DagStance StanceOf(SettingReader settings, string key, DagStance usual)
    {
        switch (settings.Text(key))
        {
            case "allow":
                return DagStance.Allow;
            case "warn":
                return DagStance.Warn;
            case "refuse":
                return DagStance.Refuse;
            case null:
                return usual;
            case var other:
                settings.Refuse(key, $"'{other}' is not understood", Stances);
                return usual;
        }
    }

    private static IgnoreSyntax SyntaxOf(SettingReader settings)
    {
        switch (settings.Text("ignore_syntax"))
        {
            case "glob" or null:
                return IgnoreSyntax.Glob;
            case "regexp":
                return IgnoreSyntax.Regexp;
            case var other:
                settings.Refuse(
                    "ignore_syntax",
                    $"'{other}' is not understood",
                    "write glob or regexp, as Airflow's own setting"
                );
                return IgnoreSyntax.Glob;
        }
    }
}
