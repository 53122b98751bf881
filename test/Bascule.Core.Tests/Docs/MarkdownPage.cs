using System.Text.RegularExpressions;

namespace Bascule.Core.Tests.Docs;

/// <summary>A page of documentation: where it leads, and which anchors it has.</summary>
internal sealed partial class MarkdownPage(string path)
{
    private readonly string _prose = Fence().Replace(File.ReadAllText(path), "");

    /// <summary>Approved snapshots of comments are what a test expects, not pages: their links are meant to lead nowhere.</summary>
    public static IEnumerable<MarkdownPage> All =>
        ProjectFiles
            .Find("", "*.md")
            .Where(path => !path.Contains("/Approved/", StringComparison.Ordinal))
            .Select(path => new MarkdownPage(path));

    public string Name => Path.GetRelativePath(ProjectFiles.Root, path);

    public string Text => File.ReadAllText(path);

    /// <summary>Targets inside the project; what is shown as code leads nowhere.</summary>
    public IEnumerable<string> Links =>
        Link()
            .Matches(InlineCode().Replace(_prose, ""))
            .Select(match => match.Groups["target"].Value)
            .Where(target =>
                !target.Contains("://", StringComparison.Ordinal)
                && !target.StartsWith("mailto:", StringComparison.Ordinal)
            );

    public bool Leads(string target)
    {
        var parts = target.Split('#', 2);
        var file = parts[0].Length == 0 ? path : Path.Combine(Path.GetDirectoryName(path)!, parts[0]);
        if (!File.Exists(file) && !Directory.Exists(file))
            return false;
        return parts.Length == 1 || new MarkdownPage(file).Anchors.Contains(parts[1]);
    }

    /// <summary>As forges make them: lower case, hyphens for spaces, other punctuation dropped.</summary>
    private IEnumerable<string> Anchors =>
        Heading()
            .Matches(_prose)
            .Select(match => Entity().Replace(match.Groups["text"].Value, ""))
            .Select(text => Dropped().Replace(text.ToLowerInvariant(), "").Replace(' ', '-'));

    [GeneratedRegex(@"^ *```.*?^ *```\s*?$", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Fence();

    [GeneratedRegex(@"(?<!\[)`[^`\n]*`(?!\])")]
    private static partial Regex InlineCode();

    [GeneratedRegex(@"\]\((?<target>[^()\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"^#{1,6} (?<text>.+?)\s*$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex("&[a-z]+;")]
    private static partial Regex Entity();

    [GeneratedRegex(@"[^\p{L}\p{N} _-]")]
    private static partial Regex Dropped();
}
