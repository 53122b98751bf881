using System.Globalization;
using System.Text.RegularExpressions;
using Bascule.Core;

namespace Bascule.Server.Accounts;

/// <summary>
/// The address of an issue or pull request as somebody pasted it. Only owner, name and number are taken from it: where Bascule asks is the forge's own address of
/// the settings, whatever stands here (THREATS T78).
/// </summary>
internal sealed partial record IssueAddress(string Owner, string Name, long Number)
{
    private const int MaxLength = 500;

    public string Repository => $"{Owner}/{Name}";

    public static Result<IssueAddress> Read(Uri forge, string? text)
    {
        var root = $"{forge.AbsoluteUri.TrimEnd('/')}/";
        var trimmed = text?.Trim() ?? "";
        if (trimmed.Length > MaxLength || !trimmed.StartsWith(root, StringComparison.Ordinal))
            return Wrong(root);
        var match = Pattern.Match(trimmed[root.Length..]);
        if (!match.Success || match.Groups["owner"].Value is "." or ".." || match.Groups["name"].Value is "." or "..")
            return Wrong(root);
        var number = long.Parse(match.Groups["number"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture);
        return new IssueAddress(match.Groups["owner"].Value, match.Groups["name"].Value, number);
    }

    private static Problem Wrong(string root) =>
        Problem.Invalid(
            $"That is not the address of an issue at this forge; copy it as it is there: {root}OWNER/NAME/issues/NUMBER"
        );

    [GeneratedRegex(
        @"\A(?<owner>[A-Za-z0-9._-]{1,100})/(?<name>[A-Za-z0-9._-]{1,100})/(?:issues|pulls)/(?<number>[1-9][0-9]{0,9})/?(?:#issuecomment-[0-9]{1,19})?\z",
        RegexOptions.CultureInvariant
    )]
    private static partial Regex Pattern { get; }
}
