using System.Text;
using Bascule.Core.Content;

namespace Bascule.Connectors.Platforms.Airflow.Gate.Discovery;

/// <summary>
/// Which files Airflow passes over when it looks for DAGs: the lines of every <c>.airflowignore</c> from the top folder down to the file's own.
/// Those files may still be imported, so they are read all the same. What is not understood passes over nothing.
/// </summary>
internal sealed class AirflowIgnore
{
    public const string FileName = ".airflowignore";
    private const int LongestLine = 250;
    private const int MostRules = 300;
    private const string Remedy =
        "as if it were not there, its files are checked as DAG files; write it simpler, or remove it";
    private readonly Dictionary<string, List<IgnoreRule>> _byFolder = [];
    private readonly Dictionary<string, bool> _folders = [];
    private int _rules;

    /// <param name="files">All of the tree.</param>
    /// <param name="find">Takes lines that are not understood: the file, the line, what is wrong.</param>
    public static AirflowIgnore Read(
        IReadOnlyList<DagFile> files,
        IgnoreSyntax syntax,
        Action<DagFile, int, string> find
    )
    {
        var ignore = new AirflowIgnore();
        foreach (var file in files.Where(file => file.Kind is not TreeEntryKind.Symlink && IsIgnoreFile(file.Path)))
            ignore.Add(file, syntax, find);
        return ignore;
    }

    public static bool IsIgnoreFile(string path) => path[(path.LastIndexOf('/') + 1)..] == FileName;

    public bool PassesOver(string path) => PassesOverFolder(DagFile.FolderOf(path)) || Judge(path, isFolder: false);

    private bool PassesOverFolder(string folder)
    {
        if (folder.Length == 0)
            return false;
        if (!_folders.TryGetValue(folder, out var passes))
            _folders[folder] = passes = PassesOverFolder(DagFile.FolderOf(folder)) || Judge(folder, isFolder: true);
        return passes;
    }

    /// <summary>The last line that matches decides, those of deeper folders after those above.</summary>
    private bool Judge(string path, bool isFolder)
    {
        var takes = false;
        foreach (var rule in RulesFor(DagFile.FolderOf(path)).Where(rule => rule.IsMatch(path, isFolder)))
            takes = rule.Takes;
        return takes;
    }

    private IEnumerable<IgnoreRule> RulesFor(string folder)
    {
        var above = folder.Length == 0 ? [] : RulesFor(DagFile.FolderOf(folder));
        return _byFolder.TryGetValue(folder, out var own) ? above.Concat(own) : above;
    }

    private void Add(DagFile file, IgnoreSyntax syntax, Action<DagFile, int, string> find)
    {
        if (file.Bytes is not { } bytes)
            return;
        var rules = _byFolder[file.Folder] = [];
        foreach (var (index, line) in Encoding.UTF8.GetString(bytes.Span).Split('\n').Index())
        {
            var comment = line.IndexOf('#', StringComparison.Ordinal);
            var text = (comment < 0 ? line : line[..comment]).TrimEnd();
            if (text.Trim() is "" or "/")
                continue;
            if (++_rules > MostRules)
            {
                find(file, index + 1, $"is one line more than the {MostRules} that are read: {Remedy}");
                return;
            }
            if (text.Length <= LongestLine && IgnoreRule.Parse(text, file.Folder, syntax) is { } rule)
                rules.Add(rule);
            else
                find(file, index + 1, $"is not understood: {Remedy}");
        }
    }
}
